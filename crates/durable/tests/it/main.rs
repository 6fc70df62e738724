//! Tests of `ftc-durable` through its public API.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests make damaged and foreign files that the crate itself would never write"
)]

mod append;
mod atomic;
mod canonical;
mod digest;
mod kill_sweep;
mod lock;
mod temps;
