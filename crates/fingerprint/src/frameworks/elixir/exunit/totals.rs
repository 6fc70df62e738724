//! `1 doctest, 12 tests, 8 failures, 2 invalid, 1 skipped`; Elixir 1.17 and later put `1 excluded` in as well.

use crate::frameworks::listed::count_of;
use crate::scan::TestTotals;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Tests of all sorts, with those that were skipped.
    pub(super) ran: u64,
    pub(super) failures: u64,
    pub(super) invalid: u64,
    skipped: u64,
}

impl Counts {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if !text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let mut counts = Self::default();
        let mut has_failures = false;
        for part in text.trim_end().split(", ") {
            if let Some(number) = count_of(part, &["failure", "failures"]) {
                counts.failures = number;
                has_failures = true;
            } else if let Some(number) = count_of(part, &["invalid"]) {
                counts.invalid = number;
            } else if let Some(number) = count_of(part, &["skipped", "excluded"]) {
                counts.skipped = counts.skipped.saturating_add(number);
            } else {
                let sorts = [
                    "test",
                    "tests",
                    "doctest",
                    "doctests",
                    "property",
                    "properties",
                    "feature",
                    "features",
                ];
                counts.ran = counts.ran.saturating_add(count_of(part, &sorts)?);
            }
        }
        (has_failures && text.contains("test") || text.contains("propert"))
            .then_some(counts)
            .filter(|_| has_failures)
    }

    pub(super) fn tests(&self) -> TestTotals {
        TestTotals {
            run: self
                .ran
                .saturating_sub(self.skipped)
                .saturating_sub(self.invalid),
            failed: self.failures,
            skipped: self.skipped.saturating_add(self.invalid),
        }
    }
}
