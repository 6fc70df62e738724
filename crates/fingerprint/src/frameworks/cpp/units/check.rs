//! Check's list of results.
//!
//! Format: `srunner_fprint`, `tr_str` in `src/check_print.c` and `check_str.c`, releases 0.10 to 0.15
//! (<https://libcheck.github.io/check>): a line of totals, then a line for each test.

use crate::findings::{Block, Finding, Findings, Totals};
use crate::frameworks::cpp::parts::{is_number, leading_number};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::is_function;

const CHECK: Framework = Framework::new("check", "check");

/// Lines that may stand behind the totals for each failure that they count.
const LINES_PER_FAILURE: u64 = 64;

#[derive(Debug, Default)]
pub(super) struct Check {
    declared: u64,
    ran: u64,
    found: u64,
    /// Lines that may still belong to the list.
    lines: u64,
}

impl Recognizer for Check {
    fn anchors(&self) -> &'static [&'static str] {
        &[", Failures: "]
    }

    fn follows(&self) -> bool {
        self.lines > 0
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        if let Some((ran, failed)) = totals(&line.text) {
            self.close(findings);
            findings.saw(CHECK);
            let counts = TestTotals {
                run: ran,
                failed,
                skipped: 0,
            };
            findings.count(CHECK, counts);
            if failed == 0 && ran > 0 {
                findings.passed(CHECK, line.text.trim());
            }
            (self.ran, self.declared) = (ran, failed);
            self.lines = failed.saturating_mul(LINES_PER_FAILURE);
        } else if self.lines > 0 {
            self.lines -= 1;
            if let Some((test, kind, message)) = failure(&line.text) {
                self.found += 1;
                let finding = Finding::new(CHECK, Some(test), kind, Block::of(line));
                findings.report(finding.saying(message));
            }
            if self.found == self.declared {
                self.close(findings);
            }
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close(findings);
    }
}

impl Check {
    fn close(&mut self, findings: &mut Findings) {
        if self.declared > 0 {
            findings.check(Totals {
                framework: CHECK,
                declared: self.declared,
                found: self.found,
                ran: Some(self.ran),
            });
        }
        *self = Self::default();
    }
}

/// `40%: Checks: 10, Failures: 3, Errors: 3`: how many ran, and how many of them failed in either way.
fn totals(text: &str) -> Option<(u64, u64)> {
    let (_, rest) = leading_number(text)?;
    let (ran, rest) = leading_number(rest.strip_prefix("%: Checks: ")?)?;
    let (failures, rest) = leading_number(rest.strip_prefix(", Failures: ")?)?;
    let (errors, rest) = leading_number(rest.strip_prefix(", Errors: ")?)?;
    rest.trim()
        .is_empty()
        .then_some((ran, failures.saturating_add(errors)))
}

/// `pump.c:6:F:core:t_eq:0: words`: case and test, and which turn of a loop unless it is the first.
fn failure(text: &str) -> Option<(String, Kind, &str)> {
    let (at, is_error) = match (text.find(":F:"), text.find(":E:")) {
        (Some(failure), Some(error)) => (failure.min(error), error < failure),
        (Some(failure), None) => (failure, false),
        (None, error) => (error?, true),
    };
    let (_, number) = text[..at].rsplit_once(':')?;
    let (case, rest) = text[at + 3..].split_once(':')?;
    let (test, rest) = rest.split_once(':')?;
    let (turn, message) = rest.split_once(": ")?;
    if !is_number(number) || !is_function(test) || !is_number(turn) {
        return None;
    }
    let name = match turn {
        "0" => format!("{case}:{test}"),
        turn => format!("{case}:{test}:{turn}"),
    };
    let message = message
        .strip_prefix("(after this point) ")
        .unwrap_or(message);
    let kind = match message {
        "Test timeout expired" => Kind::Timeout,
        _ if is_error => Kind::Crash,
        _ => Kind::Assertion,
    };
    Some((name, kind, message))
}
