//! `RSpec`.
//!
//! Formats: `rspec/core/formatters/exception_presenter.rb`, `base_text_formatter.rb` and `snippet_extractor.rb` of
//! rspec-core 3.0 to 3.13; `rspec_junit_formatter.rb` 0.6 for its XML.

mod message;
mod report;
mod totals;

use crate::findings::{Block, Finding, Findings, Totals};
use crate::frameworks::listed::{Entries, Entry, numbered};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

pub(super) use report::DIALECT;
use totals::Counts;

const RSPEC: Framework = Framework::new("rspec", "rspec");

/// Errors outside of examples that are kept until the totals come.
const ERRORS: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct Rspec {
    entries: Entries,
    is_in_list: bool,
    /// What went wrong outside of examples.
    errors: Vec<Outside>,
    is_in_error: bool,
}

/// An error that no example has.
#[derive(Debug)]
struct Outside {
    is_loading: bool,
    block: Block,
    /// Its backtrace has begun.
    has_trace: bool,
}

impl Recognizer for Rspec {
    fn anchors(&self) -> &'static [&'static str] {
        &["^Failures:", "^An error occurred ", " failure"]
    }

    fn follows(&self) -> bool {
        self.is_in_list || self.is_in_error
    }

    fn holds(&self) -> bool {
        self.is_in_list && self.entries.is_open()
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if self.is_in_list && self.list_line(line) {
            return;
        }
        if self.is_in_error && self.error_line(line) {
            return;
        }
        if text == "Failures:" {
            self.is_in_list = true;
            self.entries.close();
        } else if let Some(place) = text.strip_prefix("An error occurred ") {
            self.begin_error(place, line);
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

impl Rspec {
    /// A line below `Failures:`, all of which are indented; `false` when the list has ended before it.
    fn list_line(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        let is_entry = text.starts_with("  ") && !text.starts_with("   ");
        if is_entry && let Some((number, name)) = numbered(text, 2) {
            self.entries.begin(number, name, line);
            return true;
        }
        let belongs = text.trim().is_empty() || text.starts_with("     ");
        if belongs {
            self.entries.push(line);
        } else {
            self.is_in_list = false;
            self.entries.close();
        }
        belongs
    }

    /// `while loading ./spec/a_spec.rb.`, ``in a `before(:suite)` hook.``
    fn begin_error(&mut self, place: &str, line: &Line<'_>) {
        let is_loading = place.starts_with("while loading ");
        let is_hook = place.starts_with("in a") && place.trim_end().ends_with("hook.");
        if (is_loading || is_hook) && self.errors.len() < ERRORS {
            self.is_in_error = true;
            self.errors.push(Outside {
                is_loading,
                block: Block::of(line),
                has_trace: false,
            });
        }
    }

    fn error_line(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        let Some(error) = self.errors.last_mut() else {
            return false;
        };
        let is_trace = text.starts_with('#');
        let is_over = (error.has_trace && !is_trace)
            || text.starts_with("Finished in ")
            || text.starts_with("An error occurred ")
            || text == "Failures:"
            || text.starts_with("##[");
        if is_over {
            self.is_in_error = false;
            return false;
        }
        error.has_trace |= is_trace;
        error.block.push(line);
        true
    }

    fn close(&mut self, counts: &Counts, line: &Line<'_>, findings: &mut Findings) {
        findings.saw(RSPEC);
        findings.count(RSPEC, counts.tests());
        if counts.declared() == 0 {
            self.entries.clear();
            self.errors.clear();
            self.is_in_error = false;
            findings.passed(RSPEC, line.text.trim());
            return;
        }
        self.flush(Some(counts), findings);
    }

    fn flush(&mut self, counts: Option<&Counts>, findings: &mut Findings) {
        self.is_in_list = false;
        self.is_in_error = false;
        let entries = match counts {
            Some(counts) if counts.failures == 0 => {
                self.entries.clear();
                Vec::new()
            }
            counts => self
                .entries
                .take_chain(counts.map(|counts| counts.failures)),
        };
        let errors = std::mem::take(&mut self.errors);
        if let Some(counts) = counts {
            findings.check(Totals {
                framework: RSPEC,
                declared: counts.declared(),
                found: (entries.len() + errors.len()) as u64,
                ran: Some(counts.examples),
            });
        }
        for entry in entries {
            findings.report(of_entry(entry));
        }
        for error in errors {
            findings.report(of_error(error));
        }
    }
}

fn of_entry(entry: Entry) -> Finding {
    let name = entry
        .heading
        .strip_suffix(" FIXED")
        .unwrap_or(&entry.heading);
    let said = message::of(&entry.block.lines[1..]);
    let mut finding = Finding::new(RSPEC, Some(name.to_owned()), said.kind, entry.block);
    finding.message = said.message;
    finding.suite = said.file;
    finding.function = said.function;
    finding
}

fn of_error(error: Outside) -> Finding {
    let said = message::of(&error.block.lines[1..]);
    let kind = if error.is_loading {
        Kind::Build
    } else {
        said.kind
    };
    let mut finding = Finding::new(RSPEC, None, kind, error.block).saying(said.message);
    finding.suite = said.file;
    finding
}
