//! Discovery: runs or logs in; measured failures out.

mod logs;
mod measure;
mod runs;

pub(crate) use self::logs::read_directory;
pub(crate) use self::measure::{Judgement, Measured, all, judge, measure};
pub use self::runs::RunsError;
pub(crate) use self::runs::{chosen_gate, load_gates, run_tests, why_red};

use std::io;
use std::path::PathBuf;

use ftc_state::StoreError;

/// What a discovery saw.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Discovery {
    /// Runs or logs that were read.
    pub read: u64,
    /// How many of them had a failure that did not pass on retry.
    pub failed: u64,
    /// Runs that were red although nothing in their logs says what failed.
    pub unexplained: u64,
    /// Why the first of them was red, with the last words of its log.
    pub first_unexplained: Option<String>,
    /// Runs that were green without saying that any test ran: they prove nothing, and are not counted in rates.
    pub silent: u64,
    /// The folder with a log of every run, where tests were run.
    pub logs: Option<PathBuf>,
    /// The commit that was run, where it was one.
    pub commit: Option<String>,
    /// Failures that are remembered and for which no issue is opened, with the reason.
    pub held: Vec<Held>,
    /// Inputs that could not be read. The others were.
    pub unreadable: Vec<Unreadable>,
}

/// A failure for which no issue is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Held {
    /// The beginning of its fingerprint.
    pub failure: String,
    /// The test, where there is one.
    pub test: Option<String>,
    /// Why.
    pub reason: String,
}

/// An input that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

/// Why a discovery did not end. What was found before is in the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoverError {
    /// The tests could not be run.
    #[error("failed to run the tests")]
    Runs(#[from] RunsError),
    /// The folder of logs cannot be listed.
    #[error("failed to read the folder `{path}`")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DiscoverError {
    /// Whether the same discovery may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Runs(error) => error.is_retryable(),
            Self::Folder { .. } => false,
            Self::Store(error) => error.is_retryable(),
        }
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Runs(error) => error.hints(),
            Self::Folder { .. } => vec!["does the folder of `dir:PATH` exist?".to_owned()],
            Self::Store(error) => error.hints(),
        }
    }
}
