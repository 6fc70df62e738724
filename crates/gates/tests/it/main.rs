//! Tests of `ftc-gates` through its public API.
