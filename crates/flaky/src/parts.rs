//! What a cleaner works with.

use std::path::PathBuf;
use std::sync::Arc;

use ftc_agent::AgentDriver;
use ftc_durable::Digest;
use ftc_github::Forge;
use ftc_process::confine::Require;
use ftc_process::{Containment, ParentEnv, ProcessIdentity, Shim};
use ftc_state::{RepositoryName, Store};
use ftc_vcs::Repository;
use ftc_worktree::Pool;
use jiff::Timestamp;

use crate::observe::Observer;
use crate::source::Source;

/// What a cleaner works with. Everything is handed in: the library looks at no environment, no clock and no home directory.
pub struct Parts {
    /// The name under which the store keeps what is found.
    pub repository: RepositoryName,
    /// The local repository: objects are read from it and worktrees are leased in it.
    pub code: Repository,
    /// Where the base branch is fetched from: a URL or a path, as `git fetch` takes it.
    pub remote: String,
    /// The branch that failures are looked for on, and that fixes are proposed for.
    pub base_branch: String,
    /// Where issues and pull requests live.
    pub forge: Arc<dyn Forge>,
    /// Where everything is remembered.
    pub store: Arc<dyn Store>,
    /// Where worktrees are leased from.
    pub pool: Pool,
    /// Who writes fixes. Without one, everything goes on up to the approval.
    pub agent: Option<Arc<dyn AgentDriver>>,
    /// What gates may inherit from.
    pub environment: ParentEnv,
    /// How gates and health checks are held and confined. The agent's driver has its own.
    pub children: Children,
    /// Whose word it is that the commands of a gate file may run.
    pub trust: Arc<dyn GateTrust>,
    /// A folder for logs, transcripts and bundles. It grows; nothing in it is needed again.
    pub work: PathBuf,
    /// The folder of the executor's key, outside everything that an agent may write.
    pub key_directory: PathBuf,
    /// This process, so that a claim of a dead one can be told from that of a living one.
    pub process: ProcessIdentity,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who listens.
    pub observer: Arc<dyn Observer>,
}

/// How gates and health checks are held and confined. The default is by their process group, and not at all.
#[derive(Debug, Clone)]
pub struct Children {
    /// Who holds the processes that they start.
    pub shim: Option<Shim>,
    /// How well gates must be held: one that cannot be held so is not started.
    pub containment: Containment,
    /// Whether they are confined, and whether one that cannot be confined wholly is not started. Needs a shim.
    pub confinement: Option<Require>,
    /// What they may read beside their worktree, the repository's objects and what the system and its toolchains need.
    pub readable: Vec<PathBuf>,
    /// What gates may write beside their worktree: a build cache that is worth the risk.
    pub writable: Vec<PathBuf>,
}

impl Default for Children {
    fn default() -> Self {
        Self {
            shim: None,
            containment: Containment::Group,
            confinement: None,
            readable: Vec::new(),
            writable: Vec::new(),
        }
    }
}

/// What a caller may set. The default suits a small team.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where failures are looked for first; without it a pass only goes on with what is known.
    pub source: Option<Source>,
    /// The gate that runs the tests; without it the one with the id `test` or `tests`, else the first.
    pub gate: Option<String>,
    /// What an agent may change, as globs of the ChangePlan.
    pub scope: Vec<String>,
    /// How many issues one pass opens at most.
    pub max_new_issues: usize,
    /// How many writes one pass sends to the forge at most.
    pub max_writes: usize,
    /// How many rounds of review are answered.
    pub max_review_rounds: u32,
    /// A fix that takes more runs to prove is not tried.
    pub max_proof_runs: u64,
    /// Who the commits are by.
    pub author: Author,
    /// Whether the writes are real. It is for the caller to give a forge and a store that fit.
    pub effects: Effects,
}

/// Who commits are by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
}

/// Whether what a pass does is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effects {
    /// It is.
    #[default]
    Real,
    /// It is a rehearsal with a simulated forge and a copy of the store: no branch of the local repository moves either.
    Rehearsed,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            source: None,
            gate: None,
            scope: vec!["**".to_owned()],
            max_new_issues: 10,
            max_writes: 100,
            max_review_rounds: 5,
            max_proof_runs: 1000,
            author: Author {
                name: "ftc".to_owned(),
                email: "ftc@localhost".to_owned(),
            },
            effects: Effects::Real,
        }
    }
}

/// Says what time it is.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// Knows which gate files a person has allowed to run.
pub trait GateTrust: Send + Sync {
    /// Whether the gate file with this digest may run.
    fn allows(&self, gate_file: &Digest) -> bool;
}
