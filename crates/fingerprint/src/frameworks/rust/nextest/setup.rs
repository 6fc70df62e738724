//! Setup scripts, which nextest runs before the tests: `SETUP`, what the script prints, `SETUP PASS` or `SETUP FAIL`.

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::line::Line;

use super::super::NEXTEST;
use super::status;

/// A line about a setup script.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Setup<'a> {
    /// `SETUP [      1/1] shed: sh -c ...`, and `SETUP SLOW`.
    Runs,
    Passed,
    /// Ended in any other way, with the script's name.
    Failed(&'a str),
}

impl<'a> Setup<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (words, rest) = status::split(text)?;
        let how = words.strip_prefix("SETUP")?.trim();
        let (_, script) = rest.split_once("] ")?;
        let script = match script.strip_prefix('(') {
            Some(counter) => counter.split_once(") ")?.1,
            None => script,
        };
        let name = script.split_once(": ").map_or(script, |(name, _)| name);
        Some(match how {
            "" | "SLOW" | "TERMINATING" | "TRMNTG" => Self::Runs,
            "PASS" | "LEAK" => Self::Passed,
            _ => Self::Failed(name.trim()),
        })
    }
}

/// A setup script that failed.
#[derive(Debug)]
pub(super) struct FailedScript {
    name: String,
    /// `failed with exit code 4`.
    how: Option<String>,
    block: Block,
}

impl FailedScript {
    pub(super) fn new(name: &str, line: &Line<'_>) -> Self {
        Self {
            name: name.to_owned(),
            how: None,
            block: Block::of(line),
        }
    }

    pub(super) fn line(&mut self, line: &Line<'_>) {
        let how = line.text.trim().strip_prefix("(script ");
        if let Some(how) = how.and_then(|rest| rest.strip_suffix(')')) {
            self.how.get_or_insert_with(|| how.to_owned());
        }
        self.block.push(line);
    }

    /// Without it no test ran, as when the code does not build.
    pub(super) fn finding(self) -> Finding {
        let how = self.how.as_deref().unwrap_or("failed");
        let message = format!("setup script `{}` {how}", self.name);
        Finding::new(NEXTEST, None, Kind::Build, self.block).saying(message)
    }
}
