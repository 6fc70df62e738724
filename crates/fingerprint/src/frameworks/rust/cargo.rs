//! `cargo test`: libtest's output, target by target.

mod lines;
mod target;

use crate::findings::{Block, Finding, Findings, Totals};
use crate::kind::Kind;
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::CARGO_TEST;
use super::panic;
use super::rustc::Rustc;
pub(super) use lines::canonical;
use lines::{captured_name, is_result, running_source, signal, test_line};
use target::Target;

#[derive(Debug, Default)]
pub(crate) struct Cargo {
    rustc: Rustc,
    /// Source of the running target: `src/lib.rs`, `tests/it.rs`, `doc-tests name`.
    suite: Option<String>,
    target: Option<Target>,
    open: Open,
}

/// The block that the next lines belong to.
#[derive(Debug, Default)]
enum Open {
    #[default]
    Nothing,
    /// `---- name stdout ----`.
    Captured(String),
    /// A thread's words outside of a captured block.
    Loose(String),
    /// The list of names under the last `failures:`.
    List,
    /// `Caused by:` of a target that did not exit as it should.
    Cause(Box<Block>),
}

impl Recognizer for Cargo {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "running ",
            " failed; ",
            " ... ",
            "--- ",
            "FAILED",
            "failures:",
            "panicked at",
            "error[",
            "error: ",
            "Running ",
            "Doc-tests ",
            "overflowed its stack",
            "fatal runtime error",
        ]
    }

    fn follows(&self) -> bool {
        self.rustc.is_open()
            || !matches!(self.open, Open::Nothing)
            || self
                .target
                .as_ref()
                .is_some_and(|target| target.unfinished.is_some())
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if self.header(line, findings) {
            return;
        }
        if self.target.is_none() && captured_name(text).is_some() {
            // The log begins in the middle of a target.
            findings.saw(CARGO_TEST);
            self.target = Some(Target::default());
        }
        if self.target.is_some() {
            self.inside_target(line);
        } else if let Some(source) = running_source(text) {
            self.suite = Some(source);
        } else {
            self.rustc.line(line, findings);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.rustc.close(findings);
        if self.target.is_some() {
            self.died(None, findings);
        }
    }
}

impl Cargo {
    /// Lines that begin or end a target.
    fn header(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let text = line.text.as_ref();
        if let Some(count) = text
            .strip_prefix("running ")
            .and_then(|rest| rest.split_once(" test"))
        {
            let Ok(ran) = count.0.parse() else {
                return false;
            };
            if self.target.is_some() {
                self.died(None, findings);
            }
            self.rustc.close(findings);
            findings.saw(CARGO_TEST);
            self.target = Some(Target {
                ran,
                ..Target::default()
            });
            self.open = Open::Nothing;
            return true;
        }
        if let Some(result) = text.strip_prefix("test result: ") {
            self.result(result, findings);
            return true;
        }
        if matches!(self.open, Open::Cause(_)) {
            return self.cause(line, findings);
        }
        // Under `--nocapture` cargo's words may stand in the line of the test that took the process with it.
        let cargo_says = if text.starts_with("test ") {
            text.split_once(" ... error: test failed, to rerun")
        } else {
            None
        };
        if let (Some((test, _)), Some(target)) = (cargo_says, &mut self.target)
            && let Some(name) = test.strip_prefix("test ")
        {
            target.unfinished = Some((canonical(name).to_owned(), Block::of(line)));
        }
        let is_over = cargo_says.is_some()
            || text.starts_with("error: test failed, to rerun")
            || text.starts_with("error: doctest failed");
        if is_over && self.target.is_some() {
            self.open = Open::Cause(Box::new(Block::of(line)));
        }
        is_over
    }

    /// Behind `error: test failed` of a target that gave no result.
    fn cause(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let Open::Cause(block) = &mut self.open else {
            return false;
        };
        let text = line.text.trim();
        if text.is_empty() || text == "Caused by:" {
            block.push(line);
            return true;
        }
        block.push(line);
        let status = text
            .strip_prefix("process didn't exit successfully: ")
            .map(str::to_owned);
        self.open = Open::Nothing;
        self.died(status.as_deref(), findings);
        status.is_some()
    }

