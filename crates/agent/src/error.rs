//! Why a driver could not do its part.

use std::error::Error;
use std::io;
use std::path::PathBuf;

/// Why a driver could not do its part of a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AgentError {
    /// The folder for what a run leaves lies in the worktree, where it would be taken for the agent's work.
    #[error("the folder `{out}` lies inside the worktree `{worktree}`")]
    OutInWorktree {
        /// The folder.
        out: PathBuf,
        /// The worktree.
        worktree: PathBuf,
    },
    /// A folder or file could not be made ready, read or removed.
    #[error("failed to prepare `{path}`")]
    Prepare {
        /// The folder or file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("failed to write `{path}`")]
    Write {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: ftc_durable::WriteError,
    },
    /// The state of the worktree could not be told.
    #[error("failed to tell the state of the worktree `{path}`")]
    Watch {
        /// The worktree.
        path: PathBuf,
        /// The watcher's answer.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The agent could not be started or waited for, though it is there.
    #[error("failed to run agent `{driver}`")]
    Run {
        /// The driver.
        driver: String,
        /// What went wrong.
        source: ftc_process::SpawnError,
    },
}

impl AgentError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Run { source, .. } if source.is_retryable())
    }

    /// Whether the agent killed the process that held it. Nothing that it did can be believed then.
    pub fn is_breach(&self) -> bool {
        matches!(
            self,
            Self::Run {
                source: ftc_process::SpawnError::Breached { .. },
                ..
            }
        )
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::OutInWorktree { .. } => {
                vec!["choose a folder outside of the worktree".to_owned()]
            }
            Self::Run { source, .. } => source.hints(),
            Self::Prepare { .. } | Self::Write { .. } | Self::Watch { .. } => Vec::new(),
        }
    }
}
