//! test-unit.
//!
//! Formats: `test/unit/ui/console/testrunner.rb` of test-unit 3.2 to 3.6: a rule, `Failure: test_x(Class)`, the place, the
//! source, the text, a rule; in 3.5.4 and later the text may stand behind the name, indented.

use crate::findings::{Block, Finding, Findings, Totals};
use crate::frameworks::listed::count_of;
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::function;

const TEST_UNIT: Framework = Framework::new("test-unit", "test-unit");

/// Failures that wait for the totals.
const ENTRIES: usize = 10_000;

/// Lines of an entry after which it must be something else.
const ENTRY_LINES: usize = 150;

/// Lines of an assertion's text that are kept.
const TEXT_LINES: usize = 8;

#[derive(Debug, Default)]
pub(super) struct TestUnit {
    entries: Vec<Block>,
    is_open: bool,
}

impl Recognizer for TestUnit {
    fn anchors(&self) -> &'static [&'static str] {
        &["^Failure: ", "^Error: ", " failures, "]
    }

    fn follows(&self) -> bool {
        self.is_open
    }

    fn holds(&self) -> bool {
        self.is_open
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if self.is_open {
            self.entry_line(line);
        } else if test_of(text).is_some()
            && line.before().next().is_some_and(|above| is_rule(&above))
        {
            self.is_open = self.entries.len() < ENTRIES;
            if self.is_open {
                self.entries.push(Block::of(line));
            }
        } else if let Some(counts) = Counts::parse(text) {
            self.close(&counts, line, findings);
        } else if text.starts_with("##[error]Process completed with exit code") {
            self.flush(None, findings);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.flush(None, findings);
    }
}

impl TestUnit {
    fn entry_line(&mut self, line: &Line<'_>) {
        let Some(block) = self.entries.last_mut() else {
            return;
        };
        if is_rule(&line.text) || block.lines.len() > ENTRY_LINES {
            self.is_open = false;
        } else {
            block.push(line);
        }
    }

    fn close(&mut self, counts: &Counts, line: &Line<'_>, findings: &mut Findings) {
        findings.saw(TEST_UNIT);
        findings.count(TEST_UNIT, counts.tests);
        if counts.tests.failed == 0 {
            self.entries.clear();
            findings.passed(TEST_UNIT, line.text.trim());
        }
        self.flush(Some(counts), findings);
    }

    fn flush(&mut self, counts: Option<&Counts>, findings: &mut Findings) {
        self.is_open = false;
        let mut entries = std::mem::take(&mut self.entries);
        if let Some(counts) = counts {
            let declared = counts.tests.failed;
            // A test prints in front of its own entry, and the last ones are as likely as any.
            let fake = entries
                .len()
                .saturating_sub(usize::try_from(declared).unwrap_or(usize::MAX));
            entries.drain(..fake);
            findings.check(Totals {
                framework: TEST_UNIT,
                declared,
                found: entries.len() as u64,
                ran: Some(counts.tests.run),
            });
        }
        for block in entries {
            if let Some(finding) = finding(block) {
                findings.report(finding);
            }
        }
    }
}

/// `7 tests, 5 assertions, 3 failures, 1 errors, 0 pendings, 1 omissions, 0 notifications`.
#[derive(Debug)]
struct Counts {
    tests: TestTotals,
}

impl Counts {
    fn parse(text: &str) -> Option<Self> {
        if !text.starts_with(|c: char| c.is_ascii_digit()) || !text.contains(" pendings, ") {
            return None;
        }
        let mut parts = text.trim_end().split(", ");
        let mut next = |words: &[&str]| count_of(parts.next()?, words);
        let tests = next(&["tests"])?;
        next(&["assertions"])?;
        let failed = next(&["failures"])?.saturating_add(next(&["errors"])?);
        let skipped = next(&["pendings"])?.saturating_add(next(&["omissions"])?);
        Some(Self {
            tests: TestTotals {
                run: tests.saturating_sub(skipped),
                failed,
                skipped,
            },
        })
    }
}

fn is_rule(text: &str) -> bool {
    let text = text.trim_end();
    text.len() >= 70 && text.bytes().all(|byte| byte == b'=')
}

/// Kind, test, class and the text behind them in `Failure: test_x(Class): text`.
fn test_of(text: &str) -> Option<(Kind, &str, &str, &str)> {
    let (kind, rest) = match text.strip_prefix("Failure: ") {
        Some(rest) => (Kind::Assertion, rest),
        None => (Kind::Panic, text.strip_prefix("Error: ")?),
    };
    let close = rest.find("):").or_else(|| rest.trim_end().rfind(')'))?;
    let open = rest[..close].rfind('(')?;
    let class = &rest[open + 1..close];
    let is_class = class.starts_with(|c: char| c.is_alphabetic()) && !class.contains(' ');
    let after = rest[close + 1..].trim_start_matches(':').trim();
    is_class.then_some((kind, &rest[..open], class, after))
}

/// ``test/test_boat.rb:5:in `test_floats'``.
fn is_frame(line: &str) -> bool {
    line.contains(".rb:") && line.contains(":in ")
}

/// A line of the source around the place: `  => 5:     assert_equal(...)`.
fn is_source(line: &str) -> bool {
    let text = line.trim_start().trim_start_matches("=>").trim_start();
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with("  ") && rest.len() < text.len() && rest.starts_with(':')
}

fn finding(block: Block) -> Option<Finding> {
    let (kind, method, class, first) = test_of(block.lines.first()?)?;
    let mut text: Vec<&str> = vec![first];
    text.extend(
        block.lines[1..]
            .iter()
            .filter(|line| !is_frame(line) && !is_source(line))
            .map(|line| line.trim())
            .take_while(|line| *line != "diff:"),
    );
    text.retain(|line| !line.is_empty());
    text.truncate(if kind == Kind::Panic { 1 } else { TEXT_LINES });
    let message = text.join("\n");
    let kind = if message.starts_with("Timeout::Error") {
        Kind::Timeout
    } else {
        kind
    };
    let test = format!("{class}#{method}");
    let suite = class.to_owned();
    let function = block
        .lines
        .iter()
        .find_map(|line| function(line))
        .map(str::to_owned);
    let mut finding = Finding::new(TEST_UNIT, Some(test), kind, block).saying(message);
    finding.suite = Some(suite);
    finding.function = function;
    Some(finding)
}
