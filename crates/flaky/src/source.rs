//! Where failures are looked for.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where failures are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// `dir:PATH`: logs and test reports in a folder, subfolders included. A log whose path has a folder named like a full
    /// commit id belongs to that commit.
    Directory(PathBuf),
    /// `runs:N`: the repository's own test gate, run so many times at the tip of the base branch in a leased worktree.
    Runs(u32),
}

impl Source {
    /// The most runs of one discovery.
    pub const MAX_RUNS: u32 = 10_000;
}

/// Why a text is no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseSourceError {
    /// It begins with no known word.
    #[error("`{text}` is no source of failures")]
    Unknown {
        /// The text.
        text: String,
    },
    /// `runs:` is not followed by a number from 1 to [`Source::MAX_RUNS`].
    #[error("`{count}` is no number of runs from 1 to {}", Source::MAX_RUNS)]
    BadCount {
        /// What follows the colon.
        count: String,
    },
    /// `dir:` is followed by nothing.
    #[error("`dir:` names no folder")]
    NoDirectory,
}

impl ParseSourceError {
    /// Never: the same text fails again.
    pub fn is_retryable(&self) -> bool {
        false
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        vec![
            "write `runs:30` to run the tests thirty times, or `dir:PATH` to read a folder of logs"
                .to_owned(),
        ]
    }
}

impl FromStr for Source {
    type Err = ParseSourceError;

    fn from_str(text: &str) -> Result<Self, ParseSourceError> {
        match text.split_once(':') {
            Some(("dir", "")) => Err(ParseSourceError::NoDirectory),
            Some(("dir", path)) => Ok(Self::Directory(path.into())),
            Some(("runs", count)) => match count.parse() {
                Ok(runs) if (1..=Self::MAX_RUNS).contains(&runs) => Ok(Self::Runs(runs)),
                _ => Err(ParseSourceError::BadCount {
                    count: count.to_owned(),
                }),
            },
            _ => Err(ParseSourceError::Unknown {
                text: text.to_owned(),
            }),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(path) => write!(f, "dir:{}", path.display()),
            Self::Runs(count) => write!(f, "runs:{count}"),
        }
    }
}
