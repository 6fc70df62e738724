//! Robot Framework.
//!
//! Formats: `robot/output/console/verbose.py` and `dotted.py` of Robot Framework 3.1 to 7, `robot/reporting/xunitwriter.py`. A test's
//! line is as wide as the rules and ends with its status; the message stands below it, as far as the next rule.

use ftc_report::junit::{Problem, TestCase};

use crate::findings::{Block, Finding, Findings, Totals};
use crate::frameworks::listed::count_of;
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::report::{Dialect, generic_message};
use crate::scan::TestTotals;

const ROBOT: Framework = Framework::new("robot", "robot");

const STATUS: &str = "| FAIL |";

/// Lines of a message that are kept.
const LINES: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Robot {
    open: Option<Open>,
    /// Tests whose suite has not come to its end.
    tests: Vec<Finding>,
    found: u64,
    totals: Option<(TestTotals, String)>,
}

#[derive(Debug)]
struct Open {
    name: String,
    text: Vec<String>,
    block: Block,
}

impl Open {
    /// A suite's totals stand alone or behind what its set-up or teardown said; its tests tell that as well.
    fn is_only_set_up(&self) -> bool {
        self.text.first().is_none_or(|first| {
            let is_told = matches!(
                first.as_str(),
                "Suite setup failed:" | "Suite teardown failed:"
            );
            is_told && self.text.last().is_some_and(String::is_empty)
        })
    }
}

impl Recognizer for Robot {
    fn anchors(&self) -> &'static [&'static str] {
        &["| FAIL |", "^FAIL: ", " passed, "]
    }

    fn follows(&self) -> bool {
        self.open.is_some()
    }

    fn holds(&self) -> bool {
        self.open.is_some()
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.trim_end();
        if let Some(open) = &mut self.open {
            if is_rule(text) || text.starts_with("##[") {
                self.end_test();
            } else if let Some(tests) = totals(text).filter(|_| open.is_only_set_up()) {
                // It was a suite.
                let name = std::mem::take(&mut open.name);
                self.open = None;
                self.end_suite(&name, tests, text, findings);
                return;
            } else {
                open.block.push(line);
                open.text.push(text.trim().to_owned());
                return;
            }
        }
        if let Some(name) = failed(line) {
            self.open = Some(Open {
                name,
                text: Vec::new(),
                block: Block::of(line),
            });
        } else if let Some(tests) = totals(text) {
            self.end_suite("", tests, text, findings);
        } else if text.starts_with("##[error]Process completed with exit code") {
            self.flush(findings);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.end_test();
        self.flush(findings);
    }
}

fn is_rule(text: &str) -> bool {
    text.len() >= 40
        && (text.bytes().all(|byte| byte == b'-') || text.bytes().all(|byte| byte == b'='))
}

/// The name of what failed, by a line with its status.
fn failed(line: &Line<'_>) -> Option<String> {
    let text = line.text.trim_end();
    if let Some(name) = text.strip_prefix("FAIL: ") {
        let above = line.before().next()?;
        let name = name.rsplit_once('.').map_or(name, |(_, name)| name);
        // unittest has the same words below a rule of another kind, gocheck with the place before the name.
        let above = above.trim_end();
        let is_ours = is_rule(above) && above.starts_with('-') && !has_go_place(text);
        return is_ours.then(|| name.to_owned());
    }
    let name = text.strip_suffix(STATUS)?;
    let mut above = line.before().map(|above| above.trim_end().to_owned());
    if name.is_empty() {
        // Something was printed in between: the name stands below the rule.
        let mut newest = None;
        let rule = above.find(|above| {
            let is_rule = is_rule(above);
            if !is_rule {
                newest = Some(above.clone());
            }
            is_rule
        });
        return rule.and(newest).map(|name| title(&name));
    }
    let width = above.find(|above| is_rule(above))?.len();
    (text.chars().count() == width && name.ends_with(' ')).then(|| title(name))
}

