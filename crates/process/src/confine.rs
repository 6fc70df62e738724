//! Restricting what a child may read, write and reach.

mod allowed;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;
mod plan;
mod private;
mod stage;
mod start;
mod system;
mod tools;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use plan::{Plan, Planned};
pub(crate) use stage::stage2;
pub(crate) use start::start;

/// What a child may do. Applied by the shim to the child before it starts; it holds for all its descendants and cannot be taken
/// off again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "it does nothing but with `Spawn::confine`"]
pub struct Confinement {
    profile: Profile,
    writable: Vec<PathBuf>,
    readable: Vec<PathBuf>,
    hidden: Vec<PathBuf>,
    network: Network,
    scratch: Option<PathBuf>,
    limits: ResourceLimits,
    require: Require,
}

/// The kind of child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Profile {
    /// A coding agent: writes its worktree, a private home and a private temporary folder; has the network, where its model is.
    Agent,
    /// A gate: the same without network.
    Gate,
    /// A health check: writes a private home and temporary folder only, and has the network, where what it checks is.
    Health,
    /// No confinement.
    None,
}

/// Which network a child has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Network {
    /// That of its parent.
    On,
    /// None but a loopback of its own, or none at all, whichever the kernel allows.
    Off,
}

/// What happens where the kernel cannot confine as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Require {
    /// The child runs with what can be had; [`Confined`] tells.
    BestEffort,
    /// The child is not started unless files, network and signals are all confined as asked.
    Full,
}

/// What one process, or one user, may use at most. `None` leaves the parent's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ResourceLimits {
    /// Processes and threads of the child's user, all programs counted together (`RLIMIT_NPROC`). Not enforced for root.
    pub processes: Option<u64>,
    /// Open files of one process (`RLIMIT_NOFILE`).
    pub open_files: Option<u64>,
    /// The address space of one process, in bytes (`RLIMIT_AS`).
    pub memory_bytes: Option<u64>,
    /// The largest file that can be written, in bytes (`RLIMIT_FSIZE`).
    pub file_bytes: Option<u64>,
    /// Processor time of one process (`RLIMIT_CPU`), in whole seconds, rounded up.
    #[serde(rename = "cpu_ms", with = "crate::millis::option")]
    pub cpu: Option<Duration>,
}

/// What confinement was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Confined {
    /// What was asked for.
    pub profile: Profile,
    /// The Landlock ABI that confines files; 0 where they are not confined.
    pub landlock_abi: u32,
    /// How the network is kept off.
    pub network: NetworkLevel,
    /// Whether processes outside cannot be signalled or traced.
    pub signals: bool,
    /// Whether it sees a file system of its own, in which nothing exists but what it may use. Without it, Landlock alone keeps files
    /// from it: it can then see that they exist, and change the mode, owner and times of those that its user owns.
    pub private_view: bool,
    /// The limits in force, each no higher than what was asked for. A lower one of the parent stays.
    pub limits: ResourceLimits,
    /// What could not be had, in words.
    pub missing: Vec<String>,
}

/// How the network is kept off, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum NetworkLevel {
    /// It is not.
    Open,
    /// TCP is refused (Landlock), other protocols are not.
    Tcp,
    /// No socket of any network can be made (seccomp).
    Filter,
    /// A network namespace of its own, with nothing but a loopback.
    Namespace,
}

impl Confinement {
    /// The confinement of a kind of child.
    pub fn new(profile: Profile) -> Self {
        Self {
            profile,
            writable: Vec::new(),
            readable: Vec::new(),
            hidden: Vec::new(),
            network: match profile {
                Profile::Gate => Network::Off,
                Profile::Agent | Profile::Health | Profile::None => Network::On,
            },
            scratch: None,
            limits: ResourceLimits::default(),
            require: Require::BestEffort,
        }
    }

    /// Lets it write beneath `path`: its worktree.
    pub fn writable(mut self, path: impl Into<PathBuf>) -> Self {
        self.writable.push(path.into());
        self
    }

    /// Lets it read and execute beneath `path`, besides the system's programs and libraries, those of its `PATH`, and the
    /// caches of known toolchains. Beneath a [`writable`](Self::writable) path it takes the right to write away, as for `.git` in a
    /// worktree; that takes a mount namespace, and [`Confined::missing`] says where there is none.
    pub fn readable(mut self, path: impl Into<PathBuf>) -> Self {
        self.readable.push(path.into());
        self
    }

    /// Keeps `path` from it, although it lies beneath one of the others: `.ftc` in a repository. What is not there need not be hidden.
    ///
    /// It takes a mount namespace. Where the kernel does not allow one, what is beneath an allowed path can be read, and
    /// [`Confined::missing`] says so.
    pub fn hidden(mut self, path: impl Into<PathBuf>) -> Self {
        self.hidden.push(path.into());
        self
    }

    /// Which network it has.
    pub fn network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// The directory in which its private home and temporary folder are made, and where they stay: an existing directory of the
    /// caller. Without it both are made in the system's temporary directory and removed at the end.
    pub fn scratch(mut self, directory: impl Into<PathBuf>) -> Self {
        self.scratch = Some(directory.into());
        self
    }

    /// What it may use.
    pub fn limits(mut self, limits: ResourceLimits) -> Self {
        self.limits = limits;
        self
    }

    /// What happens where the kernel cannot confine as asked; [`Require::BestEffort`] unless set.
    pub fn require(mut self, require: Require) -> Self {
        self.require = require;
        self
    }

    /// Whether a directory for its private home and temporary folder was named.
    pub(crate) fn has_scratch(&self) -> bool {
        self.scratch.is_some()
    }

    /// What kind of child it is for.
    pub fn profile(&self) -> Profile {
        self.profile
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Agent => "agent",
            Self::Gate => "gate",
            Self::Health => "health",
            Self::None => "none",
        })
    }
}
