//! TestNG's own runner.
//!
//! Format: `TextReporter` and `SuiteRunner` of TestNG 6.9 to 7.11: with `-verbose 2` each failure with its stack, always
//! the totals of the suite.

use crate::class::Evidence;
use crate::findings::{Block, FINDING_LIMIT, Finding, Findings, Totals};
use crate::kind::Framework;
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::names;
use super::throwable::{self, Thrown};

const TESTNG: Framework = Framework::new("testng", "junit");

#[derive(Debug, Default)]
pub(super) struct TestNg {
    open: Option<Item>,
    found: Vec<Item>,
}

#[derive(Debug)]
struct Item {
    name: String,
    thrown: Option<Thrown>,
    block: Block,
}

impl Recognizer for TestNg {
    fn anchors(&self) -> &'static [&'static str] {
        &["^FAILED: ", "Failures: "]
    }

    fn follows(&self) -> bool {
        self.open.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(open) = &mut self.open {
            if open.takes(line) {
                return;
            }
            self.close();
        }
        if let Some(name) = text.strip_prefix("FAILED: ") {
            self.open = Some(Item {
                name: name.trim_end().to_owned(),
                thrown: None,
                block: Block::of(line),
            });
        } else if let Some(totals) = totals(text) {
            self.end(totals, findings);
        }
    }

    fn finish(&mut self, _: &mut Findings) {}
}

impl TestNg {
    fn close(&mut self) {
        let item = self.open.take().filter(|item| item.thrown.is_some());
        if self.found.len() < FINDING_LIMIT {
            self.found.extend(item);
        }
    }

    /// Only TestNG's own totals tell that the failures were its own.
    fn end(&mut self, totals: TestTotals, findings: &mut Findings) {
        let found = self.found.len() as u64;
        findings.saw(TESTNG);
        findings.count(TESTNG, totals);
        // The stack of a time-out is where the thread happened to be: then the other failures tell the class.
        let mut classes = self.found.iter().filter_map(Item::class);
        let only = classes.next();
        let only = only.filter(|first| classes.all(|class| class == *first));
        for item in self.found.drain(..) {
            findings.report(item.finding(only.as_deref()));
        }
        if totals.failed == 0 {
            if totals.run > 0 {
                findings.passed(TESTNG, format!("{} tests run, none failed", totals.run));
            }
            return;
        }
        if found == 0 {
            let text = format!("TestNG says {} failed and not which", totals.failed);
            findings
                .unexplained
                .get_or_insert_with(|| Evidence::new("failed-unnamed", text));
        }
        findings.check(Totals {
            framework: TESTNG,
            declared: totals.failed,
            found,
            ran: Some(totals.run),
        });
    }
}

impl Item {
    fn takes(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        match &mut self.thrown {
            None if throwable::is_header(text) => self.thrown = Some(Thrown::begin(text)),
            // The description of a test may stand under its name.
            None if text.starts_with(' ') && self.block.lines.len() < 4 => {}
            None => return false,
            Some(_) if text.trim().is_empty() || text.starts_with("=====") => return false,
            Some(thrown) => thrown.push(text),
        }
        self.block.push(line);
        true
    }

    /// The name without parameters: the class, where it is named, and the method.
    fn bare(&self) -> (&str, &str) {
        let end = self.name.find(['(', '[']).unwrap_or(self.name.len());
        let bare = &self.name[..end];
        bare.rsplit_once('.').unwrap_or(("", bare))
    }

    fn class(&self) -> Option<String> {
        let (owner, method) = self.bare();
        let mut classes = self.thrown.as_ref()?.classes();
        classes
            .find(|&(_, function)| function == method)
            .map(|(class, _)| class.to_owned())
            .or_else(|| Some(owner.to_owned()).filter(|owner| !owner.is_empty()))
    }

    fn finding(self, only: Option<&str>) -> Finding {
        let class = self.class().or_else(|| only.map(str::to_owned));
        let test = names::canonical(&self.name, class.as_deref());
        let thrown = self.thrown.unwrap_or_default();
        thrown.finding(TESTNG, test, class.as_deref(), self.block)
    }
}

/// `Total tests run: 5, Failures: 3, Skips: 0`, since 7.0 with `Passes: 2, ` before the failures.
fn totals(text: &str) -> Option<TestTotals> {
    let rest = text.strip_prefix("Total tests run: ")?;
    let mut parts = rest.trim_end().split(", ");
    let ran: u64 = parts.next()?.parse().ok()?;
    let mut totals = TestTotals::default();
    for part in parts {
        match part.split_once(": ")? {
            ("Failures", count) => totals.failed = count.parse().ok()?,
            ("Skips", count) => totals.skipped = count.parse().ok()?,
            _ => {}
        }
    }
    totals.run = ran.saturating_sub(totals.skipped);
    Some(totals)
}
