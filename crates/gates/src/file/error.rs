//! What can be wrong with a gate file.

use std::fmt;

use super::raw::Problem;

/// Why a gate file cannot be used. The message begins with file, line and column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{position}: {message}")]
#[non_exhaustive]
pub struct GateFileError {
    /// Where.
    pub position: Position,
    /// What.
    pub message: String,
    hint: Option<&'static str>,
}

impl GateFileError {
    pub(super) fn new(origin: &str, problem: Problem) -> Self {
        Self {
            position: Position {
                origin: origin.to_owned(),
                // A place that the parser does not know is the whole file.
                line: problem.location.line().max(1),
                column: problem.location.column().max(1),
            },
            message: problem.message,
            hint: problem.hint,
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        self.hint.into_iter().map(str::to_owned).collect()
    }

    /// False always: the same text gives the same error again.
    pub fn is_retryable(&self) -> bool {
        false
    }
}

/// A place in a gate file. Prints as `gates.yaml:3:7`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// What the caller called the file.
    pub origin: String,
    /// The line, counted from 1.
    pub line: u64,
    /// The column in characters, counted from 1.
    pub column: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.origin, self.line, self.column)
    }
}
