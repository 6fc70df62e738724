//! The verbose progress: `test_x (pkg.mod.Class.test_x) ... ok`, with what the tests print in between.

use crate::findings::{Block, Finding, Findings};
use crate::kind::Kind;
use crate::line::Line;

use super::UNITTEST;
use super::entry::Entry;
use super::names::TestId;

/// Unexpected successes that are remembered.
const UNEXPECTED: usize = 1_000;

/// What the result of a test may be; anything else behind the dots is the test's own output.
const RESULTS: &[&str] = &[
    "ok",
    "FAIL",
    "ERROR",
    "expected failure",
    "unexpected success",
];

#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Where the tests' output begins and ends.
    start: Option<u64>,
    end: Option<u64>,
    /// The test whose result has not come.
    running: Option<(TestId, Block)>,
    unexpected: Vec<Entry>,
    dying: Option<String>,
}

impl Progress {
    pub(super) fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.trim_end();
        if self.running.is_some()
            && let Some(word) = shell_death(text)
        {
            self.dying = Some(word.to_owned());
            return;
        }
        if matches!(text, "unexpected success") {
            self.passed_unexpectedly(line);
            return;
        }
        let Some((test, result)) = text
            .split_once(" ... ")
            .or_else(|| Some((text.strip_suffix(" ...")?, "")))
        else {
            return;
        };
        // A test with a docstring has it on a line of its own, behind the name.
        let above = line.before().next();
        let id =
            TestId::parse(test).or_else(|| TestId::parse(above.as_deref().unwrap_or_default()));
        let Some(id) = id else {
            return;
        };
        findings.saw(UNITTEST);
        self.start.get_or_insert(line.start);
        self.running = None;
        if result == "unexpected success" {
            self.running = Some((id, Block::of(line)));
            self.passed_unexpectedly(line);
        } else if !RESULTS.contains(&result) && !result.starts_with("skipped ") {
            self.running = Some((id, Block::of(line)));
        }
    }

    fn passed_unexpectedly(&mut self, line: &Line<'_>) {
        if let Some((id, _)) = self.running.take()
            && self.unexpected.len() < UNEXPECTED
        {
            self.unexpected.push(Entry::unexpected_success(id, line));
        }
    }

    pub(super) fn take_unexpected(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.unexpected)
    }

    /// The progress has ended at `offset`.
    pub(super) fn ends(&mut self, offset: u64) {
        self.end.get_or_insert(offset);
    }

    /// What stands among the progress was printed by tests.
    pub(super) fn enclose(&self, findings: &mut Findings) {
        if let Some((start, end)) = self.start.zip(self.end) {
            findings.enclose(UNITTEST.family, start, end);
        }
    }

    /// The step failed while a test was running, and a signal was named.
    pub(super) fn death(&mut self) -> Option<Finding> {
        let message = self.dying.take()?;
        let (id, block) = self.running.take()?;
        let mut finding = Finding::new(UNITTEST, Some(id.name), Kind::Crash, block).saying(message);
        finding.suite = Some(id.suite);
        Some(finding)
    }
}

/// The shell's word for a signal: `Segmentation fault      (core dumped) python -m unittest`.
fn shell_death(text: &str) -> Option<&'static str> {
    [
        "Segmentation fault",
        "Aborted",
        "Bus error",
        "Illegal instruction",
        "Floating point exception",
    ]
    .into_iter()
    .find(|word| {
        text.contains(&format!("{word} (core dumped)"))
            || text.contains(&format!(" {word} "))
            || text == *word
    })
}
