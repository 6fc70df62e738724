//! The CI runner's own words: how the job ended, and the deaths of the runner itself.
//!
//! Only what the runner prints at the start of a line counts, after its own mark: a test may print the same words.
//! Texts: actions/runner `src/Runner.Worker` and issues 2427 and 2662 of that repository, 2023 to 2024.

use crate::class::Evidence;
use crate::findings::{Block, Finding, Findings};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

const RUNNER: Framework = Framework::new("github-actions", "runner");

/// What the runner says when it, and not the code, failed: a text it begins with, and the detail.
const DEATHS: &[(&str, &str)] = &[
    (
        "The runner has received a shutdown signal",
        "runner-shutdown",
    ),
    (
        "The hosted runner lost communication with the server",
        "runner-lost",
    ),
    ("The hosted runner: ", "runner-lost"),
    ("The self-hosted runner: ", "runner-lost"),
    (
        "The self-hosted runner lost communication with the server",
        "runner-lost",
    ),
    (
        "System.IO.IOException: No space left on device",
        "disk-full",
    ),
    ("The job running on runner ", "job-time-limit"),
];

#[derive(Debug, Default)]
pub(crate) struct Runner;

impl Recognizer for Runner {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "##[error]",
            "System.IO.IOException",
            "hosted runner",
            "The runner has received",
            "The operation was canceled",
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
        } else if let Some((_, detail)) = DEATHS.iter().find(|(start, _)| words.starts_with(start))
        {
            death(words, detail, line, findings);
        }
    }

    fn reads_held_lines(&self) -> bool {
        true
    }

    fn finish(&mut self, _findings: &mut Findings) {}
}

fn death(words: &str, detail: &str, line: &Line<'_>, findings: &mut Findings) {
    let is_limit = detail == "job-time-limit";
    if is_limit && !words.contains("has exceeded the maximum execution time") {
        return;
    }
    if detail == "runner-lost" && !words.contains("lost communication") {
        return;
    }
    let mut finding = Finding::new(RUNNER, None, Kind::Infra, Block::of(line));
    finding.message = match detail {
        "runner-lost" => "the runner lost communication with the server".to_owned(),
        "job-time-limit" => "the job exceeded its maximum execution time".to_owned(),
        _ => words.to_owned(),
    };
    finding.detail = Some(detail.to_owned());
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
