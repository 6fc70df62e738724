//! Tests of `ftc-report` through its public API.
