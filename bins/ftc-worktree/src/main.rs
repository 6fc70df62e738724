//! Leases isolated git worktrees.

fn main() {}
