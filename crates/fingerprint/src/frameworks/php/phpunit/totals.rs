//! `Tests: 11, Assertions: 7, Errors: 2, Failures: 5, Incomplete: 1, Risky: 1.` and `OK (3 tests, 4 assertions)`.

use crate::frameworks::listed::count_of;
use crate::scan::TestTotals;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) ran: u64,
    pub(super) errors: u64,
    pub(super) failures: u64,
    skipped: u64,
}

impl Counts {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let list = text.strip_suffix('.')?;
        let mut counts = Self::default();
        if !list.starts_with("Tests: ") {
            return None;
        }
        for part in list.split(", ") {
            let (name, number) = part.split_once(": ")?;
            let number: u64 = number.parse().ok()?;
            match name {
                "Tests" => counts.ran = number,
                "Errors" => counts.errors = number,
                "Failures" => counts.failures = number,
                "Skipped" | "Incomplete" => counts.skipped = counts.skipped.saturating_add(number),
                _ => {}
            }
        }
        Some(counts)
    }

    pub(super) fn declared(&self) -> u64 {
        self.errors.saturating_add(self.failures)
    }

    pub(super) fn tests(&self) -> TestTotals {
        TestTotals {
            run: self.ran.saturating_sub(self.skipped),
            failed: self.declared(),
            skipped: self.skipped,
        }
    }
}

/// `OK (3 tests, 4 assertions)`.
pub(super) fn ok(text: &str) -> Option<Counts> {
    let list = text.strip_prefix("OK (")?.strip_suffix(')')?;
    let (tests, assertions) = list.split_once(", ")?;
    count_of(assertions, &["assertion", "assertions"])?;
    Some(Counts {
        ran: count_of(tests, &["test", "tests"])?,
        ..Counts::default()
    })
}
