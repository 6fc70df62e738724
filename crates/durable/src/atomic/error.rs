//! Why a write failed.

use std::io;
use std::path::PathBuf;

/// Why a file could not be replaced. Unless the variant says otherwise, the old file is untouched and nothing is left behind.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The path is a symbolic link and [`LinkPolicy::Refuse`](crate::LinkPolicy::Refuse) holds.
    #[error("`{path}` is a symbolic link")]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// The path names a directory, a device, a pipe, or nothing that could be a file.
    #[error("`{path}` is not a regular file")]
    NotAFile {
        /// What is there instead.
        path: PathBuf,
    },
    /// The path could not be looked at.
    #[error("failed to inspect `{path}`")]
    Inspect {
        /// The target.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The parent directory is missing or closed to us.
    #[error("failed to open directory `{path}`")]
    OpenDirectory {
        /// The directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The temporary file could not be created.
    #[error("failed to create a temporary file in `{directory}`")]
    CreateTemporary {
        /// The directory of the target.
        directory: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The content could not be written, or the caller's closure failed.
    #[error("failed to write the new content of `{path}`")]
    Write {
        /// The target.
        path: PathBuf,
        /// The system's or the closure's answer.
        source: io::Error,
    },
    /// The content did not reach the disk.
    #[error("failed to sync the new content of `{path}`")]
    Sync {
        /// The target.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The temporary file could not be renamed over the target.
    #[error("failed to rename the new content over `{path}`")]
    Rename {
        /// The target.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The file has its new content, but a power loss may still bring the old one back.
    #[error("failed to sync the directory of `{path}` after replacing it")]
    SyncDirectory {
        /// The target, which is already replaced.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl WriteError {
    /// The system's answer, where there was one.
    pub fn io_error(&self) -> Option<&io::Error> {
        match self {
            Self::Link { .. } | Self::NotAFile { .. } => None,
            Self::Inspect { source, .. }
            | Self::OpenDirectory { source, .. }
            | Self::CreateTemporary { source, .. }
            | Self::Write { source, .. }
            | Self::Sync { source, .. }
            | Self::Rename { source, .. }
            | Self::SyncDirectory { source, .. } => Some(source),
        }
    }

    /// Whether the same call may succeed later with nothing changed by its caller (a full disk may be emptied by others).
    pub fn is_retryable(&self) -> bool {
        use io::ErrorKind::{Interrupted, QuotaExceeded, ResourceBusy, StorageFull, WouldBlock};
        self.io_error().is_some_and(|error| {
            matches!(
                error.kind(),
                Interrupted | WouldBlock | StorageFull | QuotaExceeded | ResourceBusy
            )
        })
    }

    /// Whether the file holds its new content although the call failed.
    pub fn is_replaced(&self) -> bool {
        matches!(self, Self::SyncDirectory { .. })
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        let mut hints = Vec::new();
        if matches!(self, Self::Link { .. }) {
            hints.push("name the file that the link points to, or remove the link".to_owned());
        }
        match self.io_error().map(io::Error::kind) {
            Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
                hints.push("free space on that file system and try again".to_owned());
            }
            Some(io::ErrorKind::ReadOnlyFilesystem) => {
                hints.push("the file system is mounted read-only".to_owned());
            }
            _ => {}
        }
        hints
    }
}
