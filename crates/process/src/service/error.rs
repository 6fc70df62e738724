//! Why something with a service did not work.

use std::io;
use std::path::PathBuf;

use crate::identity::ProcessIdentity;
use crate::spawn::SpawnError;

/// Why a service could not be started, found or told something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// This system cannot hold services.
    #[error("services need Linux")]
    Unsupported,
    /// The directory of the service cannot be made, opened or read.
    #[error("failed to use the service directory `{directory}`")]
    Directory {
        /// The directory.
        directory: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The directory, or a file in it, is not what we made: somebody else may have put it there. Nothing was changed.
    #[error("`{path}` is not safe to use: {why}")]
    Unsafe {
        /// The file or directory.
        path: PathBuf,
        /// What is wrong with it, in words.
        why: String,
    },
    /// A file of the service cannot be read or written.
    #[error("failed to use `{path}`")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's answer, or what is wrong with its content.
        source: io::Error,
    },
    /// A service already runs, or is being started, in this directory. It was left alone.
    #[error("a service already runs in `{directory}`{}", of_pid(program.as_deref()))]
    AlreadyRunning {
        /// The directory.
        directory: PathBuf,
        /// Its program, as far as it is known by now.
        program: Option<Box<ProcessIdentity>>,
    },
    /// The program could not be started. Nothing runs.
    #[error("failed to start the service in `{directory}`")]
    Start {
        /// The directory of the service.
        directory: PathBuf,
        /// Why.
        source: Box<SpawnError>,
    },
    /// The shim runs but does not answer.
    #[error("the shim of the service in `{directory}` does not answer")]
    NoAnswer {
        /// The directory.
        directory: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The shim could not do what it was asked for.
    #[error("the service in `{directory}` could not {what}")]
    Refused {
        /// The directory.
        directory: PathBuf,
        /// What it was asked for, in words.
        what: String,
        /// The system's answer.
        source: io::Error,
    },
    /// The service has ended.
    #[error("the service in `{directory}` has ended")]
    Ended {
        /// The directory.
        directory: PathBuf,
    },
    /// The shim has ended without a record. [`Service::adopt`](crate::service::Service::adopt) kills what it left.
    #[error("the service in `{directory}` is lost: {why}")]
    Lost {
        /// The directory.
        directory: PathBuf,
        /// What happened, in words.
        why: String,
    },
}

impl ServiceError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::NoAnswer { .. } => true,
            Self::Start { source, .. } => source.is_retryable(),
            _ => false,
        }
    }

    /// Whether a service already runs in the directory.
    pub fn is_already_running(&self) -> bool {
        matches!(self, Self::AlreadyRunning { .. })
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Start { source, .. } => source.hints(),
            Self::Unsafe { path, .. } => vec![format!(
                "look at who made `{}`, and move it away if it is not yours",
                path.display()
            )],
            Self::NoAnswer { .. } => {
                vec!["it may be halted (SIGSTOP) or waiting for a slow disk; try again".to_owned()]
            }
            _ => Vec::new(),
        }
    }
}

fn of_pid(program: Option<&ProcessIdentity>) -> String {
    program.map_or_else(String::new, |program| format!(" (process {})", program.pid))
}
