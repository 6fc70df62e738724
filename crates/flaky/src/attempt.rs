//! An attempt at a fix: from an agent's edits to a commit that the gates judged and the proof ran on.
//!
//! ```text
//! worktree A: agent edits ─► difference ─► ChangeSet ─► WriteGate      (leased to the end)
//! worktree B (clean):  baseline
//! worktree C (clean):  executor applies ─► gates ─► proof ─► the same tree? ─► commit
//! ```
//!
//! Nothing of what the agent left behind reaches worktree C but the ChangeSet, and nothing of what the baseline left.

mod agent;
mod change;
mod commit;
mod gates;
mod prompt;
mod proof;

use std::path::{Path, PathBuf};

use ftc_changeset::{ChangeSet, Decision, Policy};
use ftc_gates::{GateFile, GateRun, GateSpec};
use ftc_vcs::ObjectId;
use ftc_worktree::{Lease, Request};
use uuid::Uuid;

use crate::cleaner::Cx;
use crate::discover::{RunsError, chosen_gate, load_gates};
use crate::error::FailureError;
use crate::memo::{Feedback, Fix};
use crate::observe::{Event, Stage};
use crate::step::Tracked;

/// How an attempt ended. What is neither is an error: it may succeed later, and is nobody's fault.
pub(crate) enum AttemptEnd {
    /// There is a change that stands.
    Made(Box<Made>),
    /// There is none, and the reason is for the maintainers.
    Failed {
        /// Where it ended.
        stage: Stage,
        /// Why.
        reason: String,
    },
}

/// Where an attempt begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// The commit that the change is made on.
    pub(crate) commit: ObjectId,
    /// The commit of the base branch whose gates and policy judge it.
    pub(crate) judges: ObjectId,
}

impl Start {
    pub(crate) fn at_base(base: ObjectId) -> Self {
        Self {
            commit: base,
            judges: base,
        }
    }
}

/// A change that stands.
pub(crate) struct Made {
    pub(crate) commit: ObjectId,
    pub(crate) parent: ObjectId,
    pub(crate) tree: ObjectId,
    pub(crate) checksum: String,
    pub(crate) files: Vec<String>,
    pub(crate) proof_runs: u64,
    pub(crate) gates: GateRun,
}

/// Why an attempt does not go on.
pub(crate) enum Stop {
    /// The change does not stand.
    Failed(Stage, String),
    /// Something else went wrong.
    Error(FailureError),
}

/// Every error of a stage is one of the failure that is worked on.
macro_rules! stops_by {
    ($($error:ty),* $(,)?) => {
        $(impl From<$error> for Stop {
            fn from(error: $error) -> Self {
                Self::Error(error.into())
            }
        })*
    };
}

stops_by!(
    FailureError,
    RunsError,
    ftc_agent::AgentError,
    ftc_vcs::CommitError,
    ftc_vcs::DiffError,
    ftc_vcs::ReadError,
    ftc_vcs::RefError,
    ftc_vcs::TreeError,
    ftc_worktree::AcquireError,
    ftc_worktree::FenceError,
    ftc_worktree::ReleaseError,
);

/// What all stages of an attempt know.
pub(crate) struct Attempt<'a> {
    pub(crate) cx: &'a Cx,
    pub(crate) tracked: &'a Tracked,
    /// The commit that the change is made on.
    pub(crate) start: ObjectId,
    /// The commit whose gates and policy judge it.
    pub(crate) judges: ObjectId,
    /// What reviewers asked for; without it, this is the first fix.
    pub(crate) feedback: Option<&'a Feedback>,
    /// Where transcripts, logs and bundles go.
    pub(crate) folder: PathBuf,
}

/// A change that the policy allows.
struct Judged {
    policy: Policy,
    change: change::Change,
    decision: Decision,
}

/// Lets the agent try on top of `start`, and takes what it did as far as a commit. No branch moves.
pub(crate) fn attempt(
    cx: &Cx,
    tracked: &Tracked,
    start: Start,
    feedback: Option<&Feedback>,
) -> Result<AttemptEnd, FailureError> {
    let id = Uuid::now_v7().to_string();
    let folder = cx
        .parts
        .work
        .join("attempts")
        .join(tracked.known.fingerprint.short())
        .join(id);
    let attempt = Attempt {
        cx,
        tracked,
        start: start.commit,
        judges: start.judges,
        feedback,
        folder,
    };
    match attempt.run() {
        Ok(made) => Ok(AttemptEnd::Made(Box::new(made))),
        Err(Stop::Failed(stage, reason)) => Ok(AttemptEnd::Failed { stage, reason }),
        Err(Stop::Error(error)) => Err(error),
    }
}

