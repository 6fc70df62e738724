//! Tests of `ftc-worktree` through its public API.
