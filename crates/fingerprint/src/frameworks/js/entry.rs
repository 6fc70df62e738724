//! One failure while its lines are read: the message as far as the stack, then only evidence.

use crate::findings::{Block, Finding};
use crate::kind::{Framework, Kind};
use crate::line::Line;

use super::error;

/// Bytes of a message that are looked at.
const TEXT_LIMIT: usize = 8 * 1024;

#[derive(Debug)]
pub(super) struct Entry {
    framework: Framework,
    pub(super) test: Option<String>,
    pub(super) suite: Option<String>,
    pub(super) attempts: u32,
    pub(super) passed_on_retry: bool,
    pub(super) text: String,
    /// The message has ended; what follows are the stack and the source.
    pub(super) is_done: bool,
    function: Option<String>,
    pub(super) block: Block,
}

impl Entry {
    pub(super) fn new(framework: Framework, test: Option<String>, line: &Line<'_>) -> Self {
        Self {
            framework,
            test,
            suite: None,
            attempts: 1,
            passed_on_retry: false,
            text: String::new(),
            is_done: false,
            function: None,
            block: Block::of(line),
        }
    }

    pub(super) fn of_suite(mut self, suite: Option<String>) -> Self {
        self.suite = suite;
        self
    }

    /// Takes a line; `text` is what stands behind the tool's own indentation.
    pub(super) fn take(&mut self, line: &Line<'_>, text: &str) {
        self.block.push(line);
        if error::is_stack(text) {
            self.is_done |= self.has_text();
            self.function = self.function.take().or_else(|| error::function(text));
        } else if error::is_code(text) {
            self.is_done |= self.has_text();
        } else {
            self.say(text);
        }
    }

    /// Adds a line to the message.
    pub(super) fn say(&mut self, text: &str) {
        let is_leading_blank = self.text.is_empty() && text.trim().is_empty();
        if self.is_done || is_leading_blank || self.text.len() + text.len() > TEXT_LIMIT {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text.trim_end());
    }

    pub(super) fn has_text(&self) -> bool {
        !self.text.trim().is_empty()
    }

    pub(super) fn finding(self) -> Finding {
        let (kind, message) = error::judge(&self.text);
        self.finding_saying(kind, message)
    }

    pub(super) fn finding_saying(self, kind: Kind, message: String) -> Finding {
        let mut finding = Finding::new(self.framework, self.test, kind, self.block);
        finding.message = message;
        finding.suite = self.suite;
        finding.attempts = self.attempts;
        finding.passed_on_retry = self.passed_on_retry;
        finding.function = self.function;
        finding
    }
}
