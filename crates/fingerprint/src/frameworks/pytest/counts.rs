//! The counts at the end of a session.

use crate::scan::TestTotals;

/// `3 failed, 4 passed, 1 skipped in 0.96s`, with or without rules around it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) failed: u64,
    pub(super) passed: u64,
    pub(super) errors: u64,
    /// How often a test was run again.
    pub(super) reruns: u64,
    /// Skipped, and failed as expected.
    skipped: u64,
    /// Passed although it was expected to fail.
    passed_unexpectedly: u64,
    others: u64,
}

impl Counts {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let inner = text.trim().trim_matches('=').trim();
        if !inner.ends_with(['s', ')']) {
            return None;
        }
        let (list, time) = inner.rsplit_once(" in ")?;
        // pytest before 5.0 wrote `in 70.39 seconds`.
        let time = time.strip_suffix(" seconds").unwrap_or(time);
        let seconds = time.split_whitespace().next()?.trim_end_matches('s');
        if seconds.is_empty()
            || !seconds
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b".:".contains(&byte))
        {
            return None;
        }
        let mut counts = Self::default();
        if list == "no tests ran" {
            return Some(counts);
        }
        for part in list.split(", ") {
            counts.add(part)?;
        }
        Some(counts)
    }

    /// Adds what `3 failed` says.
    pub(super) fn add(&mut self, part: &str) -> Option<()> {
        let (number, word) = part.split_once(' ')?;
        let number: u64 = number.parse().ok()?;
        let count = match word {
            "failed" => &mut self.failed,
            "passed" => &mut self.passed,
            "error" | "errors" => &mut self.errors,
            "rerun" | "reruns" => &mut self.reruns,
            "skipped" | "xfailed" => &mut self.skipped,
            "xpassed" => &mut self.passed_unexpectedly,
            "deselected" | "warning" | "warnings" => &mut self.others,
            _ if word.starts_with("subtests ") => &mut self.others,
            _ => return None,
        };
        *count = count.saturating_add(number);
        Some(())
    }

    /// How many failed by pytest's way of counting.
    pub(super) fn declared(&self) -> u64 {
        self.failed.saturating_add(self.errors)
    }

    /// How pytest counts in its reports, which know neither what failed as expected nor what passed unexpectedly.
    pub(super) fn totals(&self) -> TestTotals {
        TestTotals {
            run: self.ran().saturating_add(self.passed_unexpectedly),
            failed: self.declared(),
            skipped: self.skipped,
        }
    }

    /// Tests that were run to an end that counts.
    pub(super) fn ran(&self) -> u64 {
        self.declared().saturating_add(self.passed)
    }
}