impl Attempt<'_> {
    fn run(&self) -> Result<Made, Stop> {
        // Read first: what an agent does cannot change what it is judged by.
        let gates = load_gates(self.cx, self.judges)?;
        let gate = chosen_gate(self.cx, &gates)?;
        let policy = change::load_policy(self)?;
        // Kept to the end: a process that the agent left behind may go on writing there, and then at least not where the
        // change is judged.
        let lease = self.lease("agent")?;
        let made = self.run_with(&gates, gate, policy, lease.path());
        // What the agent left is in the ChangeSet or is not wanted.
        let released = lease.release();
        let made = made?;
        released?;
        Ok(made)
    }

    fn run_with(
        &self,
        gates: &GateFile,
        gate: &GateSpec,
        policy: Policy,
        worktree: &Path,
    ) -> Result<Made, Stop> {
        self.enter(Stage::Agent, "an agent edits a leased worktree")?;
        let change = agent::edit(self, worktree)?;
        self.enter(Stage::Judgement, &changed(change.set.ops().len()))?;
        let decision = change::judge(self, &policy, &change)?;
        let judged = Judged {
            policy,
            change,
            decision,
        };
        let baseline = self.baseline(gate)?;
        let lease = self.lease("proof")?;
        let made = self.prove(gates, gate, &baseline, &judged, &lease);
        let released = lease.release();
        let made = made?;
        released?;
        Ok(made)
    }

    /// In a lease of its own: what the tests leave behind must not be in the tree that is judged.
    fn baseline(&self, gate: &GateSpec) -> Result<proof::Baseline, Stop> {
        let lease = self.lease("baseline")?;
        let baseline = proof::baseline(self, gate, lease.path());
        let released = lease.release();
        let baseline = baseline?;
        released?;
        Ok(baseline)
    }

    fn prove(
        &self,
        gates: &GateFile,
        gate: &GateSpec,
        baseline: &proof::Baseline,
        judged: &Judged,
        lease: &Lease,
    ) -> Result<Made, Stop> {
        let worktree = lease.path();
        let Judged {
            policy,
            change,
            decision,
        } = judged;
        self.enter(
            Stage::Apply,
            &format!("ChangeSet {}", change.set.checksum()),
        )?;
        let tree = change::apply(self, policy, change, decision, worktree)?;
        self.enter(Stage::Gates, &format!("on tree {}", tree.short()))?;
        let run = gates::run(self, gates, baseline, worktree, tree)?;
        self.enter(
            Stage::Proof,
            &format!("{} runs of {}", baseline.proof_runs, gate.id),
        )?;
        proof::prove(self, gate, baseline, worktree, tree)?;
        self.unchanged(worktree, tree)?;
        lease.check()?;
        self.enter(Stage::Commit, "the tree that was proved becomes a commit")?;
        let commit = commit::commit(self, tree, &change.set, baseline.proof_runs)?;
        Ok(Made {
            commit,
            parent: self.start,
            tree,
            checksum: change.set.checksum().to_string(),
            files: files(&change.set),
            proof_runs: baseline.proof_runs,
            gates: run,
        })
    }

    /// Begins a stage, if the repository is still ours to work on.
    fn enter(&self, stage: Stage, text: &str) -> Result<(), Stop> {
        self.cx.hold().map_err(FailureError::from)?;
        self.cx.tell(&Event::Stage {
            failure: self.tracked.known.fingerprint.short(),
            stage,
            text: text.to_owned(),
        });
        Ok(())
    }

    pub(crate) fn lease(&self, purpose: &str) -> Result<Lease, Stop> {
        let parts = &self.cx.parts;
        let request = Request::new(self.start, self.cx.owner(), purpose, parts.process.clone());
        Ok(parts.pool.acquire(&request)?)
    }

    /// The verdict is about `tree`, so nothing that ran may have changed a file of it. New files are no part of it: the commit
    /// is made of `tree`, and not of what lies about.
    fn unchanged(&self, worktree: &Path, tree: ObjectId) -> Result<(), Stop> {
        let now = self.cx.parts.code.worktree_tree(worktree)?;
        if now == tree {
            return Ok(());
        }
        let changed = self.cx.parts.code.diff_trees(tree, now)?;
        let paths: Vec<String> = changed
            .iter()
            .filter(|change| change.old.is_some())
            .take(5)
            .map(|change| change.path.display().to_string())
            .collect();
        if paths.is_empty() {
            return Ok(());
        }
        let reason = format!(
            "the gates changed files of the tree that they judge: {}",
            paths.join(", ")
        );
        Err(Stop::Failed(Stage::Gates, reason))
    }
}

fn files(set: &ChangeSet) -> Vec<String> {
    set.ops()
        .iter()
        .map(|op| op.path().as_str().to_owned())
        .collect()
}

impl Made {
    pub(crate) fn fix(&self, branch: String) -> Fix {
        Fix {
            branch,
            commit: self.commit.to_string(),
            parent: self.parent.to_string(),
            tree: self.tree.to_string(),
            checksum: self.checksum.clone(),
            proof_runs: self.proof_runs,
        }
    }

    /// What a check says.
    pub(crate) fn summary(&self) -> String {
        let gates: Vec<String> = self
            .gates
            .gates
            .iter()
            .map(|gate| format!("- {}: {}", gate.id, gate.outcome.as_str()))
            .collect();
        format!(
            "Verdict on tree {}: {}\n\n{}\n- proof: the test passed {} times in a row",
            self.tree.short(),
            self.gates.verdict,
            gates.join("\n"),
            self.proof_runs
        )
    }
}

/// So many files changed, in words.
fn changed(files: usize) -> String {
    match files {
        1 => "1 file changed".to_owned(),
        more => format!("{more} files changed"),
    }
}
