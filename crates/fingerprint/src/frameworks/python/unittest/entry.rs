//! One entry of the report: a heading between two rules, and a traceback.

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::line::Line;

use super::super::traceback::{self, Traceback};
use super::UNITTEST;
use super::names::TestId;

/// What stands in front of a test's name.
const HEADINGS: &[&str] = &["FAIL: ", "ERROR: ", "UNEXPECTED SUCCESS: "];

/// Names at the end of an entry of trial's.
const NAMES: usize = 200;

#[derive(Debug)]
pub(super) struct Entry {
    heading: String,
    id: Option<TestId>,
    block: Block,
    traceback: Traceback,
    /// First line below the rule that is no traceback.
    plain: Option<String>,
    is_in_body: bool,
    /// The newest lines that may be names of tests: Twisted's trial puts them at the end, one traceback for all.
    names: Vec<String>,
}

/// Twisted's trial heads its entries with the outcome alone.
pub(super) fn is_trial_heading(text: &str) -> bool {
    matches!(text.trim_end(), "[FAIL]" | "[ERROR]")
}

/// Whether the line can head an entry.
pub(super) fn is_heading(text: &str) -> bool {
    split(text).is_some_and(|(_, name)| !name.is_empty())
}

/// The outcome and the test's name. xmlrunner has the time between them: `FAIL [0.002s]: test_x (...)`.
fn split(text: &str) -> Option<(&'static str, &str)> {
    HEADINGS.iter().find_map(|&heading| {
        let outcome = heading.trim_end().trim_end_matches(':');
        let rest = text.strip_prefix(outcome)?;
        let timed = rest
            .strip_prefix(" [")
            .and_then(|rest| rest.split_once("s]: "))
            .map(|(_, name)| name);
        let name = timed.or_else(|| rest.strip_prefix(": "))?;
        Some((heading, name.trim_end()))
    })
}

impl Entry {
    pub(super) fn new(line: &Line<'_>) -> Self {
        let name = split(&line.text).map_or("", |(_, name)| name);
        Self {
            heading: line.text.trim_end().to_owned(),
            id: TestId::parse(name),
            block: Block::of(line),
            traceback: Traceback::default(),
            plain: None,
            is_in_body: is_trial_heading(&line.text),
            names: Vec::new(),
        }
    }

    /// A test that passed although it was expected to fail, by the line of its progress.
    pub(super) fn unexpected_success(id: TestId, line: &Line<'_>) -> Self {
        Self {
            heading: HEADINGS[2].to_owned(),
            id: Some(id),
            ..Self::new(line)
        }
    }

    pub(super) fn is_unexpected_success(&self) -> bool {
        self.heading.starts_with(HEADINGS[2])
    }

    /// Takes a line of the entry in; rules that turned out to be part of it are not told apart from its end here.
    pub(super) fn line(&mut self, line: &Line<'_>, is_rule: bool) {
        if is_rule {
            self.is_in_body = true;
            return;
        }
        self.block.push(line);
        if !self.is_in_body {
            return;
        }
        self.traceback.line(&line.text);
        self.name_line(&line.text);
        if self.plain.is_none() && !line.text.trim().is_empty() {
            self.plain = Some(line.text.trim().to_owned());
        }
    }

    /// Names come after an empty line and have none between them.
    fn name_line(&mut self, text: &str) {
        let text = text.trim_end();
        let is_name = !text.is_empty()
            && text.contains('.')
            && text
                .chars()
                .all(|c| c.is_alphanumeric() || c == '.' || c == '_');
        if !is_name {
            self.names.clear();
        } else if self.names.len() < NAMES {
            self.names.push(text.to_owned());
        }
    }

    pub(super) fn into_findings(mut self) -> Vec<Finding> {
        if !is_trial_heading(&self.heading) {
            return vec![self.into_finding()];
        }
        let names = std::mem::take(&mut self.names);
        let one = self.into_finding();
        let of_name = |name: String| {
            let mut finding = one.clone();
            finding.suite = name.rsplit_once('.').map(|(class, _)| class.to_owned());
            finding.test = Some(name);
            finding
        };
        if names.is_empty() {
            return vec![one];
        }
        names.into_iter().map(of_name).collect()
    }

    fn into_finding(self) -> Finding {
        let is_unexpected = self.is_unexpected_success();
        let message = match self.traceback.message() {
            Some(message) => message,
            None if is_unexpected => "unexpected success".to_owned(),
            None => self.plain.unwrap_or_default(),
        };
        let is_failure = self.heading.starts_with("FAIL") || self.heading == "[FAIL]";
        let message = match message.strip_prefix("twisted.trial.unittest.FailTest") {
            Some(rest) => format!("AssertionError{rest}"),
            None => message,
        };
        let kind = if is_unexpected || is_failure {
            Kind::Assertion
        } else {
            traceback::kind_of(&message)
        };
        let (test, suite) = match self.id {
            Some(id) if id.is_failed_load => (None, Some(id.name)),
            Some(id) => (Some(id.name), Some(id.suite)),
            None => {
                let name = split(&self.heading).map_or("", |(_, name)| name);
                (Some(name.to_owned()), None)
            }
        };
        let kind = if test.is_none() { Kind::Build } else { kind };
        let mut finding = Finding::new(UNITTEST, test, kind, self.block).saying(message);
        finding.suite = suite;
        finding.function = self.traceback.function().map(str::to_owned);
        finding
    }
}
