//! One test case of a report.

use std::sync::Arc;
use std::time::Duration;

use crate::position::Position;
use crate::text::Text;

/// One `testcase` element.
///
/// The same test may come several times: gotestsum and pytest write one case per attempt. Joining them is the
/// caller's, who knows what the tool means by it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TestCase {
    /// The `name` attribute; empty when there was none.
    pub name: String,
    /// The `classname` attribute: a class, module, package or binary, as the tool likes.
    pub classname: Option<String>,
    /// Names of the suites around it, outermost first, the unnamed left out.
    pub suite: Arc<[String]>,
    /// The file of the test, of the case or else of its suite.
    pub file: Option<String>,
    /// The line in `file`.
    pub line: Option<u64>,
    /// How long it ran.
    pub time: Option<Duration>,
    /// When its suite started, as the tool wrote it.
    pub timestamp: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Failures and errors after the one in `outcome`: googletest writes one per failed expectation, pytest one for
    /// the test and one for its teardown.
    pub also: Vec<Problem>,
    /// Attempts other than the one in `outcome`.
    pub reruns: Vec<Rerun>,
    /// What it printed to standard output.
    pub system_out: Option<Text>,
    /// What it printed to standard error.
    pub system_err: Option<Text>,
    /// Where the element starts in the raw input.
    pub start: Position,
    /// After the element.
    pub end: Position,
}

impl TestCase {
    /// The failure or error that it ended with.
    pub fn problem(&self) -> Option<&Problem> {
        match &self.outcome {
            Outcome::Failed(problem) | Outcome::Errored(problem) => Some(problem),
            Outcome::Passed | Outcome::Skipped(_) => None,
        }
    }

    /// Whether it failed first and passed when the tool ran it again.
    pub fn passed_on_retry(&self) -> bool {
        self.outcome == Outcome::Passed && self.reruns.iter().any(|rerun| rerun.kind.is_flaky())
    }
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Neither of the others is there.
    Passed,
    /// A `failure` element: in most tools, an assertion.
    Failed(Problem),
    /// An `error` element: in most tools, anything else that went wrong.
    Errored(Problem),
    /// A `skipped` element, or a status that says it was not run.
    Skipped(Problem),
}

/// A failure, an error or the reason for a skip.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Problem {
    /// The `type` attribute, often an exception's class. Not blank.
    pub kind: Option<String>,
    /// The `message` attribute. Not blank.
    pub message: Option<Text>,
    /// The content: usually a stack trace, in Surefire's reruns that of `stackTrace`.
    pub text: Text,
}

/// One attempt apart from the last, as Surefire and nextest write it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rerun {
    /// Which element it was.
    pub kind: RerunKind,
    /// What went wrong in this attempt.
    pub problem: Problem,
    /// What this attempt printed to standard output.
    pub system_out: Option<Text>,
    /// What this attempt printed to standard error.
    pub system_err: Option<Text>,
}

/// The four elements for attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RerunKind {
    /// `rerunFailure`: failed again; the case fails.
    RerunFailure,
    /// `rerunError`: an error again; the case fails.
    RerunError,
    /// `flakyFailure`: failed, and a later attempt passed.
    FlakyFailure,
    /// `flakyError`: an error, and a later attempt passed.
    FlakyError,
}

impl RerunKind {
    /// Whether a later attempt passed.
    pub fn is_flaky(self) -> bool {
        matches!(self, Self::FlakyFailure | Self::FlakyError)
    }

    pub(crate) fn from_element(name: &str) -> Option<Self> {
        Some(match name {
            "rerunFailure" => Self::RerunFailure,
            "rerunError" => Self::RerunError,
            "flakyFailure" => Self::FlakyFailure,
            "flakyError" => Self::FlakyError,
            _ => return None,
        })
    }
}
