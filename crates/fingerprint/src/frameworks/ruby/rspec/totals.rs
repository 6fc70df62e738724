//! `5 examples, 3 failures, 1 pending, 1 error occurred outside of examples`.

use crate::frameworks::listed::count_of;
use crate::scan::TestTotals;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) examples: u64,
    pub(super) failures: u64,
    pending: u64,
    errors: u64,
}

impl Counts {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if !text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let mut parts = text.trim_end().split(", ");
        let mut counts = Self {
            examples: count_of(parts.next()?, &["example", "examples"])?,
            failures: count_of(parts.next()?, &["failure", "failures"])?,
            ..Self::default()
        };
        for part in parts {
            if let Some(number) = count_of(part, &["pending"]) {
                counts.pending = number;
            } else {
                let words = [
                    "error occurred outside of examples",
                    "errors occurred outside of examples",
                ];
                counts.errors = count_of(part, &words)?;
            }
        }
        Some(counts)
    }

    pub(super) fn declared(&self) -> u64 {
        self.failures.saturating_add(self.errors)
    }

    pub(super) fn tests(&self) -> TestTotals {
        TestTotals {
            run: self.examples.saturating_sub(self.pending),
            failed: self.failures,
            skipped: self.pending,
        }
    }
}
