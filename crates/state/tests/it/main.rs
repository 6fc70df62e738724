//! Tests of `ftc-state` through its public API.

#![expect(
    clippy::disallowed_methods,
    reason = "a test damages files on purpose, which needs plain writes"
)]

mod claimer;
mod contract;
mod recorder;
mod reindexer;
mod support;
mod worker;

mod concurrency;
mod crash;
mod damage;
mod migration;
mod open;
mod privileges;
mod source;
mod url;
