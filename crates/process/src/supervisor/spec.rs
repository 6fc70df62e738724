//! What a service is, as a person writes it.

mod check;
mod environment;
mod order;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use check::SpecError;
pub use order::start_order;

use super::probe::ProbeSpec;
use super::restart::RestartPolicy;
use crate::confine::{Confinement, Network, Profile, Require, ResourceLimits};
use crate::millis;
use crate::service::LogPolicy;
use crate::signal::Signal;

/// One service. Keys that are not known are errors; durations are whole milliseconds.
///
/// Whether it makes sense is checked by [`ServiceSpec::check`], and together with others by [`start_order`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ServiceSpec {
    /// Its name, and that of its directory: `[a-z0-9][a-z0-9_-]*`, at most 64 bytes.
    pub name: String,
    /// Program and arguments. A program without a slash is looked up in the `PATH` that the service gets.
    pub argv: Vec<String>,
    /// Where it runs: an absolute path.
    pub directory: PathBuf,
    /// Its environment.
    #[serde(default, rename = "env")]
    pub environment: EnvironmentSpec,
    /// Services that must be ready before it is started.
    #[serde(default)]
    pub depends_on: Vec<String>,
    /// Whether those that depend on it are restarted when it is.
    #[serde(default)]
    pub restart_dependents: bool,
    /// Until it has passed, the others wait. When it fails, the service is restarted under the restart policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub startup: Option<ProbeSpec>,
    /// While it fails, the service is not ready. That never ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readiness: Option<ProbeSpec>,
    /// When it fails, the service is restarted under the restart policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liveness: Option<ProbeSpec>,
    /// When it is started again.
    #[serde(default)]
    pub restart: RestartPolicy,
    /// How it is stopped.
    #[serde(default)]
    pub stop: StopSpec,
    /// How much of its output is kept.
    #[serde(default)]
    pub log: LogPolicy,
    /// What it may read, write and reach. Without it, whatever its supervisor may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confinement: Option<ConfinementSpec>,
}

/// The environment of a service: the variables that every child inherits
/// ([`INHERITED_NAMES`](crate::INHERITED_NAMES), [`INHERITED_PREFIXES`](crate::INHERITED_PREFIXES)), those named here, and
/// `TERM=dumb`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct EnvironmentSpec {
    /// Variables of the supervisor's environment that are passed on, where they are set.
    pub pass: Vec<String>,
    /// Variables and their values. They win over those that are passed on.
    pub set: BTreeMap<String, String>,
}

/// How a service is stopped: first a signal to its process group, then, after the grace, SIGKILL to all that is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct StopSpec {
    /// The first signal; `TERM` unless set.
    pub signal: Signal,
    /// How long it has to end by itself; ten seconds unless set.
    #[serde(rename = "grace_ms", with = "millis")]
    pub grace: Duration,
}

/// What a service may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ConfinementSpec {
    /// The kind of child.
    pub profile: Profile,
    /// Absolute paths beneath which it may write.
    #[serde(default)]
    pub writable: Vec<PathBuf>,
    /// Absolute paths beneath which it may read, besides what its profile lets it read.
    #[serde(default)]
    pub readable: Vec<PathBuf>,
    /// Absolute paths beneath which it may not even read, though they lie beneath one that it may.
    #[serde(default)]
    pub hidden: Vec<PathBuf>,
    /// Which network it has, where it is not that of its profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// What one of its processes may use.
    #[serde(default)]
    pub limits: ResourceLimits,
    /// Whether it is refused to run where the kernel cannot confine it as asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require: Option<Require>,
}

impl ServiceSpec {
    /// A service with this name and argument list that runs in `directory`, everything else as when its key is absent.
    pub fn new(
        name: impl Into<String>,
        argv: impl IntoIterator<Item: Into<String>>,
        directory: impl Into<PathBuf>,
    ) -> Self {
        Self {
            name: name.into(),
            argv: argv.into_iter().map(Into::into).collect(),
            directory: directory.into(),
            environment: EnvironmentSpec::default(),
            depends_on: Vec::new(),
            restart_dependents: false,
            startup: None,
            readiness: None,
            liveness: None,
            restart: RestartPolicy::default(),
            stop: StopSpec::default(),
            log: LogPolicy::default(),
            confinement: None,
        }
    }
}

impl ConfinementSpec {
    /// What the shim is told. Relative paths were refused by [`ServiceSpec::check`].
    pub(crate) fn to_confinement(&self) -> Confinement {
        let mut confinement = Confinement::new(self.profile).limits(self.limits);
        for path in &self.writable {
            confinement = confinement.writable(path);
        }
        for path in &self.readable {
            confinement = confinement.readable(path);
        }
        for path in &self.hidden {
            confinement = confinement.hidden(path);
        }
        if let Some(network) = self.network {
            confinement = confinement.network(network);
        }
        if let Some(require) = self.require {
            confinement = confinement.require(require);
        }
        confinement
    }
}

impl Default for StopSpec {
    fn default() -> Self {
        Self {
            signal: Signal::Term,
            grace: Duration::from_secs(10),
        }
    }
}
