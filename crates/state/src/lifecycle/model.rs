//! A lifecycle, and a step of it.

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;

use super::state::LifecycleState;
use crate::outbox::OutboxDraft;
use crate::repository::RepositoryName;

/// How far the work on one fingerprint has come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lifecycle {
    /// Whose failure it is.
    pub repository: RepositoryName,
    /// Which failure.
    pub fingerprint: Fingerprint,
    /// The state.
    pub state: LifecycleState,
    /// Number of the last journal entry; 1 after the beginning. A transition has to name it.
    pub version: u64,
    /// When the state was entered.
    pub entered_at: Timestamp,
    /// When the last transition was made, updates included.
    pub changed_at: Timestamp,
    /// Why it was made.
    pub reason: String,
    /// The issue's number, once there is one.
    pub issue: Option<u64>,
    /// The pull request's number, once there is one.
    pub pull: Option<u64>,
    /// JSON of the caller, `{}` at the beginning.
    pub memo: String,
}

impl Lifecycle {
    /// The longest memo, in bytes.
    pub const MAX_MEMO_BYTES: usize = 256 * 1024;
}

/// One step of a lifecycle: a new state or an update of the same one, with everything that has to happen for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transition {
    /// Whose failure it is.
    pub repository: RepositoryName,
    /// Which failure.
    pub fingerprint: Fingerprint,
    /// The version that the caller has seen; if the lifecycle has another by now, nothing is done.
    pub version: u64,
    /// The next state, or the present one.
    pub to: LifecycleState,
    /// Why, in a few words. Redacted and capped.
    pub reason: String,
    /// The issue's number, if this sets it.
    pub issue: Option<u64>,
    /// The pull request's number, if this sets it.
    pub pull: Option<u64>,
    /// The new memo, if there is one: JSON of at most [`Lifecycle::MAX_MEMO_BYTES`] bytes. Kept as given, byte for byte,
    /// unless a string in it holds a secret: that string is redacted.
    pub memo: Option<String>,
    /// Writes to a forge that follow from this step.
    pub outbox: Vec<OutboxDraft>,
}

impl Transition {
    /// A step from `lifecycle`, as the caller has seen it, that changes only the state. Number, memo and outbox are added
    /// by the methods below.
    pub fn new(lifecycle: &Lifecycle, to: LifecycleState, reason: impl Into<String>) -> Self {
        Self {
            repository: lifecycle.repository.clone(),
            fingerprint: lifecycle.fingerprint,
            version: lifecycle.version,
            to,
            reason: reason.into(),
            issue: None,
            pull: None,
            memo: None,
            outbox: Vec::new(),
        }
    }

    /// Sets the issue's number.
    #[must_use]
    pub fn with_issue(self, issue: u64) -> Self {
        Self {
            issue: Some(issue),
            ..self
        }
    }

    /// Sets the pull request's number.
    #[must_use]
    pub fn with_pull(self, pull: u64) -> Self {
        Self {
            pull: Some(pull),
            ..self
        }
    }

    /// Replaces the memo.
    #[must_use]
    pub fn with_memo(self, memo: impl Into<String>) -> Self {
        Self {
            memo: Some(memo.into()),
            ..self
        }
    }

    /// Adds writes to a forge, after those added before.
    #[must_use]
    pub fn with_outbox(mut self, drafts: impl IntoIterator<Item = OutboxDraft>) -> Self {
        self.outbox.extend(drafts);
        self
    }
}

/// A row of a lifecycle's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransitionEntry {
    /// The state before; `None` at the beginning.
    pub from: Option<LifecycleState>,
    /// The state after; the same as before for an update.
    pub to: LifecycleState,
    /// Why.
    pub reason: String,
    /// When, by the caller's clock.
    pub at: Timestamp,
    /// The lifecycle's version after it, from 1 without a gap.
    pub version: u64,
}
