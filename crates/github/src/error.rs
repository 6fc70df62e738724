//! Why a forge did not do what it was asked.

use std::io;
use std::path::{Path, PathBuf};

/// The result of a call to a forge.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The error of something below, without its type.
pub type Source = Box<dyn std::error::Error + Send + Sync + 'static>;

/// Why a forge did not do what it was asked. Unless the variant says otherwise, nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such thing.
    #[error("there is no {what}")]
    NotFound {
        /// What: `issue #3`.
        what: String,
    },
    /// The account may not do that.
    #[error("`{login}` may not {action}: {reason}")]
    Forbidden {
        /// Who.
        login: String,
        /// What: `add labels`.
        action: String,
        /// Why not.
        reason: String,
    },
    /// Somebody else changed the same thing, or it is not in a state for this.
    #[error("{what} {problem}")]
    Conflict {
        /// What, for instance a branch.
        what: String,
        /// `is at ..., not at ...`.
        problem: String,
    },
    /// The forge does not take such a value.
    #[error("{field} {problem}")]
    Validation {
        /// Which value: `the title`.
        field: String,
        /// `is empty`.
        problem: String,
    },
    /// The write was sent, and whether it took effect is not known. It must be looked for before it is made again.
    #[error("it is not known whether {what} took effect")]
    Ambiguous {
        /// What: `creating an issue`.
        what: String,
        /// What went wrong after sending.
        source: Source,
    },
    /// The forge could not be reached. Retryable.
    #[error("failed to reach {forge}")]
    Transport {
        /// Which forge.
        forge: String,
        /// What went wrong.
        source: Source,
    },
    /// The forge takes no more calls before `until`. Retryable then.
    #[error("{forge} takes no more calls before {until}")]
    RateLimited {
        /// Which forge.
        forge: String,
        /// When it will.
        until: jiff::Timestamp,
    },
    /// A file of the local forge could not be read or written.
    #[error("failed to {doing} `{}`", path.display())]
    Io {
        /// `read`, `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of the local forge does not hold what such a file holds.
    #[error("`{}` is damaged: {problem}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Git did not do what it was asked.
    #[error("failed to {doing}")]
    Git {
        /// For instance `read the branch`, with its name.
        doing: String,
        /// What git said.
        source: Source,
        /// Whether the same call may succeed later.
        retryable: bool,
    },
}

impl Error {
    pub(crate) fn not_found(what: impl std::fmt::Display) -> Self {
        Self::NotFound {
            what: what.to_string(),
        }
    }

    pub(crate) fn conflict(what: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Conflict {
            what: what.into(),
            problem: problem.into(),
        }
    }

    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn damaged(path: &Path, problem: impl std::fmt::Display) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            problem: problem.to_string(),
        }
    }

    pub(crate) fn invalid(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Validation {
            field: field.into(),
            problem: problem.into(),
        }
    }

    /// Whether the same call may succeed later without anybody doing anything.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Transport { .. } | Self::RateLimited { .. } => true,
            Self::Git { retryable, .. } => *retryable,
            Self::Io { source, .. } => {
                use io::ErrorKind::{
                    Interrupted, QuotaExceeded, ResourceBusy, StorageFull, WouldBlock,
                };
                matches!(
                    source.kind(),
                    Interrupted | WouldBlock | StorageFull | QuotaExceeded | ResourceBusy
                )
            }
            _ => false,
        }
    }

    /// Whether the thing asked for does not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// Whether somebody else was first.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    /// Whether the write may have taken effect.
    pub fn is_ambiguous(&self) -> bool {
        matches!(self, Self::Ambiguous { .. })
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::Forbidden { .. } => {
                "ask somebody who runs the repository for the permission, or act as another account"
            }
            Self::Ambiguous { .. } => {
                "run the command again; it looks for what it wrote before it writes"
            }
            Self::Transport { .. } | Self::RateLimited { .. } => "try again later",
            Self::Damaged { .. } => "restore the file from a backup, or move it away",
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                "free some space and run the command again"
            }
            _ => return Vec::new(),
        };
        vec![hint.to_owned()]
    }
}
