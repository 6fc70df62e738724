//! JUnit 4's own runner, `org.junit.runner.JUnitCore`, which Bazel and Android's host tests use too.
//!
//! Format: `TextListener` of JUnit 4.4 to 4.13: `There were 2 failures:`, numbered stacks, `FAILURES!!!` and totals.

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings, Totals};
use crate::kind::Framework;
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::names;
use super::throwable::Thrown;

const JUNIT4: Framework = Framework::new("junit4", "junit");

/// Lines of one stack.
const STACK: usize = 2_000;

#[derive(Debug, Default)]
pub(super) struct JUnit4 {
    /// The list of failures is being read.
    is_listing: bool,
    open: Option<Item>,
    found: Vec<Finding>,
}

#[derive(Debug)]
struct Item {
    test: String,
    class: String,
    thrown: Option<Thrown>,
    block: Block,
    lines: usize,
}

impl Recognizer for JUnit4 {
    fn anchors(&self) -> &'static [&'static str] {
        &["^There was 1 failure:", " failures:", "^OK ("]
    }

    fn follows(&self) -> bool {
        self.is_listing
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if !self.is_listing {
            if is_heading(text) {
                self.is_listing = true;
            } else if let Some(count) = passed(text) {
                findings.count(
                    JUNIT4,
                    TestTotals {
                        run: count,
                        failed: 0,
                        skipped: 0,
                    },
                );
                findings.passed(JUNIT4, format!("OK ({count} tests)"));
            }
            return;
        }
        if let Some((test, class)) = item(text) {
            self.close();
            self.open = Some(Item {
                test,
                class,
                thrown: None,
                block: Block::of(line),
                lines: 0,
            });
        } else if let Some((ran, failed)) = totals(text) {
            self.end(ran, failed, findings);
        } else if let Some(open) = &mut self.open {
            open.push(line);
            if open.lines > STACK {
                self.give_up(findings);
            }
        } else {
            // Other tools have such a heading too.
            self.is_listing = false;
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.give_up(findings);
    }
}

impl JUnit4 {
    fn close(&mut self) {
        let Some(item) = self.open.take() else { return };
        if self.found.len() < FINDING_LIMIT {
            let thrown = item.thrown.unwrap_or_default();
            let class = Some(item.class.as_str());
            self.found
                .push(thrown.finding(JUNIT4, item.test, class, item.block));
        }
    }

    fn end(&mut self, ran: u64, failed: u64, findings: &mut Findings) {
        self.close();
        findings.check(Totals {
            framework: JUNIT4,
            declared: failed,
            found: self.found.len() as u64,
            ran: Some(ran),
        });
        findings.count(
            JUNIT4,
            TestTotals {
                run: ran,
                failed,
                skipped: 0,
            },
        );
        self.give_up(findings);
    }

    fn give_up(&mut self, findings: &mut Findings) {
        self.close();
        self.is_listing = false;
        for finding in self.found.drain(..) {
            findings.report(finding);
        }
    }
}

impl Item {
    fn push(&mut self, line: &Line<'_>) {
        self.lines += 1;
        let text = line.text.as_ref();
        if text.trim().is_empty() || text.starts_with("FAILURES!!!") {
            return;
        }
        match &mut self.thrown {
            None => self.thrown = Some(Thrown::begin(text)),
            Some(thrown) => thrown.push(text),
        }
        self.block.push(line);
    }
}

/// `There was 1 failure:`, `There were 2 failures:`
fn is_heading(text: &str) -> bool {
    let count = text
        .strip_prefix("There was ")
        .or_else(|| text.strip_prefix("There were "))
        .and_then(|rest| {
            rest.trim_end()
                .strip_suffix(" failure:")
                .or_else(|| rest.trim_end().strip_suffix(" failures:"))
        });
    count.is_some_and(|count| count.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `3) countsCoins(com.shop.TillTest)`; a class alone failed before its tests.
fn item(text: &str) -> Option<(String, String)> {
    let (number, name) = text.split_once(") ")?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let name = name.trim_end();
    if names::is_class_name(name) {
        return Some((name.to_owned(), name.to_owned()));
    }
    let open = name.strip_suffix(')')?.rfind('(')?;
    let class = &name[open + 1..name.len() - 1];
    let is_class = class
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '$'))
        && class.starts_with(char::is_alphabetic);
    is_class.then(|| (names::canonical(name, Some(class)), class.to_owned()))
}

/// `Tests run: 9,  Failures: 7`
fn totals(text: &str) -> Option<(u64, u64)> {
    let (ran, failed) = text
        .strip_prefix("Tests run: ")?
        .split_once(",  Failures: ")?;
    Some((ran.parse().ok()?, failed.trim_end().parse().ok()?))
}

/// `OK (3 tests)`
fn passed(text: &str) -> Option<u64> {
    let inner = text.strip_prefix("OK (")?.trim_end().strip_suffix(')')?;
    let (count, word) = inner.split_once(' ')?;
    matches!(word, "test" | "tests").then(|| count.parse().ok())?
}
