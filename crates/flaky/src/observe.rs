//! What a pass tells while it works.

use ftc_github::{Effect, IssueNumber, PlannedWrite};
use ftc_state::LifecycleState;

/// Something that happened during a pass. Nothing depends on anybody listening.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The tests ran once.
    #[non_exhaustive]
    Ran {
        /// Which run, from 1.
        run: u32,
        /// Of how many.
        of: u32,
        /// How many tests failed in it.
        failed: usize,
        /// Whether the gate passed. A run can be red without saying what failed.
        passed: bool,
    },
    /// A lifecycle moved, and the store has it on the disk.
    #[non_exhaustive]
    Moved {
        /// The beginning of the fingerprint.
        failure: String,
        /// The test.
        test: String,
        /// From where.
        from: LifecycleState,
        /// To where.
        to: LifecycleState,
        /// Why.
        reason: String,
    },
    /// A write is about to be sent to the forge.
    #[non_exhaustive]
    Sending {
        /// What.
        write: PlannedWrite,
    },
    /// The forge has what was to be written, and the store knows it.
    #[non_exhaustive]
    Sent {
        /// What.
        write: PlannedWrite,
        /// Whether that changed anything there.
        effect: Effect,
        /// The issue or pull request that it made or found.
        number: Option<IssueNumber>,
    },
    /// An attempt at a fix came to a new stage.
    #[non_exhaustive]
    Stage {
        /// The beginning of the fingerprint.
        failure: String,
        /// Which stage.
        stage: Stage,
        /// A few words for a person.
        text: String,
    },
    /// The proof ran the test once more.
    #[non_exhaustive]
    Proved {
        /// Which run, from 1.
        run: u64,
        /// Of how many.
        of: u64,
    },
    /// Something that a person should know and that stops nothing.
    #[non_exhaustive]
    Notice {
        /// A sentence.
        text: String,
    },
}

/// The stages of an attempt at a fix, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// The agent edits a leased worktree.
    Agent,
    /// Its difference becomes a ChangeSet, which the policy judges.
    Judgement,
    /// The executor applies it to a clean worktree.
    Apply,
    /// The gates run on the result.
    Gates,
    /// The test runs until its failure can be believed gone.
    Proof,
    /// The tree that was proved becomes a commit.
    Commit,
}

impl Stage {
    /// The name as stored and shown: lower case, stable.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Judgement => "judgement",
            Self::Apply => "apply",
            Self::Gates => "gates",
            Self::Proof => "proof",
            Self::Commit => "commit",
        }
    }
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Listens to a pass. Called from the thread that works, so it should return soon.
pub trait Observer: Send + Sync {
    /// Takes notice of `event`.
    fn event(&self, event: &Event);
}

/// Listens to nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _: &Event) {}
}
