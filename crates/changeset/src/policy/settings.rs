//! What a policy says to the executor.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How a policy wants changes carried out. The gate does not judge by it; the executor follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExecutionSettings {
    /// The longest that one execution may take, health checks and all.
    pub max_execution_time: Duration,
    /// The longest that one step or health check may take, whatever the plan says.
    pub max_step_time: Duration,
    /// What an execution locks.
    pub lock_scope: LockScope,
    /// How long to wait for the lock.
    pub lock_timeout: Duration,
    /// For how long a finished execution is answered from its record.
    pub cached_result_ttl: Duration,
    /// How files are made durable.
    pub durability: Durability,
}

/// What an execution locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LockScope {
    /// All worktrees of the repository.
    Repository,
    /// One worktree.
    Worktree,
}

/// How files are made durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Durability {
    /// The executor chooses.
    Auto,
    /// Each file and folder by itself.
    Fsync,
}
