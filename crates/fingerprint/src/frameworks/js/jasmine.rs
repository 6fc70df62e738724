//! Jasmine's console reporter: `Failures:`, then `1) suite test`, `Message:` and `Stack:`.
//!
//! Format: `lib/reporters/console_reporter.js` of <https://github.com/jasmine/jasmine-npm>, versions 2 to 5.
//!
//! The canonical name is Jasmine's full name, the titles joined by blanks.

use std::collections::HashSet;

use crate::findings::{Findings, Totals};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::entry::Entry;
use super::{error, names};

pub(super) const JASMINE: Framework = Framework::new("jasmine", "jasmine");

/// Lines below the heading that are followed without an entry.
const PATIENCE: u32 = 200;

#[derive(Debug, Default)]
pub(super) struct Jasmine {
    is_open: bool,
    part: Part,
    entry: Option<Entry>,
    /// What was found since the heading, reported when the counts have come.
    found: Vec<Entry>,
    patience: u32,
    /// Counts that are Jasmine's when the duration follows.
    counts: Option<Counts>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    #[default]
    Title,
    Message,
    Stack,
}

impl Recognizer for Jasmine {
    fn anchors(&self) -> &'static [&'static str] {
        &["Failures:", " failures", " failure"]
    }

    fn follows(&self) -> bool {
        self.is_open || self.counts.is_some()
    }

    fn holds(&self) -> bool {
        self.entry.is_some() && self.part != Part::Title
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(mut counts) = self.counts.take() {
            if text.starts_with("Finished in ") {
                self.end(&counts, findings);
                return;
            }
            counts.lines += 1;
            let continues = counts.lines < 4 && !text.ends_with("Failures:");
            self.counts = continues.then_some(counts);
            if self.counts.is_some() {
                return;
            }
        }
        if text.trim_end() == "Failures:" || text.ends_with("FFailures:") {
            self.close_entry();
            self.found.clear();
            self.is_open = true;
            self.patience = PATIENCE;
        } else if let Some(counts) = Counts::parse(text) {
            self.close_entry();
            self.is_open = false;
            self.counts = Some(counts);
        } else if self.is_open {
            self.block_line(line);
        }
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close_entry();
        self.report(findings);
    }
}

impl Jasmine {
    fn block_line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref().trim_end();
        if let Some(title) = entry_title(text) {
            self.close_entry();
            self.entry = Some(Entry::new(JASMINE, Some(title.to_owned()), line));
            self.part = Part::Title;
            return;
        }
        let Some(entry) = &mut self.entry else {
            self.patience = self.patience.saturating_sub(1);
            self.is_open = self.patience > 0;
            return;
        };
        match text {
            "  Message:" => {
                self.part = Part::Message;
                entry.is_done = entry.has_text();
                entry.block.push(line);
            }
            "  Stack:" => {
                self.part = Part::Stack;
                entry.is_done = true;
                entry.block.push(line);
            }
            _ if text.is_empty() || text.starts_with("    ") && self.part != Part::Title => {
                entry.take(line, text.strip_prefix("    ").unwrap_or(text));
            }
            // A message goes over lines that are not indented only in old versions.
            _ if self.part == Part::Message && !text.starts_with("##[") => entry.take(line, text),
            _ => {
                self.close_entry();
            }
        }
    }

    fn close_entry(&mut self) {
        if let Some(entry) = self.entry.take()
            && self.part != Part::Title
            && self.found.len() < crate::findings::FINDING_LIMIT
        {
            self.found.push(entry);
        }
        self.part = Part::Title;
    }

    fn end(&mut self, counts: &Counts, findings: &mut Findings) {
        findings.saw(JASMINE);
        findings.count(
            JASMINE,
            TestTotals {
                run: counts.specs.saturating_sub(counts.pending),
                failed: counts.failures,
                skipped: counts.pending,
            },
        );
        if counts.failures == 0 {
            self.found.clear();
            if counts.specs > 0 {
                findings.passed(JASMINE, format!("{} specs, 0 failures", counts.specs));
            }
            return;
        }
        let found: HashSet<&str> = self
            .found
            .iter()
            .filter_map(|entry| entry.test.as_deref())
            .collect();
        findings.check(Totals {
            framework: JASMINE,
            declared: counts.failures,
            found: found.len() as u64,
            ran: Some(counts.specs),
        });
        self.report(findings);
    }

    fn report(&mut self, findings: &mut Findings) {
        for entry in self.found.drain(..) {
            let (kind, message) = judge(&entry.text);
            // The suite whose hook failed says why.
            if !message.starts_with("Not run because a beforeAll function failed") {
                findings.report(entry.finding_saying(kind, message));
            }
        }
    }
}

/// Everything that is not thrown is an expectation.
pub(super) fn judge(text: &str) -> (Kind, String) {
    let (kind, message) = error::judge(text);
    let is_expectation = message.contains("Expected ") || message.starts_with("Failed: ");
    match kind {
        Kind::Panic if is_expectation => (Kind::Assertion, message),
        _ => (kind, message),
    }
}

/// `3) suite test`, or `Suite error: suite`.
fn entry_title(text: &str) -> Option<&str> {
    if let Some(suite) = text.strip_prefix("Suite error: ") {
        return Some(suite);
    }
    let (number, title) = text.split_once(") ")?;
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some(title)
}

/// `13 specs, 12 failures, 1 pending spec`.
#[derive(Debug)]
struct Counts {
    lines: u8,
    specs: u64,
    failures: u64,
    pending: u64,
}

impl Counts {
    fn parse(text: &str) -> Option<Self> {
        let (number, rest) = text.split_once(' ')?;
        let specs = number.parse().ok()?;
        let rest = rest.strip_prefix("spec")?;
        let rest = rest.strip_prefix('s').unwrap_or(rest).strip_prefix(", ")?;
        let failures = rest.split(' ').next()?.parse().ok()?;
        let is_it = rest.split(' ').nth(1)?.starts_with("failure");
        is_it.then(|| Self {
            lines: 0,
            specs,
            failures,
            pending: names::count(text, "pending"),
        })
    }
}
