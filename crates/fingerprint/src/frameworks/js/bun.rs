//! `bun test`: `(fail) suite > test [1.00ms]`, with the source and the error above.
//!
//! Format: `src/cli/test_command.zig` of <https://github.com/oven-sh/bun> and output of versions 1.0 to 1.4.

use std::collections::HashSet;

use crate::findings::{Findings, Totals};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::entry::Entry;
use super::{error, names};

pub(super) const BUN: Framework = Framework::new("bun-test", "bun");

#[derive(Debug, Default)]
pub(super) struct Bun {
    /// A failure below which may stand that it took too long.
    entry: Option<Entry>,
    failed: HashSet<String>,
    errors: u64,
    /// Lines below an error in which its test is named.
    patience: u8,
}

/// Lines from an error to the name of its test.
const PATIENCE: u8 = 80;

impl Recognizer for Bun {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "(fail) ",
            "(pass) ",
            "rror: ",
            " timed out ",
            "Ran ",
            "Unhandled error between tests",
        ]
    }

    fn follows(&self) -> bool {
        self.entry.is_some() || self.patience > 0
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(entry) = &mut self.entry {
            if entry.test.is_none() {
                self.unhandled_line(line, findings);
                return;
            }
            if let Some(reason) = text.strip_prefix("  ^ ") {
                entry.block.push(line);
                let reason = reason.split('.').next().unwrap_or(reason);
                reason.clone_into(&mut entry.text);
            }
            self.close(findings);
        }
        self.patience = self.patience.saturating_sub(1);
        let is_known = self.patience > 0;
        if let Some(name) = failed(text, is_known) {
            self.patience = 0;
            self.fail(name, line);
        } else if let Some(name) = passed(text, is_known) {
            self.patience = 0;
            retried(name, line, findings);
        } else if text == "# Unhandled error between tests" {
            self.entry = Some(Entry::new(BUN, None, line));
        } else if is_error(line) {
            self.patience = PATIENCE;
        } else if let Some(reason) = text.strip_prefix("  ^ ")
            && reason.contains("timed out after ")
        {
            self.timed_out(reason, line, findings);
        } else if text.starts_with("Ran ") && text.contains(" across ") {
            self.totals(line, findings);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close(findings);
    }
}

impl Bun {
    fn fail(&mut self, name: &str, line: &Line<'_>) {
        let name = names::without_duration(name).to_owned();
        let mut entry = Entry::new(BUN, Some(name.clone()), line);
        let above = above(line);
        // The repeated list at the end has no errors above.
        for text in above.iter().rev() {
            if error::is_stack(text) {
                entry.is_done |= entry.has_text();
            } else {
                entry.say(text);
            }
        }
        entry.block.lines.splice(0..0, above.into_iter().rev());
        self.failed.insert(name);
        self.entry = Some(entry);
    }

    /// A test that took too long says so below its name, which nobody has seen where it is coloured.
    fn timed_out(&mut self, reason: &str, line: &Line<'_>, findings: &mut Findings) {
        let Some(above) = line.before().next() else {
            return;
        };
        let Some(name) = failed(&above, true) else {
            return;
        };
        let name = names::without_duration(name).to_owned();
        let mut entry = Entry::new(BUN, Some(name.clone()), line);
        entry.say(reason);
        self.failed.insert(name);
        self.entry = Some(entry);
        self.close(findings);
    }

