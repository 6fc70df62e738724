//! One failed test of a run.

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::line::Line;

use super::super::names;
use super::super::throwable::Thrown;
use super::SUREFIRE;

/// A failure whose lines are still coming.
#[derive(Debug)]
pub(super) struct Open {
    test: String,
    class: Option<String>,
    thrown: Option<Thrown>,
    is_assertion: bool,
    block: Block,
}

impl Open {
    pub(super) fn new(name: &str, class: Option<&str>, line: &Line<'_>) -> Self {
        Self {
            test: names::canonical(name, class),
            class: class.map(str::to_owned),
            thrown: None,
            is_assertion: line.text.trim_end().ends_with("<<< FAILURE!"),
            block: Block::of(line),
        }
    }

    pub(super) fn push(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        match &mut self.thrown {
            None if text.trim().is_empty() => return,
            None => self.thrown = Some(Thrown::begin(text)),
            Some(thrown) => thrown.push(text),
        }
        if !text.trim().is_empty() {
            self.block.push(line);
        }
    }

    pub(super) fn close(self) -> Entry {
        let plain = if self.is_assertion {
            Kind::Assertion
        } else {
            Kind::Panic
        };
        let thrown = self.thrown.unwrap_or_default();
        let message = thrown.message();
        let test = self
            .class
            .as_deref()
            .and_then(|class| nested(&self.test, class, &thrown));
        Entry {
            kind: if message.is_empty() {
                plain
            } else {
                thrown.kind()
            },
            test: test.unwrap_or(self.test),
            class: self.class,
            message,
            function: thrown.function(),
            attempts: 1,
            passed_on_retry: false,
            block: self.block,
        }
    }
}

/// Surefire 2.22 names the outer class alone; the stack tells which class in it the test is of.
fn nested(test: &str, class: &str, thrown: &Thrown) -> Option<String> {
    let method = test.strip_prefix(class)?.strip_prefix('.')?;
    let bare = &method[..method.find(['(', '[', ' ']).unwrap_or(method.len())];
    let (inner, _) = thrown.classes().find(|(inner, function)| {
        *function == bare
            && inner
                .strip_prefix(class)
                .is_some_and(|rest| rest.starts_with('$'))
    })?;
    Some(format!("{inner}.{method}"))
}

/// A failure of which all is known but whether it passed in the end.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) test: String,
    pub(super) class: Option<String>,
    pub(super) kind: Kind,
    pub(super) message: String,
    pub(super) function: Option<String>,
    pub(super) attempts: u32,
    pub(super) passed_on_retry: bool,
    pub(super) block: Block,
}

impl Entry {
    pub(super) fn finding(self) -> Finding {
        let mut finding = Finding::new(SUREFIRE, Some(self.test), self.kind, self.block);
        finding.message = self.message;
        finding.suite = self.class;
        finding.function = self.function;
        finding.attempts = self.attempts;
        finding.passed_on_retry = self.passed_on_retry;
        finding
    }
}
