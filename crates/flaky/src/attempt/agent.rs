//! The agent's turn: it edits a leased worktree, and its difference is taken.

use std::error::Error;
use std::path::Path;

use ftc_agent::{AgentError, AgentOutcome, AgentTask, WorktreeState};
use ftc_vcs::{ObjectId, Repository};

use super::change::{self, Change};
use super::{Attempt, Stop, prompt};
use crate::error::FailureError;
use crate::observe::Stage;

/// Runs the agent in `worktree` and makes a ChangeSet of what it changed.
pub(super) fn edit(attempt: &Attempt<'_>, worktree: &Path) -> Result<Change, Stop> {
    let code = &attempt.cx.parts.code;
    let agent = attempt
        .cx
        .parts
        .agent
        .as_deref()
        .ok_or(FailureError::NoAgent)?;
    let branches = branches(code)?;
    let prompt = prompt::prompt(attempt);
    let task = AgentTask {
        worktree,
        prompt: &prompt,
        out: &attempt.folder.join("agent"),
        watch: &Watch { code, worktree },
        needs_change: true,
    };
    let refuse = |reason: String| Err(Stop::Failed(Stage::Agent, reason));
    // What can be told before the agent's turn and not after it is the agent's doing, and would be so each time.
    code.worktree_tree(worktree).map_err(FailureError::from)?;
    let run = match agent.run(&task) {
        Err(error @ AgentError::Watch { .. }) => {
            let chain = crate::outbox::chain(&error);
            return refuse(format!(
                "the agent left a worktree that cannot be read: {chain}"
            ));
        }
        Err(error) if error.is_breach() => {
            let chain = crate::outbox::chain(&error);
            return refuse(format!("the agent broke out: {chain}"));
        }
        run => run?,
    };
    if let Some(moved) = moved(&branches, &self::branches(code)?) {
        return refuse(format!(
            "`{moved}` was moved while the agent worked; an agent may edit its worktree and nothing else"
        ));
    }
    match run.outcome {
        AgentOutcome::Changed => change::collect(attempt, worktree, agent.name()),
        AgentOutcome::NoChange => refuse(format!("the agent changed nothing: {}", run.reason)),
        AgentOutcome::Unavailable => Err(Stop::Error(FailureError::AgentUnavailable {
            reason: run.reason,
        })),
        outcome => refuse(format!("the agent ended as \"{outcome}\": {}", run.reason)),
    }
}

/// The branches of the repository, which nobody but people may move.
fn branches(code: &Repository) -> Result<Vec<(String, ObjectId)>, FailureError> {
    Ok(code.references("refs/heads/")?)
}

/// The first branch that is not what it was.
fn moved(before: &[(String, ObjectId)], after: &[(String, ObjectId)]) -> Option<String> {
    let differs = |one: &[(String, ObjectId)], other: &[(String, ObjectId)]| {
        one.iter()
            .find(|branch| !other.contains(branch))
            .map(|(name, _)| name.clone())
    };
    differs(after, before).or_else(|| differs(before, after))
}

struct Watch<'a> {
    code: &'a Repository,
    worktree: &'a Path,
}

impl WorktreeState for Watch<'_> {
    fn tree(&self) -> Result<String, Box<dyn Error + Send + Sync>> {
        Ok(self.code.worktree_tree(self.worktree)?.to_string())
    }
}
