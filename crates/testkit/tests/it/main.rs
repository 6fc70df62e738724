//! Tests of `ftc-testkit` through its public API.

mod corpus;
mod faults;
mod fixtures;
