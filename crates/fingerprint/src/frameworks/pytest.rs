//! pytest with xdist, rerunfailures, pytest-timeout, pytest-sugar and subtests.
//!
//! Formats: `_pytest/terminal.py` and `_pytest/_code/code.py` of pytest 6 to 9, pytest-xdist 3, pytest-rerunfailures 10
//! to 16, pytest-timeout 2, pytest-sugar 1, pytest-subtests 0.8 to 0.14, `faulthandler` of Python.

mod counts;
mod crash;
mod doctest;
mod entry;
mod internal;
mod message;
mod names;
mod pairing;
mod rules;
mod session;
mod story;
mod sugar;
mod verbose;

use crate::findings::{FINDING_LIMIT, Findings};
use crate::kind::Framework;
use crate::line::Line;
use crate::recognizer::Recognizer;

use internal::Refusal;
pub(crate) use message::{primary as primary_message, said};
pub(crate) use names::node_of_report;
use session::{End, Origin, Session};
use story::Report;

pub(crate) const PYTEST: Framework = Framework::new("pytest", "pytest");

/// Sessions that are open at once: more are no tests of tests.
const NESTING_LIMIT: usize = 16;

#[derive(Debug, Default)]
pub(crate) struct Pytest {
    /// Sessions that have not come to their end, each begun in the one before.
    open: Vec<Session>,
    refusal: Refusal,
}

impl Recognizer for Pytest {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "=== ",
            "rootdir: ",
            "FAILED",
            "ERROR",
            "RERUN",
            " passed",
            " failed",
            " error",
            "Fatal Python error",
            "rror while loading conftest",
            "Timeout",
        ]
    }

    fn follows(&self) -> bool {
        self.refusal.follows() || self.open.last().is_some_and(Session::follows)
    }

    /// Captured text is shown when all tests have ended, so nothing but a test's words stands in it. Among the progress a
    /// session may die and another tool begin: what stands there is enclosed when the session has come to its end.
    fn holds(&self) -> bool {
        self.open.iter().any(Session::is_capturing)
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if text.starts_with("=== ") && !text.trim_end().ends_with('=') && self.is_outside() {
            // A line of verbose Go.
            return;
        }
        if let Some(counts) = self
            .open
            .last_mut()
            .and_then(|session| session.results(line))
        {
            self.close(&counts, line, findings);
        } else if self.open.last().is_some_and(Session::is_counting) {
            return;
        }
        if let Some((before, width)) = rules::session_start(text) {
            self.begin(before, width, line, findings);
            return;
        }
        if let Some(words) = text.strip_prefix("##[")
            && self.runner_line(words, findings)
        {
            return;
        }
        if self.refused(line, findings) {
            return;
        }
        if self.open.is_empty() {
            self.open.push(Session::default());
        }
        let Some(session) = self.open.last_mut() else {
            return;
        };
        if let Some(counts) = session.totals(line) {
            if counts.ran() == 0 {
                self.refusal.nothing_ran(line);
            }
            self.close(&counts, line, findings);
        } else {
            session.line(line);
        }
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.end_all(End::Input, findings);
    }
}

impl Pytest {
    /// A session begins with its heading, behind what was printed of the line before.
    fn begin(&mut self, before: &str, width: usize, line: &Line<'_>, findings: &mut Findings) {
        findings.saw(PYTEST);
        if !before.is_empty() && self.open.is_empty() {
            self.open.push(Session::default());
        }
        let is_nested = self.open.last_mut().is_some_and(|outer| {
            if !before.is_empty() {
                outer.interrupted(&line.with_text(before, None));
            }
            outer.is_capturing() || !before.is_empty()
        });
        let is_over = |outer: &Session| outer.origin == Origin::Implicit && !is_nested;
        if self.open.last().is_some_and(is_over) || self.open.len() >= NESTING_LIMIT {
            self.end_all(End::Input, findings);
        }
        let origin = if is_nested {
            Origin::Nested
        } else {
            Origin::Headed
        };
        self.open.push(Session::headed(origin, width, line));
    }

    /// A line of the runner; `true` when it ends all that the step has printed.
    fn runner_line(&mut self, words: &str, findings: &mut Findings) -> bool {
        let end = if words.starts_with("error]Process completed with exit code ") {
            End::StepFailed
        } else if words.starts_with("error]The operation was canceled")
            || words.starts_with("group]Run ")
        {
            End::StepLeft
        } else {
            if let Some(session) = self.open.last_mut() {
                session.runner_speaks();
            }
            return false;
        };
        self.end_all(end, findings);
        true
    }

    /// Whether no session is known to be open.
    fn is_outside(&self) -> bool {
        self.open
            .last()
            .is_none_or(|session| session.origin == Origin::Implicit && session.is_in_progress())
    }

    /// pytest refuses to run; only what stands outside of any session is its own word.
    fn refused(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        if !self.is_outside() {
            return false;
        }
        let refused = self.refusal.line(line);
        let is_refused = refused.is_some();
        if let Some(finding) = refused {
            findings.report(finding);
        }
        is_refused
    }

    /// The innermost session has come to its end.
    fn close(&mut self, counts: &counts::Counts, line: &Line<'_>, findings: &mut Findings) {
        let Some(session) = self.open.pop() else {
            return;
        };
        let reports = session.finish(Some(counts), End::Totals, line.end);
        match self.open.last_mut() {
            Some(outer) if outer.inner.len() < FINDING_LIMIT => outer.inner.extend(reports),
            _ => emit(reports, findings),
        }
        findings.saw(PYTEST);
    }

    /// None of the open sessions comes to its end.
    fn end_all(&mut self, end: End, findings: &mut Findings) {
        for session in std::mem::take(&mut self.open) {
            let reports = session.finish(None, end, 0);
            emit(reports, findings);
        }
    }
}

fn emit(reports: Vec<Report>, findings: &mut Findings) {
    for report in reports {
        for &(start, end) in &report.enclosed {
            findings.enclose(PYTEST.family, start, end);
        }
        for finding in report.findings {
            findings.report(finding);
        }
        findings.dropped += report.lost;
        if let Some(totals) = report.totals {
            findings.check(totals);
        }
        if let Some(tests) = report.tests {
            findings.count(PYTEST, tests);
        }
        if let Some(text) = report.passed {
            findings.passed(PYTEST, text);
        }
        findings.notes.extend(report.note);
    }
}
