//! Tests of `ftc-state` through its public API.
