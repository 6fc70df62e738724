//! What a run needs beside the gates.

use std::path::Path;

use ftc_process::{Cancel, Confinement, Containment, ParentEnv, Shim};

use crate::evidence::LogReader;
use crate::id::GateId;
use crate::result::{GateResult, GateRun};
use crate::spec::{GateSpec, Tier};

/// Where and for what gates are run. Make one with [`new`](Self::new) and set what else is known.
#[derive(Clone)]
#[non_exhaustive]
pub struct RunContext<'a> {
    /// The worktree that the gates run in.
    pub worktree: &'a Path,
    /// The tree that is in it, as a git object id. The verdict is about this tree.
    pub tree: String,
    /// The commit that the gate file was read from.
    pub base: Option<String>,
    /// The environment of the program, of which gates get a few variables.
    pub env: &'a ParentEnv,
    /// The directory of logs and of [`RUN_FILE`](crate::RUN_FILE). It is made if it is missing.
    pub artifacts: &'a Path,
    /// Who reads logs.
    pub reader: Option<&'a dyn LogReader>,
    /// Who is told what happens.
    pub observer: Option<&'a dyn Observer>,
    /// Which gates are run.
    pub selection: Selection,
    /// How much of a gate's output is kept in its log; 1 GiB unless set.
    pub log_limit_bytes: u64,
    /// Who holds the processes that a gate starts. Without one they are held by their process group only.
    pub shim: Option<Shim>,
    /// How well they must be held: a gate that cannot be held so is not started. [`Containment::Group`] unless set.
    pub containment: Containment,
    /// What every gate may do, as the caller wants it: usually [`Profile::Gate`](ftc_process::confine::Profile::Gate) with the git
    /// common directory of the worktree to read and what is private hidden. A gate also gets the worktree to write, and the
    /// network and the limits that its file says. Needs a shim. Without it a gate has the rights of this process.
    pub confinement: Option<Confinement>,
    /// Ends the gate that runs, and starts no other one.
    pub cancel: Option<Cancel>,
}

impl<'a> RunContext<'a> {
    /// A run of all gates, with nobody who reads logs or watches.
    pub fn new(
        worktree: &'a Path,
        tree: impl Into<String>,
        env: &'a ParentEnv,
        artifacts: &'a Path,
    ) -> Self {
        Self {
            worktree,
            tree: tree.into(),
            base: None,
            env,
            artifacts,
            reader: None,
            observer: None,
            selection: Selection::default(),
            log_limit_bytes: 1 << 30,
            shim: None,
            containment: Containment::Group,
            confinement: None,
            cancel: None,
        }
    }
}

/// Which gates of a file are run. The default is all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Selection {
    /// Only those of this tier.
    pub tier: Option<Tier>,
    /// Only these, if there are any. One that the file does not have is an error.
    pub only: Vec<GateId>,
}

impl Selection {
    /// All gates.
    pub fn all() -> Self {
        Self::default()
    }

    /// The gates of one tier.
    pub fn tier(tier: Tier) -> Self {
        Self {
            tier: Some(tier),
            only: Vec::new(),
        }
    }

    /// The gates of these names.
    pub fn only(ids: impl IntoIterator<Item = GateId>) -> Self {
        Self {
            tier: None,
            only: ids.into_iter().collect(),
        }
    }
}

/// Is told what happens, on the thread that called [`run`](crate::run).
pub trait Observer: Sync {
    /// Something happened.
    fn event(&self, event: &Event<'_>);
}

/// What happens in a run.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A gate is started.
    Started {
        /// The gate.
        gate: &'a GateSpec,
        /// What is run.
        argv: &'a [String],
        /// Where its log is being written.
        log: &'a Path,
    },
    /// A gate has ended, or will not be started.
    Finished {
        /// Its result.
        result: &'a GateResult,
    },
    /// The verdict is known and written.
    Decided {
        /// The run.
        run: &'a GateRun,
    },
}
