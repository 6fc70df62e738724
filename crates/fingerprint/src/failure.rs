//! One failure as a caller sees it.

use jiff::Timestamp;

use crate::class::Classification;
use crate::keys::Keys;
use crate::kind::{Framework, Kind};

/// Where something stands in the raw input, before any envelope or escape code is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// First line, counted from 1.
    pub first_line: u64,
    /// Last line, inclusive.
    pub last_line: u64,
    /// Offset of the first byte.
    pub start: u64,
    /// Offset after the last byte.
    pub end: u64,
}

/// The lines that a person should read first, redacted and with envelope and escape codes removed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Excerpt {
    /// The lines, joined by `\n`, without a final one.
    pub text: String,
    /// Number in the raw input of the failure's first line, counted from 1. The excerpt need not begin with it: a tool may say
    /// what failed after it has said why.
    pub first_line: u64,
    /// For each line of `text` its number in the raw input; empty where lines come from inside of a report or are not known.
    pub line_numbers: Vec<u64>,
    /// Whether lines that belong to the failure were left out because of the size limits.
    pub truncated: bool,
}

/// One failed test, or one build or infrastructure failure without a test.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Failure {
    /// Canonical name with parameters, the most specific that the tool prints. `None` for build and infrastructure.
    pub test: Option<String>,
    /// Package, crate, module or file that the test belongs to, where the tool names one. Not part of any key.
    pub suite: Option<String>,
    /// How it failed.
    pub kind: Kind,
    /// A finer word where the log gives one: a compiler code, a signal, `deadlock`, `usage-error`.
    pub detail: Option<String>,
    /// Who reported it.
    pub framework: Framework,
    /// First function of the project on the stack, helpers skipped, where the log shows one. Part of the key `cause`.
    pub function: Option<String>,
    /// The primary message, redacted, one to a few lines. May be empty when the tool printed none.
    pub message: String,
    /// The normalised message that the keys are made from.
    pub template: String,
    /// What this failure's own evidence says.
    pub classification: Classification,
    /// Identity.
    pub keys: Keys,
    /// Failed first and passed when the tool ran it again.
    pub passed_on_retry: bool,
    /// How often it was run in this log, 1 without retries.
    pub attempts: u32,
    /// The failure's lines in the raw input.
    pub span: Span,
    /// What to show a person.
    pub excerpt: Excerpt,
    /// The log's own time at the failure, where its lines carry one.
    pub time: Option<Timestamp>,
}
