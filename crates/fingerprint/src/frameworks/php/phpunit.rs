//! `PHPUnit`.
//!
//! Formats: `src/TextUI/DefaultResultPrinter.php` of `PHPUnit` 8 and 9, `src/TextUI/Output/Default/ResultPrinter.php` of 10 to
//! 12: sections `There were 2 failures:` with numbered entries, then `FAILURES!` and the totals.

mod message;
mod report;
mod testdox;
mod totals;

use crate::findings::{Finding, Findings, Totals};
use crate::frameworks::listed::{Entries, Entry, numbered};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

pub(super) use message::{kind_of, of as message_of};
pub(super) use report::DIALECT;
use testdox::Testdox;
use totals::Counts;

pub(super) const PHPUNIT: Framework = Framework::new("phpunit", "phpunit");

/// A list of entries of one sort.
#[derive(Debug)]
struct Section {
    sort: Sort,
    entries: Entries,
    /// How many there are, as its heading says.
    count: u64,
    blank: bool,
}

/// What the entries of a section are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Error,
    Failure,
    /// Risky tests, warnings, deprecations, skipped tests: they fail a run only when it is told so.
    Other,
}

#[derive(Debug, Default)]
pub(super) struct Phpunit {
    sections: Vec<Section>,
    is_in_section: bool,
    /// `OK, but ...` or `FAILURES!` has come, with the totals on the next line.
    verdict: Option<Verdict>,
    testdox: Testdox,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passed,
    Failed,
}

/// Sections that are kept until the totals come.
const SECTIONS: usize = 200;

impl Recognizer for Phpunit {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            " failure:",
            " failures:",
            " error:",
            " errors:",
            "Failed asserting ",
            "Exception: ",
            "Error: ",
            "^FAILURES!",
            "^ERRORS!",
            "^OK (",
        ]
    }

    fn follows(&self) -> bool {
        self.is_in_section || self.verdict.is_some() || self.testdox.follows()
    }

    fn holds(&self) -> bool {
        self.is_in_section
            && self
                .sections
                .last()
                .is_some_and(|section| section.entries.is_open())
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.trim_end();
        if let Some(counts) = Counts::parse(text)
            && let Some(verdict) = self.verdict.take().or_else(|| warned(line))
        {
            self.close(verdict, &counts, text, findings);
            return;
        }
        if self.testdox.line(line) {
            return;
        }
        if let Some(counts) = totals::ok(text) {
            self.close(Verdict::Passed, &counts, text, findings);
        } else if let Some((sort, count)) = section(text).filter(|_| self.is_own(line)) {
            self.is_in_section = true;
            if self.sections.len() < SECTIONS {
                self.sections.push(Section {
                    sort,
                    entries: Entries::default(),
                    count,
                    blank: true,
                });
            }
        } else if let Some(verdict) = verdict(text).filter(|_| self.is_own(line)) {
            self.is_in_section = false;
            self.verdict = Some(verdict);
        } else if text.starts_with("##[") {
            self.is_in_section = false;
            if text.starts_with("##[error]Process completed with exit code") {
                self.flush(None, findings);
            }
        } else if self.is_in_section {
            self.section_line(line);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.flush(None, findings);
    }
}

/// `There was 1 failure:`, `There were 2 errors:`.
fn section(text: &str) -> Option<(Sort, u64)> {
    let rest = text
        .strip_prefix("There was ")
        .or_else(|| text.strip_prefix("There were "))?;
    let (number, what) = rest.strip_suffix(':')?.split_once(' ')?;
    let sort = match what {
        "error" | "errors" => Sort::Error,
        "failure" | "failures" => Sort::Failure,
        _ => Sort::Other,
    };
    Some((sort, number.parse().ok()?))
}

fn verdict(text: &str) -> Option<Verdict> {
    match text {
        "FAILURES!" | "ERRORS!" => Some(Verdict::Failed),
        "WARNINGS!" => Some(Verdict::Passed),
        _ => text.starts_with("OK, but ").then_some(Verdict::Passed),
    }
}

