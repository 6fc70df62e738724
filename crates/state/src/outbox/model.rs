//! A write to a forge, from draft to done.

use std::fmt;
use std::str::FromStr;

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;

use crate::repository::RepositoryName;

/// The number of an entry, from 1 in the order of creation, one sequence per store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutboxId(pub u64);

impl fmt::Display for OutboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A write that a transition asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutboxDraft {
    /// What makes the write the same write when it is asked for again; one space of keys per repository. One line of 1 to
    /// [`OutboxDraft::MAX_KEY_BYTES`] bytes.
    pub key: String,
    /// The write, as JSON of at most [`OutboxDraft::MAX_PAYLOAD_BYTES`] bytes. Kept as given, byte for byte, unless a
    /// string in it holds a secret: that string is redacted.
    pub payload: String,
}

impl OutboxDraft {
    /// The longest key, in bytes.
    pub const MAX_KEY_BYTES: usize = 512;
    /// The longest payload, in bytes.
    pub const MAX_PAYLOAD_BYTES: usize = 1024 * 1024;

    /// A draft.
    pub fn new(key: impl Into<String>, payload: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            payload: payload.into(),
        }
    }
}

/// Whether a write was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutboxStatus {
    /// It has yet to be made, or was made by somebody who did not live to say so.
    Pending,
    /// It was made.
    Done,
}

impl OutboxStatus {
    /// The name that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
        }
    }
}

impl fmt::Display for OutboxStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for OutboxStatus {
    type Err = UnknownOutboxStatus;

    fn from_str(name: &str) -> Result<Self, UnknownOutboxStatus> {
        match name {
            "pending" => Ok(Self::Pending),
            "done" => Ok(Self::Done),
            _ => Err(UnknownOutboxStatus {
                name: name.to_owned(),
            }),
        }
    }
}

/// A name that is no [`OutboxStatus`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown outbox status `{name}`")]
pub struct UnknownOutboxStatus {
    /// The name as found.
    pub name: String,
}

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutboxEntry {
    /// Its number.
    pub id: OutboxId,
    /// Whose forge is written to.
    pub repository: RepositoryName,
    /// The lifecycle that first asked for it.
    pub fingerprint: Fingerprint,
    /// What makes it the same write.
    pub key: String,
    /// Which of the entries with this key it is, from 1.
    pub revision: u64,
    /// The write, as JSON.
    pub payload: String,
    /// Whether it was made.
    pub status: OutboxStatus,
    /// How often somebody reported that it was tried, the success included.
    pub attempts: u64,
    /// What went wrong at the last failed attempt.
    pub last_error: Option<String>,
    /// What came of it.
    pub result: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was reported as made.
    pub done_at: Option<Timestamp>,
}

impl OutboxEntry {
    /// Whether it has yet to be made.
    pub fn is_pending(&self) -> bool {
        self.status == OutboxStatus::Pending
    }
}

/// Which entries to list. The default is all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct OutboxFilter {
    /// Only those of one lifecycle.
    pub fingerprint: Option<Fingerprint>,
    /// Only those that have yet to be made.
    pub pending_only: bool,
}

impl OutboxFilter {
    /// All entries.
    pub fn all() -> Self {
        Self::default()
    }

    /// Those that have yet to be made.
    pub fn pending() -> Self {
        Self {
            pending_only: true,
            ..Self::default()
        }
    }

    /// Of those, the ones that the lifecycle of `fingerprint` asked for first.
    #[must_use]
    pub fn of(self, fingerprint: Fingerprint) -> Self {
        Self {
            fingerprint: Some(fingerprint),
            ..self
        }
    }
}

/// How a write was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutboxDone {
    /// A few words. Redacted and capped.
    pub result: String,
    /// The number of the issue that it made or found; it becomes the lifecycle's.
    pub issue: Option<u64>,
    /// The number of the pull request that it made or found; it becomes the lifecycle's.
    pub pull: Option<u64>,
}

impl OutboxDone {
    /// A write that gave no number.
    pub fn new(result: impl Into<String>) -> Self {
        Self {
            result: result.into(),
            issue: None,
            pull: None,
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
}
