//! What a scan returns, and what a caller may set.

use jiff::Timestamp;

use crate::class::{Class, Evidence};
use crate::failure::Failure;
use crate::kind::Framework;
use crate::normalize::Masks;

/// What a caller may set. The default suits CI logs.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// What the project adds to the normaliser.
    pub masks: Masks,
}

/// Something a person should know about how the input was read; not a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// Stable name: `empty-input`, `invalid-utf8`, `line-too-long`, `report-damaged`, `report-odd`, `reruns-unnamed`,
    /// `too-many-failures`, `totals-differ`.
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

/// What the tools themselves say of how many tests they ran, added up over all binaries, packages and sessions of the input.
///
/// A test is what the tool counts as one: for cargo a doctest, for pytest a set of parameters, for Go a subtest, too. A test that
/// is run again counts once, with its end. Go prints no totals: where its output names all tests (`-v`, `-json`), they are
/// counted, and those during which the process died have failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TestTotals {
    /// Tests that passed or failed.
    pub run: u64,
    /// Tests that failed, those with an error among them.
    pub failed: u64,
    /// Tests that the tool counts as skipped or ignored. For pytest that includes those that failed as expected, as in its
    /// reports; for nextest, those that a filter took out.
    pub skipped: u64,
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
    /// The rules that made the keys: [`FINGERPRINT_VERSION`](crate::FINGERPRINT_VERSION), or that and which masks were used.
    pub fingerprint_version: String,
    /// The tools' own totals; `None` where no tool printed any, which is not the same as 0 tests.
    pub tests: Option<TestTotals>,
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