/// A run that passed with a warning says so above its totals, and in no other way.
fn warned(line: &Line<'_>) -> Option<Verdict> {
    let above = line.before().next()?;
    verdict(above.trim_end()).filter(|&verdict| verdict == Verdict::Passed)
}

impl Phpunit {
    /// Whether the line stands behind the time and the memory that the run took, or behind a section that does: a test may
    /// print all the rest.
    fn is_own(&self, line: &Line<'_>) -> bool {
        let is_time = |above: &str| above.starts_with("Time: ") && above.contains("Memory: ");
        !self.sections.is_empty() || line.before().take(4).any(|above| is_time(&above))
    }

    fn section_line(&mut self, line: &Line<'_>) {
        let text = line.text.trim_end();
        let Some(section) = self.sections.last_mut() else {
            return;
        };
        if text == "--" && section.blank {
            self.is_in_section = false;
        } else if let Some((number, name)) = numbered(text, 0).filter(|_| section.blank) {
            section.entries.begin(number, name, line);
        } else {
            section.entries.push(line);
        }
        section.blank = text.is_empty();
    }

    fn close(&mut self, verdict: Verdict, counts: &Counts, text: &str, findings: &mut Findings) {
        self.is_in_section = false;
        findings.saw(PHPUNIT);
        findings.count(PHPUNIT, counts.tests());
        if counts.declared() == 0 {
            self.sections.clear();
            self.testdox.clear();
            if verdict == Verdict::Passed {
                findings.passed(PHPUNIT, text);
            }
            return;
        }
        self.flush(Some(counts), findings);
    }

    fn flush(&mut self, counts: Option<&Counts>, findings: &mut Findings) {
        self.is_in_section = false;
        let sections = std::mem::take(&mut self.sections);
        let mut found = Vec::new();
        for sort in [Sort::Error, Sort::Failure] {
            let declared = counts.map(|counts| match sort {
                Sort::Error => counts.errors,
                _ => counts.failures,
            });
            found.extend(newest(&sections, sort, declared).map(|at| (at, sort)));
        }
        let mut entries: Vec<(Entry, Sort)> = Vec::new();
        for (at, mut section) in sections.into_iter().enumerate() {
            if found.contains(&(at, section.sort)) {
                let chain = section.entries.take_chain(Some(section.count));
                entries.extend(chain.into_iter().map(|entry| (entry, section.sort)));
            }
        }
        let told = self.testdox.take(counts.map(Counts::declared));
        let mut found: Vec<Finding> = entries
            .into_iter()
            .map(|(entry, sort)| finding(entry, sort))
            .collect();
        if found.is_empty() {
            found = told;
        }
        if let Some(counts) = counts {
            findings.check(Totals {
                framework: PHPUNIT,
                declared: counts.declared(),
                found: found.len() as u64,
                ran: Some(counts.ran),
            });
        }
        for finding in found {
            findings.report(finding);
        }
    }
}

/// The newest section of a sort that has as many entries as the totals say.
fn newest(sections: &[Section], sort: Sort, declared: Option<u64>) -> Option<usize> {
    sections.iter().rposition(|section| {
        section.sort == sort && declared.is_none_or(|declared| declared == section.count)
    })
}

fn finding(entry: Entry, sort: Sort) -> Finding {
    let test = message::test_of(&entry.heading);
    let said = message::of(&entry.block.lines[1..]);
    let kind = match sort {
        Sort::Failure => Kind::Assertion,
        _ => message::kind_of(&said),
    };
    let suite = test.split_once("::").map(|(class, _)| class.to_owned());
    let is_test = suite.is_some();
    let mut finding = Finding::new(PHPUNIT, is_test.then_some(test), kind, entry.block);
    if !is_test {
        finding.kind = Kind::Build;
    }
    finding.message = said;
    finding.suite = suite;
    finding
}
