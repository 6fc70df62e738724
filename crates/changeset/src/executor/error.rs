//! Why nothing was changed, or why it was changed back.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use ftc_durable::{AppendError, LockError, ReadError, WriteError};

use super::found::Conflict;
use crate::{BlobError, Checksum, PlanId, RepoPath};

/// Why a tree cannot be worked on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecutorError {
    /// The system refused.
    #[error("failed to access `{path}`")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A file of the state directory could not be written.
    #[error(transparent)]
    Write(WriteError),
    /// A log of the state directory could not be written.
    #[error(transparent)]
    Append(AppendError),
    /// The lock could not be taken. Retryable if somebody holds it.
    #[error(transparent)]
    Lock(LockError),
    /// The state directory may be somebody else's work.
    #[error("the state directory `{path}` is refused: {reason}")]
    StateDir {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A journal that is not acted on, because it may be somebody else's work.
    #[error("journal `{path}` is refused: {reason}")]
    Journal {
        /// The journal.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
        /// Why it could not be read, if that is the reason.
        source: Option<ReadError>,
    },
    /// A record of an execution is damaged, or is not ours.
    #[error("the record `{path}` is refused: {reason}")]
    Record {
        /// The record.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The key lies in the tree that is changed, where a change could replace it.
    #[error("the directory of the key `{path}` is inside of the tree that is to be changed")]
    KeyInTree {
        /// The directory.
        path: PathBuf,
    },
    /// The key, or its directory, is open to others.
    #[error("`{path}` is not private: {reason}")]
    NotPrivate {
        /// The key or its directory.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The key file holds something else.
    #[error("`{path}` does not hold a key of ours")]
    BadKey {
        /// The key file.
        path: PathBuf,
    },
}

impl ExecutorError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Lock(error) => error.is_retryable(),
            Self::Append(error) => error.is_retryable(),
            _ => false,
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Lock(error) => error.hints(),
            Self::Append(error) => error.hints(),
            Self::StateDir { .. } => {
                vec!["look at what is in it; then remove it, and it is made anew".to_owned()]
            }
            Self::Journal { path, .. } => vec![format!(
                "it is not acted on: compare the tree with what it should be, then remove `{}`",
                path.parent().unwrap_or(path).display()
            )],
            Self::Record { .. } => {
                vec!["move its directory away once you know how it came about".to_owned()]
            }
            Self::KeyInTree { .. } => {
                vec![
                    "keep the key in a directory of your own outside of every repository"
                        .to_owned(),
                ]
            }
            Self::NotPrivate { path, .. } => {
                vec![format!(
                    "it should be yours alone: `chmod go-rwx {}`",
                    path.display()
                )]
            }
            _ => Vec::new(),
        }
    }
}

/// For `map_err`: the same system error with the path that it is about.
pub(super) fn io_error<E: Into<io::Error>>(
    path: impl AsRef<Path>,
) -> impl FnOnce(E) -> ExecutorError {
    move |source| ExecutorError::Io {
        path: path.as_ref().to_owned(),
        source: source.into(),
    }
}

