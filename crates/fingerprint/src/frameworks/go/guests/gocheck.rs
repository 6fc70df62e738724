//! gocheck (`gopkg.in/check.v1`): a line of dashes, `FAIL: file_test.go:12: Suite.Test`, then the suite's log.
//!
//! Format: `reporter.go` and `check.go` of gopkg.in/check.v1, 2014 to 2020.

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::line::Line;

use super::{GOCHECK, Next};

/// Its separator: seventy dashes.
const DASHES: &str = "----------------------------------------------------------------------";

/// One failed test of a suite.
#[derive(Debug)]
pub(super) struct Problem {
    test: String,
    kind: Kind,
    block: Block,
    /// What the first failed check says, a line each.
    words: Vec<String>,
    /// The first failed check is over.
    is_told: bool,
    lines: u32,
}

const LINES: u32 = 400;

impl Problem {
    /// Reads `FAIL: crate_test.go:39: CrateSuite.TestGivenUp` below the line `above`.
    pub(super) fn start(line: &Line<'_>, above: &str) -> Option<Self> {
        let text = line.text.as_ref();
        let (kind, rest) = match text.strip_prefix("PANIC: ") {
            Some(rest) => (Kind::Panic, rest),
            None => (Kind::Assertion, text.strip_prefix("FAIL: ")?),
        };
        let (place, test) = rest.split_once(": ")?;
        let (_, number) = place.rsplit_once(".go:")?;
        let is_place = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let test = test.split('\t').next().unwrap_or(test).trim();
        let is_name = test.contains('.') && !test.contains(' ');
        (is_place && is_name && above == DASHES).then(|| Self {
            test: test.to_owned(),
            kind,
            block: Block::of(line),
            words: Vec::new(),
            is_told: false,
            lines: 0,
        })
    }

    pub(super) fn extend(&mut self, line: &Line<'_>) -> Next {
        let text = line.text.as_ref();
        let is_over = text == DASHES
            || text.starts_with("OOPS: ")
            || text.starts_with("OK: ")
            || text.starts_with("--- ")
            || text.starts_with("=== ")
            || text.starts_with("FAIL\t")
            || text.starts_with("##[")
            || self.lines >= LINES;
        if is_over {
            return Next::Over;
        }
        self.lines += 1;
        if let Some(words) = text.strip_prefix("... ") {
            if !self.is_told {
                self.words.push(words.trim().to_owned());
            }
        } else if !self.words.is_empty() {
            self.is_told = true;
        }
        self.block.push(line);
        Next::Taken
    }

    pub(super) fn finding(self) -> Finding {
        let words = self.words.join("\n");
        let message = match words.strip_prefix("Panic: ") {
            Some(panic) => panic.split(" (PC=").next().unwrap_or(panic),
            None => words.strip_prefix("Error: ").unwrap_or(&words),
        };
        let suite = self.test.split('.').next().map(str::to_owned);
        let mut finding = Finding::new(GOCHECK, Some(self.test), self.kind, self.block);
        finding.suite = suite;
        finding.saying(message)
    }
}

/// The number of failures in `OOPS: 1 passed, 4 FAILED, 1 PANICKED, 2 MISSED`.
pub(super) fn total(text: &str) -> Option<u64> {
    let counts = text.strip_prefix("OOPS: ")?;
    let mut sum = 0;
    for part in counts.split(", ") {
        let (number, what) = part.split_once(' ')?;
        let number: u64 = number.parse().ok()?;
        if matches!(what.trim_end(), "FAILED" | "PANICKED" | "FIXTURE-PANICKED") {
            sum += number;
        }
    }
    Some(sum)
}
