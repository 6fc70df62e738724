//! ScalaTest, alone, under sbt and under Maven.
//!
//! Format: `StringReporter` and `PrintReporter` of ScalaTest 2.2 to 3.2: a tree of scopes, `- name *** FAILED ***` with what
//! happened indented below, then the totals.

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings, Totals};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::level;
use super::throwable::{self, Thrown};

pub(super) const SCALATEST: Framework = Framework::new("scalatest", "scalatest");

#[derive(Debug, Default)]
pub(super) struct ScalaTest {
    open: Option<Item>,
    found: Vec<Finding>,
    /// The suite of the failure before.
    suite: Option<String>,
}

#[derive(Debug)]
struct Item {
    name: String,
    suite: Option<String>,
    indent: usize,
    said: Vec<String>,
    thrown: Option<Thrown>,
    block: Block,
}

impl Recognizer for ScalaTest {
    fn anchors(&self) -> &'static [&'static str] {
        &["*** FAILED ***", ", failed "]
    }

    fn follows(&self) -> bool {
        self.open.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = level::without_sbt(line.text.as_ref());
        if let Some(open) = &mut self.open {
            if open.takes(text, line) {
                return;
            }
            self.close();
        }
        if let Some(open) = self.begin(text, line) {
            self.open = Some(open);
        } else if let Some(totals) = totals(text) {
            self.end(totals, line, findings);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.flush(findings);
    }
}

impl ScalaTest {
    fn begin(&mut self, text: &str, line: &Line<'_>) -> Option<Item> {
        let body = text.trim_end();
        let indent = indent(body);
        let name = body
            .strip_suffix(" *** FAILED ***")?
            .trim_start()
            .strip_prefix("- ")?;
        let (scopes, suite) = scopes(line, indent);
        if suite.is_some() {
            self.suite = suite;
        }
        let mut full = scopes;
        full.push(name.to_owned());
        Some(Item::new(full.join(" "), self.suite.clone(), indent, line))
    }

    fn close(&mut self) {
        let Some(item) = self.open.take() else { return };
        if self.found.len() < FINDING_LIMIT {
            self.found.push(item.finding());
        }
    }

    fn end(&mut self, totals: TestTotals, line: &Line<'_>, findings: &mut Findings) {
        let aborted = line
            .before()
            .take(2)
            .find_map(|above| {
                let above = level::without_sbt(&above).trim_end().to_owned();
                above.rsplit_once("aborted ")?.1.parse::<u64>().ok()
            })
            .unwrap_or_default();
        if aborted > 0 {
            self.found.extend(aborted_above(line));
        }
        let found = self.found.len() as u64;
        findings.saw(SCALATEST);
        findings.count(SCALATEST, totals);
        self.flush(findings);
        let declared = totals.failed + aborted;
        if declared > 0 {
            findings.check(Totals {
                framework: SCALATEST,
                declared,
                found,
                ran: Some(totals.run),
            });
        } else if totals.run > 0 {
            findings.passed(
                SCALATEST,
                format!("{} tests succeeded, none failed", totals.run),
            );
        }
    }

    fn flush(&mut self, findings: &mut Findings) {
        self.close();
        self.suite = None;
        for finding in self.found.drain(..) {
            findings.report(finding);
        }
    }
}

impl Item {
    fn new(name: String, suite: Option<String>, indent: usize, line: &Line<'_>) -> Self {
        Self {
            name,
            suite,
            indent,
            said: Vec::new(),
            thrown: None,
            block: Block::of(line),
        }
    }

    /// Whether the line belongs to what happened: it is indented, and no other test or scope.
    fn takes(&mut self, text: &str, line: &Line<'_>) -> bool {
        let body = text.trim();
        let is_more = indent(text) == self.indent + 2 || indent(text) > self.indent + 2;
        let is_test = body.starts_with("- ") || body.starts_with("+ ");
        if body.is_empty() || !is_more || is_test {
            return false;
        }
        match &mut self.thrown {
            Some(thrown) => thrown.push(body),
            None if self.said.is_empty() && is_exception(body) => {
                self.thrown = Some(Thrown::begin(body));
            }
            None if body.starts_with("at ") || body == "..." => {}
            None if self
                .said
                .last()
                .is_some_and(|last| without_place(last) != last) =>
            {
                return false;
            }
            None => self.said.push(body.to_owned()),
        }
        self.block.push(line);
        true
    }

