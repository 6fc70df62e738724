//! Tests of `ftc-state` through its public API.

mod contract;
mod support;

mod concurrency;
mod crash;
mod damage;
mod open;
mod privileges;
mod source;
mod url;
