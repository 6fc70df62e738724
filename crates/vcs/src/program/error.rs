//! Why git did not do what it should.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ftc_process::{End, Outcome, SpawnError};

/// Why a call of the git program did not do what it should.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitCallError {
    /// The private git directory could not be made.
    #[error("failed to prepare a private git directory in `{path}`")]
    PrivateDirectory {
        /// Where.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// git could not be started.
    #[error("failed to run `git {command}`")]
    Start {
        /// The subcommand.
        command: &'static str,
        /// Why.
        source: SpawnError,
    },
    /// git took too long and was stopped.
    #[error("`git {command}` was stopped after {} s", limit.as_secs())]
    TimedOut {
        /// The subcommand.
        command: &'static str,
        /// How long it could take.
        limit: Duration,
    },
    /// git said more than is read.
    #[error("`git {command}` answered more than {limit_bytes} bytes")]
    AnswerTooLong {
        /// The subcommand.
        command: &'static str,
        /// The limit.
        limit_bytes: usize,
    },
    /// git said something that is not understood.
    #[error("`git {command}` gave an unexpected answer: `{answer}`")]
    Answer {
        /// The subcommand.
        command: &'static str,
        /// Its beginning.
        answer: String,
    },
    /// git failed.
    #[error("`git {command}` failed with {end}: {message}")]
    Failed {
        /// The subcommand.
        command: &'static str,
        /// How it ended.
        end: End,
        /// What it wrote to standard error, without control characters and cut to a readable length.
        message: String,
    },
}

impl GitCallError {
    pub(crate) fn failed(command: &'static str, outcome: &Outcome) -> Self {
        Self::Failed {
            command,
            end: outcome.end,
            message: readable(&outcome.stderr.to_text()),
        }
    }

    pub(crate) fn private(path: &Path, source: io::Error) -> Self {
        Self::PrivateDirectory {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn answer(command: &'static str, answer: &[u8]) -> Self {
        Self::Answer {
            command,
            answer: readable(&String::from_utf8_lossy(answer)),
        }
    }

    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::TimedOut { .. } => true,
            Self::Start { source, .. } => source.is_retryable(),
            Self::PrivateDirectory { source, .. } => {
                matches!(
                    source.kind(),
                    io::ErrorKind::StorageFull | io::ErrorKind::Interrupted
                )
            }
            _ => false,
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::PrivateDirectory { .. } => {
                vec!["`TMPDIR` has to be a directory that can be written".to_owned()]
            }
            Self::Start { source, .. } => source.hints(),
            _ => Vec::new(),
        }
    }
}

/// What git wrote, made harmless for a message: one line, no control characters, not too long.
pub(crate) fn readable(text: &str) -> String {
    const LIMIT: usize = 600;
    let line = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("; ");
    let mut line: String = line
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    if let Some((end, _)) = line.char_indices().nth(LIMIT) {
        line.truncate(end);
        line.push_str("...");
    }
    line
}
