//! cargo-nextest: one process per test, retries, output shown at once or at the end.
//!
//! nextest's own lines are told from a test's by their columns, by the number of tests in the run, which its lines
//! carry, and, where output is not captured, by the test that is running. Its totals have the last word.

mod body;
mod outcome;
mod section;
mod setup;
mod status;
mod summary;
mod test;
mod unnamed;

use std::collections::{BTreeMap, BTreeSet};

use crate::class::Evidence;
use crate::findings::{Block, Findings};
use crate::line::Line;

use super::NEXTEST;
use super::output::Output;
use section::{Frame, Section, Style};
use setup::{FailedScript, Setup};
use status::{Ended, Status};
use summary::Summary;
use test::{Key, Test};
use unnamed::Unnamed;

/// Output without a name, and threads outside of sections, that are kept.
const OTHERS: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Nextest {
    phase: Phase,
    /// How many tests the run has.
    selected: Option<u64>,
    tests: BTreeMap<Key, Test>,
    /// Tests that the totals list as failed or flaky.
    listed: BTreeSet<Key>,
    last_passed: Option<Key>,
    running: Uncaptured,
    /// Output of threads outside of a test's own section, by thread name.
    loose: BTreeMap<String, (Output, Block)>,
    unnamed: Vec<Unnamed>,
    scripts: Vec<FailedScript>,
    section: Section,
    summary: Option<Summary>,
}

/// Uncaptured output of the test that is running.
#[derive(Debug, Default)]
struct Uncaptured {
    output: Output,
    block: Block,
    /// libtest has begun, and has not told the result yet.
    is_unfinished: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Idle,
    /// Behind the banner.
    Running,
    /// Behind the totals: the failed tests are listed, maybe with their output.
    Ending,
}

impl Nextest {
    pub(super) fn follows(&self) -> bool {
        // Output without a name begins with a line that is nothing special.
        match self.phase {
            Phase::Idle => false,
            Phase::Running => true,
            Phase::Ending => {
                let has_more = |summary: Summary| summary.not_passed + summary.flaky > 0;
                self.section != Section::Nothing || self.summary.is_some_and(has_more)
            }
        }
    }

    /// Whether the next lines are the run's, so that nothing else may read them.
    pub(super) fn holds(&self) -> bool {
        match self.phase {
            Phase::Idle => false,
            Phase::Running => true,
            Phase::Ending => !matches!(self.section, Section::Nothing | Section::Loose(_)),
        }
    }

    /// Takes the line if it is part of a run.
    pub(super) fn line(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let text = line.text.as_ref();
        if section::is_banner(text) && self.may_begin() {
            self.begin(text, findings);
            return true;
        }
        if self.phase == Phase::Idle && !self.begin_at_totals(text, findings) {
            return false;
        }
        if self.is_over(text) {
            let is_last = text.starts_with("error: ");
            self.end_run(findings);
            if is_last {
                tell_failure(text, findings);
            }
            return is_last;
        }
        if self.is_bound_to_test(text) {
            self.uncaptured(line);
        } else if let Some(setup) = Setup::parse(text) {
            self.setup(&setup, line);
        } else if let Some(summary) = Summary::parse(text).filter(|it| self.is_ours(it.selected)) {
            self.section = Section::Nothing;
            self.phase = Phase::Ending;
            self.listed.clear();
            self.summary = Some(summary);
        } else if let Some(status) =
            Status::parse(text).filter(|it| it.total.is_none_or(|total| self.is_ours(total)))
        {
            self.status(&status, line);
        } else {
            return self.body(line);
        }
        true
    }

    pub(super) fn finish(&mut self, findings: &mut Findings) {
        if self.phase != Phase::Idle {
            self.end_run(findings);
        }
    }

    /// Whether a banner here is nextest's: not while a test prints as it pleases.
    fn may_begin(&self) -> bool {
        let is_free = !matches!(self.section, Section::Running(_) | Section::Script)
            && self
                .section
                .frame()
                .is_none_or(|frame| frame.style != Style::Flush);
        self.phase != Phase::Running || is_free
    }

    fn begin(&mut self, text: &str, findings: &mut Findings) {
        let is_second_line = self.phase == Phase::Running
            && self.selected.is_none()
            && self.tests.is_empty()
            && section::selected_tests(text).is_some();
        if !is_second_line {
            self.end_run(findings);
        }
        self.phase = Phase::Running;
        self.selected = section::selected_tests(text);
        findings.saw(NEXTEST);
    }

