//! Tests of `ftc-testkit` through its public API.
