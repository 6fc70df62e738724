//! JavaScript and TypeScript: test runners, type checkers, linters.

mod bun;
mod bundler;
mod entry;
mod error;
mod eslint;
mod jasmine;
mod jest;
mod mocha;
mod names;
mod node_test;
mod playwright;
mod points;
mod reports;
mod tsc;
mod vitest;

pub(super) use points::finding as finding_of_point;

use crate::recognizer::Recognizer;
use crate::report::Dialect;

/// The recognisers of this family.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    vec![
        Box::new(jest::Jest::default()),
        Box::new(vitest::Vitest::default()),
        Box::new(mocha::Mocha::default()),
        Box::new(node_test::NodeTest::default()),
        Box::new(playwright::Playwright::default()),
        Box::new(jasmine::Jasmine::default()),
        Box::new(bun::Bun::default()),
        Box::new(bundler::Bundler::default()),
        Box::new(tsc::Tsc::default()),
        Box::new(eslint::Eslint::default()),
    ]
}

/// The reports of this family.
pub(crate) const DIALECTS: &[Dialect] = reports::ALL;
