//! `cargo test`: libtest's output, target by target, and what cargo says around it.

mod lines;
mod target;
mod trouble;

use crate::class::Evidence;
use crate::findings::{Block, Finding, Findings};
use crate::kind::Kind;
use crate::line::Line;

use super::CARGO_TEST;
use super::rustc::Rustc;
pub(super) use lines::canonical;
use lines::{
    Counts, Ending, announced_tests, captured_name, ends_a_test, failed_target, rerun_binary,
    started_binary, test_line,
};
use target::{Judgement, Target, Verdict};
use trouble::Trouble;

#[derive(Debug, Default)]
pub(super) struct Cargo {
    rustc: Rustc,
    trouble: Trouble,
    /// What cargo started last, and whether its harness has not spoken yet.
    started: Option<String>,
    is_new: bool,
    target: Option<(Target, Option<String>)>,
    /// A target that failed with totals, until cargo names its package.
    ended: Option<(Target, Verdict, Option<String>)>,
    /// Behind `error: test failed`: how the process ended may follow.
    failing: Option<Box<Failing>>,
}

#[derive(Debug)]
struct Failing {
    binary: Option<String>,
    block: Block,
    /// The target's own totals have told already what failed.
    is_told: bool,
}

impl Cargo {
    pub(super) fn follows(&self) -> bool {
        self.rustc.is_open()
            || self.trouble.is_open()
            || self.failing.is_some()
            || self.target.is_some()
    }

    /// Whether the next lines are a test's words.
    pub(super) fn holds(&self) -> bool {
        self.failing.is_none()
            && self
                .target
                .as_ref()
                .is_some_and(|(target, _)| target.holds())
    }

    /// Whether the captured output of tests is being shown.
    pub(super) fn is_reporting(&self) -> bool {
        self.target
            .as_ref()
            .is_some_and(|(target, _)| target.is_reporting())
    }

