//! Tests of `ftc-report` through its public API.

mod cuts;
mod damaged;
mod dialects;
mod hostile;
mod lenient;
mod sniff;
mod support;
