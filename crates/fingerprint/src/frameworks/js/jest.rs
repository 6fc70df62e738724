//! jest: `FAIL path`, then `● suite › test` with the message behind four blanks.
//!
//! Formats: `packages/jest-reporters/src/{BaseReporter,DefaultReporter,VerboseReporter,SummaryReporter,getResultHeader}.ts`
//! and `packages/jest-message-util/src/index.ts` of <https://github.com/jestjs/jest>, versions 24 to 30.
//!
//! The canonical name is jest's own full name, the titles joined by blanks: this is what `-t` matches and what jest-junit
//! writes.

mod load;
mod retries;

use std::collections::HashSet;

use crate::findings::{FINDING_LIMIT, Finding, Findings, Totals};
use crate::kind::Framework;
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::entry::Entry;
use super::names;
pub(super) use load::{TITLE as LOAD_TITLE, message as load_message};
use retries::Retries;

pub(super) const JEST: Framework = Framework::new("jest", "jest");

/// Lines below a heading that are followed without any failure among them.
const PATIENCE: u32 = 4_000;

#[derive(Debug, Default)]
pub(super) struct Jest {
    /// The file under whose `FAIL` the lines stand.
    suite: Option<String>,
    patience: u32,
    place: Place,
    entry: Option<Entry>,
    retries: Retries,
    /// Names that failed since the last totals, as jest counts them.
    failed: HashSet<(String, String)>,
    has_failed_suites: bool,
    /// What is reported when the totals show that this is jest: tests of vitest may print a copy of it.
    found: Vec<Finding>,
    is_in_totals: bool,
}

/// Where below a heading the lines stand.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Results,
    Entry,
    /// What tests printed.
    Console,
}

impl Recognizer for Jest {
    fn anchors(&self) -> &'static [&'static str] {
        &["FAIL ", "PASS ", " failed", " passed", "RETRY ERRORS"]
    }

    fn follows(&self) -> bool {
        self.suite.is_some() || self.retries.is_open()
    }

    fn holds(&self) -> bool {
        self.suite.is_some() && self.place != Place::Results
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some((has_passed, suite)) = heading(text)
            && !is_printed(line)
        {
            self.leave(findings);
            self.retries.heading(has_passed, suite, findings);
            self.suite = (!has_passed).then(|| suite.to_owned());
            self.patience = PATIENCE;
        } else if let Some(counts) = text.strip_prefix("Test Suites: ") {
            self.leave(findings);
            self.flush(findings);
            self.is_in_totals = true;
            self.has_failed_suites = names::count(counts, "failed") > 0;
        } else if let Some(counts) = text.strip_prefix("Tests: ")
            && std::mem::take(&mut self.is_in_totals)
        {
            self.totals(counts, text, findings);
        } else if text.starts_with("##[") {
            self.leave(findings);
            self.flush(findings);
        } else if text.starts_with("⎯⎯") || text.starts_with(" Test Files  ") {
            self.suite = None;
            self.entry = None;
            self.found.clear();
            self.failed.clear();
        } else if !self.retries.line(line) && self.suite.is_some() {
            self.below_heading(line, findings);
        }
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.leave(findings);
        self.flush(findings);
    }
}

impl Jest {
    fn below_heading(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(title) = text.strip_prefix("  ● ") {
            self.close_entry();
            self.patience = PATIENCE;
            self.place = Place::of(title);
            if self.place == Place::Entry {
                let test = (title != load::TITLE).then(|| full_name(title));
                let entry = Entry::new(JEST, test, line).of_suite(self.suite.clone());
                self.entry = Some(entry);
            }
            return;
        }
        if self.place != Place::Results && !text.is_empty() && names::indent(text) < 4 {
            self.close_entry();
            self.place = Place::Results;
        }
        if let Some(entry) = &mut self.entry {
            take(entry, line);
            return;
        }
        self.patience = self.patience.saturating_sub(1);
        if self.patience == 0 {
            self.leave(findings);
        }
    }

    fn close_entry(&mut self) {
        let Some(mut entry) = self.entry.take() else {
            return;
        };
        let suite = entry.suite.clone().unwrap_or_default();
        let finding = if let Some(test) = entry.test.clone() {
            entry.attempts = self.retries.failed(&test);
            self.failed.insert((suite, test));
            entry.finding()
        } else {
            let (kind, message) = load::judge(&entry.text);
            entry.finding_saying(kind, message)
        };
        if self.found.len() < FINDING_LIMIT {
            self.found.push(finding);
        }
    }

    fn flush(&mut self, findings: &mut Findings) {
        for finding in self.found.drain(..) {
            findings.report(finding);
        }
    }

    /// The block of a file has ended.
    fn leave(&mut self, findings: &mut Findings) {
        self.close_entry();
        self.retries.end_file(findings);
        self.suite = None;
        self.place = Place::Results;
    }

    fn totals(&mut self, counts: &str, text: &str, findings: &mut Findings) {
        if !counts.trim_end().ends_with(" total") {
            return;
        }
        let failed = names::count(counts, "failed");
        let passed = names::count(counts, "passed");
        let skipped = names::count(counts, "skipped") + names::count(counts, "pending");
        findings.saw(JEST);
        findings.count(
            JEST,
            TestTotals {
                run: failed + passed,
                failed,
                skipped,
            },
        );
        if failed > 0 {
            findings.check(Totals {
                framework: JEST,
                declared: failed,
                found: self.failed.len() as u64,
                ran: Some(failed + passed),
            });
        } else if passed > 0 && !std::mem::take(&mut self.has_failed_suites) {
            findings.passed(JEST, text.trim());
        }
        self.failed.clear();
    }
}

impl Place {
    fn of(title: &str) -> Self {
        let is_no_failure = title == "Console"
            || title.starts_with("Cannot log after tests are done")
            || title.starts_with("process.exit called with ")
            || title.starts_with("Deprecation Warning")
            || title.starts_with("Validation Warning");
        if is_no_failure {
            Self::Console
        } else {
            Self::Entry
        }
    }
}

/// A line of an entry; the cause that jest 30 repeats is no part of the message.
fn take(entry: &mut Entry, line: &Line<'_>) {
    let text = line.text.as_ref();
    let inner = text.strip_prefix("    ").unwrap_or(text);
    entry.is_done |= entry.has_text() && inner == "Cause:";
    entry.take(line, inner);
}

/// Titles joined by blanks.
pub(super) fn full_name(title: &str) -> String {
    title.trim_end().replace(" › ", " ")
}

/// `FAIL path`, `PASS path (5.1 s)`, `FAIL project path`; with blanks around the word where it is coloured.
fn heading(text: &str) -> Option<(bool, &str)> {
    let body = text.strip_prefix(' ').unwrap_or(text);
    let (has_passed, rest) = match body.strip_prefix("FAIL ") {
        Some(rest) => (false, rest),
        None => (true, body.strip_prefix("PASS ")?),
    };
    let rest = rest.trim();
    if rest.contains(" > ") || rest.ends_with(']') {
        return None;
    }
    let path = match rest.strip_suffix(')') {
        Some(timed) => timed.rsplit_once(" (")?.0,
        None => rest,
    };
    let path = path.rsplit(' ').next()?;
    let is_path = names::is_source(path);
    is_path.then(|| (has_passed, names::file(path)))
}

/// Whether the heading is only what a test printed under vitest, which shows that below a heading of its own.
fn is_printed(line: &Line<'_>) -> bool {
    line.before()
        .take_while(|text| !text.is_empty())
        .any(|text| text.contains("stdout | ") || text.contains("stderr | "))
}
