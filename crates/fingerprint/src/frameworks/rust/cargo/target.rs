//! One target of `cargo test`: a test binary or the doctests of a crate.
//!
//! libtest prints in a fixed order, and everything is held to it, since tests print too: the number of tests, a result
//! for each, then, only when tests failed, `failures:` with what each of them printed, `failures:` with their names, and
//! the totals. Totals that do not add up to the number of tests, headings of tests that did not fail and lists without
//! totals below them are a test's own words.

mod outcome;
mod reporting;
mod running;

use std::collections::{BTreeMap, BTreeSet};

use crate::findings::Block;
use crate::line::Line;

use super::super::output::Output;
use super::lines::Counts;

/// What is known of the target that is running.
#[derive(Debug, Default)]
pub(super) struct Target {
    /// The tests that libtest announced; `None` where the log begins in the middle.
    announced: Option<u64>,
    phase: Phase,
    /// Results that were printed.
    ended: u64,
    /// Names with a printed result of `FAILED`.
    red: BTreeSet<String>,
    failed: BTreeMap<String, Failed>,
    /// `test x ... ` without a result: its output follows in the same line or the next ones.
    unfinished: Option<(String, Failed)>,
    /// Words of threads outside of captured blocks, by thread name (`--nocapture`, aborts).
    loose: BTreeMap<String, Failed>,
    thread: Option<String>,
    /// What was printed since the last result by nobody in particular.
    recent: Failed,
    /// The test whose captured output is being read.
    section: Option<String>,
    /// The names under the last `failures:`, while nothing else has followed.
    list: Option<Vec<(String, Block)>>,
    /// Numbers of tests that harnesses inside of a test announced.
    nested: Vec<u64>,
    /// Totals that do not fit, in case that no better ones follow.
    candidate: Option<Verdict>,
}

/// The part of libtest's output that is being read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Running,
    /// Below `successes:` (`--show-output`): what passed tests printed.
    Successes,
    /// Below `failures:`.
    Failures,
}

/// What is known of a failed test.
#[derive(Debug, Default)]
pub(super) struct Failed {
    pub(super) output: Output,
    pub(super) block: Block,
    has_section: bool,
    /// The result that the last line may end with.
    last_word: Option<&'static str>,
    /// What was printed just before its result, in case that nothing better is known.
    guess: Output,
}

impl Failed {
    fn line(&mut self, line: &Line<'_>, test: &str) {
        self.text(&line.text, test);
        self.block.push(line);
    }

    fn text(&mut self, text: &str, test: &str) {
        self.output.line(text, test);
        self.last_word = ["ok", "FAILED"]
            .into_iter()
            .find(|result| text.ends_with(result));
    }

    fn has_failed(&self) -> bool {
        self.last_word == Some("FAILED")
    }
}

/// libtest's totals with the names that it listed above them.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) counts: Counts,
    names: Vec<(String, Block)>,
}

/// What a line of totals is.
#[derive(Debug)]
pub(super) enum Judgement {
    /// The target's own.
    Final(Verdict),
    /// A test's words, or totals of a harness inside of a test.
    NotOurs,
}

impl Target {
    pub(super) fn new(announced: u64) -> Self {
        Self {
            announced: Some(announced),
            ..Self::default()
        }
    }

    /// A target whose beginning the log does not show, met inside its report.
    pub(super) fn in_report() -> Self {
        Self {
            phase: Phase::Failures,
            ..Self::default()
        }
    }

    /// Takes a line that is neither totals nor cargo's.
    pub(super) fn line(&mut self, line: &Line<'_>) {
        match self.phase {
            Phase::Running if !self.nested.is_empty() => self.inside_nested(line),
            Phase::Running => self.running(line),
            Phase::Successes | Phase::Failures => self.reporting(line),
        }
    }

    /// Whether what follows are the words of tests, so that nothing else may read them: up to the totals, since a test can
    /// print a result as well.
    pub(super) fn holds(&self) -> bool {
        self.announced.is_some() || self.is_reporting()
    }

    /// Whether captured output is being shown: then no test runs, and cargo says nothing.
    pub(super) fn is_reporting(&self) -> bool {
        self.phase != Phase::Running
    }

    /// A harness that is no target of this cargo has announced tests.
    pub(super) fn nest(&mut self, announced: u64) {
        const DEPTH: usize = 16;
        if self.nested.len() < DEPTH {
            self.nested.push(announced);
        }
    }

    /// Decides whether totals are this target's.
    pub(super) fn judge(&mut self, counts: Counts) -> Judgement {
        if self.nested.last() == Some(&counts.ran) {
            self.nested.pop();
            return Judgement::NotOurs;
        }
        let names = self.list.take().unwrap_or_default();
        let adds_up = self
            .announced
            .is_none_or(|announced| announced == counts.ran);
        let fits = adds_up && self.is_over() && self.fits(counts, &names);
        let verdict = Verdict { counts, names };
        if fits {
            return Judgement::Final(verdict);
        }
        self.candidate = Some(verdict);
        if self.is_noisy() {
            self.back_to_running();
        }
        Judgement::NotOurs
    }

    /// Takes back that the target has ended: more results followed.
    pub(super) fn reopen(&mut self, verdict: Verdict) {
        self.candidate = Some(verdict);
        self.back_to_running();
    }

    fn back_to_running(&mut self) {
        self.phase = Phase::Running;
        self.section = None;
        self.list = None;
    }

    /// Whether results are missing, so that a report can only be what a test printed.
    fn is_noisy(&self) -> bool {
        self.ended > 0
            && self
                .announced
                .is_some_and(|announced| self.ended < announced)
    }

    /// Whether a test runs of which it is known that its output goes on.
    fn is_waiting(&self) -> bool {
        self.unfinished
            .as_ref()
            .is_some_and(|(_, begun)| begun.last_word.is_none())
    }

    /// Whether all announced tests have a result, as far as results are printed one by one.
    fn is_over(&self) -> bool {
        !self.is_noisy()
    }

    fn fits(&self, counts: Counts, names: &[(String, Block)]) -> bool {
        if counts.is_ok {
            return counts.failed == 0 && !self.is_waiting();
        }
        let is_listed = names.len() as u64 == counts.failed;
        let are_red = self.red.is_empty() || names.iter().all(|(name, _)| self.red.contains(name));
        match self.phase {
            Phase::Running => (names.is_empty() || is_listed) && !self.is_waiting(),
            Phase::Successes | Phase::Failures => is_listed && are_red,
        }
    }

    /// Totals that did not fit, when the target is over and had no others.
    pub(super) fn take_candidate(&mut self) -> Option<Verdict> {
        self.candidate.take()
    }

    fn fail(&mut self, name: &str) -> &mut Failed {
        self.failed.entry(name.to_owned()).or_default()
    }
}
