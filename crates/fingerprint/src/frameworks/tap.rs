//! TAP, as Perl's test modules, bats and others write it, and what prove makes of it.

mod bats;
mod perl;
mod point;
mod prove;
mod reader;
mod report;

use crate::kind::Framework;
use crate::recognizer::Recognizer;
use crate::report::Dialect;

const PERL: Framework = Framework::new("perl-test", "perl-test");
const BATS: Framework = Framework::new("bats", "bats");
const TAP: Framework = Framework::new("tap", "tap");

/// The recognisers of this family.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    vec![
        Box::new(reader::Tap::default()),
        Box::new(perl::Perl::default()),
        Box::new(bats::Pretty::default()),
    ]
}

/// The reports of this family.
pub(crate) const DIALECTS: &[Dialect] = &[report::BATS_DIALECT];
