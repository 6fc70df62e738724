//! How an executor works.

use std::path::PathBuf;
use std::time::Duration;

use ftc_process::{Cancel, Confinement, ParentEnv, Shim};

/// How an [`Executor`](crate::Executor) works.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExecutorOptions {
    /// The directory of the key that seals journals and the audit log. It and the key are created at first use, for their
    /// owner alone. It must not be in the tree that is changed.
    pub key_dir: PathBuf,
    /// How long to wait for another executor in the same tree; not at all unless set.
    pub lock_wait: Duration,
    /// The environment that the commands of health checks choose from; empty unless set.
    pub env: ParentEnv,
    /// Who does it, for the audit log and for whoever is kept waiting.
    pub actor: String,
    /// The name of this machine, for whoever is kept waiting.
    pub host: String,
    /// Who holds the processes that the commands of health checks start. Without one they are held by their process group only.
    pub shim: Option<Shim>,
    /// What these commands may do beside reading the tree: usually a
    /// [`Profile::Health`](ftc_process::confine::Profile::Health). Needs a shim. Without it they have the rights of this process.
    pub confinement: Option<Confinement>,
    /// Ends the command of a health check, which has then failed. The change itself is finished or taken back all the same.
    pub cancel: Option<Cancel>,
}

impl ExecutorOptions {
    /// Options with the key in `key_dir`, and everything else as its field says.
    pub fn new(key_dir: impl Into<PathBuf>) -> Self {
        Self {
            key_dir: key_dir.into(),
            lock_wait: Duration::ZERO,
            env: ParentEnv::default(),
            actor: "unknown".to_owned(),
            host: "this machine".to_owned(),
            shim: None,
            confinement: None,
            cancel: None,
        }
    }

    /// Lets `shim` hold the processes of health checks.
    #[must_use]
    pub fn shim(mut self, shim: Shim) -> Self {
        self.shim = Some(shim);
        self
    }

    /// Restricts what the commands of health checks may do.
    #[must_use]
    pub fn confine(mut self, confinement: Confinement) -> Self {
        self.confinement = Some(confinement);
        self
    }

    /// Ends the commands of health checks when `cancel` says so.
    #[must_use]
    pub fn cancel_on(mut self, cancel: &Cancel) -> Self {
        self.cancel = Some(cancel.clone());
        self
    }

    /// Waits up to `wait` for another executor in the same tree.
    #[must_use]
    pub fn lock_wait(mut self, wait: Duration) -> Self {
        self.lock_wait = wait;
        self
    }

    /// Lets the commands of health checks choose from `env`.
    #[must_use]
    pub fn env(mut self, env: ParentEnv) -> Self {
        self.env = env;
        self
    }

    /// Names who does it.
    #[must_use]
    pub fn actor(mut self, actor: impl Into<String>) -> Self {
        self.actor = actor.into();
        self
    }

    /// Names this machine.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = host.into();
        self
    }
}
