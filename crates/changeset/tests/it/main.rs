//! Tests of `ftc-changeset` through its public API.
