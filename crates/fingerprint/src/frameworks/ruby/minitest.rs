//! minitest, with the reporter of Rails and minitest-reporters.
//!
//! Formats: `minitest.rb` and `minitest/unit.rb` 4.7 to 5.25 (`Minitest::SummaryReporter`), `rails/test_unit/reporter.rb` of
//! railties 5 to 8 (each failure at once, with a line to run it again), `spec_reporter.rb` and `default_reporter.rb` of
//! minitest-reporters 1.

mod message;
mod report;
mod totals;

use crate::findings::{Finding, Findings, Totals};
use crate::frameworks::listed::{Entries, Entry, numbered};
use crate::kind::Framework;
use crate::line::Line;
use crate::recognizer::Recognizer;

pub(super) use report::DIALECT;
use totals::Counts;

const MINITEST: Framework = Framework::new("minitest", "minitest");

/// Lines of an entry after which it must be something else.
const ENTRY_LINES: u64 = 2_000;

#[derive(Debug, Default)]
pub(super) struct Minitest {
    entries: Entries,
    /// The newest heading, whose test the next line names.
    heading: Option<(u64, String)>,
    /// First line of the open entry.
    first_line: u64,
    /// Entries are those of Rails: without numbers.
    is_inline: bool,
    /// The line before was empty.
    is_behind_blank: bool,
}

impl Recognizer for Minitest {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            ") Failure:",
            "^Failure:",
            ") Error:",
            "^Error:",
            " failures, ",
        ]
    }

    fn follows(&self) -> bool {
        self.entries.is_open() || self.heading.is_some()
    }

    fn holds(&self) -> bool {
        self.entries.is_open()
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(counts) = Counts::parse(text) {
            self.close(&counts, line, findings);
            return;
        }
        if text.starts_with("##[error]Process completed with exit code") {
            self.flush(None, findings);
            return;
        }
        if let Some((number, heading)) = self.heading.take()
            && message::test_of(text).is_some()
        {
            self.is_inline = number == 0;
            self.first_line = line.number;
            self.entries.begin(number, &heading, line);
            return;
        }
        self.heading = heading(text);
        if self.entries.is_open() {
            self.entry_line(line);
        }
        self.is_behind_blank = text.trim().is_empty();
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.flush(None, findings);
    }
}

/// `  1) Failure:` with its number, or `Failure:` as Rails prints it.
fn heading(text: &str) -> Option<(u64, String)> {
    let (number, word) = numbered(text, 2).unwrap_or((0, text.trim_end()));
    matches!(word, "Failure:" | "Error:" | "Skipped:").then(|| (number, word.to_owned()))
}

impl Minitest {
    fn entry_line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        let is_snippet = (text.starts_with("bin/rails test ")
            || text.starts_with("rails test ")
            || text.starts_with("bin/test "))
            && self.is_behind_blank;
        let is_over = line.number - self.first_line > ENTRY_LINES || text.starts_with("##[");
        if is_over || (self.is_inline && is_snippet) {
            self.entries.close();
        } else if self.heading.is_none() {
            self.entries.push(line);
        }
    }

    fn close(&mut self, counts: &Counts, line: &Line<'_>, findings: &mut Findings) {
        self.heading = None;
        if counts.is_of_test_unit {
            self.entries.clear();
            return;
        }
        findings.saw(MINITEST);
        findings.count(MINITEST, counts.tests());
        if counts.declared() == 0 {
            self.entries.clear();
            if counts.runs > 0 {
                findings.passed(MINITEST, line.text.trim());
            }
            return;
        }
        self.flush(Some(counts), findings);
    }

    fn flush(&mut self, counts: Option<&Counts>, findings: &mut Findings) {
        self.heading = None;
        let entries = if self.is_inline {
            self.entries.take_all()
        } else {
            self.entries.take_chain(None)
        };
        let mut failed: Vec<Entry> = entries
            .into_iter()
            .filter(|entry| entry.heading != "Skipped:")
            .collect();
        if let Some(counts) = counts {
            let declared = counts.declared();
            let fake = failed
                .len()
                .saturating_sub(usize::try_from(declared).unwrap_or(usize::MAX));
            failed.drain(..fake);
            findings.check(Totals {
                framework: MINITEST,
                declared,
                found: failed.len() as u64,
                ran: Some(counts.runs),
            });
        }
        for entry in failed {
            findings.report(finding(entry));
        }
        self.is_inline = false;
    }
}

fn finding(entry: Entry) -> Finding {
    let name = entry
        .block
        .lines
        .first()
        .and_then(|line| message::test_of(line));
    let name = name.unwrap_or_default().to_owned();
    let said = message::of(&entry.heading, &entry.block.lines[1..]);
    let mut finding = Finding::new(MINITEST, Some(name.clone()), said.kind, entry.block);
    finding.message = said.message;
    finding.function = said.function;
    finding.suite = name.split_once('#').map(|(class, _)| class.to_owned());
    finding
}