/// Why a ChangeSet was not applied. Unless its variant says otherwise, the tree is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecError {
    /// Another executor works in the tree. Retryable.
    #[error("another executor works in this tree")]
    Busy(#[source] LockError),
    /// The tree cannot be worked on.
    #[error("the tree cannot be worked on")]
    Executor(#[from] ExecutorError),
    /// An earlier transaction could not be brought to an end. The tree may be half changed until it is.
    #[error("transaction `{}` has to be brought to an end first", transaction.display())]
    RecoveryNeeded {
        /// Its directory.
        transaction: PathBuf,
        /// Why it could not.
        source: Box<ExecutorError>,
    },
    /// The approval was used for another plan.
    #[error("approval `{approval_id}` was used in execution `{execution_id}`")]
    ApprovalUsed {
        /// The approval.
        approval_id: String,
        /// The execution that used it.
        execution_id: String,
    },
    /// The new content of a file is not at hand.
    #[error("the new content of `{path}` is missing")]
    BlobMissing {
        /// The file.
        path: RepoPath,
    },
    /// The new content of a file is not what was decided on.
    #[error("the new content of `{path}` is not what the ChangeSet says")]
    BlobMismatch {
        /// The file.
        path: RepoPath,
    },
    /// The new content of a file could not be read.
    #[error("failed to read the new content of `{path}`")]
    Blob {
        /// The file.
        path: RepoPath,
        /// Why.
        source: BlobError,
    },
    /// Files are not what the ChangeSet starts from. Nothing is changed, whatever it was is left alone.
    #[error("{}", list("the tree is not what the change starts from", conflicts))]
    Conflict {
        /// All of them.
        conflicts: Vec<Conflict>,
    },
    /// The plan was carried out before, and files have been changed since. They are left alone.
    #[error("{}", list(&format!("the plan was carried out in execution `{execution_id}`, and the tree has changed since"), conflicts))]
    Drifted {
        /// The execution that carried it out.
        execution_id: String,
        /// The files that have changed.
        conflicts: Vec<Conflict>,
    },
    /// The plan was used for another ChangeSet.
    #[error("plan `{plan_id}` was used for ChangeSet `{checksum}` in execution `{execution_id}`")]
    PlanReused {
        /// The plan.
        plan_id: PlanId,
        /// The other ChangeSet.
        checksum: Checksum,
        /// The execution that used it.
        execution_id: String,
    },
    /// The file system cannot exchange two files in one step, without which an edit could be lost unseen.
    #[error("the file system of `{path}` cannot exchange files")]
    NoExchange {
        /// The tree.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The new files could not be prepared: for instance the disk is full. Nothing was changed.
    #[error("failed to prepare the change")]
    Stage(#[source] ExecutorError),
    /// The change was begun, failed, and was taken back.
    #[error("{}", rolled_back(cause, left_alone))]
    RolledBack {
        /// The execution.
        execution_id: String,
        /// Why.
        cause: Box<RollbackCause>,
        /// The files that somebody else has changed meanwhile. They were left alone, all others are as they were.
        left_alone: Vec<Conflict>,
    },
    /// The change was begun and failed, and so did taking it back. The tree is half changed until recovery succeeds.
    #[error("the change failed ({cause}) and could not be taken back")]
    RollbackFailed {
        /// The execution.
        execution_id: String,
        /// Why the change failed.
        cause: Box<RollbackCause>,
        /// Why it could not be taken back.
        source: Box<ExecutorError>,
    },
    /// The whole change is in the tree, but not known to survive a power loss, or not recorded. Recovery ends it.
    #[error("the change is made, but execution `{execution_id}` could not be completed")]
    Unfinished {
        /// The execution.
        execution_id: String,
        /// Why.
        source: Box<ExecutorError>,
    },
}

/// Why a change was taken back.
#[derive(Debug)]
#[non_exhaustive]
pub enum RollbackCause {
    /// The system refused a step.
    Step {
        /// The file.
        path: RepoPath,
        /// The system's answer.
        source: io::Error,
    },
    /// A file was changed by somebody else between the check and its step, or after it.
    Conflict(Conflict),
    /// A health check failed.
    Unhealthy {
        /// The check.
        id: String,
        /// What was found.
        detail: String,
    },
}

impl fmt::Display for RollbackCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step { path, source } => write!(f, "`{path}` cannot be changed: {source}"),
            Self::Conflict(conflict) => conflict.fmt(f),
            Self::Unhealthy { id, detail } => write!(f, "health check `{id}` failed: {detail}"),
        }
    }
}

impl ExecError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Busy(_) => true,
            Self::Executor(error) | Self::Stage(error) => error.is_retryable(),
            _ => false,
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        let one = |text: &str| vec![text.to_owned()];
        match self {
            Self::Busy(error) => error.hints(),
            Self::Executor(error) | Self::Stage(error) => error.hints(),
            Self::RecoveryNeeded { source, .. } => source.hints(),
            Self::Conflict { .. } => one("make the change anew from the tree as it is"),
            Self::Drifted { .. } | Self::PlanReused { .. } => {
                one("make a new plan: a plan is carried out once")
            }
            Self::RollbackFailed { .. } | Self::Unfinished { .. } => {
                one("remove the cause, then run recovery")
            }
            _ => Vec::new(),
        }
    }
}

/// A headline, and what it is about, one per line.
fn list(headline: &str, conflicts: &[Conflict]) -> String {
    let lines = conflicts.iter().map(|conflict| format!("\n{conflict}"));
    std::iter::once(format!("{headline}:"))
        .chain(lines)
        .collect()
}

fn rolled_back(cause: &RollbackCause, left_alone: &[Conflict]) -> String {
    let headline = format!("the change was taken back: {cause}");
    if left_alone.is_empty() {
        headline
    } else {
        list(&format!("{headline}; left alone"), left_alone)
    }
}

/// Whether this is what a file system says that lacks a call.
pub(super) fn is_unsupported(error: &io::Error) -> bool {
    use rustix::io::Errno;
    [Errno::INVAL, Errno::NOSYS, Errno::OPNOTSUPP]
        .iter()
        .any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

/// For a path that is about to be named in an error.
pub(super) fn in_tree(root: &Path, path: &RepoPath) -> PathBuf {
    root.join(path.as_str())
}
