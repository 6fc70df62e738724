//! Tests of the program `ftc-worktree`.
