//! The counts at the end: `# pass 3`, `# fail 1`, ... in TAP, `ℹ pass 3` otherwise.

use crate::line::Line;
use crate::scan::TestTotals;

#[derive(Debug)]
pub(super) struct Summary {
    pub(super) is_tap: bool,
    pub(super) pass: u64,
    fail: u64,
    cancelled: u64,
    skipped: u64,
    lines: u8,
}

/// Counts that follow `fail`.
const FOLLOWING: u8 = 5;

impl Summary {
    /// `fail` directly below `pass`, which stands below the number of tests: a test's words would not.
    pub(super) fn begin(line: &Line<'_>) -> Option<Self> {
        let text = line.text.as_ref();
        let (mark, rest) = marked(text)?;
        let fail = rest.strip_prefix("fail ")?.trim().parse().ok()?;
        let mut above = line.before();
        let above_pass = above.next()?;
        let (same_mark, rest) = marked(&above_pass)?;
        let pass = rest.strip_prefix("pass ")?.trim().parse().ok()?;
        let is_below_tests = above
            .take(2)
            .any(|text| marked(&text).is_some_and(|(_, rest)| rest.starts_with("tests ")));
        (is_below_tests && mark == same_mark).then_some(Self {
            is_tap: mark == '#',
            pass,
            fail,
            cancelled: 0,
            skipped: 0,
            lines: 0,
        })
    }

    /// Takes the line if it is one of the counts.
    pub(super) fn line(&mut self, text: &str) -> bool {
        let Some((_, rest)) = marked(text) else {
            return false;
        };
        self.lines += 1;
        let number = |name| rest.strip_prefix(name).and_then(|n| n.trim().parse().ok());
        if let Some(number) = number("cancelled ") {
            self.cancelled = number;
        } else if let Some(number) = number("skipped ") {
            self.skipped = number;
        }
        self.lines < FOLLOWING && (rest.starts_with("todo ") || !rest.starts_with("duration_ms"))
    }

    pub(super) fn declared(&self) -> u64 {
        self.fail + self.cancelled
    }

    pub(super) fn totals(&self) -> TestTotals {
        TestTotals {
            run: self.pass + self.declared(),
            failed: self.declared(),
            skipped: self.skipped,
        }
    }

    pub(super) fn text(&self) -> String {
        format!("pass {}, fail 0", self.pass)
    }
}

fn marked(text: &str) -> Option<(char, &str)> {
    let mark = text.chars().next().filter(|c| matches!(c, '#' | 'ℹ'))?;
    Some((mark, text[mark.len_utf8()..].strip_prefix(' ')?))
}
