//! Tests of `ftc-vcs` through its public API, with the real git program beside it.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests make and move files as a person or an agent would"
)]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod commit;
mod diff;
mod fetch;
mod hostile;
mod merge;
mod object_id;
mod program;
mod push;
mod read;
mod references;
mod repository;
mod reset;
mod snapshot;
mod support;
mod worktrees;
