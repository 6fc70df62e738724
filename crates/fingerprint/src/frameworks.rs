//! The recognisers, one module per framework family.

pub(crate) mod go;
pub(crate) mod pytest;
mod runner;
pub(crate) mod rust;

use crate::recognizer::Recognizer;

/// All recognisers, in the order in which they see a line.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    vec![
        Box::new(go::Go::default()),
        Box::new(rust::Rust::default()),
        Box::new(pytest::Pytest::default()),
        Box::new(runner::Runner),
    ]
}
