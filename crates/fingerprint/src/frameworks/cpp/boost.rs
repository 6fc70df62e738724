//! Boost.Test.
//!
//! Formats: `boost/test/impl/compiler_log_formatter.ipp`, `junit_log_formatter.ipp`, `plain_report_formatter.ipp`,
//! `execution_monitor.ipp` of Boost 1.59 to 1.86 (<https://www.boost.org/libs/test>).

mod report;

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::scan::TestTotals;

use super::parts::{is_place, leading_number};
pub(super) use report::DIALECT;

pub(super) const BOOST: Framework = Framework::new("boost-test", "boost-test");

pub(super) const ANCHORS: &[&str] = &["rror: in \"", " detected", "unning "];

#[derive(Debug, Default)]
pub(super) struct Boost {
    /// Tests of the module that is running.
    tests: u64,
    failed: Vec<String>,
    /// Where the module began.
    start: Option<u64>,
    /// Kept until the module has ended: one that detected no errors only printed them.
    results: Vec<Finding>,
    told: usize,
    has_died: bool,
}

impl Boost {
    pub(super) fn line(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let text = line.text.as_ref();
        if let Some((place, test, message)) = failure(text) {
            let (kind, message) = said(place, message);
            self.has_died |= kind == Kind::Crash;
            if !self.failed.iter().any(|known| known == test) && self.failed.len() < 10_000 {
                self.failed.push(test.to_owned());
            }
            let finding = Finding::new(BOOST, Some(test.to_owned()), kind, Block::of(line));
            if self.results.len() < FINDING_LIMIT {
                self.results.push(finding.saying(message));
            }
            return true;
        }
        if let Some(rest) = text.strip_prefix("Running ")
            && let Some((tests, rest)) = leading_number(rest)
            && rest.starts_with(" test case")
            && rest.ends_with("...")
        {
            self.tell(findings);
            self.tests = tests;
            self.start = Some(line.end);
            self.failed.clear();
            self.has_died = false;
            findings.saw(BOOST);
            return true;
        }
        self.summary(text, line, findings)
    }

    fn tell(&mut self, findings: &mut Findings) {
        for finding in self.results.drain(..) {
            self.told += 1;
            findings.report(finding);
        }
    }

    fn summary(&mut self, text: &str, line: &Line<'_>, findings: &mut Findings) -> bool {
        let Some(rest) = text.strip_prefix("*** ") else {
            return false;
        };
        let has_passed = rest.trim_end() == "No errors detected";
        let has_failed = leading_number(rest).is_some_and(|(_, rest)| {
            rest.starts_with(" failure") && rest.contains(" detected in ")
        });
        if !has_passed && !has_failed {
            return false;
        }
        let failed = std::mem::take(&mut self.failed).len() as u64;
        let start = self.start.take();
        if has_passed {
            self.results.clear();
            self.has_died = false;
            if let Some(start) = start.filter(|&start| start < line.start) {
                findings.enclose(BOOST.family, start, line.start);
            }
            findings.passed(BOOST, text);
        }
        if self.tests > 0 {
            findings.count(
                BOOST,
                TestTotals {
                    run: self.tests,
                    failed,
                    skipped: 0,
                },
            );
        }
        self.tell(findings);
        self.tests = 0;
        true
    }

    pub(super) fn has_died(&self) -> bool {
        self.has_died
    }

    pub(super) fn close(&mut self, findings: &mut Findings) -> usize {
        self.tell(findings);
        self.failed.clear();
        self.has_died = false;
        std::mem::take(&mut self.told)
    }
}

/// `a.cc(9): error: in "suite/case": words`: place, test, words.
fn failure(text: &str) -> Option<(&str, &str, &str)> {
    let (place, rest) = text.split_once("error: in \"")?;
    let place = place.strip_suffix("fatal ").unwrap_or(place);
    let place = place.strip_suffix(": ")?;
    if !is_place(place) && place != "unknown location(0)" {
        return None;
    }
    let (test, message) = rest.split_once("\": ")?;
    Some((place, test, message))
}

fn said(place: &str, message: &str) -> (Kind, String) {
    if message.contains("SIGALRM") || message.contains("timeout while executing function") {
        return (Kind::Timeout, "timeout while executing function".to_owned());
    }
    let is_signal = message.starts_with("signal: ")
        || message.starts_with("memory access violation")
        || message.starts_with("SIGABRT");
    if is_signal {
        let end = message
            .find(", si_code")
            .or_else(|| message.find(" at address"));
        return (
            Kind::Crash,
            message[..end.unwrap_or(message.len())].to_owned(),
        );
    }
    let is_exception = place == "unknown location(0)"
        || message.starts_with("Throw location unknown")
        || message.starts_with("boost::exception");
    let kind = if is_exception {
        Kind::Panic
    } else {
        Kind::Assertion
    };
    (kind, message.to_owned())
}
