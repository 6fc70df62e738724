//! Cucumber for Ruby.
//!
//! Formats: `cucumber/formatter/console.rb`, `pretty.rb` and `progress.rb` of cucumber 2 to 9: the exception and its backtrace, which
//! ends with the line of the feature; then `Failing Scenarios:` with places and names, and the counts.

use std::collections::HashMap;

use crate::findings::{Block, Finding, Findings, Totals};
use crate::frameworks::listed::count_of;
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

const CUCUMBER: Framework = Framework::new("cucumber", "cucumber");

/// Failures that are remembered, and lines of a backtrace that are looked at.
const LIMIT: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Cucumber {
    listed: Vec<Listed>,
    is_in_list: bool,
    /// What was raised in a step, by the file and line of the feature: one message per line.
    raised: HashMap<(String, u64), (String, Block)>,
    /// The exception whose backtrace is being printed.
    open: Option<(String, Block)>,
}

#[derive(Debug)]
struct Listed {
    file: String,
    line: u64,
    name: String,
    block: Block,
}

impl Recognizer for Cucumber {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "^Failing Scenarios:",
            "Error)",
            "Exception)",
            "xpectationNotMetError",
            " passed)",
            " failed)",
            " failed, ",
        ]
    }

    fn follows(&self) -> bool {
        self.is_in_list || self.open.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.trim_end();
        if self.is_in_list {
            if let Some(listed) = listed(line) {
                if self.listed.len() < LIMIT {
                    self.listed.push(listed);
                }
                return;
            }
            self.is_in_list = text.is_empty() && self.listed.is_empty();
        }
        if text == "Failing Scenarios:" {
            self.is_in_list = true;
            self.open = None;
        } else if let Some(tests) = totals(text) {
            self.close(tests, text, findings);
        } else if self.open.is_some() {
            self.trace_line(line);
        } else if is_exception(text) {
            self.open = Some((message(line), Block::of(line)));
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.flush(None, findings);
    }
}

/// `cucumber features/bus.feature:24 # Scenario Outline: carries <n>, Examples (#2)`.
fn listed(line: &Line<'_>) -> Option<Listed> {
    let rest = line.text.strip_prefix("cucumber ")?;
    let (place, name) = rest.split_once(" # ")?;
    let (file, number) = place.trim_end().rsplit_once(':')?;
    let file = file.rsplit(' ').next().unwrap_or(file);
    let name = ["Scenario Outline: ", "Scenario: ", "Example: "]
        .iter()
        .find_map(|keyword| name.strip_prefix(keyword))
        .unwrap_or(name);
    Some(Listed {
        file: file.to_owned(),
        line: number.parse().ok()?,
        name: name.trim_end().to_owned(),
        block: Block::of(line),
    })
}

/// `5 scenarios (3 failed, 2 passed)`.
fn totals(text: &str) -> Option<TestTotals> {
    let (count, list) = text.strip_suffix(')')?.split_once(" (")?;
    let all = count_of(count, &["scenarios", "scenario"])?;
    let mut tests = TestTotals::default();
    for part in list.split(", ") {
        if let Some(number) = count_of(part, &["failed"]) {
            tests.failed = number;
        } else if let Some(number) = count_of(part, &["skipped", "pending", "undefined", "flaky"]) {
            tests.skipped = tests.skipped.saturating_add(number);
        }
    }
    tests.run = all.saturating_sub(tests.skipped);
    Some(tests)
}

/// The last line of an exception's text ends with its class: `no fuel (RuntimeError)`.
fn is_exception(text: &str) -> bool {
    let class = text
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once('('));
    class.is_some_and(|(_, class)| {
        class.starts_with(|c: char| c.is_ascii_uppercase())
            && class.chars().all(|c| c.is_alphanumeric() || c == ':')
    })
}