    /// An error outside of any test, between two rules.
    fn unhandled_line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        let Some(entry) = &mut self.entry else {
            return;
        };
        let is_rule = text.len() > 20 && text.bytes().all(|b| b == b'-');
        if is_rule && !entry.has_text() {
            return;
        }
        if is_rule || text.starts_with("(fail) ") || entry.block.lines.len() > 60 {
            self.close(findings);
            return;
        }
        if text.trim() == "^" || error::is_code(text) {
            entry.block.push(line);
        } else {
            entry.take(line, text);
        }
    }

    fn close(&mut self, findings: &mut Findings) {
        let Some(entry) = self.entry.take() else {
            return;
        };
        let (kind, message) = judge(&entry.text);
        let kind = if entry.test.is_some() {
            kind
        } else {
            self.errors += 1;
            Kind::Build
        };
        findings.report(entry.finding_saying(kind, message));
    }

    /// `Ran 4 tests across 1 file. [10.00ms]`, below ` 3 pass` and ` 1 fail`.
    fn totals(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let (mut pass, mut fail, mut skip) = (None, 0, 0);
        for text in line.before().take(8) {
            let Some((number, word)) = text.trim().split_once(' ') else {
                continue;
            };
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match word {
                "pass" => pass = Some(number),
                "fail" => fail = number,
                "skip" | "todo" => skip += number,
                _ => {}
            }
        }
        let Some(pass) = pass else {
            return;
        };
        findings.saw(BUN);
        findings.count(
            BUN,
            TestTotals {
                run: pass + fail,
                failed: fail,
                skipped: skip,
            },
        );
        if fail > 0 {
            findings.check(Totals {
                framework: BUN,
                declared: fail,
                // An error outside of any test is counted as one that failed.
                found: self.failed.len() as u64 + self.errors,
                ran: Some(pass + fail),
            });
        } else if pass > 0 {
            findings.passed(BUN, line.text.trim());
        }
        self.failed.clear();
        self.errors = 0;
    }
}

/// `(fail) test`, or `✗ test [1.00ms]` where it is coloured and stands below an error.
fn failed(text: &str, is_known: bool) -> Option<&str> {
    let coloured = || text.strip_prefix("✗ ").filter(|_| is_known);
    text.strip_prefix("(fail) ").or_else(coloured)
}

fn passed(text: &str, is_known: bool) -> Option<&str> {
    let coloured = || text.strip_prefix("✓ ").filter(|_| is_known);
    text.strip_prefix("(pass) ").or_else(coloured)
}

/// An error as bun prints it, below the caret that shows where it was thrown.
fn is_error(line: &Line<'_>) -> bool {
    let is_named = line
        .text
        .split_once(": ")
        .is_some_and(|(name, _)| name.ends_with("rror") && !name.contains(' '));
    let is_below_caret = || {
        line.before()
            .next()
            .is_some_and(|above| above.trim() == "^")
    };
    is_named && (line.text.starts_with("AssertionError: ") || is_below_caret())
}

/// `(pass) test (attempt 3) [1.00ms]`: it failed before.
fn retried(name: &str, line: &Line<'_>, findings: &mut Findings) {
    let name = names::without_duration(name);
    let Some((name, attempts)) = name
        .strip_suffix(')')
        .and_then(|name| name.rsplit_once(" (attempt "))
    else {
        return;
    };
    let Ok(attempts) = attempts.parse() else {
        return;
    };
    let mut entry = Entry::new(BUN, Some(name.to_owned()), line);
    entry.attempts = attempts;
    entry.passed_on_retry = true;
    for text in above(line).iter().rev() {
        entry.is_done |= entry.has_text() && error::is_stack(text);
        entry.say(text);
    }
    let (kind, message) = judge(&entry.text);
    findings.report(entry.finding_saying(kind, message));
}

/// What bun says of a failure.
pub(super) fn judge(text: &str) -> (Kind, String) {
    // Reports do not say after how long.
    if text.contains("test timed out") && !text.contains('\n') {
        return (Kind::Timeout, "test timed out".to_owned());
    }
    error::judge(text)
}

/// How results begin, without colours and with them.
const RESULTS: &[&str] = &[
    "(fail) ", "(pass) ", "(skip) ", "(todo) ", "✗ ", "✓ ", "» ", "✎ ",
];

/// The error above a result, the last line first; the source above it ends with a caret.
fn above(line: &Line<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for text in line.before() {
        let is_result = RESULTS.iter().any(|mark| text.starts_with(mark));
        let is_end = text.trim() == "^"
            || text.ends_with(" tests failed:")
            || text.ends_with(" test failed:")
            || text.starts_with("bun test v")
            || text.starts_with("  ^ ")
            || names::is_source(text.trim_end_matches(':')) && text.ends_with(':');
        if is_result || is_end {
            break;
        }
        if !text.starts_with("::") && !text.starts_with("##[") {
            lines.push(text.into_owned());
        }
    }
    lines
}
