//! How a process dies, and what looks at its memory and threads while it lives: sanitizers, valgrind, aborts of the C and C++
//! libraries, signals that a shell tells of.

mod abort;
mod frame;
mod sanitizer;
mod signal;
mod valgrind;

use crate::findings::{Block, Finding};
use crate::kind::{Framework, Kind};
use crate::line::Line;

pub(super) use abort::NATIVE;
pub(crate) use abort::{abort, words};
pub(crate) use signal::{is_signal, of_exit_status, of_shell};

pub(super) const ANCHORS: &[&str] = &[
    "Sanitizer",
    "runtime error: ",
    "' failed.",
    "Assertion failed",
    "terminate called",
    "uncaught exception",
    "ERROR SUMMARY: ",
    "default action of signal",
    "Segmentation fault",
    "core dumped",
    "Floating point exception",
    "Bus error",
    " detected",
];

/// A report that a process has done something it must not.
#[derive(Debug)]
pub(crate) struct Crash {
    pub(crate) framework: Framework,
    pub(crate) kind: Kind,
    pub(crate) message: String,
    pub(crate) function: Option<String>,
    pub(crate) block: Block,
    /// The test whose function is in the stack.
    pub(crate) test: Option<String>,
    /// It is a failure whatever the test says that it happened in.
    pub(crate) is_sure: bool,
}

impl Crash {
    /// As a failure of a test, in the words of its framework, or of none.
    pub(crate) fn finding(self, owner: Option<(Framework, String)>) -> Finding {
        let (framework, test) = match owner {
            Some((framework, test)) => (framework, Some(test)),
            None => match self.test {
                Some(test) => (super::gtest::GTEST, Some(test)),
                None => (self.framework, None),
            },
        };
        let mut finding = Finding::new(framework, test, self.kind, self.block).saying(self.message);
        finding.function = self.function;
        finding
    }
}

/// Reads reports of several lines.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    open: Option<sanitizer::Open>,
}

/// What a line was to the reader.
#[derive(Debug)]
pub(crate) enum Step {
    /// Not its own.
    Other,
    /// Part of a report that has not ended.
    Taken,
    Done(Box<Crash>),
}

impl Reader {
    pub(crate) fn follows(&self) -> bool {
        self.open.is_some()
    }

    pub(crate) fn line(&mut self, line: &Line<'_>) -> Step {
        if let Some(open) = &mut self.open {
            if !open.push(line) {
                return Step::Taken;
            }
            return match self.open.take() {
                Some(open) => Step::Done(Box::new(open.finish())),
                None => Step::Taken,
            };
        }
        if let Some(open) = sanitizer::Open::start(line) {
            if open.is_whole() {
                return Step::Done(Box::new(open.finish()));
            }
            self.open = Some(open);
            return Step::Taken;
        }
        valgrind::crash(line).map_or(Step::Other, |crash| Step::Done(Box::new(crash)))
    }

    /// The report that is cut off.
    pub(crate) fn close(&mut self) -> Option<Crash> {
        Some(self.open.take()?.finish())
    }
}
