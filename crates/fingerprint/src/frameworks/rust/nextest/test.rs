//! What is known of one test of a nextest run.

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::line::Line;

use super::super::NEXTEST;
use super::super::cargo::canonical;
use super::super::output::Output;
use super::status::{Ended, Status};

/// A test by binary id and name.
pub(super) type Key = (String, String);

#[derive(Debug, Default)]
pub(super) struct Test {
    /// The place of its first mention among all tests'.
    pub(super) order: usize,
    pub(super) attempts: u32,
    pub(super) failed: bool,
    pub(super) passed: bool,
    /// Passed when run again, in a run where that counts as failed.
    pub(super) flaky_fails: bool,
    /// How an attempt ended that did not just fail: by a signal, or in time.
    pub(super) death: Option<Ended>,
    /// Output of the first failed attempt that said something.
    pub(super) output: Output,
    pub(super) block: Block,
}

impl Test {
    /// Takes note of how an attempt ended.
    pub(super) fn ended(&mut self, status: &Status<'_>) {
        match &status.ended {
            Ended::Passed | Ended::Flaky => {
                self.passed = true;
                self.failed |= status.ended == Ended::Flaky;
                self.attempts = self.attempts.max(status.attempt);
                return;
            }
            Ended::FlakyFailed => {
                self.flaky_fails = true;
                self.passed = true;
            }
            Ended::TimedOut => self.death = Some(Ended::TimedOut),
            Ended::Signal(_) if self.death != Some(Ended::TimedOut) => {
                self.death = Some(status.ended.clone());
            }
            Ended::Failed | Ended::Signal(_) | Ended::Started | Ended::Other => {}
        }
        self.failed = true;
        self.attempts = self.attempts.max(status.attempt.max(1));
    }

    /// Whether the run counts the test as failed.
    pub(super) fn is_red(&self) -> bool {
        self.failed && (!self.passed || self.flaky_fails)
    }

    pub(super) fn output_line(&mut self, line: &Line<'_>, text: &str, name: &str) {
        self.output.line(text, name);
        self.take(line);
    }

    /// Lines of the first attempt tell the story; later ones only widen the span.
    pub(super) fn take(&mut self, line: &Line<'_>) {
        if self.attempts > 1 {
            self.block.widen(line.span());
        } else {
            self.block.push(line);
        }
    }

    fn kind(&self) -> Kind {
        match self.death {
            Some(Ended::TimedOut) => Kind::Timeout,
            Some(_) => Kind::Crash,
            None => self.output.kind(),
        }
    }

    pub(super) fn finding(self, binary: Option<String>, name: &str) -> Finding {
        let kind = self.kind();
        let signal = match &self.death {
            Some(Ended::Signal(name)) => Some(name.clone()),
            _ => None,
        };
        let message = match (&self.death, &signal) {
            (Some(Ended::TimedOut), _) => "test timed out".to_owned(),
            (_, Some(signal)) => {
                let aborted = || format!("test aborted with {signal}");
                self.output.reason().unwrap_or_else(aborted)
            }
            _ => self.output.message().unwrap_or_default(),
        };
        let name = canonical(name).to_owned();
        let mut finding = Finding::new(NEXTEST, Some(name), kind, self.block);
        finding.message = message;
        finding.suite = binary;
        finding.detail = if self.flaky_fails {
            Some("flaky".to_owned())
        } else {
            signal
        };
        finding.function = self.output.file();
        finding.passed_on_retry = self.passed && !self.flaky_fails;
        finding.attempts = if self.passed {
            self.attempts.max(2)
        } else {
            self.attempts.max(1)
        };
        finding
    }
}
