//! Tests of the executor.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod support;

mod acceptance;
mod apply;
mod concurrency;
mod confined;
mod conflicts;
mod error_sweep;
mod foreign;
mod kill_sweep;
mod ledger;
mod seals;
mod space;
mod state_dir;
