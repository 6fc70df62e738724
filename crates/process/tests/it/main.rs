//! Tests of `ftc-process` through its public API.
