//! Tests of `ftc-cli` through its public API.
