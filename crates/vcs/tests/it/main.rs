//! Tests of `ftc-vcs` through its public API.
