//! A report of the race detector.
//!
//! Format: <https://go.dev/doc/articles/race_detector>, "Report Format".

use crate::findings::Block;
use crate::line::Line;

use super::stack;

/// One `WARNING: DATA RACE` with its stacks, up to the closing rule.
#[derive(Debug)]
pub(super) struct Race {
    pub(super) block: Block,
    /// The test whose function stands in a stack, or that was running.
    pub(super) test: Option<String>,
    /// First own function of each access, in the order of the report.
    accesses: Vec<Option<String>>,
    section: Section,
    /// A frame's function, until its file on the next line tells whose it is.
    pending: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Access,
    Goroutine,
}

impl Race {
    pub(super) fn start(line: &Line<'_>) -> Option<Self> {
        (line.text.trim_end() == "WARNING: DATA RACE").then(|| Self {
            block: Block::of(line),
            test: None,
            accesses: Vec::new(),
            section: Section::Goroutine,
            pending: None,
        })
    }

    /// Takes the next line in; `false` when the report has ended before it.
    pub(super) fn extend(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        if text.starts_with("=======")
            || text.starts_with("=== ")
            || text.starts_with("--- ")
            || text.starts_with("FAIL")
        {
            return false;
        }
        self.block.push(line);
        if !text.starts_with(' ') {
            if is_access(text) {
                self.section = Section::Access;
                self.accesses.push(None);
            } else if !text.is_empty() {
                self.section = Section::Goroutine;
            }
            return true;
        }
        match self.pending.take() {
            Some(function) if text.contains(".go:") => self.frame(&function, text.trim()),
            _ => self.pending = stack::function(text).map(str::to_owned),
        }
        true
    }

    fn frame(&mut self, function: &str, file: &str) {
        if self.test.is_none() {
            self.test = stack::test_name(function).map(str::to_owned);
        }
        if self.section == Section::Access
            && let Some(access @ None) = self.accesses.last_mut()
            && !stack::is_foreign(function, file)
        {
            *access = Some(function.to_owned());
        }
    }

    /// Whether it is a report at all: the detector always tells what was accessed.
    pub(super) fn is_report(&self) -> bool {
        !self.accesses.is_empty()
    }

    /// Which functions race, in an order that does not depend on who came first.
    pub(super) fn message(&self) -> String {
        let mut functions: Vec<&str> = self
            .accesses
            .iter()
            .flatten()
            .map(|f| stack::short(f))
            .collect();
        functions.sort_unstable();
        functions.dedup();
        match functions.as_slice() {
            [] => "data race".to_owned(),
            [one] => format!("data race in {one}"),
            [one, other, ..] => format!("data race between {one} and {other}"),
        }
    }

    pub(super) fn function(&self) -> Option<String> {
        self.accesses
            .iter()
            .flatten()
            .map(|f| stack::short(f).to_owned())
            .min()
    }
}

fn is_access(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "Read at",
        "Write at",
        "Previous ",
        "Atomic ",
        "Read by",
        "Write by",
    ];
    WORDS.iter().any(|word| text.starts_with(word))
}
