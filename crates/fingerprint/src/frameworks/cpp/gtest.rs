//! `GoogleTest` and `GoogleMock`.
//!
//! Formats: `PrettyUnitTestResultPrinter`, `BriefUnitTestResultPrinter` and `XmlUnitTestResultPrinter` in
//! `googletest/src/gtest.cc`, releases 1.8 to 1.17 (<https://github.com/google/googletest>); gtest-parallel prints the same
//! for each test.

mod problem;
mod report;
mod tag;

use crate::findings::{Block, Finding, Findings, Totals};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::scan::TestTotals;

use super::crash;
pub(super) use report::DIALECT;
use tag::Tag;

pub(super) const GTEST: Framework = Framework::new("gtest", "gtest");

pub(super) const ANCHORS: &[&str] = &[
    "[ RUN ",
    " OK ] ",
    "[  FAILED  ] ",
    "[  PASSED  ] ",
    "] Running ",
    ": Failure",
    "): error: ",
];

/// Programs whose end has not been seen, each started in a test of the one before or after its crash.
const NESTING_LIMIT: usize = 16;

/// Failed assertions of one test that are told apart.
const PROBLEMS: usize = 64;

/// The message of a test during which its program ended, and nobody said why.
pub(super) const UNENDED: &str = "the test did not end";

#[derive(Debug, Default)]
pub(super) struct Gtest {
    programs: Vec<Program>,
}

/// One run of a test program.
#[derive(Debug, Default)]
struct Program {
    /// Where its first line stands, if it was seen.
    start: Option<u64>,
    open: Option<Open>,
    problems: Vec<Problem>,
    /// The next lines belong to the last problem.
    is_reading: bool,
    results: Vec<Finding>,
    summary: Summary,
    /// Somebody said that the process died; its running test may yet end and show that it was only printed.
    death: Option<(Kind, String)>,
}

#[derive(Debug)]
struct Open {
    name: String,
    block: Block,
    /// A crash report or a race of this test has been told already.
    is_told: bool,
}

#[derive(Debug)]
struct Problem {
    lines: Vec<String>,
    block: Block,
}

#[derive(Debug, Default, PartialEq)]
enum Summary {
    #[default]
    None,
    Passed,
    Failed,
}

impl Gtest {
    pub(super) fn follows(&self) -> bool {
        self.programs
            .last()
            .is_some_and(|program| program.is_reading)
    }

    /// The test that is running.
    pub(super) fn running(&self) -> Option<&str> {
        let open = self.programs.last()?.open.as_ref()?;
        Some(&open.name)
    }

    /// Something else tells why the running test failed.
    pub(super) fn is_told(&mut self) {
        if let Some(open) = self.programs.last_mut().and_then(|p| p.open.as_mut()) {
            open.is_told = true;
        }
    }

    /// Somebody has said that the running test's process died.
    pub(super) fn presume(&mut self, (kind, message): (Kind, &str)) {
        for program in &mut self.programs {
            program.is_reading = false;
            program.death = Some((kind, message.to_owned()));
        }
    }

    /// Whether the line says how the running test has ended.
    pub(super) fn ends_running(&self, text: &str) -> bool {
        let Some(Tag::Ok(name) | Tag::Failed { name, .. }) = tag::of(text) else {
            return false;
        };
        self.running() == Some(name)
    }

    /// Takes the line if it is this framework's.
    pub(super) fn line(
        &mut self,
        line: &Line<'_>,
        is_plain: bool,
        findings: &mut Findings,
    ) -> bool {
        let text = line.text.as_ref();
        if let Some(tag) = tag::of(text) {
            return self.tag(&tag, line, is_plain, findings);
        }
        if let Some(rest) = problem::head(text) {
            self.problem(rest, line);
            return true;
        }
        let Some(program) = self.programs.last_mut().filter(|p| p.is_reading) else {
            return false;
        };
        if let Some(problem) = program.problems.last_mut() {
            problem.push(line);
        }
        true
    }

    fn problem(&mut self, rest: &str, line: &Line<'_>) {
        let program = self.current();
        program.is_reading = true;
        if program.problems.len() < PROBLEMS {
            let lines = Some(rest.to_owned()).filter(|rest| !rest.is_empty());
            program.problems.push(Problem {
                lines: lines.into_iter().collect(),
                block: Block::of(line),
            });
        }
    }

