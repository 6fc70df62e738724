//! Tests of `ftc-durable` through its public API.
