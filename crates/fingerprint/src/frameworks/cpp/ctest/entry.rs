//! One test that failed.

use std::collections::VecDeque;

use crate::findings::{Block, Finding, Standing};
use crate::frameworks::cpp::crash::{self, Crash};
use crate::frameworks::cpp::parts::{leading_number, primary};
use crate::kind::Kind;
use crate::line::Line;

use super::{CTEST, Status};

/// Last lines of the output that may hold the message.
const TAIL: usize = 24;

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) status: Status,
    pub(super) attempts: u32,
    pub(super) passed_on_retry: bool,
    block: Block,
    /// Where the output begins and ends.
    output: (u64, u64),
    tail: VecDeque<String>,
    /// What the test printed while it ran, when it was handed on at once.
    earlier: Vec<String>,
    told: usize,
    crash: Option<Crash>,
}

impl Entry {
    pub(super) fn new(name: &str, number: u64, status: Status, line: &Line<'_>) -> Self {
        let mut entry = Self {
            name: name.to_owned(),
            status,
            attempts: 1,
            passed_on_retry: false,
            block: Block::default(),
            output: (line.end, line.end),
            tail: VecDeque::new(),
            earlier: Vec::new(),
            told: 0,
            crash: None,
        };
        entry.begins_again(number, line);
        entry
    }

    /// The line of its status.
    pub(super) fn begins_again(&mut self, number: u64, line: &Line<'_>) {
        self.block.push(line);
        self.tail.clear();
        self.earlier = handed_on(number, line);
    }

    pub(super) fn output(&mut self, line: &Line<'_>) {
        self.block.push(line);
        self.output.1 = line.end;
        if self.tail.len() >= TAIL {
            self.tail.pop_front();
        }
        self.tail
            .push_back(ftc_redact::cap(&line.text, 4096).to_owned());
    }

    /// The list says it in another word; that of the test's own line tells more.
    pub(super) fn listed(&mut self, status: Status) {
        if self.status.kind == Kind::Assertion && status.kind != Kind::Assertion {
            self.status = status;
        }
    }

    pub(super) fn inner(&mut self, told: usize, crashes: Vec<Crash>) {
        self.told += told;
        let worst = crashes
            .into_iter()
            .max_by_key(|crash| crash.kind == Kind::Race);
        self.crash = self.crash.take().or(worst);
    }

    /// `None` when the program has told its failures itself.
    pub(super) fn finding(mut self) -> Option<Finding> {
        if self.told > 0 {
            return None;
        }
        let (kind, message, function) = self.said();
        let mut finding = Finding::new(CTEST, Some(self.name), kind, self.block).saying(message);
        finding.function = function;
        finding.attempts = self.attempts;
        finding.passed_on_retry = self.passed_on_retry;
        let (start, end) = self.output;
        if start < end {
            finding.standing = Standing::Wraps { start, end };
        }
        Some(finding)
    }

    fn said(&mut self) -> (Kind, String, Option<String>) {
        let is_own = matches!(self.status.kind, Kind::Assertion | Kind::Crash);
        if let Some(crash) = self.crash.take().filter(|_| is_own) {
            return (crash.kind, crash.message, crash.function);
        }
        let word = self.status.word.clone();
        if self.status.kind != Kind::Assertion || word != "Failed" {
            return (self.status.kind, word, None);
        }
        let tail: Vec<&str> = if self.tail.iter().any(|line| !line.trim().is_empty()) {
            self.tail.iter().map(String::as_str).collect()
        } else {
            self.earlier.iter().map(String::as_str).collect()
        };
        let message = primary(&tail).map_or(word, str::to_owned);
        (Kind::Assertion, message, None)
    }
}

/// What the test printed before this line, each line behind its number, oldest first.
fn handed_on(number: u64, line: &Line<'_>) -> Vec<String> {
    let mut lines: Vec<String> = line
        .before()
        .filter_map(|text| {
            let (other, rest) = leading_number(&text)?;
            let rest = rest.strip_prefix(": ")?;
            let is_own_word = rest.starts_with("Test command: ")
                || rest.starts_with("Working Directory: ")
                || rest.starts_with("Environment variables:")
                || rest.starts_with("Test timeout computed to be: ");
            (other == number && !is_own_word).then(|| rest.to_owned())
        })
        .take(TAIL)
        .collect();
    lines.reverse();
    lines
}

/// The same of a report, which has the output in one piece.
pub(super) fn of_report(status: &Status, output: &str) -> (Kind, String) {
    let word = status.word.clone();
    if status.kind != Kind::Assertion || word != "Failed" {
        return (status.kind, word);
    }
    if let Some(words) = output.lines().find_map(crash::words) {
        return (Kind::Crash, words);
    }
    let lines: Vec<&str> = output.lines().collect();
    let tail = &lines[lines.len().saturating_sub(TAIL)..];
    (Kind::Assertion, primary(tail).map_or(word, str::to_owned))
}
