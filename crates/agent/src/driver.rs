//! What every driver of a coding agent offers: a task goes in, a judged run comes out.

use std::error::Error;
use std::path::Path;

use crate::error::AgentError;
use crate::run::AgentRun;

/// Drives one coding agent.
pub trait AgentDriver: Send + Sync {
    /// The driver's name, for people and records.
    fn name(&self) -> &str;

    /// Lets the agent work on `task` and waits for its end. Blocks.
    ///
    /// Whatever the agent does is an outcome of the run. An error means that we could not do our own part; the agent may
    /// have run all the same, so the worktree has to be looked at either way.
    fn run(&self, task: &AgentTask<'_>) -> Result<AgentRun, AgentError>;
}

/// What an agent is to do, and where.
#[derive(Clone, Copy)]
pub struct AgentTask<'a> {
    /// The worktree that the agent edits and works in.
    pub worktree: &'a Path,
    /// What it is asked for. Untrusted text: it reaches the agent as a file, and no command line.
    pub prompt: &'a str,
    /// A folder of this run's own, outside of the worktree. It is made if it is missing; the prompt, the transcript and the
    /// private home go there, and replace those of an earlier run.
    pub out: &'a Path,
    /// Tells whether the worktree has changed.
    pub watch: &'a dyn WorktreeState,
    /// Whether a run that changes nothing has missed its purpose. It changes what the reason says, not the outcome.
    pub needs_change: bool,
}

/// Tells one state of a worktree from another.
pub trait WorktreeState {
    /// A name for the content of the worktree, untracked files included: equal for equal content, such as the id of a git
    /// tree.
    fn tree(&self) -> Result<String, Box<dyn Error + Send + Sync>>;
}

impl std::fmt::Debug for AgentTask<'_> {
    /// Without the prompt, which may hold anything.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AgentTask")
            .field("worktree", &self.worktree)
            .field("out", &self.out)
            .field("prompt_bytes", &self.prompt.len())
            .field("needs_change", &self.needs_change)
            .finish_non_exhaustive()
    }
}
