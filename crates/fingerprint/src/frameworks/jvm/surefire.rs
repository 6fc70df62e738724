//! Surefire and Failsafe on Maven's console.
//!
//! Formats: `TestSetStats`, `WrappedReportEntry`, `DefaultReporterFactory` and `SmartStackTraceParser` of maven-surefire 2.12
//! to 3.5 (<https://github.com/apache/maven-surefire>): failures inline behind the totals of their class, then the lists of
//! `Results:` with reruns and flakes.

mod entry;
mod lines;
mod results;

use std::collections::HashMap;

use crate::findings::{Findings, Totals};
use crate::kind::Framework;
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::level::{self, Level};
use super::names;
use entry::{Entry, Open};
use lines::Counts;
use results::Results;

pub(super) const SUREFIRE: Framework = Framework::new("surefire", "junit");

/// What tests print is nobody's word, not even another JVM tool's: such text is enclosed under a name that is no family.
const OUTPUT: &str = "surefire-output";

/// Failures of one run that are kept.
const ENTRIES: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Surefire {
    /// The class whose totals came last.
    class: Option<String>,
    /// A failure whose stack is being read.
    open: Option<Open>,
    entries: Vec<Entry>,
    /// Where each test stands in `entries`.
    places: HashMap<String, usize>,
    results: Option<Results>,
    /// Where the output of tests begins.
    output: Option<u64>,
    /// Classes that run.
    running: u64,
    /// It is sure that tests print what follows.
    is_holding: bool,
    /// A test has printed the totals of another class.
    is_guest: bool,
}

impl Recognizer for Surefire {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "^[INFO] Running ",
            "^Running ",
            "Failures: ",
            "<<< FAILURE!",
            "<<< ERROR!",
            "^[ERROR]",
            "^[INFO] BUILD FAILURE",
            "^[INFO] BUILD SUCCESS",
            "^Failed tests:",
            "^Tests in error:",
        ]
    }

    fn follows(&self) -> bool {
        self.open.is_some() || self.results.is_some()
    }

    /// Between the name of a class and its totals stands what its tests print.
    fn holds(&self) -> bool {
        self.is_holding
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let (level, text) = level::of(line.text.as_ref());
        if line.text.starts_with("##[") {
            self.close();
            if line.text.starts_with("##[group]Run ") {
                self.flush(findings);
                self.output = None;
                self.results = None;
            }
            self.is_holding = false;
            return;
        }
        if let Some(open) = &mut self.open {
            if level == Level::None && !lines::is_own(text) {
                open.push(line);
                return;
            }
            self.close();
        }
        if self.results.is_some() {
            self.results_line(level, text, line, findings);
        } else {
            self.run_line(level, text, line, findings);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close();
        self.flush(findings);
    }
}

impl Surefire {
    /// A line while tests run.
    fn run_line(&mut self, level: Level, text: &str, line: &Line<'_>, findings: &mut Findings) {
        let running = lines::running(text)
            .filter(|class| level == Level::Info || names::is_class_name(class));
        if let Some(class) = running {
            findings.saw(SUREFIRE);
            self.class = Some(class.to_owned());
            self.is_guest = false;
            self.running += 1;
            self.output.get_or_insert(line.end);
            self.is_holding |= level == Level::Info && names::is_class_name(class);
        } else if let Some(set) = lines::set_totals(text) {
            self.is_guest = self.is_of_guest(set);
            if self.is_guest {
                return;
            }
            self.enclose(line.start, findings);
            self.running = self.running.saturating_sub(1);
            let class = Some(set).filter(|class| !class.is_empty());
            if let Some(class) = class {
                self.class = Some(class.to_owned());
            }
            self.output = (self.running > 0).then_some(line.end);
            self.is_holding &= self.running > 0;
        } else if let Some(name) = lines::failed(text).filter(|_| !self.is_guest) {
            self.open = Some(Open::new(name, self.class.as_deref(), line));
        } else if lines::is_end(text) && level != Level::None {
            self.is_holding = false;
        } else if let Some(mut results) =
            Results::begin(level, text, line, self.is_behind_failures())
        {
            self.enclose(line.start, findings);
            self.running = 0;
            self.output = None;
            self.is_holding = false;
            if let Some(counts) = Counts::parse(text) {
                self.totals(&counts, findings);
            } else {
                results.line(level, text, line);
                self.results = Some(results);
            }
        }
    }

    /// While one class runs, the totals of another can only be something that a test prints.
    fn is_of_guest(&self, set: &str) -> bool {
        let Some(class) = self.class.as_deref() else {
            return false;
        };
        self.running == 1
            && self.is_holding
            && names::is_class_name(set)
            && set.contains('.')
            && !set.starts_with(class)
            && !class.starts_with(set)
    }

    /// Failures were printed, and no class runs any more.
    fn is_behind_failures(&self) -> bool {
        self.running == 0 && !self.entries.is_empty()
    }

    fn enclose(&mut self, end: u64, findings: &mut Findings) {
        if let Some(start) = self.output.filter(|&start| start < end) {
            findings.enclose(OUTPUT, start, end);
        }
    }

    fn results_line(&mut self, level: Level, text: &str, line: &Line<'_>, findings: &mut Findings) {
        if let Some(counts) = Counts::parse(text) {
            if let Some(results) = self.results.take() {
                results.apply(&mut self.entries, counts.failures + counts.errors);
            }
            self.totals(&counts, findings);
        } else if level != Level::None && lines::set_totals(text).is_some() {
            // Behind the lists stands no class, so they were what a test has printed.
            self.results = None;
            self.run_line(level, text, line, findings);
        } else if lines::is_end(text) {
            self.results = None;
            self.flush(findings);
        } else if let Some(results) = &mut self.results {
            results.line(level, text, line);
        }
    }

    /// The run's own totals end it.
    fn totals(&mut self, counts: &Counts, findings: &mut Findings) {
        let still_failed = self.entries.iter().filter(|entry| !entry.passed_on_retry);
        let found = still_failed.count() as u64;
        let declared = counts.failures + counts.errors;
        let ran = counts.run.saturating_sub(counts.skipped);
        findings.saw(SUREFIRE);
        self.flush(findings);
        findings.count(
            SUREFIRE,
            TestTotals {
                run: ran,
                failed: declared,
                skipped: counts.skipped,
            },
        );
        if declared > 0 {
            findings.check(Totals {
                framework: SUREFIRE,
                declared,
                found,
                ran: Some(ran),
            });
        } else if counts.run > 0 {
            findings.passed(SUREFIRE, format!("{ran} tests run, none failed"));
        }
    }

    fn close(&mut self) {
        let Some(entry) = self.open.take().map(Open::close) else {
            return;
        };
        // Reruns come behind the first run, with the same name.
        let known = self.places.get(&entry.test).copied();
        if let Some(known) = known.and_then(|at| self.entries.get_mut(at)) {
            known.attempts += 1;
        } else if self.entries.len() < ENTRIES {
            self.places.insert(entry.test.clone(), self.entries.len());
            self.entries.push(entry);
        }
    }

    fn flush(&mut self, findings: &mut Findings) {
        self.places.clear();
        for entry in self.entries.drain(..) {
            findings.report(entry.finding());
        }
        self.class = None;
        self.running = 0;
    }
}
