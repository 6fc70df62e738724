//! nextest's totals.

use super::status;

/// `Summary [   0.031s] 7 tests run: 4 passed (1 flaky), 3 failed, 1 timed out, 1 skipped`, or `6/7 tests run:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) ran: u64,
    /// How many tests were to run.
    pub(super) selected: u64,
    pub(super) not_passed: u64,
    pub(super) passed: u64,
    pub(super) flaky: u64,
    pub(super) skipped: u64,
}

impl Summary {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (word, rest) = status::split(text)?;
        let (time, rest) = rest.split_once("] ")?;
        let (counts, results) = rest.split_once(" run: ")?;
        let counts = counts
            .strip_suffix(" tests")
            .or_else(|| counts.strip_suffix(" test"))?;
        if word != "Summary" || !time.trim_end().ends_with('s') {
            return None;
        }
        let (ran, selected) = counts.split_once('/').unwrap_or((counts, counts));
        let mut summary = Self {
            ran: ran.parse().ok()?,
            selected: selected.parse().ok()?,
            not_passed: 0,
            passed: 0,
            flaky: 0,
            skipped: 0,
        };
        for part in outside_of_brackets(results).split(", ") {
            let (number, word) = part.trim().split_once(' ')?;
            let number: u64 = number.parse().ok()?;
            match word.trim() {
                "passed" => summary.passed += number,
                "skipped" => summary.skipped += number,
                _ => summary.not_passed += number,
            }
        }
        summary.flaky = results
            .split_once(" flaky")
            .and_then(|(before, _)| before.rsplit(['(', ' ']).next())
            .and_then(|number| number.parse().ok())
            .unwrap_or_default();
        Some(summary)
    }

    /// Whether all tests that were to run have run, and at least one.
    pub(super) fn is_whole(&self) -> bool {
        self.passed > 0 && self.ran == self.selected
    }
}

fn outside_of_brackets(text: &str) -> String {
    let mut depth = 0;
    text.chars()
        .filter(|&c| {
            depth += i32::from(c == '(');
            let keep = depth == 0;
            depth -= i32::from(c == ')');
            keep
        })
        .collect()
}
