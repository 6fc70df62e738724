//! Tests of `ftc-agent` through its public API, with scripts as agents.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests make the files that agents read and change"
)]

mod chain;
mod confined;
mod isolation;
mod outcomes;
mod profile;
mod support;
mod transcript;
