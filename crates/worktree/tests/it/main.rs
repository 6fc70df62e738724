//! Tests of `ftc-worktree` through its public API, on real repositories and with real processes.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests stand in for people, for other programs and for crashes"
)]

mod acquire;
mod crash;
mod events;
mod fence;
mod place;
mod processes;
mod recovery;
mod registry;
mod rehearse;
mod support;
mod time;
