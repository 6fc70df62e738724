//! Catch2, releases 2 and 3: the console and the compact reporter, and JUnit reports.
//!
//! Formats: `src/catch2/reporters/catch_reporter_console.cpp`, `catch_reporter_compact.cpp`, `catch_reporter_junit.cpp` of
//! Catch2 2.13 and 3.8 (<https://github.com/catchorg/Catch2>).

mod heading;
mod report;
mod said;

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings, Totals};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::scan::TestTotals;

use super::parts::{is_place, leading_number};
pub(super) use report::DIALECT;

pub(super) const CATCH2: Framework = Framework::new("catch2", "catch2");

pub(super) const ANCHORS: &[&str] = &[
    ": FAILED:",
    ": failed: ",
    " failed",
    "^All tests passed (",
    "^Failed ",
];

#[derive(Debug, Default)]
pub(super) struct Catch2 {
    open: Option<Open>,
    results: Vec<Finding>,
    /// Failures of the compact reporter, which names no tests.
    compact: Vec<Finding>,
    /// The newest heading, for failures that stand far below it.
    heading: Option<String>,
}

#[derive(Debug)]
struct Open {
    test: String,
    lines: Vec<String>,
    block: Block,
}

/// Lines of one failure.
const LINES: usize = 64;

impl Catch2 {
    pub(super) fn follows(&self) -> bool {
        self.open.is_some()
    }

    pub(super) fn line(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let text = line.text.as_ref();
        if let Some(open) = &mut self.open {
            if !text.trim().is_empty() && open.lines.len() < LINES {
                open.lines.push(text.to_owned());
                open.block.push(line);
                return true;
            }
            self.end();
            return text.trim().is_empty();
        }
        if let Some(place) = text.strip_suffix(": FAILED:")
            && is_place(place)
        {
            return self.failed(line);
        }
        if let Some((place, words)) = text.split_once(": failed: ")
            && is_place(place)
        {
            self.compact(words, line);
            return true;
        }
        self.summary(line, findings)
    }

    fn failed(&mut self, line: &Line<'_>) -> bool {
        let Some(test) = heading::above(line).or_else(|| self.heading.clone()) else {
            return false;
        };
        self.heading = Some(test.clone());
        self.open = Some(Open {
            test,
            lines: Vec::new(),
            block: Block::of(line),
        });
        true
    }

    fn end(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        let (kind, message) = said::console(&open.lines);
        if self.results.len() < FINDING_LIMIT {
            let finding = Finding::new(CATCH2, Some(open.test), kind, open.block);
            self.results.push(finding.saying(message));
        }
    }

    fn compact(&mut self, words: &str, line: &Line<'_>) {
        let (kind, message) = said::compact(words);
        if self.compact.len() < FINDING_LIMIT {
            let finding = Finding::new(CATCH2, None, kind, Block::of(line));
            self.compact.push(finding.saying(message));
        }
    }

    /// The totals; a test may print the like, but not behind a rule of equals signs.
    fn summary(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let text = line.text.as_ref();
        if let Some(rest) = text.strip_prefix("All tests passed (") {
            if !is_behind_rule(line) {
                return false;
            }
            let tests = rest
                .rsplit_once(" in ")
                .and_then(|(_, rest)| leading_number(rest));
            self.ended(tests.map_or(0, |(tests, _)| tests), 0, line, findings);
            return true;
        }
        if let Some(rest) = text.strip_prefix("test cases: ")
            && is_behind_rule(line)
        {
            let (run, failed, skipped) = sums(rest);
            self.ended(run.saturating_sub(skipped), failed, line, findings);
            return true;
        }
        self.compact_summary(line, findings)
    }

    fn compact_summary(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let text = line.text.as_ref();
        let words = text
            .strip_prefix("Failed ")
            .or(text.strip_prefix("Passed "));
        let Some(words) = words else {
            return false;
        };
        let words = words.trim_start_matches("all ").trim_start_matches("both ");
        let Some((count, rest)) = leading_number(words) else {
            return false;
        };
        if !rest.starts_with(" test case") || !rest.contains(" assertion") {
            return false;
        }
        if text.starts_with("Passed ") {
            self.ended(count, 0, line, findings);
        } else {
            findings.saw(CATCH2);
            let compact = std::mem::take(&mut self.compact);
            for finding in compact {
                findings.report(finding);
            }
        }
        true
    }

    fn ended(&mut self, run: u64, failed: u64, line: &Line<'_>, findings: &mut Findings) {
        findings.saw(CATCH2);
        findings.count(
            CATCH2,
            TestTotals {
                run,
                failed,
                skipped: 0,
            },
        );
        if failed == 0 {
            // All that failed was expected to.
            self.results.clear();
            if run > 0 {
                findings.passed(CATCH2, line.text.trim());
            }
            return;
        }
        let mut cases: Vec<&str> = self
            .results
            .iter()
            .filter_map(|finding| finding.test.as_deref())
            .map(|test| test.split('/').next().unwrap_or(test))
            .collect();
        cases.sort_unstable();
        cases.dedup();
        findings.check(Totals {
            framework: CATCH2,
            declared: failed,
            found: (cases.len() as u64).max(u64::from(cases.is_empty()) * failed),
            ran: Some(run),
        });
        self.tell(findings);
    }

    fn tell(&mut self, findings: &mut Findings) -> usize {
        let results = std::mem::take(&mut self.results);
        let told = results.len();
        for finding in results {
            findings.report(finding);
        }
        told
    }

    /// A test has said that it received a signal.
    pub(super) fn has_died(&self) -> bool {
        self.results
            .iter()
            .any(|finding| finding.kind == Kind::Crash)
    }

    pub(super) fn close(&mut self, findings: &mut Findings) -> usize {
        self.end();
        self.compact.clear();
        self.heading = None;
        self.tell(findings)
    }
}

fn is_behind_rule(line: &Line<'_>) -> bool {
    line.before()
        .next()
        .is_some_and(|text| text.len() > 60 && text.bytes().all(|byte| byte == b'='))
}

/// `12 | 2 passed |  9 failed | 1 failed as expected`: all, failed, skipped.
fn sums(text: &str) -> (u64, u64, u64) {
    let mut parts = text.split('|').map(str::trim);
    let run = parts
        .next()
        .and_then(leading_number)
        .map_or(0, |(run, _)| run);
    let (mut failed, mut skipped) = (0, 0);
    for (count, word) in parts.filter_map(leading_number) {
        match word.trim() {
            "failed" => failed = count,
            "skipped" => skipped = count,
            _ => {}
        }
    }
    (run, failed, skipped)
}
