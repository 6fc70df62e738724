//! Tests of the program `ftc-change`: the real program, over real repositories.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]
#![expect(
    clippy::disallowed_methods,
    reason = "the tests edit worktrees the way that agents do, and start the program under test by the plainest means"
)]

mod apply;
mod check;
mod kills;
mod readme;
mod recover;
mod support;
