//! C and C++: test frameworks, the harness ctest, crashes and sanitizers, compilers and build tools.

mod boost;
mod catch2;
mod compiler;
pub(crate) mod crash;
mod ctest;
mod doctest;
mod gtest;
mod make;
mod native;
mod parts;
mod stage;
mod units;

pub(crate) use parts::primary as primary_of;

use crate::recognizer::Recognizer;
use crate::report::{Counted, Dialect};

/// The recognisers of this family.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    let mut all: Vec<Box<dyn Recognizer>> = vec![
        Box::new(native::Native::default()),
        Box::new(make::Make::default()),
    ];
    all.extend(units::all());
    all
}

/// The reports of this family.
pub(crate) const DIALECTS: &[Dialect] = &[
    gtest::DIALECT,
    ctest::DIALECT,
    doctest::DIALECT,
    catch2::DIALECT,
    boost::DIALECT,
];

/// Those whose totals are not of cases: `disabled` of googletest leaves out what skipped itself, and in older versions there is
/// no `skipped`.
pub(crate) const COUNTING_OTHERWISE: &[(Dialect, Counted)] = &[
    (gtest::DIALECT, Counted::CasesButSkipped),
    (doctest::DIALECT, Counted::Assertions),
    (boost::DIALECT, Counted::Assertions),
];
