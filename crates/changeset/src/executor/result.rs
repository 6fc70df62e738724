//! What was done.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::found::Conflict;
use super::health::HealthReport;
use super::step::Step;
use crate::{RepoPath, State};

/// What an execution did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExecutionResult {
    /// Its id; that of the recorded execution if the plan had been carried out before, and empty if there is no record.
    pub execution_id: String,
    /// What it came to.
    pub outcome: Outcome,
    /// The files of the change.
    pub files: Vec<FileResult>,
    /// What the health checks found.
    pub health: Vec<HealthReport>,
    /// Where displaced files are kept because somebody wrote into them while they were replaced.
    pub kept: Option<PathBuf>,
}

/// What an execution came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The change was applied.
    Applied,
    /// The change was there already, and nothing was written.
    AlreadyApplied,
}

/// One file before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FileResult {
    /// The file.
    pub path: RepoPath,
    /// What it was; `None` if there was none.
    pub old: Option<State>,
    /// What it is; `None` if there is none.
    pub new: Option<State>,
}

impl From<&Step> for FileResult {
    fn from(step: &Step) -> Self {
        Self {
            path: step.path.clone(),
            old: step.old,
            new: step.new,
        }
    }
}

/// What an execution would do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preview {
    /// The files of the change.
    pub files: Vec<FileResult>,
    /// The files that are not what the change starts from. With any, nothing would be changed.
    pub conflicts: Vec<Conflict>,
    /// Everything is already as the change would make it.
    pub already_applied: bool,
}

/// What recovery found, and what it did.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RecoveryReport {
    /// The transactions that were left behind.
    pub transactions: Vec<Recovered>,
    /// Another executor works in the tree, so nothing was looked at: what it does is not left behind.
    pub busy: bool,
}

impl RecoveryReport {
    /// Whether there was nothing to do.
    pub fn is_clean(&self) -> bool {
        self.transactions.is_empty()
    }
}

/// A transaction that was left behind.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Recovered {
    /// Its id, which is that of the execution.
    pub id: String,
    /// What became of it.
    pub outcome: RecoveryOutcome,
    /// The files that are neither old nor new. They are somebody else's, and were left alone.
    pub left_alone: Vec<Conflict>,
    /// Where its files are kept because somebody wrote into them.
    pub kept: Option<PathBuf>,
}

/// What became of a transaction that was left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecoveryOutcome {
    /// It had not changed anything yet.
    Discarded,
    /// It had ended, and only had to be tidied away.
    Finished,
    /// It was decided, and was carried to its end.
    RolledForward,
    /// It was undecided, and was taken back.
    RolledBack,
    /// As the two before, but for files that somebody else has changed.
    Conflicted,
    /// Its journal is not believed, and nothing was done. A person has to look.
    Refused {
        /// Why.
        reason: String,
    },
}

impl RecoveryOutcome {
    /// The word used in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Discarded => "discarded",
            Self::Finished => "finished",
            Self::RolledForward => "rolled_forward",
            Self::RolledBack => "rolled_back",
            Self::Conflicted => "conflicted",
            Self::Refused { .. } => "refused",
        }
    }
}
