//! Why a supervisor could not do something.

use std::io;
use std::path::PathBuf;

use super::spec::SpecError;
use crate::identity::ProcessIdentity;

/// Why a supervisor could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SupervisorError {
    /// This system cannot hold services.
    #[error("services need Linux")]
    Unsupported,
    /// A service is not described as it must be.
    #[error("the services cannot be used as they are described")]
    Spec(#[source] SpecError),
    /// Another supervisor has the directory. It was left alone.
    #[error("`{directory}` is supervised already{}", by(owner.as_deref()))]
    AlreadySupervised {
        /// The directory.
        directory: PathBuf,
        /// The other's process, as far as it has told.
        owner: Option<Box<ProcessIdentity>>,
    },
    /// A file or directory of the supervisor cannot be used.
    #[error("failed to use `{path}`")]
    File {
        /// The file or directory.
        path: PathBuf,
        /// The system's answer, or what is wrong with the content.
        source: io::Error,
    },
    /// The system has refused what is needed to supervise.
    #[error("failed to {what}")]
    System {
        /// What was being done, in words.
        what: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// There is no service with this name.
    #[error("there is no service `{service}` in `{directory}`")]
    NoSuchService {
        /// The name.
        service: String,
        /// The directory of the supervisor.
        directory: PathBuf,
    },
    /// The service was restarted too often, and has to be reset first.
    #[error("service `{service}` is in a crash loop")]
    CrashLoop {
        /// The service.
        service: String,
    },
}

impl SupervisorError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::AlreadySupervised { .. } | Self::System { .. })
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::AlreadySupervised {
                owner: Some(owner), ..
            } => vec![format!("ask process {}, or end it", owner.pid)],
            Self::CrashLoop { service } => vec![format!(
                "look at the log of `{service}`, and reset it when the cause is gone"
            )],
            Self::File { path, source } if source.kind() == io::ErrorKind::InvalidData => {
                vec![format!(
                    "move `{}` away if nothing in it is needed: the service is then as if it had never been started",
                    path.display()
                )]
            }
            _ => Vec::new(),
        }
    }
}

fn by(owner: Option<&ProcessIdentity>) -> String {
    owner.map_or_else(String::new, |owner| {
        format!(" by process {} on `{}`", owner.pid, owner.host)
    })
}
