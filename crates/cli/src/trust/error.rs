//! Why trust could not be read or written.

use std::io;
use std::path::PathBuf;

use ftc_durable::{LockError, WriteError};

use super::TRUST_VARIABLE;
use crate::error::CliError;
use crate::exit::ExitCode;

/// Why trust could not be read or written. Whoever asks treats it as no trust.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The environment does not say where the person's state is.
    #[error(
        "there is no place for the file of trust: neither `XDG_STATE_HOME` nor `HOME` is an absolute path"
    )]
    NoPlace,
    /// The file could not be read.
    #[error("failed to read the file of trust `{path}`")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Somebody else could have written the file.
    #[error("the file of trust `{path}` is {found}")]
    Unsafe {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: &'static str,
    },
    /// The file is not what is written there.
    #[error("`{path}` is not a file of trust")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// The file was written by another version.
    #[error("the file of trust `{path}` has the schema `{found}`")]
    Schema {
        /// The file.
        path: PathBuf,
        /// The schema that it names.
        found: String,
    },
    /// The variable holds something that is no digest.
    #[error(
        "the environment variable `{TRUST_VARIABLE}` holds `{found}`, which is not a digest of 64 lower-case hex digits"
    )]
    Variable {
        /// What.
        found: String,
    },
    /// The text is no digest.
    #[error("`{found}` is not a digest of 64 lower-case hex digits")]
    NotADigest {
        /// The text.
        found: String,
    },
    /// The directory could not be made.
    #[error("failed to make the directory `{path}`")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Another program was changing it.
    #[error("failed to lock the file of trust")]
    Lock(#[source] LockError),
    /// The file could not be written.
    #[error("failed to remember what is trusted")]
    Write(#[source] WriteError),
}

impl TrustError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Lock(error) => error.is_retryable(),
            Self::Write(error) => error.is_retryable(),
            _ => false,
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Unsafe { path, .. } => vec![format!(
                "look at `{}`, remove it if it is not yours, and trust again",
                path.display()
            )],
            Self::Malformed { path, .. } | Self::Schema { path, .. } => {
                vec![format!("remove `{}` and trust again", path.display())]
            }
            Self::Variable { .. } => {
                vec!["`ftc trust --dry-run` prints the digest of a gate file".to_owned()]
            }
            Self::NoPlace => vec![format!(
                "set `HOME`, or in CI `{TRUST_VARIABLE}` to the digest of the gate file"
            )],
            Self::Write(error) => error.hints(),
            _ => Vec::new(),
        }
    }
}

impl From<TrustError> for CliError {
    fn from(error: TrustError) -> Self {
        let code = if error.is_retryable() {
            ExitCode::TryAgain
        } else {
            ExitCode::Usage
        };
        let hints = error.hints();
        hints.into_iter().fold(Self::new(code, error), Self::hint)
    }
}
