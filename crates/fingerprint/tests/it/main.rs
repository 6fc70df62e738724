//! Tests of `ftc-fingerprint` through its public API.
