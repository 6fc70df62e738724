//! The CI system's own words: how the job ended, and the deaths of what runs it.
//!
//! Only what a runner prints at the start of a line counts, after its own mark: a test may print the same words.

mod deaths;

use std::sync::{LazyLock, OnceLock};

use regex::Regex;

use crate::class::Evidence;
use crate::findings::{Block, Finding, Findings, Standing};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

use deaths::{DEATHS, Death};

#[derive(Debug, Default)]
pub(crate) struct Runner;

impl Recognizer for Runner {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "##[error]",
            "System.IO.IOException",
            "rror: The ",
            "hosted runner",
            "received a shutdown signal",
            "ERROR: ",
            "Error: ",
            "Exception",
            ":error] ",
            "\"level\":\"error\"",
            "Sending interrupt signal to process",
            "failed due to ",
        ]
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        let marked = text.strip_prefix("##[error]");
        let words = marked
            .or_else(|| text.strip_prefix("Error: "))
            .unwrap_or(text);
        if let Some(code) = marked.and_then(exit_code) {
            let text = format!("a step ended with exit code {code} and no known tool says why");
            findings.unexplained = Some(Evidence::new("exit-code", text));
        } else if words.starts_with("The operation was canceled") {
            let text = "the job was cancelled";
            findings
                .unexplained
                .get_or_insert_with(|| Evidence::new("cancelled", text));
        } else {
            death(words, line, findings);
        }
    }

    fn reads_held_lines(&self) -> bool {
        true
    }

    fn finish(&mut self, _findings: &mut Findings) {}
}

static PATTERNS: LazyLock<Vec<OnceLock<Option<Regex>>>> =
    LazyLock::new(|| DEATHS.iter().map(|_| OnceLock::new()).collect());

fn death(words: &str, line: &Line<'_>, findings: &mut Findings) {
    let found = DEATHS.iter().zip(PATTERNS.iter()).find(|(death, pattern)| {
        words.starts_with(death.start)
            && pattern
                .get_or_init(|| Regex::new(death.pattern).ok())
                .as_ref()
                .is_some_and(|pattern| pattern.is_match(words))
    });
    let Some((death, _)) = found else {
        return;
    };
    let Death {
        system, message, ..
    } = death;
    let framework = Framework::new(system, "runner");
    let mut finding = Finding::new(framework, None, Kind::Infra, Block::of(line));
    let said = if message.is_empty() { words } else { message };
    said.clone_into(&mut finding.message);
    finding.detail = Some(death.detail.to_owned());
    if death.follows {
        finding.standing = Standing::Fallback;
    }
    findings.report(finding);
}

/// The number in `Process completed with exit code 1.`, when it is not 0.
fn exit_code(words: &str) -> Option<u32> {
    let code = words.strip_prefix("Process completed with exit code ")?;
    code.trim_end()
        .trim_end_matches('.')
        .parse()
        .ok()
        .filter(|&code| code != 0)
}
