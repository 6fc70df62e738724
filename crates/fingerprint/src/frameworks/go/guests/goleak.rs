//! goleak: goroutines that outlive their tests. In `TestMain` they are the whole package's, of no test.
//!
//! Format: `leaks.go`, `testmain.go` and `internal/stack` of go.uber.org/goleak 1.1 to 1.3.

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::line::Line;

use super::super::GO_TEST;
use super::Next;

/// What `VerifyTestMain` prints behind `PASS`.
#[derive(Debug)]
pub(super) struct Report {
    lines: Vec<String>,
    block: Block,
}

const LINES: usize = 220;

impl Report {
    pub(super) fn start(line: &Line<'_>) -> Self {
        Self {
            lines: Vec::new(),
            block: Block::of(line),
        }
    }

    pub(super) fn extend(&mut self, line: &Line<'_>) -> Next {
        let text = line.text.as_ref();
        let is_over = text.starts_with("FAIL")
            || text.starts_with("exit status ")
            || text.starts_with("ok  \t")
            || text.starts_with("=== ")
            || text.starts_with("##[")
            || self.lines.len() >= LINES;
        if is_over {
            return Next::Over;
        }
        self.lines.push(text.to_owned());
        self.block.push(line);
        Next::Taken
    }

    pub(super) fn finding(self) -> Finding {
        let mut finding = Finding::new(GO_TEST, None, Kind::Assertion, self.block);
        finding.detail = Some("goroutine-leak".to_owned());
        finding.saying(leaks(self.lines.iter().map(String::as_str)))
    }
}

/// Which functions are left over and in what state, in an order that does not depend on the run.
pub(in super::super) fn leaks<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut left: Vec<String> = lines
        .filter_map(|line| {
            let (_, rest) = line.split_once("Goroutine ")?;
            let (_, rest) = rest.split_once(" in state ")?;
            let (state, rest) = rest.split_once(", with ")?;
            let (function, _) = rest.split_once(" on top of the stack")?;
            let state = state.split(", ").next().unwrap_or(state);
            Some(format!("{function} ({state})"))
        })
        .collect();
    left.sort();
    left.dedup();
    format!("found unexpected goroutines: {}", left.join(", "))
}
