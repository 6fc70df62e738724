//! Pest, and Laravel's `artisan test`, which has the same printer.
//!
//! Format: `src/Adapters/Phpunit/Style.php` of nunomaduro/collision 6 to 8 and Pest 2 to 4: `FAILED  Tests\Unit\CartTest > it adds`, the
//! text of the failure, the place with its source, a rule; the counts at the end.

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings, Totals};
use crate::frameworks::listed::count_of;
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::phpunit;

const PEST: Framework = Framework::new("pest", phpunit::PHPUNIT.family);

/// Lines of an entry after which it must be something else.
const ENTRY_LINES: usize = 150;

#[derive(Debug, Default)]
pub(super) struct Pest {
    entries: Vec<Entry>,
    is_open: bool,
}

#[derive(Debug)]
struct Entry {
    test: String,
    /// What was raised, at the right edge of the heading; an assertion has none.
    class: Option<String>,
    block: Block,
}

impl Recognizer for Pest {
    fn anchors(&self) -> &'static [&'static str] {
        &["FAILED  ", " failed", " passed"]
    }

    fn follows(&self) -> bool {
        self.is_open
    }

    fn holds(&self) -> bool {
        self.is_open
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.trim_end();
        if let Some((test, class)) = heading(text) {
            self.is_open = self.entries.len() < FINDING_LIMIT;
            if self.is_open {
                self.entries.push(Entry {
                    test,
                    class,
                    block: Block::of(line),
                });
            }
        } else if let Some(tests) = totals(text) {
            self.close(tests, text, findings);
        } else if self.is_open {
            self.entry_line(text, line);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.flush(None, findings);
    }
}

/// `   FAILED  Tests\Unit\CartTest > it adds   RuntimeException`.
fn heading(text: &str) -> Option<(String, Option<String>)> {
    let rest = text.trim_start().strip_prefix("FAILED  ")?;
    if !text.starts_with(' ') {
        return None;
    }
    let (class, test) = rest.split_once(" > ")?;
    let is_class = !class.contains(' ') && class.starts_with(|c: char| c.is_alphabetic());
    let (test, raised) = test.split_once("  ").unwrap_or((test, ""));
    let raised = Some(raised.trim().to_owned()).filter(|raised| !raised.is_empty());
    is_class.then(|| (format!("{class}::{}", test.trim_end()), raised))
}

/// `  Tests:    1 failed, 1 skipped, 2 passed (3 assertions)`.
fn totals(text: &str) -> Option<TestTotals> {
    let list = text.strip_prefix("  Tests:")?.trim_start();
    let (list, _) = list.split_once(" (")?;
    let mut tests = TestTotals::default();
    for part in list.split(", ") {
        if let Some(number) = count_of(part, &["failed"]) {
            tests.failed = number;
        } else if let Some(number) = count_of(
            part,
            &["passed", "risky", "warnings", "warning", "deprecated"],
        ) {
            tests.run = tests.run.saturating_add(number);
        } else if let Some(number) =
            count_of(part, &["skipped", "incomplete", "todo", "todos", "pending"])
        {
            tests.skipped = tests.skipped.saturating_add(number);
        }
    }
    tests.run = tests.run.saturating_add(tests.failed);
    Some(tests)
}

impl Pest {
    fn entry_line(&mut self, text: &str, line: &Line<'_>) {
        let Some(entry) = self.entries.last_mut() else {
            return;
        };
        let is_over = text.trim_start().starts_with("──────") || text.starts_with("##[");
        if is_over || entry.block.lines.len() > ENTRY_LINES {
            self.is_open = false;
        } else {
            entry.block.push(line);
        }
    }

    fn close(&mut self, tests: TestTotals, text: &str, findings: &mut Findings) {
        findings.saw(PEST);
        findings.count(PEST, tests);
        if tests.failed == 0 {
            self.entries.clear();
            if tests.run > 0 {
                findings.passed(PEST, text.trim());
            }
        }
        self.flush(Some(tests), findings);
    }

    fn flush(&mut self, tests: Option<TestTotals>, findings: &mut Findings) {
        self.is_open = false;
        let mut entries = std::mem::take(&mut self.entries);
        if let Some(tests) = tests {
            let fake = entries
                .len()
                .saturating_sub(usize::try_from(tests.failed).unwrap_or(usize::MAX));
            entries.drain(..fake);
            findings.check(Totals {
                framework: PEST,
                declared: tests.failed,
                found: entries.len() as u64,
                ran: Some(tests.run),
            });
        }
        for entry in entries {
            findings.report(finding(entry));
        }
    }
}

fn finding(entry: Entry) -> Finding {
    let text: Vec<String> = entry.block.lines[1..]
        .iter()
        .map(|line| line.trim().to_owned())
        .take_while(|line| !line.starts_with("at "))
        .collect();
    let said = phpunit::message_of(&text);
    let (kind, message) = match &entry.class {
        Some(class) => (phpunit::kind_of(&said), format!("{class}: {said}")),
        None => (Kind::Assertion, said),
    };
    let suite = entry
        .test
        .split_once("::")
        .map(|(class, _)| class.to_owned());
    let mut finding = Finding::new(PEST, Some(entry.test), kind, entry.block).saying(message);
    finding.suite = suite;
    finding
}
