//! Mozilla's harnesses.

mod harness;
mod line;

use crate::recognizer::Recognizer;
use crate::report::Dialect;

/// The recognisers of this family.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    vec![Box::new(harness::Harness::default())]
}

/// The reports of this family.
pub(crate) const DIALECTS: &[Dialect] = &[];
