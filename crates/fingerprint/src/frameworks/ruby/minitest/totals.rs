//! `8 runs, 7 assertions, 5 failures, 1 errors, 1 skips`; minitest-reporters and minitest 4 say `tests`.

use crate::frameworks::listed::count_of;
use crate::scan::TestTotals;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) runs: u64,
    failures: u64,
    errors: u64,
    skips: u64,
    /// It counts what only test-unit knows.
    pub(super) is_of_test_unit: bool,
}

impl Counts {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if !text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let mut parts = text.trim_end().split(", ");
        let runs = count_of(parts.next()?, &["runs", "run", "tests", "test"])?;
        count_of(parts.next()?, &["assertions", "assertion"])?;
        let failures = count_of(parts.next()?, &["failures", "failure"])?;
        let errors = count_of(parts.next()?, &["errors", "error"])?;
        let rest = parts.next();
        Some(Self {
            runs,
            failures,
            errors,
            skips: rest
                .and_then(|part| count_of(part, &["skips", "skip"]))
                .unwrap_or_default(),
            is_of_test_unit: rest.is_some_and(|part| part.ends_with(" pendings")),
        })
    }

    pub(super) fn declared(&self) -> u64 {
        self.failures.saturating_add(self.errors)
    }

    pub(super) fn tests(&self) -> TestTotals {
        TestTotals {
            run: self.runs.saturating_sub(self.skips),
            failed: self.declared(),
            skipped: self.skips,
        }
    }
}
