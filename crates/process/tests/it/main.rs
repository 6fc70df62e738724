//! Tests of `ftc-process` through its public API, on real processes.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests make files for the children to run and to read"
)]

mod capture;
mod env;
mod errors;
mod exec;
mod find;
mod identity;
mod limits;
mod run;
mod spill;
mod support;
