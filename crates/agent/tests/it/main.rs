//! Tests of `ftc-agent` through its public API.
