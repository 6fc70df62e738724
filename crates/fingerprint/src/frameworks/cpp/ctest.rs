//! ctest, the harness of `CMake`.
//!
//! Formats: `Source/CTest/cmCTestRunTest.cxx` and `cmCTestTestHandler.cxx` of `CMake` 3.10 to 4.1
//! (<https://cmake.org/cmake/help/latest/manual/ctest.1.html>): plain, `--output-on-failure`, `-V`, `--repeat`,
//! `--output-junit`.

mod entry;
mod report;
mod status;

use crate::findings::{Findings, Totals};
use crate::frameworks::cpp::crash::Crash;
use crate::frameworks::cpp::parts::{is_number, leading_number};
use crate::kind::Framework;
use crate::line::Line;
use crate::scan::TestTotals;

use entry::Entry;
pub(super) use report::DIALECT;
pub(super) use status::Status;
use status::StatusLine;

pub(super) const CTEST: Framework = Framework::new("ctest", "ctest");

pub(super) const ANCHORS: &[&str] = &[
    "***Failed",
    "***Timeout",
    "***Exception",
    "% tests passed",
    "The following tests FAILED:",
    "Errors while running CTest",
];

/// Tests that are run again at once.
const RETRIED: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Ctest {
    entries: Vec<Entry>,
    /// The output of the newest entry is being read.
    is_in_output: bool,
    /// The list at the end is being read.
    is_in_list: bool,
    /// How many failed by its own count, and of how many.
    declared: Option<(u64, u64)>,
    /// Tests that failed and are being run again: their names.
    retried: Vec<String>,
}

/// What a line was.
#[derive(Debug)]
pub(super) enum Event {
    None,
    Taken,
    /// All tests have ended.
    Sums,
    /// A test has failed.
    Status {
        number: u64,
        status: Status,
    },
}

impl Ctest {
    pub(super) fn follows(&self) -> bool {
        self.is_in_output || self.is_in_list || !self.retried.is_empty()
    }

    pub(super) fn is_in_output(&self) -> bool {
        self.is_in_output
    }

    /// Whether the line ends the output that is being read.
    pub(super) fn ends_output(&self, text: &str) -> bool {
        self.is_in_output
            && (text == "The following tests FAILED:"
                || text == "Errors while running CTest"
                || start_of(text).is_some()
                || text.strip_prefix("test ").is_some_and(is_number)
                || status::totals(text).is_some()
                || status::of_line(text).is_some())
    }

    /// The output that is being read has ended: how its test has.
    pub(super) fn end_output(&mut self) -> Option<Status> {
        if !std::mem::take(&mut self.is_in_output) {
            return None;
        }
        Some(self.entries.last()?.status.clone())
    }

    pub(super) fn line(&mut self, line: &Line<'_>, findings: &mut Findings) -> Event {
        let text = line.text.as_ref();
        if self.is_in_list {
            if let Some((name, status)) = status::of_list(text) {
                self.listed(name, status, line);
                return Event::Taken;
            }
            self.is_in_list = text.trim().is_empty();
        }
        if text == "The following tests FAILED:" {
            self.is_in_list = true;
            return Event::Taken;
        }
        if let Some(parsed) = status::of_line(text) {
            return self.status_line(parsed, line);
        }
        if let Some(totals) = status::totals(text) {
            self.totals(&totals, line, findings);
            return Event::Sums;
        }
        if self.is_in_output
            && let Some(entry) = self.entries.last_mut()
        {
            entry.output(line);
        }
        Event::None
    }

    fn status_line(&mut self, parsed: StatusLine<'_>, line: &Line<'_>) -> Event {
        let StatusLine {
            number,
            name,
            status,
        } = parsed;
        let is_again = match self.retried.iter().position(|known| known == name) {
            Some(at) => {
                self.retried.remove(at);
                true
            }
            None => false,
        };
        let Some(status) = status else {
            if is_again {
                self.passed_again(name);
            }
            return Event::Taken;
        };
        if is_again {
            self.again(name, number, &status, line);
        } else if self.entries.len() < crate::findings::FINDING_LIMIT {
            self.entries
                .push(Entry::new(name, number, status.clone(), line));
        }
        self.is_in_output = self.entries.last().is_some_and(|entry| entry.name == name);
        Event::Status { number, status }
    }

    /// The test whose output has just ended is started again: `--repeat until-pass`.
    pub(super) fn restarts(&mut self, text: &str) {
        let name = start_of(text);
        let is_last = |entry: &Entry| Some(entry.name.as_str()) == name;
        if let Some(entry) = self.entries.last().filter(|entry| is_last(entry))
            && self.retried.len() < RETRIED
        {
            self.retried.push(entry.name.clone());
        }
    }

    fn passed_again(&mut self, name: &str) {
        if let Some(entry) = self.entries.iter_mut().rfind(|entry| entry.name == name) {
            entry.passed_on_retry = true;
            entry.attempts += 1;
        }
    }

    /// A test that failed has failed again.
    fn again(&mut self, name: &str, number: u64, status: &Status, line: &Line<'_>) {
        if let Some(at) = self.entries.iter().rposition(|entry| entry.name == name) {
            let mut entry = self.entries.remove(at);
            entry.attempts += 1;
            entry.status = status.clone();
            entry.begins_again(number, line);
            self.entries.push(entry);
        }
    }

    fn listed(&mut self, name: &str, status: Status, line: &Line<'_>) {
        if let Some(entry) = self.entries.iter_mut().rfind(|entry| entry.name == name) {
            entry.listed(status);
        } else if self.entries.len() < crate::findings::FINDING_LIMIT {
            self.entries.push(Entry::new(name, 0, status, line));
        }
    }

    /// What the programs in the output of the newest test have told themselves, and crashes that belong to none of theirs.
    pub(super) fn inner(&mut self, told: usize, crashes: Vec<Crash>) {
        if let Some(entry) = self.entries.last_mut() {
            entry.inner(told, crashes);
        }
    }

    fn totals(&mut self, totals: &status::Sums, line: &Line<'_>, findings: &mut Findings) {
        let &status::Sums { failed, ran } = totals;
        findings.saw(CTEST);
        findings.count(
            CTEST,
            TestTotals {
                run: ran,
                failed,
                skipped: 0,
            },
        );
        if failed == 0 && ran > 0 {
            findings.passed(CTEST, line.text.trim());
        }
        // Some are only named in the list that follows.
        self.declared = Some((failed, ran)).filter(|_| failed > 0);
    }

    pub(super) fn close(&mut self, findings: &mut Findings) {
        self.is_in_output = false;
        self.is_in_list = false;
        self.retried.clear();
        if let Some((declared, ran)) = self.declared.take() {
            let found = self.entries.iter().filter(|entry| !entry.passed_on_retry);
            findings.check(Totals {
                framework: CTEST,
                declared,
                found: found.count() as u64,
                ran: Some(ran),
            });
        }
        for entry in std::mem::take(&mut self.entries) {
            if let Some(finding) = entry.finding() {
                findings.report(finding);
            }
        }
    }
}

/// The test of `    Start  2: name`.
fn start_of(text: &str) -> Option<&str> {
    let rest = text.trim_start().strip_prefix("Start ")?;
    let (_, rest) = leading_number(rest.trim_start())?;
    rest.strip_prefix(": ").filter(|_| text.starts_with("   "))
}
