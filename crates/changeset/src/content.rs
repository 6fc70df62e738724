//! What a file holds, by hash.

use ftc_durable::Digest;
use serde::{Deserialize, Serialize};

use crate::Mode;

/// What is found in a file: content by hash, and mode. The precondition of every operation on an existing file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// sha256 of the content.
    pub sha256: Digest,
    /// Length of the content in bytes.
    pub size: u64,
    /// Mode of the file.
    pub mode: Mode,
}

impl State {
    /// The state of a file with this content and mode.
    pub fn of(bytes: &[u8], mode: Mode) -> Self {
        Blob::of(bytes).with_mode(mode)
    }

    /// The content alone.
    pub fn blob(&self) -> Blob {
        Blob {
            sha256: self.sha256,
            size: self.size,
        }
    }
}

/// Content by hash. The bytes are in a [`BlobStore`](crate::BlobStore).
///
/// Whether it is text is not recorded: that follows from the bytes ([`BlobKind::of`]), and a record could lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blob {
    /// sha256 of the content.
    pub sha256: Digest,
    /// Length of the content in bytes.
    pub size: u64,
}

impl Blob {
    /// The blob of this content.
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            sha256: Digest::of_content(bytes),
            size: bytes.len() as u64,
        }
    }

    /// The state of a file that holds this content.
    pub fn with_mode(self, mode: Mode) -> State {
        State {
            sha256: self.sha256,
            size: self.size,
            mode,
        }
    }
}

/// How changed content is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BlobKind {
    /// Counted by lines. Any encoding without NUL bytes.
    Text,
    /// Content with a NUL byte anywhere; counted as one line for each 80 bytes begun.
    Binary,
}

impl BlobKind {
    /// The kind of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.contains(&0) {
            Self::Binary
        } else {
            Self::Text
        }
    }
}
