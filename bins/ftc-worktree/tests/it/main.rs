//! Tests of `ftc-worktree`: the real program, on real repositories.
#![expect(
    clippy::disallowed_methods,
    reason = "the program under test and git are started by the plainest means there are"
)]

mod acquire;
mod bad_input;
mod crash;
mod dry_run;
mod output;
mod release;
mod support;
