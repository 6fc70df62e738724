//! Why a ChangeSet was not made.

use ftc_durable::CanonicalError;

use crate::{BlobError, Checksum, JsonError, RepoPath};

/// Why a ChangeSet was not made or not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeSetError {
    /// Two operations touch one path.
    #[error("path `{path}` is touched twice")]
    PathTwice {
        /// The path.
        path: RepoPath,
    },
    /// An operation leaves the file as it is.
    #[error("the operation on `{path}` changes nothing")]
    NoChange {
        /// The path.
        path: RepoPath,
    },
    /// A size is beyond 2^53 - 1 bytes.
    #[error("the size given for `{path}` is impossible")]
    Size {
        /// The path.
        path: RepoPath,
    },
    /// The operations of a file are not sorted by path.
    #[error("the operations are not sorted by path")]
    Unsorted,
    /// The file names another checksum than that of its content: it was changed after it was made.
    #[error("the checksum is recorded as `{recorded}`, but the content has `{computed}`")]
    ChecksumMismatch {
        /// What the file says.
        recorded: Checksum,
        /// What its content has.
        computed: Checksum,
    },
    /// The file was not read.
    #[error("the ChangeSet cannot be read")]
    Json(#[source] JsonError),
    /// There is no canonical JSON of it.
    #[error("the ChangeSet has no checksum")]
    Canonical(#[source] CanonicalError),
    /// The bytes could not be stored.
    #[error("the content for `{path}` cannot be stored")]
    Blob {
        /// The path that the content is for.
        path: RepoPath,
        /// What went wrong.
        source: BlobError,
    },
}

impl ChangeSetError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Blob { source, .. } if source.is_retryable())
    }

    /// Whether somebody changed the ChangeSet after it was made.
    pub fn is_tampering(&self) -> bool {
        matches!(self, Self::ChecksumMismatch { .. })
    }
}