    fn finding(self) -> Finding {
        let suite = self.suite.as_deref();
        let test = match suite {
            Some(suite) => format!("{suite}: {}", self.name),
            _ => self.name,
        };
        if let Some(thrown) = self.thrown {
            return thrown.finding(SCALATEST, test, suite, self.block);
        }
        let message = self.said.join("\n");
        let message = without_place(&message);
        let kind = if message.contains("did not complete within") || message.contains("Timed out") {
            Kind::Timeout
        } else {
            Kind::Assertion
        };
        let mut finding = Finding::new(SCALATEST, Some(test), kind, self.block).saying(message);
        finding.suite = self.suite;
        finding
    }
}

/// Suites that were aborted hold nothing that would have shown them: `CartSpec *** ABORTED ***`, then the exception.
fn aborted_above(line: &Line<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut below: Option<String> = None;
    for above in line.before() {
        let text = level::without_sbt(&above).trim().to_owned();
        if let Some(class) = text.strip_suffix(" *** ABORTED ***") {
            let thrown = below.as_deref().map(Thrown::begin).unwrap_or_default();
            let test = class.to_owned();
            found.push(thrown.finding(SCALATEST, test, Some(class), Block::of(line)));
        }
        below = Some(text);
    }
    found.reverse();
    found
}

/// An exception that is none of ScalaTest's own says its name.
fn is_exception(text: &str) -> bool {
    throwable::is_header(text) && !text.contains(".scala:") && text.contains("xception")
        || throwable::is_header(text) && text.contains("Error")
}

/// What stands before the place: `7 did not equal 6 (CartSpec.scala:14)`.
fn without_place(text: &str) -> &str {
    text.strip_suffix(')')
        .and_then(|body| body.rsplit_once(" ("))
        .filter(|(_, place)| {
            place.rsplit_once(':').is_some_and(|(file, line)| {
                !file.contains(' ') && line.bytes().all(|byte| byte.is_ascii_digit())
            })
        })
        .map_or(text, |(body, _)| body)
}

fn indent(text: &str) -> usize {
    text.len() - text.trim_start_matches(' ').len()
}

/// The scopes around a test, outermost first, and the suite. A scope stands as far to the right as the tests in it.
fn scopes(line: &Line<'_>, mut wanted: usize) -> (Vec<String>, Option<String>) {
    let mut scopes = Vec::new();
    for above in line.before() {
        let above = level::without_sbt(&above).trim_end().to_owned();
        let body = above.trim_start();
        let at = indent(&above);
        if at == 0 && body.ends_with(':') && !body.contains(' ') {
            scopes.reverse();
            return (scopes, Some(body.trim_end_matches(':').to_owned()));
        }
        let is_test = body.starts_with("- ") || body.starts_with("+ ");
        if at == wanted && !body.is_empty() && !is_test {
            scopes.push(body.to_owned());
            wanted = match wanted {
                0 => usize::MAX,
                at => at.saturating_sub(2),
            };
        }
    }
    scopes.reverse();
    (scopes, None)
}

/// `Tests: succeeded 2, failed 2, canceled 0, ignored 0, pending 0`
fn totals(text: &str) -> Option<TestTotals> {
    let mut totals = TestTotals::default();
    for part in text.trim_end().strip_prefix("Tests: ")?.split(", ") {
        let (what, count) = part.split_once(' ')?;
        let count: u64 = count.parse().ok()?;
        match what {
            "succeeded" => totals.run += count,
            "failed" => {
                totals.run += count;
                totals.failed = count;
            }
            _ => totals.skipped += count,
        }
    }
    Some(totals)
}