/// The exception with the lines of its text that stand above: as far as an empty line or a step.
fn message(line: &Line<'_>) -> String {
    let last = line.text.trim();
    let indent = line.text.len() - line.text.trim_start().len();
    let (text, class) = last.rsplit_once('(').unwrap_or((last, ""));
    let class = class.trim_end_matches(')');
    let mut lines: Vec<String> = Vec::new();
    if text.trim().is_empty() {
        let above = line.before().take(8).take_while(|above| {
            let is_step = above.contains(" # ") || above.trim_start().starts_with("(::)");
            !is_step && above.len() - above.trim_start().len() >= indent || above.trim().is_empty()
        });
        lines.extend(
            above
                .map(|above| above.trim().to_owned())
                .filter(|above| !above.is_empty()),
        );
        lines.reverse();
        lines.retain(|line| !line.starts_with("(compared using "));
    } else {
        lines.push(text.trim().to_owned());
    }
    if class.starts_with("RSpec::") {
        lines.join("\n")
    } else {
        format!("{class}: {}", lines.join("\n"))
    }
}

impl Cucumber {
    /// `features/bus.feature:11:in ...` ends a backtrace; of an outline the line of the example comes first.
    fn trace_line(&mut self, line: &Line<'_>) {
        let text = line.text.trim();
        let place = text
            .split_once(".feature:")
            .filter(|(file, _)| !file.contains(' '))
            .and_then(|(file, rest)| {
                Some((
                    format!("{file}.feature"),
                    rest.split(':').next()?.parse().ok()?,
                ))
            });
        if let Some(place) = place {
            if let Some(raised) = self.open.take()
                && self.raised.len() < LIMIT
            {
                self.raised.insert(place, raised);
            }
        } else if text.contains(".rb:") {
            if let Some((_, block)) = &mut self.open {
                block.push(line);
            }
        } else {
            self.open = None;
        }
    }

    fn close(&mut self, tests: TestTotals, text: &str, findings: &mut Findings) {
        findings.saw(CUCUMBER);
        findings.count(CUCUMBER, tests);
        if tests.failed == 0 {
            self.listed.clear();
            findings.passed(CUCUMBER, text);
        }
        self.flush(Some(tests), findings);
    }

    fn flush(&mut self, tests: Option<TestTotals>, findings: &mut Findings) {
        self.is_in_list = false;
        self.open = None;
        let listed = std::mem::take(&mut self.listed);
        let raised = std::mem::take(&mut self.raised);
        if let Some(tests) = tests {
            findings.check(Totals {
                framework: CUCUMBER,
                declared: tests.failed,
                found: listed.len() as u64,
                ran: Some(tests.run),
            });
        }
        for (at, scenario) in listed.iter().enumerate() {
            // The step that failed is the first one at or behind the scenario's line, and before the next scenario.
            let next = listed
                .iter()
                .filter(|other| other.file == scenario.file && other.line > scenario.line)
                .map(|other| other.line)
                .min();
            let step = raised
                .iter()
                .filter(|((file, line), _)| {
                    *file == scenario.file
                        && *line >= scenario.line
                        && next.is_none_or(|next| *line < next)
                })
                .min_by_key(|((_, line), _)| *line);
            findings.report(finding(&listed[at], step.map(|(_, raised)| raised)));
        }
    }
}

fn finding(scenario: &Listed, raised: Option<&(String, Block)>) -> Finding {
    let (message, block) = match raised {
        Some((message, block)) => (message.clone(), block.clone()),
        None => (String::new(), scenario.block.clone()),
    };
    let is_raised = message.split(": ").next().is_some_and(|class| {
        class.starts_with(|c: char| c.is_ascii_uppercase())
            && class.ends_with("Error")
            && !class.contains(' ')
    });
    let kind = if is_raised {
        Kind::Panic
    } else {
        Kind::Assertion
    };
    let mut finding =
        Finding::new(CUCUMBER, Some(scenario.name.clone()), kind, block).saying(message);
    finding.suite = Some(scenario.file.clone());
    finding
}
