//! Tests of `ftc-flaky` through its public API.
