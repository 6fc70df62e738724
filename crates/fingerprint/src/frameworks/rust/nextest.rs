//! cargo-nextest: one process per test, retries, output shown at once or at the end.

use std::collections::BTreeMap;

use crate::findings::{Block, Finding, Findings, Totals};
use crate::kind::Kind;
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::NEXTEST;
use super::output::Output;
use super::panic;
use super::status::{Ended, Status};

#[derive(Debug, Default)]
pub(crate) struct Nextest {
    /// Between the run's banner and its end.
    is_running: bool,
    tests: BTreeMap<(String, String), Test>,
    /// Output of threads outside of a test's own section (`--no-capture`), by thread name.
    loose: BTreeMap<String, (Output, Block)>,
    section: Section,
    summary: Option<Summary>,
}

#[derive(Debug, Default)]
struct Test {
    attempts: u32,
    failed: bool,
    passed: bool,
    signal: Option<String>,
    timed_out: bool,
    /// Output of the first failed attempt that said something.
    output: Output,
    block: Block,
}

/// Whose output the next lines are.
#[derive(Debug, Default)]
enum Section {
    #[default]
    Nothing,
    /// Behind a failed status line.
    Of(String, String),
    /// Behind `START`: the output of this test, which is not captured.
    Running(String),
    /// A thread's words outside of a section.
    Loose(String),
}

#[derive(Debug, Clone, Copy)]
struct Summary {
    ran: u64,
    not_passed: u64,
    passed: u64,
}

impl Recognizer for Nextest {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "FAIL",
            "PASS",
            "TRY ",
            "FLAKY",
            "  SIG",
            "TIMEOUT",
            "START",
            "Summary",
            "Nextest run",
            " across ",
            "--- STD",
            "panicked at",
            "error: ",
        ]
    }

    fn follows(&self) -> bool {
        !matches!(self.section, Section::Nothing)
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if is_banner(text) {
            if self.summary.is_some() {
                self.end_run(findings);
            }
            self.is_running = true;
            findings.saw(NEXTEST);
            return;
        }
        if !self.is_running {
            return;
        }
        if text.starts_with("error: ") || text.starts_with("##[") {
            self.section = Section::Nothing;
        } else if let Some(summary) = Summary::parse(text) {
            self.section = Section::Nothing;
            self.summary = Some(summary);
        } else if let Some((binary, test)) = old_section(text) {
            self.section = Section::Of(binary.to_owned(), test.to_owned());
        } else if let Some(status) = Status::parse(text) {
            self.status(&status, line);
        } else {
            self.body(line);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.end_run(findings);
    }
}

impl Nextest {
    fn status(&mut self, status: &Status<'_>, line: &Line<'_>) {
        self.section = Section::Nothing;
        if status.ended == Ended::Started {
            self.section = Section::Running(status.test.to_owned());
        }
        if matches!(status.ended, Ended::Started | Ended::Other) {
            return;
        }
        let key = (status.binary.to_owned(), status.test.to_owned());
        let is_failure = !matches!(status.ended, Ended::Passed | Ended::Flaky);
        if !is_failure {
            self.loose.remove(status.test);
            if let Some(test) = self.tests.get_mut(&key) {
                test.passed = true;
                test.attempts = test.attempts.max(status.attempt);
            }
            return;
        }
        let test = self.tests.entry(key.clone()).or_default();
        test.failed = true;
        test.attempts = test.attempts.max(status.attempt.max(1));
        match &status.ended {
            Ended::Signal(name) => test.signal = Some(name.clone()),
            Ended::TimedOut => test.timed_out = true,
            _ => {}
        }
        test.take(line);
        self.section = Section::Of(key.0, key.1);
    }

    fn body(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        match &self.section {
            Section::Of(binary, name) => {
                if let Some(test) = self.tests.get_mut(&(binary.clone(), name.clone())) {
                    test.output_line(line, name);
                }
                // The output ends where nextest cancels the run, or draws the rule above its summary.
                if ["────", "  Cancelling due to ", "   Canceling due to "]
                    .iter()
                    .any(|end| text.starts_with(end))
                {
                    self.section = Section::Nothing;
                }
            }
            Section::Running(name) => {
                let (output, block) = self.loose.entry(name.clone()).or_default();
                output.line(text, name);
                block.push(line);
            }
            Section::Nothing | Section::Loose(_) => self.loose(line),
        }
    }

    fn loose(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        if let Some((name, _)) = panic::thread(text) {
            self.section = Section::Loose(name.to_owned());
        }
        let Section::Loose(name) = &self.section else {
            return;
        };
        if text.is_empty() || text.starts_with("note: ") {
            self.section = Section::Nothing;
        } else if self.loose.len() < 1000 {
            let (output, block) = self.loose.entry(name.clone()).or_default();
            output.line(text, name);
            block.push(line);
        }
    }

