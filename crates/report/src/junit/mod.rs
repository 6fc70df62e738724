//! JUnit XML, in the dialects that test tools really write.
//!
//! There is no standard. What is read here was seen from pytest, gotestsum, go-junit-report, nextest, Maven Surefire,
//! jest-junit, mocha-junit, googletest, `CTest` and `PHPUnit`: a `testsuites` or a bare `testsuite` root, several roots in
//! one file, nested suites, several failures in one case, Surefire's `rerunFailure`, `rerunError`, `flakyFailure` and
//! `flakyError` with their text direct or in `stackTrace`, counters that are wrong, `&` and escape codes in places
//! where XML forbids them.

mod builder;
mod case;
mod error;
mod note;
mod number;
mod open_case;
mod parser;
mod sniff;
mod suites;
mod summary;

pub use case::{Outcome, Problem, Rerun, RerunKind, TestCase};
pub use error::ReportError;
pub use note::{Note, NoteKind};
pub use parser::Parser;
pub use sniff::{Sniff, looks_like_junit, sniff};
pub use summary::{Counts, Declared, SuiteTotals, Summary};

pub(crate) use note::Notes;
