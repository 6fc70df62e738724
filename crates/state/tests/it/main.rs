//! Tests of `ftc-state` through its public API.

#![expect(
    clippy::disallowed_methods,
    reason = "a test damages files on purpose, which needs plain writes"
)]

mod contract;
mod recorder;
mod support;

mod concurrency;
mod crash;
mod damage;
mod open;
mod privileges;
mod source;
mod url;
