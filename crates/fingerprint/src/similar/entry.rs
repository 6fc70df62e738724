//! What is compared, and what is answered.

use std::fmt;

use crate::failure::Failure;
use crate::keys::{Fingerprint, Keys, Sketch};

/// Bytes of a template that are kept and compared; what goes beyond hardly ever tells failures apart.
pub const TEXT_BYTES: usize = 384;

/// One fingerprint, as far as similarity is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its identity.
    pub exact: Fingerprint,
    /// Equal for one cause behind many tests.
    pub cause: Fingerprint,
    /// Sketch of its block.
    pub sketch: Sketch,
    /// Stands for its test: equal numbers are the same test. `None` for failures without one.
    pub test: Option<u64>,
    /// Its template, at most [`TEXT_BYTES`] of it.
    pub text: Box<str>,
}

impl Entry {
    /// A fingerprint by its keys, its test and its template.
    pub fn new(keys: &Keys, test: Option<&str>, template: &str) -> Self {
        Self {
            exact: keys.exact,
            cause: keys.cause,
            sketch: keys.sketch,
            test: test.map(|test| crate::identity::fnv1a(test.as_bytes())),
            text: beginning(template).into(),
        }
    }

    /// A failure of a scan.
    pub fn of(failure: &Failure) -> Self {
        Self::new(&failure.keys, failure.test.as_deref(), &failure.template)
    }

    /// Whether both have a test and it is the same one.
    pub(crate) fn is_of_same_test(&self, other: &Self) -> bool {
        self.test.is_some() && self.test == other.test
    }

    /// In how many of their 64 bits the sketches differ.
    pub(crate) fn bits(&self, other: &Self) -> u32 {
        (self.sketch.0 ^ other.sketch.0).count_ones()
    }
}

/// At most [`TEXT_BYTES`] of a text, whole characters.
fn beginning(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A known failure that may have the same cause.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Suggestion {
    /// Its identity.
    pub exact: Fingerprint,
    /// Why it is suggested.
    pub reason: Reason,
}

/// Why two failures may have the same cause; the text form is meant for a person.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// It is the same failure: the `exact` keys are equal.
    SameFingerprint,
    /// The `cause` keys are equal: kind, template and function.
    #[non_exhaustive]
    SameCause {
        /// Whether it is the same test, too: then only the framework or the suite differs.
        same_test: bool,
    },
    /// The messages are alike.
    #[non_exhaustive]
    Alike {
        /// Whether it is the same test.
        same_test: bool,
        /// Bits of 64 in which the sketches differ.
        bits: u32,
        /// Edit distance of the templates, in parts of their mean length: 0 for equal ones, at most 0.1.
        distance: f64,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::SameFingerprint => f.write_str("same fingerprint"),
            Self::SameCause { same_test: true } => f.write_str("same cause, same test"),
            Self::SameCause { same_test: false } => f.write_str("same cause, other test"),
            Self::Alike {
                same_test,
                bits,
                distance,
            } => {
                let test = if same_test {
                    "same test"
                } else {
                    "another test"
                };
                let percent = (distance * 100.0).round();
                write!(
                    f,
                    "{test}, {bits} of 64 sketch bits, {percent} % edit distance"
                )
            }
        }
    }
}
