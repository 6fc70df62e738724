//! What a scan returns, and what a caller may set.

use jiff::Timestamp;

use crate::class::{Class, Evidence};
use crate::failure::Failure;
use crate::kind::Framework;

/// What a caller may set. The default suits CI logs.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {}

/// Something a person should know about how the input was read; not a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// Stable name: `empty-input`, `invalid-utf8`, `line-too-long`, `report-damaged`, `too-many-failures`,
    /// `totals-differ`.
    pub rule: &'static str,
    /// A sentence for a person.
    pub text: String,
}

impl Note {
    pub(crate) fn new(rule: &'static str, text: impl Into<String>) -> Self {
        Self {
            rule,
            text: text.into(),
        }
    }
}

/// All that one input said.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Scan {
    /// Frameworks that were recognised, in order of appearance, passing runs included.
    pub frameworks: Vec<Framework>,
    /// The first of regression, infra, flaky, unknown, pass that applies.
    pub class: Class,
    /// Belief in `class`, 0 to 1.
    pub confidence: f64,
    /// Why, strongest first.
    pub evidence: Vec<Evidence>,
    /// What a person should know about the reading.
    pub notes: Vec<Note>,
    /// The failures in order of first appearance, retried-then-passed ones included.
    pub failures: Vec<Failure>,
    /// First and last time that the log's lines carry.
    pub time: Option<(Timestamp, Timestamp)>,
    /// Lines read.
    pub lines: u64,
    /// Bytes read.
    pub bytes: u64,
}

impl Scan {
    /// Whether something failed and did not pass on retry: what an exit status of 1 means.
    pub fn has_failed(&self) -> bool {
        self.failures.iter().any(|failure| !failure.passed_on_retry)
    }
}
