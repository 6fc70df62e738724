//! Why there is no repository.

use std::io;
use std::path::PathBuf;

use super::Cause;
use crate::program::GitCallError;

/// Why a repository could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Neither the folder nor one above it belongs to a repository.
    #[error("`{path}` is not in a git repository")]
    NotARepository {
        /// What was asked for.
        path: PathBuf,
    },
    /// The path itself could not be looked at.
    #[error("failed to look at `{path}`")]
    Path {
        /// The path.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// It belongs to somebody else, who could make git run programs for us.
    #[error("repository `{path}` belongs to another user")]
    OtherOwner {
        /// The git directory.
        path: PathBuf,
    },
    /// The worktree's `.git` file names a directory that is not a git directory (any more).
    #[error("`{path}` points to `{target}`, which is not a git directory")]
    BrokenLink {
        /// The `.git` file.
        path: PathBuf,
        /// What it names.
        target: PathBuf,
    },
    /// It is damaged, or of a format that is not supported (SHA-256 objects, reftable).
    #[error("failed to open repository `{path}`")]
    Unreadable {
        /// The git directory.
        path: PathBuf,
        /// Why.
        source: Cause,
    },
}

impl OpenError {
    /// Whether there is no repository at all.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotARepository { .. })
    }

    /// Whether the same call may succeed later without anybody doing something.
    pub fn is_retryable(&self) -> bool {
        false
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::NotARepository { .. } => {
                vec!["run it inside a repository, or make one with `git init`".to_owned()]
            }
            Self::OtherOwner { path } => vec![format!(
                "run it as the owner of `{}`, or make the directory yours",
                path.display()
            )],
            Self::BrokenLink { .. } => {
                vec!["`git worktree repair` in the main worktree may mend it".to_owned()]
            }
            Self::Unreadable { .. } => {
                vec!["repositories with SHA-256 objects or a reftable are not supported".to_owned()]
            }
            Self::Path { .. } => Vec::new(),
        }
    }
}

/// Why a repository could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// The branch cannot have this name.
    #[error("`{name}` cannot be the name of a branch")]
    BranchName {
        /// The name.
        name: String,
    },
    /// git could not make it.
    #[error("failed to make a repository at `{path}`")]
    Create {
        /// Where.
        path: PathBuf,
        /// Why.
        source: GitCallError,
    },
    /// It was made but cannot be opened.
    #[error("failed to open the new repository at `{path}`")]
    Open {
        /// Where.
        path: PathBuf,
        /// Why.
        source: OpenError,
    },
}

impl InitError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Create { source, .. } if source.is_retryable())
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Create { source, .. } => source.hints(),
            Self::Open { source, .. } => source.hints(),
            Self::BranchName { .. } => Vec::new(),
        }
    }
}
