//! The audit log: a hash chain, one per store.
//!
//! Entries count from 1 without a gap. The hash of an entry is a [`DomainHash`] in the domain `ftc.state.audit/1` over the
//! previous entry's hash (32 zero bytes before the first), the sequence number and the time in microseconds since 1970
//! (both eight bytes, big endian), and then action, target, result and detail. A changed, removed, added or moved entry
//! breaks the chain from there on. Entries removed from the *end* leave a shorter chain that is whole.

use std::fmt;
use std::str::FromStr;

use ftc_durable::{Digest, DomainHash};
use jiff::Timestamp;

use crate::text;

/// How an audited action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditResult {
    /// It was done.
    Done,
    /// It was not allowed.
    Refused,
    /// It was tried and did not work.
    Failed,
}

impl AuditResult {
    /// The name that is stored and hashed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for AuditResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for AuditResult {
    type Err = UnknownAuditResult;

    fn from_str(name: &str) -> Result<Self, UnknownAuditResult> {
        match name {
            "done" => Ok(Self::Done),
            "refused" => Ok(Self::Refused),
            "failed" => Ok(Self::Failed),
            _ => Err(UnknownAuditResult {
                name: name.to_owned(),
            }),
        }
    }
}

/// A name that is no [`AuditResult`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown audit result `{name}`")]
pub struct UnknownAuditResult {
    /// The name as found.
    pub name: String,
}

/// Something worth remembering that a program did, or was kept from doing. The store redacts and caps the texts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditEvent {
    /// What was done, as `part.verb`, such as `scan.record`.
    pub action: String,
    /// What it was done to.
    pub target: String,
    /// How it ended.
    pub result: AuditResult,
    /// A few words more; may be empty.
    pub detail: String,
}

impl AuditEvent {
    /// An event that ended with `result`, without detail.
    pub fn new(action: impl Into<String>, target: impl Into<String>, result: AuditResult) -> Self {
        Self {
            action: action.into(),
            target: target.into(),
            result,
            detail: String::new(),
        }
    }

    /// Adds a few words.
    #[must_use]
    pub fn with_detail(self, detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            ..self
        }
    }

    fn cleaned(&self) -> Self {
        Self {
            action: text::line(&self.action, text::WORD_BYTES),
            target: text::line(&self.target, text::NAME_BYTES),
            result: self.result,
            detail: text::block(&self.detail, text::MESSAGE_BYTES),
        }
    }
}

/// A row of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditEntry {
    /// Position in the log, from 1.
    pub sequence: u64,
    /// When, by the caller's clock.
    pub at: Timestamp,
    /// What.
    pub event: AuditEvent,
    /// Hash of the entry before.
    pub previous: Digest,
    /// Hash of this entry.
    pub hash: Digest,
}

impl AuditEntry {
    /// Chains `event` to `last`, the newest entry so far.
    pub(crate) fn chain(last: Option<&ChainHead>, event: &AuditEvent, at: Timestamp) -> Self {
        let start = ChainHead::start();
        let last = last.unwrap_or(&start);
        let mut entry = Self {
            sequence: last.sequence + 1,
            at: text::to_microsecond(at),
            event: event.cleaned(),
            previous: last.hash,
            hash: last.hash,
        };
        entry.hash = entry.computed_hash();
        entry
    }

    fn computed_hash(&self) -> Digest {
        DomainHash::new("ftc.state.audit/1")
            .field(self.previous.as_bytes())
            .field(&self.sequence.to_be_bytes())
            .field(&self.at.as_microsecond().to_be_bytes())
            .field(self.event.action.as_bytes())
            .field(self.event.target.as_bytes())
            .field(self.event.result.as_str().as_bytes())
            .field(self.event.detail.as_bytes())
            .finish()
    }
}

/// The newest entry's place in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChainHead {
    pub(crate) sequence: u64,
    pub(crate) hash: Digest,
}

impl ChainHead {
    /// Before the first entry.
    pub(crate) fn start() -> Self {
        Self {
            sequence: 0,
            hash: Digest::from_bytes([0; 32]),
        }
    }

    /// Goes on to `entry`; says what is wrong if it is not the next one.
    pub(crate) fn step(&mut self, entry: &AuditEntry) -> Result<(), &'static str> {
        if entry.sequence != self.sequence + 1 {
            return Err("the entry before it is missing");
        }
        if entry.previous != self.hash {
            return Err("it does not follow the entry before it");
        }
        if entry.hash != entry.computed_hash() {
            return Err("its content is not what was hashed");
        }
        *self = Self {
            sequence: entry.sequence,
            hash: entry.hash,
        };
        Ok(())
    }
}
