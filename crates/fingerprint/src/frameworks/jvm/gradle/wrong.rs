//! What Gradle says at the end of a build that failed.

use crate::findings::{Block, Finding, Standing};
use crate::kind::Kind;
use crate::line::Line;

use super::GRADLE_BUILD;

/// Reasons of one build that are kept.
const REASONS: usize = 64;

/// Lines of one reason that are kept.
const LINES: usize = 24;

/// The report from `FAILURE: Build failed` to `BUILD FAILED`.
#[derive(Debug, Default)]
pub(super) struct Wrong {
    reasons: Vec<Reason>,
    is_open: bool,
}

#[derive(Debug, Default)]
struct Reason {
    lines: Vec<String>,
    block: Block,
}

impl Wrong {
    pub(super) fn line(&mut self, line: &Line<'_>) {
        let text = line.text.trim_end();
        if text.starts_with("* What went wrong:") {
            self.is_open = self.reasons.len() < REASONS;
            if self.is_open {
                self.reasons.push(Reason::default());
            }
        } else if text.starts_with("* ") || text.starts_with("=====") {
            self.is_open = false;
        } else if let Some(reason) = self.reasons.last_mut().filter(|_| self.is_open) {
            reason.take(text, line);
        }
    }

    pub(super) fn findings(self) -> Vec<Finding> {
        self.reasons
            .into_iter()
            .filter_map(Reason::finding)
            .collect()
    }
}

impl Reason {
    fn take(&mut self, text: &str, line: &Line<'_>) {
        let said = text.trim().trim_start_matches("> ");
        if said.is_empty() || self.lines.len() >= LINES {
            return;
        }
        self.block.push(line);
        let said = said.split(" See the report at:").next().unwrap_or(said);
        self.lines.push(said.to_owned());
    }

    fn finding(self) -> Option<Finding> {
        let message = self.lines.join("\n");
        if message.is_empty() {
            return None;
        }
        let (kind, standing) = judge(&message);
        let finding = Finding::new(GRADLE_BUILD, None, kind, self.block);
        Some(finding.saying(message).standing(standing))
    }
}

/// Kind and standing of a reason. Tasks that run tests or compilers have said more before.
fn judge(message: &str) -> (Kind, Standing) {
    let has = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if has(&["There were failing tests", "There were test failures"]) {
        (Kind::Assertion, Standing::Fallback)
    } else if has(&["Process 'Gradle Test Executor"]) {
        (Kind::Crash, Standing::Own)
    } else if has(&["Timeout has been exceeded"]) {
        (Kind::Timeout, Standing::Own)
    } else if has(&[
        "Could not GET",
        "Could not HEAD",
        "Could not resolve",
        "Could not download",
    ]) && has(&[
        "Connection re",
        "onnection refused",
        "timed out",
        "UnknownHost",
        "name resolution",
        "status code 5",
        "status code 429",
        "Remote host",
        "No route to host",
        "unreachable",
    ]) {
        // Somebody else may tell more of the network.
        (Kind::Infra, Standing::Fallback)
    } else if has(&[
        "Could not resolve",
        "Could not find",
        "Could not compile",
        "was not found in any of",
    ]) {
        (Kind::Build, Standing::Own)
    } else {
        (Kind::Build, Standing::Fallback)
    }
}
