//! What is wrong with a draft, and why an entry was not changed.

use super::model::{OutboxDraft, OutboxId};
use crate::json::JsonTextError;
use crate::store::StoreError;

/// Why a draft cannot be stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutboxDraftError {
    /// Nothing is left of the key.
    #[error("the key of a write is empty")]
    EmptyKey,
    /// The key does not fit.
    #[error("the key `{start}..` of a write has {bytes} bytes, more than {max}", max = OutboxDraft::MAX_KEY_BYTES)]
    LongKey {
        /// How it begins.
        start: String,
        /// How long it is.
        bytes: usize,
    },
    /// The payload is too long or no JSON.
    #[error("the payload of the write `{key}` cannot be stored")]
    Payload {
        /// Its key.
        key: String,
        /// What is wrong with it.
        source: JsonTextError,
    },
}

impl OutboxDraftError {
    /// Storing the same draft again gives the same answer.
    pub fn is_retryable(&self) -> bool {
        false
    }
}

/// Why an entry of the outbox was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutboxError {
    /// There is none with this number.
    #[error("the outbox has no entry {id}")]
    Unknown {
        /// The number.
        id: OutboxId,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OutboxError {
    /// Whether the same call may succeed later without anybody doing anything.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_retryable())
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Unknown { .. } => Vec::new(),
            Self::Store(error) => error.hints(),
        }
    }
}
