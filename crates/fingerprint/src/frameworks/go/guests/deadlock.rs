//! go-deadlock: `POTENTIAL DEADLOCK:` and the places of the locks, then the process ends.
//!
//! Format: `deadlock.go` and `stacktraces.go` of github.com/sasha-s/go-deadlock 0.2 to 0.3.

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::line::Line;

use super::super::GO_TEST;
use super::Next;

/// One report.
#[derive(Debug)]
pub(super) struct Report {
    title: String,
    functions: Vec<String>,
    block: Block,
    lines: u32,
}

const LINES: u32 = 140;

impl Report {
    /// Reads from the first place on, which stands at most two lines below the title.
    pub(super) fn start(line: &Line<'_>, above: impl FnOnce() -> Vec<String>) -> Option<Self> {
        let function = function(&line.text)?;
        let title = above()
            .into_iter()
            .find(|text| text.starts_with("POTENTIAL DEADLOCK:"))?;
        let title = title.trim_end_matches(':').split(". ").next()?.to_owned();
        Some(Self {
            title,
            functions: vec![function.to_owned()],
            block: Block::of(line),
            lines: 0,
        })
    }

    pub(super) fn extend(&mut self, line: &Line<'_>) -> Next {
        let text = line.text.as_ref();
        let is_over = text.starts_with("FAIL\t")
            || text.starts_with("exit status ")
            || text.starts_with("--- ")
            || text.starts_with("=== ")
            || text.starts_with("ok  \t")
            || text.starts_with("##[")
            || self.lines >= LINES;
        if is_over {
            return Next::Over;
        }
        self.lines += 1;
        self.block.push(line);
        if let Some(function) = function(text)
            && self.functions.len() < 16
        {
            self.functions.push(function.to_owned());
        }
        Next::Taken
    }

    pub(super) fn finding(self) -> Finding {
        let own: Vec<&str> = self
            .functions
            .iter()
            .map(String::as_str)
            .filter(|function| !function.starts_with("go-deadlock."))
            .collect();
        let test = own.iter().find_map(|function| {
            let name = function.rsplit('.').next()?;
            name.starts_with("Test").then(|| name.to_owned())
        });
        let first = own.first().copied().unwrap_or_default().to_owned();
        let mut message = self.title;
        if !first.is_empty() {
            message = format!("{message}: {first}");
        }
        let mut finding = Finding::new(GO_TEST, test, Kind::Crash, self.block);
        finding.function = (!first.is_empty()).then_some(first);
        finding.detail = Some("deadlock".to_owned());
        finding.saying(message)
    }
}

/// The function in `locks_test.go:14 locks.TestTwice { mu.Lock() } <<<<<`.
fn function(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(".go:")?;
    let (number, rest) = rest.split_once(' ')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let (function, _) = rest.split_once(" {")?;
    (is_number && !function.contains(' ')).then_some(function)
}
