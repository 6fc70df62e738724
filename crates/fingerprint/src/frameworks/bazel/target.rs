//! One test target.

use std::collections::VecDeque;

use crate::findings::{Block, Finding, Standing};
use crate::frameworks::cpp::crash::{self, Crash, Reader, Step};
use crate::kind::Kind;
use crate::line::Line;

use super::BAZEL;
use super::summary::Ending;

/// Last lines of the output that may hold the message.
const TAIL: usize = 24;

#[derive(Debug)]
pub(super) struct Target {
    pub(super) label: String,
    ending: Option<Ending>,
    has_failed: bool,
    block: Block,
    /// Where the first output that was shown begins and ends.
    output: Option<(u64, u64)>,
    is_first_read: bool,
    tail: VecDeque<String>,
    reader: Reader,
    crash: Option<Crash>,
}

/// `==================== Test output for //pkg:x (shard 1 of 2):`
pub(super) fn heading(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("==================== Test output for ")?;
    label_of(rest.strip_suffix(':')?)
}

/// The label at the start of a text.
pub(super) fn label_of(text: &str) -> Option<&str> {
    let start = text
        .strip_prefix("@@")
        .or_else(|| text.strip_prefix('@'))
        .unwrap_or(text);
    let repository = start.find("//")?;
    let is_repository = start[..repository]
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_.-+~".contains(&byte));
    let label = text.split(' ').next()?;
    (is_repository && label.contains(':') && label.len() < 1000).then_some(label)
}

impl Target {
    pub(super) fn new(label: &str, line: &Line<'_>) -> Self {
        Self {
            label: label.to_owned(),
            ending: None,
            has_failed: false,
            block: Block::of(line),
            output: None,
            is_first_read: false,
            tail: VecDeque::new(),
            reader: Reader::default(),
            crash: None,
        }
    }

    /// `FAIL: //pkg:x (see log)`; it may pass when it is run again.
    pub(super) fn failed(&mut self, line: &Line<'_>) {
        self.has_failed = true;
        self.block.push(line);
    }

    pub(super) fn opens(&mut self, line: &Line<'_>) {
        self.is_first_read = self.output.is_some();
        self.output.get_or_insert((line.start, line.end));
        self.block.push(line);
    }

    pub(super) fn output(&mut self, line: &Line<'_>, is_end: bool) {
        if self.is_first_read {
            // Later runs and shards say the same.
            return;
        }
        if let Some((_, end)) = &mut self.output {
            *end = line.end;
        }
        if is_end {
            self.crash = self.crash.take().or_else(|| self.reader.close());
            return;
        }
        self.block.push(line);
        match self.reader.line(line) {
            Step::Done(crash) => self.crash = self.crash.take().or(Some(*crash)),
            Step::Taken => return,
            Step::Other => self.crash = self.crash.take().or_else(|| crash::abort(line)),
        }
        if self.tail.len() >= TAIL {
            self.tail.pop_front();
        }
        self.tail
            .push_back(ftc_redact::cap(&line.text, 4096).to_owned());
    }

    pub(super) fn ended(&mut self, ending: Ending, line: &Line<'_>) {
        self.ending = Some(ending);
        self.block.push(line);
    }

    pub(super) fn has_failed(&self) -> bool {
        match self.ending {
            Some(ending) => !matches!(ending, Ending::Flaky { .. }),
            None => self.has_failed,
        }
    }

    pub(super) fn finding(mut self) -> Option<Finding> {
        if self.ending.is_none() && !self.has_failed {
            return None;
        }
        let (kind, message, function) = self.said();
        let mut finding = Finding::new(BAZEL, Some(self.label), kind, self.block).saying(message);
        finding.function = function;
        match self.ending {
            Some(Ending::Flaky { attempts }) => {
                finding.passed_on_retry = true;
                finding.attempts = attempts;
            }
            Some(Ending::Failed { attempts } | Ending::TimedOut { attempts }) => {
                finding.attempts = attempts;
            }
            _ => {}
        }
        if let Some((start, end)) = self.output {
            finding.standing = Standing::Wraps { start, end };
        }
        Some(finding)
    }

    fn said(&mut self) -> (Kind, String, Option<String>) {
        if matches!(self.ending, Some(Ending::TimedOut { .. })) {
            return (Kind::Timeout, "timed out".to_owned(), None);
        }
        if let Some(crash) = self.crash.take() {
            return (crash.kind, crash.message, crash.function);
        }
        let lines: Vec<&str> = self.tail.iter().map(String::as_str).collect();
        if lines
            .iter()
            .any(|line| line.starts_with("-- Test timed out at "))
        {
            return (Kind::Timeout, "timed out".to_owned(), None);
        }
        let message = crate::frameworks::cpp::primary_of(&lines).unwrap_or("FAILED");
        (Kind::Assertion, message.to_owned(), None)
    }
}