    fn end_run(&mut self, findings: &mut Findings) {
        let tests = std::mem::take(&mut self.tests);
        let mut found = 0;
        for ((binary, name), mut test) in tests {
            if !test.failed {
                continue;
            }
            if test.output.is_empty()
                && let Some((output, block)) = self.loose.remove(&name)
            {
                test.output = output;
                test.block.append(block);
            }
            found += u64::from(!test.passed);
            findings.report(test.finding(binary, &name));
        }
        if let Some(summary) = self.summary.take() {
            summary.judge(found, findings);
        }
        self.loose.clear();
        self.section = Section::Nothing;
    }
}

impl Test {
    fn output_line(&mut self, line: &Line<'_>, name: &str) {
        let text = line.text.as_ref();
        let is_title = text.trim_start().starts_with("stdout ──")
            || text.trim_start().starts_with("stderr ──");
        if !is_title {
            self.output
                .line(text.strip_prefix("    ").unwrap_or(text), name);
        }
        self.take(line);
    }

    /// Lines of the first attempt tell the story; later ones only widen the span.
    fn take(&mut self, line: &Line<'_>) {
        if self.attempts > 1 {
            self.block.widen(line.span());
        } else {
            self.block.push(line);
        }
    }

    fn kind(&self) -> Kind {
        if self.timed_out {
            Kind::Timeout
        } else if self.signal.is_some() {
            Kind::Crash
        } else {
            self.output.kind()
        }
    }

    fn finding(self, binary: String, name: &str) -> Finding {
        let kind = self.kind();
        let message = match kind {
            Kind::Timeout => "test timed out".to_owned(),
            _ => self.output.message().unwrap_or_else(|| match &self.signal {
                Some(signal) => format!("test aborted with {signal}"),
                None => String::new(),
            }),
        };
        let name = super::cargo::canonical(name).to_owned();
        let mut finding = Finding::new(NEXTEST, Some(name), kind, self.block);
        finding.message = message;
        finding.suite = Some(binary);
        finding.detail = self.signal;
        finding.function = self.output.file();
        finding.passed_on_retry = self.passed;
        finding.attempts = if self.passed {
            self.attempts.max(2)
        } else {
            self.attempts.max(1)
        };
        finding
    }
}

impl Summary {
    fn judge(self, found: u64, findings: &mut Findings) {
        if self.not_passed == 0 {
            findings.passed(NEXTEST, format!("{} passed in nextest", self.passed));
        }
        if self.not_passed > 0 || found > 0 {
            findings.check(Totals {
                framework: NEXTEST,
                declared: self.not_passed,
                found,
                ran: Some(self.ran),
            });
        }
    }

    /// `Summary [   0.031s] 7 tests run: 4 passed (1 flaky), 3 failed, 1 timed out, 1 skipped`, or `6/7 tests run:`.
    fn parse(text: &str) -> Option<Self> {
        let rest = text.trim_start().strip_prefix("Summary [")?;
        let (counts, results) = rest.split_once("] ")?.1.split_once(" run: ")?;
        let ran = counts.split([' ', '/']).next()?.parse().ok()?;
        let mut summary = Self {
            ran,
            not_passed: 0,
            passed: 0,
        };
        let mut depth = 0;
        let flat: String = results
            .chars()
            .filter(|&c| {
                depth += i32::from(c == '(');
                let keep = depth == 0;
                depth -= i32::from(c == ')');
                keep
            })
            .collect();
        for part in flat.split(", ") {
            let (number, word) = part.trim().split_once(' ')?;
            let number: u64 = number.parse().ok()?;
            match word.trim() {
                "passed" => summary.passed += number,
                "skipped" => {}
                _ => summary.not_passed += number,
            }
        }
        Some(summary)
    }
}

/// ` Nextest run ID ...` and, in older versions, `    Starting 7 tests across 1 binary`.
fn is_banner(text: &str) -> bool {
    let inner = text.trim_start();
    inner.starts_with("Nextest run ID ")
        || inner.starts_with("Starting ") && inner.contains(" test") && inner.contains(" across ")
}

/// `--- STDERR:              crate tests::name ---` of nextest up to 0.9.84.
fn old_section(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("--- STD")?;
    let rest = rest
        .strip_prefix("OUT:")
        .or_else(|| rest.strip_prefix("ERR:"))?;
    rest.strip_suffix(" ---")?.trim().split_once(' ')
}
