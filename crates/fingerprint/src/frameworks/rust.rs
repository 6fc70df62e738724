//! Rust: `cargo test` with doctests, cargo-nextest, and the compiler's errors.
//!
//! Formats: `library/test` and `library/std/src/panicking.rs` of Rust 1.40 to 1.95; cargo-nextest 0.9.50 to 0.9.143,
//! `nextest-runner/src/reporter`.

mod cargo;
mod nextest;
mod output;
mod panic;
mod rustc;
mod status;

use crate::kind::{Framework, Kind};

pub(crate) use cargo::Cargo;
pub(crate) use nextest::Nextest;
pub(crate) use output::primary as primary_message;

pub(super) const CARGO_TEST: Framework = Framework::new("cargo-test", "rust");
pub(crate) const NEXTEST: Framework = Framework::new("nextest", "rust");
pub(super) const RUSTC: Framework = Framework::new("rustc", "rust");

/// What nextest's report says of an attempt by its `type`, joined with what the test itself printed.
pub(crate) fn with_outcome(
    outcome: &str,
    message: &str,
    said: Option<(Kind, String)>,
) -> (Kind, Option<String>) {
    let signal = message
        .rsplit_once("(SIG")
        .and_then(|(_, name)| name.split_once(')'));
    let (kind, said) = said.map_or((Kind::Assertion, None), |(kind, said)| (kind, Some(said)));
    if outcome.contains("timeout") {
        (Kind::Timeout, Some("test timed out".to_owned()))
    } else if outcome.contains("abort") || outcome.contains("signal") {
        let aborted = signal.map(|(name, _)| format!("test aborted with SIG{name}"));
        (Kind::Crash, said.or(aborted))
    } else {
        (kind, said)
    }
}