    fn inside_target(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        let Some(target) = &mut self.target else {
            return;
        };
        if !target.is_reporting
            && let Some((name, result)) = test_line(text)
        {
            self.open = Open::Nothing;
            target.unfinished = None;
            match result {
                "FAILED" => target.fail(name).block.push(line),
                _ if is_result(result) => {}
                _ => target.unfinished = Some((name.to_owned(), Block::of(line))),
            }
            return;
        }
        if let Some(name) = captured_name(text) {
            let failed = target.fail(name);
            // The result line alone says less than this block; it only stays in the span.
            let earlier = std::mem::take(&mut failed.block);
            failed.block.push(line);
            if let Some(span) = earlier.span {
                failed.block.widen(span);
            }
            self.open = Open::Captured(name.to_owned());
            return;
        }
        if text == "failures:" {
            target.is_reporting = true;
            self.open = Open::List;
            return;
        }
        self.body(line);
    }

    fn body(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        let Some(target) = &mut self.target else {
            return;
        };
        match &self.open {
            Open::Captured(name) => {
                let failed = target.failed.entry(name.clone()).or_default();
                failed.output.line(text, name);
                failed.block.push(line);
            }
            Open::List => match text.strip_prefix("    ") {
                Some(name) if !name.starts_with(' ') && !name.is_empty() => {
                    let name = canonical(name);
                    target.listed.insert(name.to_owned());
                    let failed = target.fail(name);
                    if failed.block.is_empty() {
                        failed.block.push(line);
                    }
                }
                _ if text.is_empty() => {}
                _ => self.open = Open::Nothing,
            },
            _ => self.loose(line),
        }
    }

    /// A line outside of any captured block.
    fn loose(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        let Some(target) = &mut self.target else {
            return;
        };
        if matches!(text, "ok" | "FAILED" | "ignored") {
            if let Some((name, block)) = target.unfinished.take()
                && text == "FAILED"
            {
                target.fail(&name).block.append(block);
            }
            self.open = Open::Nothing;
            return;
        }
        if let Some((name, _)) = panic::thread(text) {
            self.open = Open::Loose(name.to_owned());
        } else if text.starts_with("fatal runtime error") && matches!(self.open, Open::Nothing) {
            self.open = Open::Loose(
                target
                    .unfinished
                    .as_ref()
                    .map_or(String::new(), |(name, _)| name.clone()),
            );
        }
        if let Open::Loose(name) = &self.open {
            if target.loose.len() < 1000 || target.loose.contains_key(name) {
                let failed = target.loose.entry(name.clone()).or_default();
                failed.output.line(text, name);
                failed.block.push(line);
            }
            if text.is_empty() {
                self.open = Open::Nothing;
            }
        }
    }

    /// `FAILED. 4 passed; 3 failed; 1 ignored; ...`.
    fn result(&mut self, result: &str, findings: &mut Findings) {
        self.open = Open::Nothing;
        findings.saw(CARGO_TEST);
        let count = |word: &str| -> Option<u64> {
            let part = result
                .split([';', '.'])
                .find(|part| part.trim().ends_with(word))?;
            part.split_whitespace().next()?.parse().ok()
        };
        let mut target = self.target.take().unwrap_or_default();
        if !target.listed.is_empty() {
            let listed = std::mem::take(&mut target.listed);
            target.failed.retain(|name, _| listed.contains(name));
        }
        let suite = self.suite.clone();
        let found = target.failed.len() as u64;
        if result.starts_with("ok") {
            findings.passed(
                CARGO_TEST,
                format!(
                    "{} passed in cargo test",
                    count(" passed").unwrap_or_default()
                ),
            );
            return;
        }
        findings.check(Totals {
            framework: CARGO_TEST,
            declared: count(" failed").unwrap_or_default(),
            found,
            ran: Some(target.ran),
        });
        target.report(suite.as_deref(), findings);
    }

    /// The target's process ended without a result.
    fn died(&mut self, status: Option<&str>, findings: &mut Findings) {
        self.open = Open::Nothing;
        let Some(mut target) = self.target.take() else {
            return;
        };
        let suite = self.suite.clone();
        let guilty = target.guilty(status.is_some());
        if let Some((test, mut failed)) = guilty {
            target.failed.remove(&test);
            if let Some((_, block)) = target.unfinished.take() {
                let output = std::mem::replace(&mut failed.block, block);
                failed.block.append(output);
            }
            let mut finding = Finding::new(CARGO_TEST, Some(test), Kind::Crash, failed.block);
            finding.detail = status.and_then(signal);
            finding.message = failed
                .output
                .message()
                .or_else(|| {
                    finding
                        .detail
                        .as_ref()
                        .map(|signal| format!("test process ended by {signal}"))
                })
                .unwrap_or_else(|| "the test process ended early".to_owned());
            finding.suite.clone_from(&suite);
            finding.function = failed.output.file();
            findings.report(finding);
        }
        target.report(suite.as_deref(), findings);
    }
}
