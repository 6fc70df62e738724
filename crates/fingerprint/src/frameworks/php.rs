//! PHP: `PHPUnit` and what is built on it, Pest, the interpreter's own errors.

mod fatal;
mod pest;
mod phpunit;

use crate::recognizer::Recognizer;
use crate::report::Dialect;

/// The recognisers of this family.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    vec![
        Box::new(phpunit::Phpunit::default()),
        Box::new(fatal::Fatal),
        Box::new(pest::Pest::default()),
    ]
}

/// The reports of this family.
pub(crate) const DIALECTS: &[Dialect] = &[phpunit::DIALECT];