    fn current(&mut self) -> &mut Program {
        if self.programs.is_empty() {
            self.programs.push(Program::default());
        }
        self.programs.last_mut().expect("one was pushed above")
    }

    fn tag(
        &mut self,
        tag: &Tag<'_>,
        line: &Line<'_>,
        is_plain: bool,
        findings: &mut Findings,
    ) -> bool {
        match *tag {
            Tag::Start => self.start(line, findings),
            Tag::Run(name) => {
                if self.programs.last().is_some_and(|p| p.death.is_some()) {
                    self.close(None, findings);
                }
                let program = self.current();
                program.summary = Summary::None;
                program.close_silently();
                program.open = Some(Open {
                    name: name.to_owned(),
                    block: Block::of(line),
                    is_told: false,
                });
            }
            Tag::Ok(name) => {
                self.unwind(name);
                let program = self.current();
                program.is_reading = false;
                program.death = None;
                program.problems.clear();
                if program.open.as_ref().is_some_and(|open| open.name == name) {
                    program.open = None;
                }
            }
            Tag::Failed { name, is_timed } => return self.failed(name, is_timed, line),
            Tag::SuiteFailed(name) => self.current().suite_failed(name, line),
            Tag::Passed(count) => self.passed(count, line, is_plain, findings),
            Tag::FailedSum(count) => self.sum(count, findings),
            Tag::Other => self.current().is_reading = false,
        }
        true
    }

    /// A program starts; one whose test is open has crashed, or has started this one.
    fn start(&mut self, line: &Line<'_>, findings: &mut Findings) {
        findings.saw(GTEST);
        let is_over = self.programs.last().is_some_and(|p| p.open.is_none());
        if is_over || self.programs.len() >= NESTING_LIMIT {
            self.close(None, findings);
        }
        self.programs.push(Program {
            start: Some(line.start),
            ..Program::default()
        });
    }

    /// A test of an outer program has ended: what ran since was started by it.
    fn unwind(&mut self, name: &str) {
        let outer = self
            .programs
            .iter()
            .rposition(|p| p.open.as_ref().is_some_and(|open| open.name == name));
        if let Some(outer) = outer {
            self.programs.truncate(outer + 1);
        }
    }

    fn failed(&mut self, name: &str, is_timed: bool, line: &Line<'_>) -> bool {
        if is_timed {
            self.unwind(name);
        }
        let program = self.current();
        let is_open = program.open.as_ref().is_some_and(|open| open.name == name);
        // In brief output no test is started, but a failure stands above its end.
        let is_other = !is_open && (program.open.is_some() || program.problems.is_empty());
        let is_summed = program.summary == Summary::Failed;
        if !is_summed && (is_other || !is_timed) {
            return false;
        }
        if is_summed && !is_timed {
            program.name_in_summary(name, line);
        } else {
            program.failed(name, line);
        }
        true
    }

    fn passed(&mut self, count: u64, line: &Line<'_>, is_plain: bool, findings: &mut Findings) {
        let is_inner = self.programs.len() > 1;
        let program = self.current();
        program.summary = Summary::Passed;
        program.close_silently();
        program.is_reading = false;
        if let Some(start) = program.start
            && is_plain
            && !is_inner
        {
            findings.enclose(GTEST.family, start, line.start);
        }
        if program.results.is_empty() && count > 0 {
            findings.passed(GTEST, line.text.trim());
        }
        findings.count(
            GTEST,
            TestTotals {
                run: count,
                failed: 0,
                skipped: 0,
            },
        );
    }

    fn sum(&mut self, count: u64, findings: &mut Findings) {
        let program = self.current();
        program.summary = Summary::Failed;
        program.is_reading = false;
        let found = program
            .results
            .iter()
            .filter(|f| !f.passed_on_retry)
            .count() as u64;
        // Where the tests' own lines are not in the log, the list that follows names them.
        let totals = Totals {
            framework: GTEST,
            declared: count,
            found: if found == 0 { count } else { found },
            ran: None,
        };
        findings.check(totals);
        findings.count(
            GTEST,
            TestTotals {
                run: count,
                failed: count,
                skipped: 0,
            },
        );
    }