    pub(super) fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if text.starts_with("##[group]Run ") || text.starts_with("##[error]Process completed") {
            self.close(findings);
            return;
        }
        if self.process_status(line, findings) || self.harness(line, findings) {
            return;
        }
        if !self.is_reporting() && self.cargo_says(line, findings) {
            return;
        }
        self.reopen_at(text);
        if let Some((target, _)) = &mut self.target {
            target.line(line);
        } else if captured_name(text).is_some() {
            // The log begins in the middle of a target.
            findings.saw(CARGO_TEST);
            let mut target = Target::in_report();
            target.line(line);
            self.target = Some((target, self.started.clone()));
        } else if !self.trouble.line(line, findings) {
            self.rustc.line(line, findings);
        }
    }

    /// A result behind totals shows that a test had printed them.
    fn reopen_at(&mut self, text: &str) {
        let is_result = || test_line(text).is_some_and(|(_, result)| ends_a_test(result));
        if self.target.is_none()
            && !self.is_new
            && self.ended.is_some()
            && is_result()
            && let Some((mut target, verdict, suite)) = self.ended.take()
        {
            target.reopen(verdict);
            self.target = Some((target, suite));
        }
    }

    /// Nothing more belongs to what was open.
    pub(super) fn close(&mut self, findings: &mut Findings) {
        self.rustc.close(findings);
        self.trouble.close(findings);
        self.fail_unexplained(findings);
        self.end_target(findings);
        self.report_ended(None, findings);
        self.started = None;
    }

    /// The lines by which a harness begins and ends.
    fn harness(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let text = line.text.as_ref();
        if let Some(announced) = announced_tests(text) {
            if let Some((target, _)) = self.target.as_mut().filter(|_| !self.is_new) {
                target.nest(announced);
                return true;
            }
            self.close_before_target(findings);
            findings.saw(CARGO_TEST);
            self.target = Some((Target::new(announced), self.started.clone()));
            self.is_new = false;
            return true;
        }
        let Some(counts) = text.strip_prefix("test result: ").and_then(Counts::parse) else {
            return false;
        };
        let (mut target, suite) = match self.target.take() {
            Some(open) => open,
            None => (Target::default(), self.started.clone()),
        };
        match target.judge(counts) {
            Judgement::Final(verdict) => self.ended_with(target, verdict, suite, findings),
            Judgement::NotOurs => self.target = Some((target, suite)),
        }
        true
    }

    /// What cargo itself prints: what it starts, and which target failed.
    fn cargo_says(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let text = line.text.as_ref();
        if let Some(binary) = started_binary(text) {
            self.rustc.close(findings);
            self.trouble.close(findings);
            self.report_ended(None, findings);
            self.started = Some(binary);
            self.is_new = true;
            return true;
        }
        // Without capturing, cargo's words may stand in the line of the test that took the process with it.
        let glued = text.find("error: test failed, to rerun pass ");
        let at = glued.filter(|_| text.starts_with("test ")).unwrap_or(0);
        let Some(arguments) = failed_target(&text[at..]) else {
            return targets_failed(text, findings);
        };
        if at > 0
            && let Some((target, _)) = &mut self.target
        {
            let begun = line.with_text(text[..at].trim_end(), None);
            target.line(&begun);
        }
        let binary = rerun_binary(arguments);
        let is_told = self.ended.is_some();
        self.report_ended(binary.as_deref(), findings);
        self.failing = Some(Box::new(Failing {
            binary: binary.or_else(|| self.started.clone()),
            block: Block::of(line),
            is_told,
        }));
        true
    }

    /// The cause that cargo gives below `error: test failed` when a process did not end as harnesses do.
    fn process_status(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let Some(failing) = &mut self.failing else {
            return false;
        };
        let text = line.text.trim();
        if text.is_empty() || text == "Caused by:" {
            failing.block.push(line);
            return true;
        }
        let Some(status) = text.strip_prefix("process didn't exit successfully: ") else {
            self.fail_unexplained(findings);
            return false;
        };
        let Some(mut failing) = self.failing.take() else {
            return false;
        };
        failing.block.push(line);
        self.died(&Ending::parse(status), *failing, findings);
        true
    }

    fn died(&mut self, ending: &Ending, failing: Failing, findings: &mut Findings) {
        findings.saw(CARGO_TEST);
        let binary = failing.binary;
        if let Some((target, suite)) = self.target.take() {
            let suite = binary.clone().or(suite);
            if target.die(Some(ending), suite.as_deref(), findings) {
                return;
            }
        } else if failing.is_told {
            return;
        }
        let mut finding = Finding::new(CARGO_TEST, None, Kind::Crash, failing.block);
        finding.detail.clone_from(&ending.signal);
        finding.message = match &binary {
            Some(binary) => format!("test process of `{binary}` ended {}", ending.words),
            None => format!("test process ended {}", ending.words),
        };
        finding.suite = binary;
        findings.report(finding);
    }

    /// Cargo said that a target failed, and not how, as when its harness has ended well.
    fn fail_unexplained(&mut self, findings: &mut Findings) {
        let Some(failing) = self.failing.take() else {
            return;
        };
        let candidate = self
            .target
            .as_mut()
            .and_then(|(target, _)| target.take_candidate());
        if let Some(verdict) = candidate
            && let Some((target, suite)) = self.target.take()
        {
            let suite = failing.binary.or(suite);
            target.end(verdict, suite.as_deref(), findings);
        } else if !failing.is_told {
            let what = failing.binary.as_deref().unwrap_or("a target");
            unexplained(format!("cargo says that {what} failed"), findings);
        }
    }

    fn ended_with(
        &mut self,
        target: Target,
        verdict: Verdict,
        suite: Option<String>,
        findings: &mut Findings,
    ) {
        self.report_ended(None, findings);
        findings.saw(CARGO_TEST);
        if verdict.counts.is_ok {
            target.end(verdict, suite.as_deref(), findings);
        } else {
            self.ended = Some((target, verdict, suite));
        }
    }

    /// Reports the target that ended last; cargo may have named its package meanwhile.
    fn report_ended(&mut self, binary: Option<&str>, findings: &mut Findings) {
        if let Some((target, verdict, suite)) = self.ended.take() {
            target.end(verdict, binary.or(suite.as_deref()), findings);
        }
    }

    fn close_before_target(&mut self, findings: &mut Findings) {
        self.rustc.close(findings);
        self.trouble.close(findings);
        self.end_target(findings);
        self.report_ended(None, findings);
    }

    /// The open target ends without totals that fit.
    fn end_target(&mut self, findings: &mut Findings) {
        let Some((mut target, suite)) = self.target.take() else {
            return;
        };
        match target.take_candidate() {
            Some(verdict) => target.end(verdict, suite.as_deref(), findings),
            None => {
                target.die(None, suite.as_deref(), findings);
            }
        }
    }
}

/// Something failed of which no record may be in view.
fn unexplained(text: String, findings: &mut Findings) {
    findings
        .unexplained
        .get_or_insert_with(|| Evidence::new("target-failed", text));
}

/// `error: 4 targets failed:` at the end of a run that went on after failures.
fn targets_failed(text: &str, findings: &mut Findings) -> bool {
    let count = text
        .strip_prefix("error: ")
        .and_then(|rest| rest.split_once(" target"))
        .filter(|(_, rest)| matches!(*rest, " failed:" | "s failed:"))
        .and_then(|(count, _)| count.parse::<u64>().ok());
    let Some(count) = count else {
        return false;
    };
    findings.saw(CARGO_TEST);
    let targets = if count == 1 { "target" } else { "targets" };
    unexplained(
        format!("cargo says that {count} {targets} failed"),
        findings,
    );
    true
}
