//! How a pool behaves.

use crate::clock::Clock;

/// How a pool behaves. Processes that share a pool may each have their own.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// How many slots there may be at once, quarantined ones included; 4 unless set.
    pub capacity: usize,
    /// What survives between tenants although git does not know it: names or globs at the top of the worktree, such as
    /// `target`. What survives is seen by whoever leases the slot next.
    ///
    /// They are recorded with each lease, so that another process that takes the slot back spares the same.
    pub keep: Vec<String>,
    /// Where the time comes from.
    pub clock: Clock,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            capacity: 4,
            keep: Vec::new(),
            clock: Clock::default(),
        }
    }
}