/// `FAIL: crate_test.go:39: CrateSuite.TestGivenUp`.
fn has_go_place(text: &str) -> bool {
    text.split_once(".go:")
        .and_then(|(_, rest)| rest.split_once(": "))
        .is_some_and(|(line, _)| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A test's or suite's name without its documentation.
fn title(text: &str) -> String {
    let cut = text.find("    ").unwrap_or(text.len());
    let name = text[..cut].trim();
    name.split_once(" :: ")
        .map_or(name, |(name, _)| name)
        .to_owned()
}

/// `7 tests, 1 passed, 5 failed, 1 skipped`; before 4.0 there was a line for critical tests too.
fn totals(text: &str) -> Option<TestTotals> {
    let words = &[
        "tests",
        "test",
        "tests total",
        "test total",
        "tasks",
        "task",
    ];
    let mut parts = text.split(", ");
    count_of(parts.next()?, words)?;
    let passed = count_of(parts.next()?, &["passed"])?;
    let failed = count_of(parts.next()?, &["failed"])?;
    let skipped = parts.next().and_then(|part| count_of(part, &["skipped"]));
    Some(TestTotals {
        run: passed.saturating_add(failed),
        failed,
        skipped: skipped.unwrap_or_default(),
    })
}

impl Robot {
    fn end_test(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        let text: Vec<&str> = open
            .text
            .iter()
            .map(String::as_str)
            .filter(|line| !line.is_empty())
            .take(LINES)
            .collect();
        let message = text.join("\n");
        let kind = kind_of(&message);
        self.found += 1;
        self.tests
            .push(Finding::new(ROBOT, Some(open.name), kind, open.block).saying(message));
    }

    /// The outermost suite ends last.
    fn end_suite(&mut self, name: &str, tests: TestTotals, text: &str, findings: &mut Findings) {
        for mut finding in std::mem::take(&mut self.tests) {
            finding.suite = Some(name.to_owned()).filter(|name| !name.is_empty());
            findings.report(finding);
        }
        self.totals = Some((tests, text.to_owned()));
    }

    fn flush(&mut self, findings: &mut Findings) {
        for finding in std::mem::take(&mut self.tests) {
            findings.report(finding);
        }
        let found = std::mem::take(&mut self.found);
        let Some((tests, text)) = self.totals.take() else {
            return;
        };
        findings.saw(ROBOT);
        findings.count(ROBOT, tests);
        if tests.failed == 0 && found == 0 {
            findings.passed(ROBOT, text);
        }
        findings.check(Totals {
            framework: ROBOT,
            // Several runs follow one another: each has totals of its own.
            declared: tests.failed.max(found),
            found,
            ran: Some(tests.run),
        });
    }
}

fn kind_of(message: &str) -> Kind {
    let first = message.lines().next().unwrap_or_default();
    let name = first.split(": ").next().unwrap_or_default();
    let is_exception = first.len() > name.len()
        && name.ends_with("Error")
        && !name.contains(' ')
        && name != "AssertionError";
    if (first.starts_with("Test timeout ") || first.starts_with("Keyword timeout "))
        && first.ends_with(" exceeded.")
    {
        Kind::Timeout
    } else if is_exception
        || first.starts_with("No keyword with name ")
        || first.starts_with("Variable '")
    {
        Kind::Panic
    } else {
        Kind::Assertion
    }
}

/// JUnit XML of `--xunit`: the message is an attribute, and there is no text.
pub(super) const DIALECT: Dialect = Dialect {
    wrote: |case, problem, summary| {
        let is_bare = problem.is_some_and(|problem| {
            problem.kind.as_deref() == Some("AssertionError") && problem.text.text.trim().is_empty()
        });
        is_bare && summary.name.is_none() && case.file.is_none()
    },
    finding: of_report,
};

fn of_report(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let message = generic_message(problem);
    let lines: Vec<&str> = message
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(LINES)
        .collect();
    let message = lines.join("\n");
    let kind = kind_of(&message);
    let mut finding =
        Finding::new(ROBOT, Some(case.name.clone()), kind, Block::default()).saying(message);
    finding.suite.clone_from(&case.classname);
    finding
}
