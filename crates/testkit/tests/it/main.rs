//! Tests of `ftc-testkit` through its public API.

mod faults;
mod house;
