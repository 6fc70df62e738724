//! doctest.
//!
//! Formats: `ConsoleReporter` and `JUnitReporter` in `doctest/parts/doctest.cpp`, releases 2.3 to 2.4.12
//! (<https://github.com/doctest/doctest>).

mod heading;
mod report;

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings, Totals};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::scan::TestTotals;

use super::parts::{is_place, leading_number};
pub(super) use report::DIALECT;

pub(super) const DOCTEST: Framework = Framework::new("doctest", "doctest");

pub(super) const ANCHORS: &[&str] = &[" ERROR: ", " it as failed!", "as not failed", "didn't fail"];

#[derive(Debug, Default)]
pub(super) struct Doctest {
    open: Option<Finding>,
    results: Vec<Finding>,
    heading: Option<String>,
}

impl Doctest {
    pub(super) fn follows(&self) -> bool {
        self.open.is_some()
    }

    pub(super) fn line(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let text = line.text.as_ref();
        if let Some(open) = &mut self.open {
            open.block.push(line);
            if let Some(values) = text.strip_prefix("  values: ") {
                open.message = format!("{}\n  values: {values}", open.message);
            }
            if text.trim().is_empty() {
                let open = self.open.take();
                self.results.extend(open);
            }
            return true;
        }
        if let Some(message) = head(text) {
            return self.failed(message, line);
        }
        if text.ends_with(" it as failed!") && text.starts_with("Should have failed") {
            return self.failed(text, line);
        }
        if text.ends_with(" it as not failed") {
            if let Some(test) = heading::above(line).or_else(|| self.heading.clone()) {
                self.results
                    .retain(|finding| finding.test.as_ref() != Some(&test));
            }
            return true;
        }
        self.summary(line, findings)
    }

    fn failed(&mut self, message: &str, line: &Line<'_>) -> bool {
        let Some(test) = heading::above(line).or_else(|| self.heading.clone()) else {
            return false;
        };
        self.heading = Some(test.clone());
        let (kind, message) = said(message);
        if self.results.len() < FINDING_LIMIT {
            let finding = Finding::new(DOCTEST, Some(test), kind, Block::of(line));
            self.open = Some(finding.saying(message));
        }
        true
    }

    fn summary(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let Some(rest) = line.text.strip_prefix("[doctest] test cases: ") else {
            return false;
        };
        findings.saw(DOCTEST);
        let mut parts = rest.split('|').map(str::trim).filter_map(leading_number);
        let run = parts.next().map_or(0, |(run, _)| run);
        let counted = |word: &str| {
            let mut parts = rest.split('|').map(str::trim).filter_map(leading_number);
            parts
                .find(|(_, said)| said.trim() == word)
                .map_or(0, |(count, _)| count)
        };
        let (failed, skipped) = (counted("failed"), counted("skipped"));
        findings.count(
            DOCTEST,
            TestTotals {
                run,
                failed,
                skipped,
            },
        );
        if failed == 0 {
            self.results.clear();
            if run > 0 {
                findings.passed(DOCTEST, line.text.trim());
            }
        } else {
            self.check(failed, run, findings);
            self.tell(findings);
        }
        true
    }

    fn check(&self, failed: u64, run: u64, findings: &mut Findings) {
        let mut cases: Vec<&str> = self
            .results
            .iter()
            .filter_map(|finding| finding.test.as_deref())
            .map(|test| test.split('/').next().unwrap_or(test))
            .collect();
        cases.sort_unstable();
        cases.dedup();
        findings.check(Totals {
            framework: DOCTEST,
            declared: failed,
            found: cases.len() as u64,
            ran: Some(run),
        });
    }

    fn tell(&mut self, findings: &mut Findings) -> usize {
        let results = std::mem::take(&mut self.results);
        let told = results.len();
        for finding in results {
            findings.report(finding);
        }
        told
    }

    pub(super) fn has_died(&self) -> bool {
        self.results
            .iter()
            .any(|finding| finding.kind == Kind::Crash)
    }

    pub(super) fn close(&mut self, findings: &mut Findings) -> usize {
        let open = self.open.take();
        self.results.extend(open);
        self.heading = None;
        self.tell(findings)
    }
}

/// `a.cc:7: ERROR: CHECK( x ) is NOT correct!`, `a.cc(7): FATAL ERROR: words`.
fn head(text: &str) -> Option<&str> {
    let (place, message) = text
        .split_once(": FATAL ERROR: ")
        .or_else(|| text.split_once(": ERROR: "))?;
    is_place(place).then_some(message)
}

fn said(message: &str) -> (Kind, String) {
    if let Some(what) = message.strip_prefix("test case THREW exception: ") {
        return (Kind::Panic, what.to_owned());
    }
    if let Some(what) = message.strip_prefix("test case CRASHED: ") {
        return (Kind::Crash, what.to_owned());
    }
    (Kind::Assertion, message.to_owned())
}
