//! What is counted.

use std::collections::BTreeMap;

use serde::Serialize;

/// Counts of each framework, and of all together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Table<T> {
    /// Counts by framework; in the table of pairs by family of frameworks.
    pub by_framework: BTreeMap<String, T>,
    /// The same over everything.
    pub all: T,
}

impl<T: Default> Table<T> {
    /// Changes the counts of `framework` and those of all.
    pub(super) fn update(&mut self, framework: &str, change: impl Fn(&mut T)) {
        change(self.by_framework.entry(framework.to_owned()).or_default());
        change(&mut self.all);
    }
}

/// Right, wrong and missed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Expected and found.
    pub tp: u64,
    /// Found, not expected.
    pub fp: u64,
    /// Expected, not found.
    pub r#fn: u64,
}

impl Counts {
    /// How much of what was found is right; 1 when nothing was found.
    pub fn precision(&self) -> f64 {
        ratio(self.tp, self.tp + self.fp)
    }

    /// How much of what was expected was found; 1 when nothing was expected.
    pub fn recall(&self) -> f64 {
        ratio(self.tp, self.tp + self.r#fn)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        if precision + recall > 0.0 {
            2.0 * precision * recall / (precision + recall)
        } else {
            0.0
        }
    }
}

/// Kinds of the failures that were found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct KindCounts {
    /// Failures found.
    pub found: u64,
    /// With exactly the expected kind.
    pub strict: u64,
    /// With a kind that can be defended; assertion and panic are not told apart here.
    pub accepted: u64,
}

/// Classes of files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ClassCounts {
    /// Files.
    pub files: u64,
    /// With the right class.
    pub right: u64,
    /// Called `unknown`, though they are not.
    pub abstained: u64,
}

impl ClassCounts {
    /// With a wrong class: neither right nor abstained.
    pub fn wrong(&self) -> u64 {
        self.files - self.right - self.abstained
    }
}

/// Logs of passing runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Clean {
    /// All of them.
    pub files: u64,
    /// Those in which no failure was reported.
    pub clean: u64,
}

/// Pairs of failures within one family of frameworks: are equal ones, and only they, of equal fingerprint?
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PairCounts {
    /// Over pairs that must be equal.
    pub counts: Counts,
    /// Pairs that must differ and share the test's name or the family of the message.
    pub hard: u64,
    /// Those of the hard pairs that got one fingerprint.
    pub hard_joined: u64,
    /// Pairs that must be equal and of which one log is wrapped and the other is not.
    pub cross: u64,
    /// Those of the cross pairs that got one fingerprint.
    pub cross_joined: u64,
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a corpus are far below 2^52"
)]
pub(super) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}
