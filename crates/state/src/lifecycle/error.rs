//! Why a lifecycle did not move.

use ftc_fingerprint::Fingerprint;

use super::state::LifecycleState;
use crate::json::JsonTextError;
use crate::outbox::OutboxDraftError;
use crate::repository::RepositoryName;
use crate::store::StoreError;

/// Why a transition was not made. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransitionError {
    /// The state does not lead there.
    #[error("the lifecycle of {fingerprint} in `{repository}` cannot go from {from} to {to}")]
    Illegal {
        /// Whose failure it is.
        repository: RepositoryName,
        /// Which failure.
        fingerprint: Fingerprint,
        /// Its state.
        from: LifecycleState,
        /// The state that was wanted.
        to: LifecycleState,
    },
    /// Somebody else moved it since the caller looked.
    #[error("the lifecycle of {fingerprint} in `{repository}` has version {found}, not {expected}")]
    Moved {
        /// Whose failure it is.
        repository: RepositoryName,
        /// Which failure.
        fingerprint: Fingerprint,
        /// The version that the caller named.
        expected: u64,
        /// The version that it has.
        found: u64,
    },
    /// It was never begun.
    #[error("there is no lifecycle of {fingerprint} in `{repository}`")]
    Unknown {
        /// Whose failure it is.
        repository: RepositoryName,
        /// Which failure.
        fingerprint: Fingerprint,
    },
    /// The memo is not fit to be stored.
    #[error("the memo of a lifecycle is not stored")]
    Memo(#[source] JsonTextError),
    /// A write to a forge is not fit to be stored.
    #[error("an entry for the outbox is not stored")]
    Draft(#[source] OutboxDraftError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TransitionError {
    /// Whether the same call may succeed later without anybody doing anything. A lifecycle that has moved has to be read
    /// again first.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_retryable())
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Moved { .. } => {
                vec!["another program works on the same failure; run the command again".to_owned()]
            }
            Self::Store(error) => error.hints(),
            _ => Vec::new(),
        }
    }
}
