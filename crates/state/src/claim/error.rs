//! Why a claim was not got or kept.

use jiff::Timestamp;

use super::model::ClaimRequest;
use crate::store::StoreError;

/// Why a claim was not got or kept. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimError {
    /// Somebody has it. Retryable: it may be released or expire.
    #[error("`{key}` is claimed by `{owner}` until {expires_at}")]
    Held {
        /// On what.
        key: String,
        /// Who has it.
        owner: String,
        /// Until when.
        expires_at: Timestamp,
        /// Its fence, which [`Claims::break_claim`](crate::Claims::break_claim) has to name.
        fence: u64,
    },
    /// The caller's claim is over: somebody else has had the key since, or it was released.
    #[error("the claim {fence} on `{key}` is lost")]
    Lost {
        /// On what.
        key: String,
        /// The fence of the claim that is over.
        fence: u64,
    },
    /// Key or owner cannot be stored.
    #[error("the {what} of a claim has {bytes} bytes, not 1 to {max}")]
    Length {
        /// `key` or `owner`.
        what: &'static str,
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        max: usize,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ClaimError {
    pub(super) fn length(what: &'static str, bytes: usize) -> Self {
        let max = match what {
            "key" => ClaimRequest::MAX_KEY_BYTES,
            _ => ClaimRequest::MAX_OWNER_BYTES,
        };
        Self::Length { what, bytes, max }
    }

    /// Whether the same call may succeed later without anybody doing anything.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Held { .. } => true,
            Self::Store(error) => error.is_retryable(),
            _ => false,
        }
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Held { .. } => {
                vec!["wait until the other program has ended, then try again".to_owned()]
            }
            Self::Store(error) => error.hints(),
            _ => Vec::new(),
        }
    }
}
