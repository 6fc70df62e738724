//! Tests of the forge through its public face.
#![expect(
    clippy::disallowed_methods,
    reason = "tests write files, also such as the program would never write"
)]
#![expect(
    clippy::unwrap_used,
    reason = "helpers are parts of tests, which clippy does not see"
)]

mod approvals;
mod blocks;
mod contract;
mod damage;
mod dry_run;
mod ensure;
mod faults;
mod kill_sweep;
mod markers;
mod merge;
mod planned;
mod processes;
mod setup;
mod support;
mod text;
