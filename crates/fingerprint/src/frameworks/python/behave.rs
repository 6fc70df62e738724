//! behave.
//!
//! Formats: `behave/reporter/summary.py`, `behave/formatter/pretty.py` and `behave/model.py` of behave 1.2.6 (`Assertion Failed:`)
//! and 1.3 (`ASSERT FAILED:`, `Errored scenarios:`), `behave/reporter/junit.py`.

use std::collections::HashMap;

use ftc_report::junit::{Outcome, Problem, TestCase};

use crate::findings::{Block, Finding, Findings, Totals};
use crate::frameworks::listed::count_of;
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::report::{Dialect, generic_message, message_of};
use crate::scan::TestTotals;

use super::traceback::{self, Traceback};

const BEHAVE: Framework = Framework::new("behave", "behave");

/// What stands in front of an assertion's text.
const ASSERTIONS: &[&str] = &["ASSERT FAILED: ", "Assertion Failed: "];

/// Failures that are remembered until the list of scenarios comes.
const LIMIT: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Behave {
    /// What was said of a scenario, by its place.
    said: HashMap<String, (Kind, String, Block)>,
    /// The scenarios that the summary lists: place and name.
    listed: Vec<Listed>,
    list: Option<Kind>,
}

#[derive(Debug)]
struct Listed {
    place: String,
    name: String,
    kind: Kind,
    block: Block,
}

impl Recognizer for Behave {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "^Failing scenarios:",
            "^Errored scenarios:",
            "ASSERT FAILED: ",
            "Assertion Failed: ",
            "Error: ",
            "Exception: ",
            " passed, ",
        ]
    }

    fn follows(&self) -> bool {
        self.list.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.trim_end();
        if let Some(kind) = self.list {
            if let Some((place, name)) = listed(text) {
                if self.listed.len() < LIMIT {
                    self.listed.push(Listed {
                        place: place.to_owned(),
                        name: name.to_owned(),
                        kind,
                        block: Block::of(line),
                    });
                }
                return;
            }
            self.list = None;
        }
        match text {
            "Failing scenarios:" => self.list = Some(Kind::Assertion),
            "Errored scenarios:" => self.list = Some(Kind::Panic),
            _ if text.starts_with("      ") => self.said_line(line),
            _ => {
                if let Some(tests) = totals(text) {
                    self.close(tests, text, findings);
                }
            }
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.flush(None, findings);
    }
}

/// `  features/kiosk.feature:8  gives change`.
fn listed(text: &str) -> Option<(&str, &str)> {
    let (place, name) = text.strip_prefix("  ")?.split_once("  ")?;
    let (_, number) = place.rsplit_once(".feature:")?;
    number.parse::<u64>().ok()?;
    Some((place, name.trim()))
}

/// `2 scenarios passed, 2 failed, 2 error, 0 skipped`.
fn totals(text: &str) -> Option<TestTotals> {
    let mut tests = TestTotals::default();
    let mut parts = text.split(", ");
    let first = parts.next()?;
    let passed = count_of(first, &["scenarios passed", "scenario passed"])?;
    for part in parts {
        if let Some(number) = count_of(part, &["failed", "error", "errored", "undefined"]) {
            tests.failed = tests.failed.saturating_add(number);
        } else if let Some(number) = count_of(part, &["skipped"]) {
            tests.skipped = number;
        }
    }
    tests.run = passed.saturating_add(tests.failed);
    Some(tests)
}

/// The place behind `  Scenario: gives change  # features/kiosk.feature:8`.
fn place_of(text: &str) -> Option<&str> {
    let inner = text.trim_start();
    if !inner.starts_with("Scenario") {
        return None;
    }
    let (_, place) = inner.rsplit_once(" # ")?;
    Some(place.trim())
}

impl Behave {
    /// A line below a step: what an assertion says, or the exception behind a traceback.
    fn said_line(&mut self, line: &Line<'_>) {
        let text = line.text.trim();
        let asserted = ASSERTIONS.iter().find_map(|start| text.strip_prefix(start));
        let is_exception = asserted.is_none()
            && !line.text.starts_with("       ")
            && line
                .before()
                .any(|above| above.starts_with("      Traceback (most recent call last):"));
        if asserted.is_none() && !is_exception {
            return;
        }
        let place = line
            .before()
            .find_map(|above| place_of(&above).map(str::to_owned));
        let Some(place) = place.filter(|_| self.said.len() < LIMIT) else {
            return;
        };
        let (kind, message) = match asserted {
            Some(said) => (Kind::Assertion, said.to_owned()),
            None => (traceback::kind_of(text), text.to_owned()),
        };
        let mut block = Block::default();
        block.push(line);
        // The last exception of a chain is the one that failed the step.
        self.said.insert(place, (kind, message, block));
    }

    fn close(&mut self, tests: TestTotals, text: &str, findings: &mut Findings) {
        findings.saw(BEHAVE);
        findings.count(BEHAVE, tests);
        if tests.failed == 0 {
            self.listed.clear();
            self.said.clear();
            findings.passed(BEHAVE, text);
        }
        self.flush(Some(tests), findings);
    }

    fn flush(&mut self, tests: Option<TestTotals>, findings: &mut Findings) {
        self.list = None;
        let listed = std::mem::take(&mut self.listed);
        let mut said = std::mem::take(&mut self.said);
        if let Some(tests) = tests {
            findings.check(Totals {
                framework: BEHAVE,
                declared: tests.failed,
                found: listed.len() as u64,
                ran: Some(tests.run),
            });
        }
        for scenario in listed {
            let (kind, message, block) = said.remove(&scenario.place).unwrap_or((
                scenario.kind,
                String::new(),
                scenario.block,
            ));
            let mut finding =
                Finding::new(BEHAVE, Some(scenario.name), kind, block).saying(message);
            finding.suite = scenario
                .place
                .rsplit_once(':')
                .map(|(file, _)| file.to_owned());
            findings.report(finding);
        }
    }
}

/// JUnit XML: the scenario's name, `type` and `message` of the exception, the place in the text.
pub(super) const DIALECT: Dialect = Dialect {
    wrote: |case, problem, _| {
        let has_step =
            |text: &str| text.contains("Failing step: ") || text.contains("@scenario.begin");
        let text = problem.map_or("", |problem| problem.text.text.as_str());
        let output = case
            .system_out
            .as_ref()
            .map_or("", |text| text.text.as_str());
        has_step(text) || has_step(output)
    },
    finding: of_report,
};

fn of_report(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let text = problem.map_or("", |problem| problem.text.text.as_str());
    let mut traceback = Traceback::default();
    text.lines().for_each(|line| traceback.line(line));
    let asserted = text
        .lines()
        .find_map(|line| ASSERTIONS.iter().find_map(|start| line.strip_prefix(start)));
    let is_undefined = message_of(problem) == "None";
    let (kind, message) = match (asserted, traceback.message(), &case.outcome) {
        (Some(said), _, _) => (Kind::Assertion, said.to_owned()),
        (None, Some(raised), _) => (traceback::kind_of(&raised), raised),
        (None, None, Outcome::Errored(_)) if is_undefined => (Kind::Panic, String::new()),
        (None, None, Outcome::Errored(_)) => (Kind::Panic, generic_message(problem)),
        (None, None, _) => (Kind::Assertion, generic_message(problem)),
    };
    let mut finding = Finding::new(BEHAVE, Some(case.name.clone()), kind, Block::default());
    finding.message = message;
    finding.suite.clone_from(&case.classname);
    finding
}
