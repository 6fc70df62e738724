//! Tests of `ftc-github` through its public API.
