//! Tests of `ftc-redact` through its public API.

mod cap;
mod clean;
mod hostile;
mod ordinary;
mod properties;
mod secrets;
mod streaming;
mod strip;
mod support;
mod weaknesses;
