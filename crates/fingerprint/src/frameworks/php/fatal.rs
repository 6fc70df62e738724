//! Errors that end the interpreter: `PHP Fatal error:  Uncaught ...`, `PHP Parse error: ...`.
//!
//! Format: `main/main.c` (`php_error_cb`) of PHP 5 to 8: `PHP ` in front when it goes to the log, without it on the page; a run
//! from the command line may print both.

use crate::findings::{Block, Finding, Findings};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

const PHP: Framework = Framework::new("php", "php");

#[derive(Debug, Default)]
pub(super) struct Fatal;

impl Recognizer for Fatal {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "^PHP Fatal error: ",
            "^PHP Parse error: ",
            "^Fatal error: ",
            "^Parse error: ",
        ]
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.trim_end();
        let words = text.strip_prefix("PHP ").unwrap_or(text);
        let Some((said, is_parse)) = words
            .strip_prefix("Fatal error: ")
            .map(|said| (said, false))
            .or_else(|| Some((words.strip_prefix("Parse error: ")?, true)))
        else {
            return;
        };
        let Some((message, _place)) = said.trim().rsplit_once(" in ") else {
            return;
        };
        let message = message.trim_end();
        let kind = if is_parse || BUILD.iter().any(|words| message.contains(words)) {
            Kind::Build
        } else if message.starts_with("Maximum execution time of ") {
            Kind::Timeout
        } else if message.starts_with("Uncaught ") {
            Kind::Panic
        } else {
            Kind::Crash
        };
        let prefix = if is_parse { "Parse error: " } else { "" };
        let finding = Finding::new(PHP, None, kind, Block::of(line));
        findings.report(finding.saying(format!("{prefix}{message}")));
    }

    fn finish(&mut self, _findings: &mut Findings) {}
}

/// What only the compiler says, or a file that is missing.
const BUILD: &[&str] = &[
    "syntax error",
    "\" not found",
    "Cannot redeclare ",
    "Failed opening required ",
    "must be compatible with ",
    "Cannot declare class ",
    "contains 1 abstract method",
];
