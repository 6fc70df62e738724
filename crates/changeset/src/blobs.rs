//! Where the bytes of a ChangeSet are.

mod directory;
mod memory;

use std::io;
use std::path::PathBuf;

use ftc_durable::Digest;

pub use directory::DirBlobs;
pub use memory::MemoryBlobs;

/// Contents by sha256.
///
/// A reader of a store does not trust it: the gate and the executor hash what they get.
pub trait BlobStore {
    /// The content with this hash, `None` if it is not here.
    fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, BlobError>;

    /// Adds a content. Adding it again changes nothing.
    fn put(&self, bytes: &[u8]) -> Result<Digest, BlobError>;
}

/// Why a blob was not read or not stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// The system refused.
    #[error("cannot access blob file `{path}`")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("cannot write blob file `{path}`")]
    Write {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: ftc_durable::WriteError,
    },
    /// A file does not hold what its name says.
    #[error("blob file `{path}` does not hold the content that it is named after")]
    Corrupt {
        /// The file.
        path: PathBuf,
    },
    /// A store of another kind failed.
    #[error("the blob store failed")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl BlobError {
    /// Whether the same call may succeed later: a full disk can be emptied, a wrong content stays wrong.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Io { .. } | Self::Write { .. })
    }
}
