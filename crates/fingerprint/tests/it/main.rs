//! Tests of `ftc-fingerprint` through its public API.

mod fixtures;
mod go;
mod limits;
mod properties;
mod pytest;
mod pytest_ends;
mod pytest_inner;
mod pytest_shapes;
mod reports;
mod rust;
mod support;
mod totals;
mod weaknesses;
