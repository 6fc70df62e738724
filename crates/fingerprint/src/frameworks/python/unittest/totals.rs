//! The end of a run: `Ran 4 tests in 0.001s` and the result below it.

use crate::scan::TestTotals;

/// The number in `Ran 4 tests in 0.001s`.
pub(super) fn ran(text: &str) -> Option<u64> {
    let (number, rest) = text.strip_prefix("Ran ")?.split_once(' ')?;
    let rest = rest.strip_prefix("test")?;
    let rest = rest
        .strip_prefix('s')
        .unwrap_or(rest)
        .strip_prefix(" in ")?;
    let is_time = rest.starts_with(|c: char| c.is_ascii_digit());
    number.parse().ok().filter(|_| is_time)
}

/// `OK (skipped=1)`, `FAILED (failures=1, errors=2)`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Result {
    pub(super) is_ok: bool,
    failures: u64,
    errors: u64,
    pub(super) unexpected: u64,
    skipped: u64,
    expected: u64,
}

impl Result {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim_end();
        let (word, list) = text.split_once(" (").unwrap_or((text, ""));
        let mut result = Self {
            is_ok: matches!(word, "OK" | "PASSED"),
            ..Self::default()
        };
        if !result.is_ok && word != "FAILED" {
            return None;
        }
        for part in list.trim_end_matches(')').split(", ") {
            let Some((name, number)) = part.split_once('=') else {
                continue;
            };
            let number = number.parse().ok()?;
            match name {
                "failures" => result.failures = number,
                "errors" => result.errors = number,
                "unexpected successes" | "unexpectedSuccesses" => result.unexpected = number,
                "skipped" | "skips" => result.skipped = number,
                "expected failures" | "expectedFailures" => result.expected = number,
                _ => {}
            }
        }
        Some(result)
    }

    /// Failures by the tool's own count.
    pub(super) fn declared(&self) -> u64 {
        self.failures
            .saturating_add(self.errors)
            .saturating_add(self.unexpected)
    }

    /// How many tests ran; errors outside of tests and failed subtests are counted as failures too.
    pub(super) fn tests(&self, ran: u64) -> TestTotals {
        TestTotals {
            run: ran.saturating_sub(self.skipped).max(self.declared()),
            failed: self.declared(),
            skipped: self.skipped,
        }
    }
}
