//! `ExUnit`.
//!
//! Formats: `ex_unit/formatter.ex` and `ex_unit/cli_formatter.ex` of Elixir 1.6 to 1.18: entries are printed as tests end, each
//! with a number, a place and an indented text; the totals come last. `junit_formatter` 3 for its XML.

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

const EXUNIT: Framework = Framework::new("exunit", "exunit");

/// What stands behind a module whose tests could not be set up.
const SETUP: &str = ": failure on setup_all callback";

#[derive(Debug, Default)]
pub(super) struct ExUnit {
    entries: Entries,
    modules: Entries,
    is_in_module: bool,
    blanks: u8,
}

impl Recognizer for ExUnit {
    fn anchors(&self) -> &'static [&'static str] {
        &[".exs:", "failure on setup_all callback", " failure"]
    }

    fn follows(&self) -> bool {
        self.entries.is_open() || self.modules.is_open()
    }

    fn holds(&self) -> bool {
        self.follows()
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if self.follows() && self.entry_line(line) {
            return;
        }
        if let Some(counts) = Counts::parse(text).filter(|_| is_below_time(line)) {
            self.close(&counts, line, findings);
        } else if text.starts_with("     ") && text.contains(".exs:") {
            self.begin_below_heading(line);
        } else if let Some((number, name)) =
            numbered(text, 2).filter(|(_, name)| name.contains(SETUP))
        {
            self.modules.begin(number, name, line);
            self.is_in_module = true;
            self.blanks = 0;
        } else if text.starts_with("##[error]Process completed with exit code") {
            self.flush(None, findings);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.flush(None, findings);
    }
}

/// `ExUnit` says how long it took right above its totals; what a test prints seldom does.
fn is_below_time(line: &Line<'_>) -> bool {
    let above = line.before().next();
    above.is_none_or(|above| above.starts_with("Finished in "))
}

impl ExUnit {
    /// The place of a test stands below its heading.
    fn begin_below_heading(&mut self, line: &Line<'_>) {
        let place = line.text.trim();
        let is_place = place.rsplit_once(':').is_some_and(|(path, number)| {
            path.as_bytes().ends_with(b".exs") && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        let above = line.before().next();
        let heading = above.as_deref().and_then(|above| numbered(above, 2));
        if let Some((number, name)) = heading.filter(|_| is_place)
            && message::test_of(name).is_some()
        {
            self.entries.begin(number, name, line);
            self.is_in_module = false;
            self.blanks = 0;
        }
    }

    /// A line of the open entry: it is indented. `false` when the entry has ended before it.
    fn entry_line(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        self.blanks = if text.is_empty() { self.blanks + 1 } else { 0 };
        let belongs = self.blanks < 2 && (text.is_empty() || text.starts_with("     "));
        let entries = if self.is_in_module {
            &mut self.modules
        } else {
            &mut self.entries
        };
        if belongs {
            entries.push(line);
        } else {
            entries.close();
        }
        belongs
    }

    fn close(&mut self, counts: &Counts, line: &Line<'_>, findings: &mut Findings) {
        findings.saw(EXUNIT);
        findings.count(EXUNIT, counts.tests());
        if counts.failures + counts.invalid == 0 {
            self.entries.clear();
            self.modules.clear();
            if counts.ran > 0 {
                findings.passed(EXUNIT, line.text.trim());
            }
            return;
        }
        self.flush(Some(counts), findings);
    }

    fn flush(&mut self, counts: Option<&Counts>, findings: &mut Findings) {
        let entries = match counts {
            Some(counts) if counts.failures == 0 => {
                self.entries.clear();
                Vec::new()
            }
            counts => self
                .entries
                .take_chain(counts.map(|counts| counts.failures)),
        };
        let modules = match counts {
            Some(counts) if counts.invalid == 0 => {
                self.modules.clear();
                Vec::new()
            }
            _ => self.modules.take_all(),
        };
        if let Some(counts) = counts.filter(|counts| counts.invalid == 0) {
            findings.check(Totals {
                framework: EXUNIT,
                declared: counts.failures,
                found: entries.len() as u64,
                ran: Some(counts.ran),
            });
        }
        for entry in entries.into_iter().chain(modules) {
            findings.report(finding(entry));
        }
    }
}

fn finding(entry: Entry) -> Finding {
    let module = entry.heading.split_once(SETUP).map(|(module, _)| module);
    let (test, module) = match (module, message::test_of(&entry.heading)) {
        (Some(module), _) => (module.to_owned(), module),
        (None, Some((name, module))) => (format!("{module}.{name}"), module),
        (None, None) => (entry.heading.clone(), ""),
    };
    let said = message::of(&entry.block.lines[1..]);
    let suite = Some(module.to_owned()).filter(|module| !module.is_empty());
    let mut finding = Finding::new(EXUNIT, Some(test), said.kind, entry.block);
    finding.message = said.message;
    finding.suite = suite;
    finding
}