    /// No more lines of these programs follow. A test that is open has taken its program down, in the way that `death` tells.
    /// Returns how many failures were told.
    pub(super) fn close(&mut self, death: Option<(Kind, &str)>, findings: &mut Findings) -> usize {
        let mut told = 0;
        for mut program in std::mem::take(&mut self.programs) {
            program.is_reading = false;
            program.died(death);
            told += program.results.len();
            for finding in program.results {
                findings.report(finding);
            }
        }
        told
    }

    /// Leaves without a word what has not ended: the job was cancelled.
    pub(super) fn abandon(&mut self, findings: &mut Findings) {
        for program in &mut self.programs {
            program.open = None;
        }
        self.close(None, findings);
    }
}

impl Program {
    /// The running test has ended without a line that says how.
    fn close_silently(&mut self) {
        self.open = None;
        self.is_reading = false;
    }

    fn take_problems(&mut self) -> (Kind, String, Block) {
        self.is_reading = false;
        let mut best: Option<(Kind, String)> = None;
        let mut block = Block::default();
        for problem in std::mem::take(&mut self.problems) {
            let message = problem::message(problem.lines.iter().map(String::as_str));
            let kind = problem::kind(&message);
            if best
                .as_ref()
                .is_none_or(|&(known, _)| rank(kind) > rank(known))
            {
                best = Some((kind, message));
            }
            block.append(problem.block);
        }
        let (kind, message) = best.unwrap_or((Kind::Assertion, String::new()));
        (kind, message, block)
    }

    fn failed(&mut self, name: &str, line: &Line<'_>) {
        self.death = None;
        let (kind, message, mut block) = self.take_problems();
        block.push(line);
        let open = self.open.take();
        if message.is_empty() && open.is_some_and(|open| open.is_told) {
            return;
        }
        self.result(name, kind, message, block);
    }

    fn result(&mut self, name: &str, kind: Kind, message: String, block: Block) {
        if self.results.len() < crate::findings::FINDING_LIMIT {
            let mut finding =
                Finding::new(GTEST, Some(name.to_owned()), kind, block).saying(message);
            finding.suite = name.rsplit_once('.').map(|(suite, _)| suite.to_owned());
            self.results.push(finding);
        }
    }

    /// `SetUpTestSuite` failed: its words stand before the suite's first test.
    fn suite_failed(&mut self, name: &str, line: &Line<'_>) {
        let (kind, message, mut block) = self.take_problems();
        block.push(line);
        self.result(name, kind, message, block);
    }

    fn name_in_summary(&mut self, name: &str, line: &Line<'_>) {
        let is_known = self
            .results
            .iter()
            .any(|finding| finding.test.as_deref() == Some(name));
        if !is_known {
            self.result(name, Kind::Assertion, String::new(), Block::of(line));
        }
    }

    fn died(&mut self, death: Option<(Kind, &str)>) {
        if self.summary != Summary::None {
            return;
        }
        let Some(open) = self.open.take().filter(|open| !open.is_told) else {
            return;
        };
        let (_, _, block) = self.take_problems();
        let presumed = self.death.take();
        let presumed = presumed
            .as_ref()
            .map(|(kind, words)| (*kind, words.as_str()));
        let (kind, message) = death.or(presumed).unwrap_or((Kind::Crash, UNENDED));
        let mut whole = open.block;
        whole.append(block);
        // A signal is told by shells and harnesses only, so that it is no part of what makes the failure this one.
        let is_signal = crash::is_signal(message);
        let said = if is_signal { UNENDED } else { message };
        self.result(&open.name, kind, said.to_owned(), whole);
        if is_signal && let Some(finding) = self.results.last_mut() {
            finding.detail = Some(message.to_owned());
        }
    }
}

/// Which of several failures of a test tells most.
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Crash => 2,
        Kind::Panic => 1,
        _ => 0,
    }
}

impl Problem {
    fn push(&mut self, line: &Line<'_>) {
        self.block.push(line);
        if self.lines.len() < problem::LINES {
            self.lines.push(line.text.clone().into_owned());
        }
    }
}
