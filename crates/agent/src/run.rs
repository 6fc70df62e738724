//! What is known of an agent's run when it is over.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use ftc_process::{Confined, Containment};
use serde::{Deserialize, Serialize};

/// How an agent's run ended. None of these says that the change is any good: that is for gates to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AgentOutcome {
    /// It ended well and the worktree has changed.
    Changed,
    /// It ended well and the worktree is as it was.
    NoChange,
    /// It was not allowed to do what it tried. Only drivers that understand an agent's own stream can tell.
    Denied,
    /// It did not come to its end: a signal ended it, or a process that it left behind still runs.
    Interrupted,
    /// It was stopped, because it ran or was silent for too long.
    TimedOut,
    /// It could not begin: it is not installed, not logged in, out of budget. Another driver may do.
    Unavailable,
    /// It said that it failed. The worktree may have changed all the same.
    Failed,
}

impl AgentOutcome {
    /// The outcome's stable name, as it is stored: `no_change`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::NoChange => "no_change",
            Self::Denied => "denied",
            Self::Interrupted => "interrupted",
            Self::TimedOut => "timed_out",
            Self::Unavailable => "unavailable",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for AgentOutcome {
    /// As people read it: `no change`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_str().replace('_', " "))
    }
}

/// An agent's run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgentRun {
    /// The driver that ran.
    pub driver: String,
    /// How it ended.
    pub outcome: AgentOutcome,
    /// Why the outcome is what it is, for people: a sentence, and where the run did not end well the last lines of what
    /// the agent printed. Redacted, and free of control characters but line ends.
    pub reason: String,
    /// From the agent's start to its end.
    pub duration: Duration,
    /// What it printed, redacted and capped. The file exists, and may be empty.
    pub transcript: PathBuf,
    /// What else a person should know, a sentence each: drivers that were unavailable before this one, a transcript that
    /// is cut off.
    pub notes: Vec<String>,
    /// How the agent's processes were held; `None` when it was not started by a command.
    pub containment: Option<Containment>,
    /// How it was confined; `None` when it was not to be.
    pub confined: Option<Confined>,
}

impl AgentRun {
    /// A run without notes, for drivers.
    pub fn new(
        driver: impl Into<String>,
        outcome: AgentOutcome,
        reason: impl Into<String>,
        duration: Duration,
        transcript: impl Into<PathBuf>,
    ) -> Self {
        Self {
            driver: driver.into(),
            outcome,
            reason: reason.into(),
            duration,
            transcript: transcript.into(),
            notes: Vec::new(),
            containment: None,
            confined: None,
        }
    }
}
