//! mochitest, reftest, crashtest, xpcshell, web-platform-tests, marionette: what they all write in common.

use std::collections::HashMap;

use crate::findings::{Block, Finding, Findings};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::line::Words;

const MOZHARNESS: Framework = Framework::new("mozharness", "mozilla");

/// Lines behind a failure that are kept with it: a stack, the first words of a crash.
const FOLLOWED: u32 = 20;

/// Tests that wait for their second run.
const RETRY_LIMIT: usize = 1_000;

#[derive(Debug, Default)]
pub(crate) struct Harness {
    open: Option<Finding>,
    followed: u32,
    /// Tests that failed beside others and will run alone, each with the line that says so.
    retried: HashMap<String, Block>,
}

impl Recognizer for Harness {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "TEST-UNEXPECTED-",
            "PROCESS-CRASH | ",
            "failed or timed out, will retry.",
            "TEST-PASS | ",
            "INFO | Successful: ",
            "Failed: ",
        ]
    }

    fn follows(&self) -> bool {
        self.open.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let is_idle = self.open.is_none() && self.retried.is_empty();
        if is_idle && line.text.starts_with("TEST-PASS | ") {
            // Most lines of these logs.
            return;
        }
        let Some(words) = Words::parse(&line.text) else {
            self.continued(line, findings);
            return;
        };
        self.close(findings);
        match words {
            Words::Unexpected(how, test, message) => {
                self.retried.remove(test);
                let mut finding = Finding::new(
                    MOZHARNESS,
                    Some(test.to_owned()),
                    kind(how, message),
                    Block::of(line),
                );
                finding.message = match how {
                    "PASS" => format!("passed unexpectedly: {message}"),
                    _ => without_size(message),
                };
                self.opened(finding);
            }
            Words::Crash(test, reason) => {
                self.retried.remove(test);
                let mut finding = Finding::new(
                    MOZHARNESS,
                    Some(test.to_owned()),
                    Kind::Crash,
                    Block::of(line),
                );
                finding.function = function(reason);
                reason.clone_into(&mut finding.message);
                self.opened(finding);
            }
            Words::WillRetry(test) => {
                if self.retried.len() < RETRY_LIMIT {
                    self.retried.insert(test.to_owned(), Block::of(line));
                }
            }
            Words::Passed(test) => self.passed(test, findings),
            Words::Failed(0) => {
                let passed = line.above().next();
                if let Some(passed) = passed.and_then(|above| Words::passed(&above.text)) {
                    findings.passed(MOZHARNESS, format!("{passed} passed, none failed"));
                }
            }
            Words::Successful(count) => {
                findings.passed(MOZHARNESS, format!("{count} successful"));
            }
            Words::Failed(_) => {}
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close(findings);
    }
}

impl Harness {
    fn opened(&mut self, finding: Finding) {
        self.open = Some(finding);
        self.followed = FOLLOWED;
    }

    fn close(&mut self, findings: &mut Findings) {
        if let Some(finding) = self.open.take() {
            findings.report(finding);
        }
    }

    fn continued(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let Some(finding) = &mut self.open else {
            return;
        };
        self.followed = self.followed.saturating_sub(1);
        if self.followed == 0 || line.text.contains("TEST-") {
            self.close(findings);
        } else {
            finding.block.push(line);
        }
    }

    /// A test that failed beside others passed by itself.
    fn passed(&mut self, test: &str, findings: &mut Findings) {
        if self.retried.is_empty() {
            return;
        }
        let Some(block) = self.retried.remove(test) else {
            return;
        };
        let mut finding = Finding::new(MOZHARNESS, Some(test.to_owned()), Kind::Assertion, block);
        "failed or timed out".clone_into(&mut finding.message);
        finding.attempts = 2;
        finding.passed_on_retry = true;
        findings.report(finding);
    }
}

fn kind(how: &str, message: &str) -> Kind {
    const TIMEOUTS: &[&str] = &[
        "Test timed out",
        "load failed: timed out",
        "application timed out",
        "xpcshell return code: None",
    ];
    match how {
        "TIMEOUT" => Kind::Timeout,
        "CRASH" => Kind::Crash,
        "ERROR" => Kind::Panic,
        _ if TIMEOUTS.iter().any(|start| message.starts_with(start)) => Kind::Timeout,
        _ => Kind::Assertion,
    }
}

/// The function in `application crashed [@ function]`.
fn function(reason: &str) -> Option<String> {
    let (_, rest) = reason.split_once("[@ ")?;
    let (function, _) = rest.rsplit_once(']')?;
    Some(function.trim().to_owned())
}

/// What leaked matters, not how many bytes of it.
fn without_size(message: &str) -> String {
    let Some((before, after)) = message.split_once(" bytes leaked") else {
        return message.to_owned();
    };
    let kept = before.trim_end_matches(|c: char| c.is_ascii_digit());
    format!("{kept}bytes leaked{after}")
}
