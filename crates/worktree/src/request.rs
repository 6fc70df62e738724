//! What is asked for.

use std::time::Duration;

use ftc_process::ProcessIdentity;
use ftc_vcs::ObjectId;

/// The longest owner or purpose, in bytes.
pub const TEXT_LIMIT_BYTES: usize = 200;

/// A wish for a worktree.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Request {
    /// The commit that is checked out.
    pub commit: ObjectId,
    /// Who asks, for people: at most [`TEXT_LIMIT_BYTES`] on one line.
    pub owner: String,
    /// What for, for people: the same limit.
    pub purpose: String,
    /// The process that works in the worktree. As long as it lives, nobody else gets the slot.
    pub process: ProcessIdentity,
    /// How long the slot stays taken even when the process has ended. `None` is not at all: the lease ends with the process.
    pub ttl: Option<Duration>,
}

impl Request {
    /// A wish for a worktree at `commit`, for as long as `process` lives.
    pub fn new(
        commit: ObjectId,
        owner: impl Into<String>,
        purpose: impl Into<String>,
        process: ProcessIdentity,
    ) -> Self {
        Self {
            commit,
            owner: owner.into(),
            purpose: purpose.into(),
            process,
            ttl: None,
        }
    }

    /// Keeps the slot taken for at least so long, whether or not the process lives.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    pub(crate) fn check(&self) -> Result<(), BadTextError> {
        check_text("owner", &self.owner)?;
        if self.owner.trim().is_empty() {
            let problem = "is empty";
            return Err(BadTextError {
                field: "owner",
                problem,
            });
        }
        check_text("purpose", &self.purpose)
    }
}

/// Both texts end up in the registry, in events and in commit messages, whose lines must stay theirs.
fn check_text(field: &'static str, text: &str) -> Result<(), BadTextError> {
    let problem = if text.len() > TEXT_LIMIT_BYTES {
        "is longer than 200 bytes"
    } else if text.chars().any(char::is_control) {
        "has control characters"
    } else {
        return Ok(());
    };
    Err(BadTextError { field, problem })
}

/// The owner or the purpose of a request is not a short line of text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {field} of the lease {problem}")]
#[non_exhaustive]
pub struct BadTextError {
    /// Which of them.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
}