    /// The log may begin in the middle of a run.
    fn begin_at_totals(&mut self, text: &str, findings: &mut Findings) -> bool {
        let is_totals = Summary::parse(text).is_some();
        if is_totals {
            self.phase = Phase::Running;
            findings.saw(NEXTEST);
        }
        is_totals
    }

    /// Whether the run has ended before this line.
    fn is_over(&self, text: &str) -> bool {
        let is_ending = self.phase == Phase::Ending;
        let is_free = match &self.section {
            Section::Running(_) | Section::Script => false,
            section => section
                .frame()
                .is_none_or(|frame| frame.style != Style::Flush || is_ending),
        };
        is_free
            && (is_ending && text.starts_with("error: ")
                || text.starts_with("##[group]Run ")
                || text.starts_with("##[error]Process completed")
                || section::is_cargos(text))
    }

    fn is_ours(&self, tests: u64) -> bool {
        self.selected.is_none_or(|selected| selected == tests)
    }

    fn uncaptured(&mut self, line: &Line<'_>) {
        if let Section::Running((_, test)) = &self.section {
            let text = line.text.as_ref();
            if text == "running 1 test" {
                self.running.is_unfinished = true;
            } else if text.starts_with("test result: ") {
                self.running.is_unfinished = false;
            }
            self.running.output.line(text, test);
            self.running.block.push(line);
        }
    }

    /// While a test's output is not captured, only a status of this very test is nextest's.
    fn is_bound_to_test(&self, text: &str) -> bool {
        let Section::Running((binary, test)) = &self.section else {
            return false;
        };
        Status::parse(text).is_none_or(|status| {
            status.binary != binary
                || status.test != test
                || status.total.is_some_and(|total| !self.is_ours(total))
        })
    }

    fn status(&mut self, status: &Status<'_>, line: &Line<'_>) {
        let key = (status.binary.to_owned(), status.test.to_owned());
        match status.ended {
            Ended::Started => {
                self.running = Uncaptured::default();
                self.section = Section::Running(key);
                return;
            }
            // Slow tests go on printing where output is not captured.
            Ended::Other => {
                if !matches!(self.section, Section::Running(_)) {
                    self.section = Section::Nothing;
                }
                return;
            }
            Ended::Passed => {
                self.passed(key, status);
                return;
            }
            _ => {}
        }
        if self.phase == Phase::Ending {
            self.listed.insert(key.clone());
        }
        let order = self.tests.len();
        let test = self.tests.entry(key.clone()).or_default();
        if !test.failed {
            test.order = order;
        }
        test.ended(status);
        test.take(line);
        if matches!(&self.section, Section::Running(running) if *running == key) {
            let mut running = std::mem::take(&mut self.running);
            if running.is_unfinished && status.ended == Ended::Failed {
                running.output.ended_early();
            }
            if test.output.is_empty() {
                test.output.absorb(running.output);
                test.block.append(running.block);
            }
        }
        self.section = if status.ended == Ended::Flaky {
            Section::Passed(Frame::default())
        } else {
            Section::Of(key, Frame::default())
        };
    }

    fn passed(&mut self, key: Key, status: &Status<'_>) {
        self.loose.remove(status.test);
        self.running = Uncaptured::default();
        if let Some(test) = self.tests.get_mut(&key) {
            test.ended(status);
        }
        self.last_passed = Some(key);
        self.section = Section::Passed(Frame::default());
    }

    fn setup(&mut self, setup: &Setup<'_>, line: &Line<'_>) {
        self.section = match setup {
            Setup::Runs => Section::Script,
            Setup::Passed => Section::Nothing,
            Setup::Failed(name) => {
                self.scripts.push(FailedScript::new(name, line));
                Section::FailedScript
            }
        };
    }
}

/// The last line of a run may be all that tells of a failure.
fn tell_failure(text: &str, findings: &mut Findings) {
    let words = text.strip_prefix("error: ").unwrap_or(text);
    let tells = ["test run ", "setup script ", "test list "];
    if tells.iter().any(|start| words.starts_with(start)) {
        findings
            .unexplained
            .get_or_insert_with(|| Evidence::new("run-failed", format!("nextest says: {words}")));
    }
}
