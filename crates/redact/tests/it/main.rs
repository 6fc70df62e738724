//! Tests of `ftc-redact` through its public API.
