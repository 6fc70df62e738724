//! An exception that ended a program: a traceback is the last thing that a step, or the input, has to say.
//!
//! Programs log tracebacks of what they have dealt with, so that one counts only when the step failed right behind it, and only
//! when nothing else tells why.

use crate::findings::{Block, Finding, Findings, Standing};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::traceback::Traceback;

const PYTHON: Framework = Framework::new("python", "python");

/// Lines that may stand between the exception and the end: what a wrapper says of the exit status.
const NEAR: u64 = 8;

#[derive(Debug, Default)]
pub(super) struct Uncaught {
    newest: Option<(Finding, u64)>,
}

impl Recognizer for Uncaught {
    fn anchors(&self) -> &'static [&'static str] {
        &["Error: ", "Exception: ", "Error"]
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if text.starts_with("##[error]Process completed with exit code") {
            self.report(line.number, findings);
        } else if text.starts_with("##[group]Run ") {
            self.newest = None;
        } else if is_exception(text)
            && let Some(finding) = uncaught(line)
        {
            self.newest = Some((finding, line.number));
        }
    }

    fn end(&mut self, line: &Line<'_>, findings: &mut Findings) {
        self.report(line.number, findings);
    }

    fn finish(&mut self, _findings: &mut Findings) {}
}

impl Uncaught {
    fn report(&mut self, at: u64, findings: &mut Findings) {
        if let Some((finding, number)) = self.newest.take()
            && at.saturating_sub(number) <= NEAR
        {
            findings.report(finding);
        }
    }
}

/// `KeyError: 'x'`, `shop.PriceError`: a dotted name at the start of the line.
fn is_exception(text: &str) -> bool {
    let name = text.split(':').next().unwrap_or_default();
    let last = name.rsplit('.').next().unwrap_or_default();
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '.')
        && last.starts_with(|c: char| c.is_ascii_uppercase())
        && (last.ends_with("Error") || last.ends_with("Exception"))
}

/// The traceback above the line that names the exception.
fn uncaught(line: &Line<'_>) -> Option<Finding> {
    let mut above: Vec<String> = Vec::new();
    let mut has_heading = false;
    for text in line.before() {
        let is_heading = text.starts_with("Traceback (most recent call last):");
        let belongs = is_heading || text.starts_with("  ");
        if !belongs {
            break;
        }
        above.push(text.into_owned());
        if is_heading {
            has_heading = true;
            break;
        }
    }
    if !has_heading {
        return None;
    }
    let mut traceback = Traceback::default();
    above.iter().rev().for_each(|text| traceback.line(text));
    traceback.line(&line.text);
    let message = traceback.message()?;
    let kind = if BUILD.iter().any(|name| message.starts_with(name)) {
        Kind::Build
    } else {
        Kind::Panic
    };
    above.reverse();
    let mut block = Block::from_text(&above.join("\n"));
    block.push(line);
    let mut finding = Finding::new(PYTHON, None, kind, block)
        .saying(message)
        .standing(Standing::Fallback);
    finding.function = traceback.function().map(str::to_owned);
    Some(finding)
}

/// The code, or what it needs, is not there as it should be.
const BUILD: &[&str] = &[
    "ModuleNotFoundError",
    "ImportError",
    "SyntaxError",
    "IndentationError",
    "TabError",
];
