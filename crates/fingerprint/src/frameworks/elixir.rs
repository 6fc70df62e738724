//! Elixir: `ExUnit` and the compiler.

mod compile;
mod exunit;

use crate::recognizer::Recognizer;
use crate::report::Dialect;

/// The recognisers of this family.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    vec![
        Box::new(exunit::ExUnit::default()),
        Box::new(compile::Compile::default()),
    ]
}

/// The reports of this family.
pub(crate) const DIALECTS: &[Dialect] = &[exunit::DIALECT];
