//! What can go wrong with a pass, and with one failure in it.

use ftc_github::IssueNumber;
use ftc_state::{ClaimError, LifecycleState, StoreError, TransitionError};

use crate::base::FetchBaseError;
use crate::discover::{DiscoverError, RunsError};
use crate::memo::MemoError;
use crate::outbox::SendError;

/// Why a pass could not go on. What it did before is in the store and on the forge.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PassError {
    /// Another cleaner works on the repository, or took it over.
    #[error("the repository is not ours to work on")]
    Claim(#[from] ClaimError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The base branch is not known.
    #[error("failed to fetch the base branch")]
    Base(#[source] FetchBaseError),
    /// The discovery did not end.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// What was measured could not be written down.
    #[error("failed to remember what was measured")]
    Measured(#[source] Box<FailureError>),
}

/// Why one failure did not get further. The next pass goes on from the state that it is in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FailureError {
    /// Another cleaner took the repository over.
    #[error("the repository is not ours to work on any more")]
    Claim(#[source] ClaimError),
    /// A write did not reach the forge.
    #[error(transparent)]
    Send(#[from] SendError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state could not move.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// What is remembered cannot be read.
    #[error(transparent)]
    Memo(#[from] MemoError),
    /// The store has a lifecycle without its failure.
    #[error("the store has no failure `{fingerprint}`")]
    Lost {
        /// The fingerprint.
        fingerprint: String,
    },
    /// A state needs an issue or a pull request, and there is none.
    #[error("the state {state} needs the number of a {what}, and none is known")]
    NoNumber {
        /// `issue` or `pull request`.
        what: &'static str,
        /// The state.
        state: LifecycleState,
    },
    /// The issue or pull request is not on the forge any more.
    #[error("{number} is not on the forge any more")]
    IssueGone {
        /// Its number.
        number: IssueNumber,
    },
    /// The forge could not be read.
    #[error("failed to read the forge")]
    Forge(#[from] ftc_github::Error),
    /// The base branch is not known.
    #[error("failed to fetch the base branch")]
    Base(#[from] FetchBaseError),
    /// A branch could not be fetched.
    #[error(transparent)]
    Fetch(#[from] ftc_vcs::FetchError),
    /// A commit is not known.
    #[error(transparent)]
    Resolve(#[from] ftc_vcs::ResolveError),
    /// An object could not be read.
    #[error(transparent)]
    Read(#[from] ftc_vcs::ReadError),
    /// A tree could not be made.
    #[error(transparent)]
    Tree(#[from] ftc_vcs::TreeError),
    /// Two trees could not be compared.
    #[error(transparent)]
    Diff(#[from] ftc_vcs::DiffError),
    /// A commit could not be made.
    #[error(transparent)]
    Commit(#[from] ftc_vcs::CommitError),
    /// A reference could not be read or moved.
    #[error(transparent)]
    Reference(#[from] ftc_vcs::RefError),
    /// No worktree could be leased.
    #[error("failed to lease a worktree")]
    Lease(#[from] ftc_worktree::AcquireError),
    /// The lease was lost while it was used.
    #[error(transparent)]
    Fence(#[from] ftc_worktree::FenceError),
    /// The worktree could not be given back.
    #[error("failed to release a worktree")]
    Release(#[from] ftc_worktree::ReleaseError),
    /// The gate file cannot be used.
    #[error(transparent)]
    GateFile(#[from] RunsError),
    /// The gates could not be run.
    #[error("failed to run the gates")]
    Gates(#[from] ftc_gates::RunError),
    /// The agent could not be run.
    #[error(transparent)]
    Agent(#[from] ftc_agent::AgentError),
    /// There is no agent.
    #[error("no agent is configured")]
    NoAgent,
    /// The agent cannot work now.
    #[error("the agent is not available: {reason}")]
    AgentUnavailable {
        /// What it says.
        reason: String,
    },
    /// A pull request does not go on from the base branch.
    #[error("commit `{head}` has no history in common with the branch `{branch}`")]
    Unrelated {
        /// The head of the pull request.
        head: String,
        /// The base branch.
        branch: String,
    },
    /// The share of failures is not measured, so a fix cannot be proved.
    #[error("how often the test fails was not measured, so a fix could not be proved")]
    NotMeasured,
    /// The executor could not be opened.
    #[error("failed to open the executor")]
    Executor(#[from] ftc_changeset::ExecutorError),
    /// The change could not be applied.
    #[error("failed to apply the change")]
    Execute(#[from] ftc_changeset::ExecError),
}

impl PassError {
    /// Whether a person has to allow something first: the commands of the gate file.
    pub fn needs_approval(&self) -> bool {
        matches!(
            self,
            Self::Discover(DiscoverError::Runs(RunsError::Untrusted { .. }))
        )
    }

    /// Whether the same pass may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Claim(error) => error.is_retryable(),
            Self::Store(error) => error.is_retryable(),
            Self::Base(error) => error.is_retryable(),
            Self::Discover(error) => error.is_retryable(),
            Self::Measured(error) => error.is_retryable(),
        }
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Claim(error) => error.hints(),
            Self::Store(error) => error.hints(),
            Self::Base(error) => error.hints(),
            Self::Discover(error) => error.hints(),
            Self::Measured(error) => error.hints(),
        }
    }
}

impl From<FailureError> for PassError {
    fn from(error: FailureError) -> Self {
        match error {
            FailureError::Claim(lost) => Self::Claim(lost),
            other => Self::Measured(Box::new(other)),
        }
    }
}

impl From<ClaimError> for FailureError {
    fn from(error: ClaimError) -> Self {
        Self::Claim(error)
    }
}

impl FailureError {
    /// Whether a person has to allow something first: the commands of the gate file.
    pub fn needs_approval(&self) -> bool {
        matches!(self, Self::GateFile(RunsError::Untrusted { .. }))
    }

    /// Whether the same step may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Claim(error) => error.is_retryable(),
            Self::Send(error) => error.is_retryable(),
            Self::Store(error) => error.is_retryable(),
            Self::Transition(error) => error.is_retryable(),
            Self::Forge(error) => error.is_retryable(),
            Self::Base(error) => error.is_retryable(),
            Self::Fetch(error) => error.is_retryable(),
            Self::Lease(error) => error.is_retryable(),
            Self::GateFile(error) => error.is_retryable(),
            Self::Gates(error) => error.is_retryable(),
            Self::Agent(error) => error.is_retryable(),
            Self::AgentUnavailable { .. } => true,
            Self::Executor(error) => error.is_retryable(),
            Self::Execute(error) => error.is_retryable(),
            _ => false,
        }
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Claim(error) => error.hints(),
            Self::Send(error) => error.hints(),
            Self::Store(error) => error.hints(),
            Self::Transition(error) => error.hints(),
            Self::Forge(error) => error.hints(),
            Self::Base(error) => error.hints(),
            Self::Fetch(error) => error.hints(),
            Self::Lease(error) => error.hints(),
            Self::GateFile(error) => error.hints(),
            Self::Gates(error) => error.hints(),
            Self::Agent(error) => error.hints(),
            Self::Memo(error) => error.hints(),
            Self::AgentUnavailable { .. } => vec![
                "can its program be started from this shell, is it logged in, and does its profile pass on the variables that it needs?".to_owned(),
            ],
            Self::NotMeasured => vec!["measure it with `--source runs:30`".to_owned()],
            _ => Vec::new(),
        }
    }
}

impl FetchBaseError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Fetch(error) => error.is_retryable(),
            Self::Reference(error) => error.is_retryable(),
            Self::NoBranch { .. } => false,
        }
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::NoBranch { .. }
            | Self::Fetch(ftc_vcs::FetchError::Refused { .. } | ftc_vcs::FetchError::Text { .. }) =>
            {
                vec!["is `--base` or `clean.base` the name of a branch there?".to_owned()]
            }
            Self::Fetch(error) => error.hints(),
            Self::Reference(error) => error.hints(),
        }
    }
}
