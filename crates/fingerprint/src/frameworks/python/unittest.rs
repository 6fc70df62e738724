//! unittest of the standard library and what is built on it: Django's runner, nose2, xmlrunner.
//!
//! Formats: `unittest/runner.py` and `unittest/case.py` of `CPython` 2.7 to 3.13 (`FAIL: test_x (pkg.mod.Class)` before 3.11,
//! `(pkg.mod.Class.test_x)` since), `django/test/runner.py` 3 to 5, nose2 0.15, unittest-xml-reporting 3,
//! `twisted/trial/reporter.py` 22 to 25.

mod crash;
mod entry;
mod names;
mod progress;
mod report;
mod totals;

use crate::findings::{Finding, Findings, Totals};
use crate::kind::Framework;
use crate::line::Line;
use crate::recognizer::Recognizer;

use crash::Crash;
use entry::Entry;
use progress::Progress;
pub(super) use report::DIALECT;
use totals::Result;

pub(super) const UNITTEST: Framework = Framework::new("unittest", "unittest");

/// Entries that are kept until the totals come.
const ENTRIES: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Unittest {
    progress: Progress,
    entries: Vec<Entry>,
    /// The last of the entries is still being printed.
    is_open: bool,
    /// A rule was printed: what follows tells whether it is the report's.
    rule: Option<char>,
    /// `Ran 4 tests`, and how many lines the result may still be away.
    ran: Option<(u64, u8)>,
    crash: Option<Crash>,
}

impl Recognizer for Unittest {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "^FAIL: ",
            "^ERROR: ",
            "^FAIL [",
            "^ERROR [",
            "^[FAIL]",
            "^[ERROR]",
            "^UNEXPECTED SUCCESS: ",
            "^Ran ",
            " ... ",
            "Fatal Python error: ",
        ]
    }

    fn follows(&self) -> bool {
        self.is_open || self.ran.is_some() || self.crash.is_some()
    }

    fn holds(&self) -> bool {
        self.is_open && self.rule.is_none()
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        if self.crash.as_mut().is_some_and(|crash| !crash.extend(line))
            && let Some(crash) = self.crash.take()
        {
            crash.report(findings);
        }
        if line.text.starts_with("##[") {
            self.runner_line(&line.text, findings);
            return;
        }
        if self.ran.is_some() && self.result_line(line, findings) {
            return;
        }
        if self.is_open {
            self.entry_line(line);
            return;
        }
        let is_heading = entry::is_heading(&line.text) || entry::is_trial_heading(&line.text);
        if is_heading && names::is_rule(line.before().next().as_deref(), '=') {
            self.begin(line);
        } else if let Some(ran) = totals::ran(&line.text) {
            self.end_of_progress(line, ran);
        } else if let Some(crash) = Crash::start(line) {
            self.crash = Some(crash);
        } else {
            self.progress.line(line, findings);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        if let Some(crash) = self.crash.take() {
            crash.report(findings);
        }
        self.flush(None, findings);
    }
}

impl Unittest {
    fn begin(&mut self, line: &Line<'_>) {
        self.progress.ends(line.start);
        self.is_open = true;
        self.rule = None;
        if self.entries.len() < ENTRIES {
            self.entries.push(Entry::new(line));
        }
    }

    /// A line below a heading. Rules stand in messages too: only what follows them ends an entry.
    fn entry_line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        match self.rule {
            Some('=') if entry::is_heading(text) || entry::is_trial_heading(text) => {
                return self.begin(line);
            }
            // trial lists skipped tests and the like in the same way.
            Some('=') if text.starts_with('[') && text.trim_end().ends_with(']') => {
                self.is_open = false;
                return;
            }
            Some('-') if let Some(ran) = totals::ran(text) => {
                self.is_open = false;
                return self.end_of_progress(line, ran);
            }
            _ => {}
        }
        self.rule = ['=', '-']
            .into_iter()
            .find(|&sign| names::is_rule(Some(text), sign));
        if let Some(entry) = self.entries.last_mut() {
            entry.line(line, self.rule.is_some());
        }
    }

    fn end_of_progress(&mut self, line: &Line<'_>, ran: u64) {
        self.progress.ends(line.start);
        self.ran = Some((ran, 4));
        self.is_open = false;
        self.rule = None;
    }

    /// Looks for `OK` or `FAILED (...)` behind `Ran 4 tests`.
    fn result_line(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let Some((ran, patience)) = self.ran.take() else {
            return false;
        };
        if let Some(result) = Result::parse(&line.text) {
            self.close(ran, &result, line, findings);
            return true;
        }
        self.ran = patience.checked_sub(1).map(|patience| (ran, patience));
        false
    }

    fn close(&mut self, ran: u64, result: &Result, line: &Line<'_>, findings: &mut Findings) {
        findings.saw(UNITTEST);
        self.progress.enclose(findings);
        if result.unexpected > 0 && !self.entries.iter().any(Entry::is_unexpected_success) {
            self.entries.extend(self.progress.take_unexpected());
        }
        findings.count(UNITTEST, result.tests(ran));
        if result.is_ok && result.declared() == 0 {
            // What looked like failures was printed by tests.
            self.entries.clear();
            let text = format!("Ran {ran} tests: {}", line.text.trim());
            findings.passed(UNITTEST, text);
        }
        self.flush(Some((ran, result.declared())), findings);
        self.progress = Progress::default();
    }

    /// Reports what was found, with the tool's own count where there is one.
    fn flush(&mut self, counts: Option<(u64, u64)>, findings: &mut Findings) {
        self.is_open = false;
        let entries = std::mem::take(&mut self.entries);
        let mut found: Vec<Finding> = entries.into_iter().flat_map(Entry::into_findings).collect();
        if let Some((ran, declared)) = counts {
            // A test may print whole reports; the real ones come last.
            let fake = found
                .len()
                .saturating_sub(usize::try_from(declared).unwrap_or(usize::MAX));
            found.drain(..fake);
            findings.check(Totals {
                framework: UNITTEST,
                declared,
                found: found.len() as u64,
                ran: Some(ran),
            });
        }
        for finding in found {
            findings.report(finding);
        }
    }

    /// The runner speaks: a step has ended, whatever the report looked like.
    fn runner_line(&mut self, text: &str, findings: &mut Findings) {
        let failed = text.starts_with("##[error]Process completed with exit code");
        if failed || text.starts_with("##[group]Run ") {
            if failed && let Some(death) = self.progress.death() {
                findings.report(death);
            }
            self.ran = None;
            self.flush(None, findings);
            self.progress = Progress::default();
        }
    }
}
