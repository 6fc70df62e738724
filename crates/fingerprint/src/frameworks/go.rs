//! Go: `go test` plain, verbose and `-json`, gotestsum, testify, the race detector, `go vet` and the compiler.
//!
//! Formats: `go doc cmd/test2json`, `testing/testing.go` and `runtime/panic.go` of Go 1.5 to 1.25; gotestsum 1.8 to 1.12;
//! testify 1.8 `assert.Fail`.

mod build;
mod event;
mod guests;
mod header;
mod lint;
mod machine;
mod message;
mod panic;
mod race;
mod stack;
mod sums;
mod test;

use std::collections::HashMap;

use crate::envelope::Envelope;
use crate::findings::{Block, Finding, Findings, Totals};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

use event::{Action, Event};
use header::{Done, Header};
use machine::{Machine, Source};
use sums::Sums;

pub(crate) const GO_TEST: Framework = Framework::new("go-test", "go");
pub(super) const GO_TEST_JSON: Framework = Framework::new("go-test-json", "go");
pub(super) const GOTESTSUM: Framework = Framework::new("gotestsum", "go");

/// The recogniser of the family: one machine for the plain stream, one per package for the event stream.
#[derive(Debug, Default)]
pub(crate) struct Go {
    plain: Machine,
    packages: HashMap<String, Machine>,
    /// Output of an event stream whose line has not ended yet.
    partial: HashMap<(String, Option<String>), String>,
    build: build::Build,
    lint: lint::Lint,
    /// Tests of gotestsum's first run.
    first_run_tests: Option<u64>,
    sums: Sums,
}

impl Recognizer for Go {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "--- FAIL: ",
            "--- PASS: ",
            "--- SKIP: ",
            "^=== ",
            ".go:",
            "panic:",
            "DATA RACE",
            "fatal error: ",
            "^FAIL",
            "^PASS",
            "^ok  \t",
            "signal: ",
            "\"Action\":",
            "^DONE ",
            "^goleak: Errors on ",
            "ATTEMPTS TO PASS]",
            " Failure",
        ]
    }

    fn follows(&self) -> bool {
        self.plain.is_inside_block() || self.build.is_open()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        if let Some(event) = Event::parse(&line.text) {
            self.event(&event, line, findings);
            return;
        }
        if !self.follows()
            && let Some(header) = Header::of_test(&line.text)
        {
            // Most lines of verbose output.
            self.plain.header(&header, line, findings);
            return;
        }
        if line.text.starts_with("##[") {
            self.plain.step_ended(findings);
            if self.lint.line(line) {
                return;
            }
            self.lint.close(line, findings);
        }
        // No package is built while a test runs: what looks like it is the test's.
        let may_build = self.build.is_open() || !self.plain.is_test_running();
        if may_build && !self.build.is_open() && self.lint.line(line) {
            return;
        }
        if may_build && self.build.line(line, GO_TEST, findings) {
            return;
        }
        if line.text.starts_with("FAIL\t")
            && let Some(above) = line.above().next()
        {
            self.plain.process_ended(&above);
        }
        match Header::parse(&line.text) {
            Some(Header::Done(done)) => self.done(done, findings),
            _ => self.plain.line(line, Source::Plain, findings),
        }
    }

    fn holds(&self) -> bool {
        self.plain.is_test_running()
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn end(&mut self, line: &Line<'_>, findings: &mut Findings) {
        self.lint.close(line, findings);
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.build.close(GO_TEST, findings);
        self.plain.step_ended(findings);
        self.plain.end_package(None, findings);
        self.plain.report(findings);
        let mut packages: Vec<_> = std::mem::take(&mut self.packages).into_iter().collect();
        packages.sort_by(|a, b| a.0.cmp(&b.0));
        for (package, mut machine) in packages {
            machine.end_package(Some(&package), findings);
            machine.report(findings);
            machine.report_events(findings);
        }
    }
}

impl Go {
    fn event(&mut self, event: &Event<'_>, line: &Line<'_>, findings: &mut Findings) {
        findings.saw(GO_TEST_JSON);
        let time = event.time.as_deref();
        if let Some(time) = time {
            findings.stamp(time);
        }
        if let Action::BuildOutput = event.action {
            let text = line.with_text(event.output.trim_end_matches('\n'), time);
            self.build.line(&text, GO_TEST_JSON, findings);
            return;
        }
        let package = event.package.to_string();
        let test = event.test.as_deref();
        let machine = self
            .packages
            .entry(package.clone())
            .or_insert_with(|| Machine::new(GO_TEST_JSON));
        match event.action {
            Action::Output => {
                let key = (package, test.map(str::to_owned));
                let mut text = self.partial.remove(&key).unwrap_or_default();
                text.push_str(&event.output);
                while let Some(end) = text.find('\n') {
                    let rest = text.split_off(end + 1);
                    let output = text.trim_end_matches(['\r', '\n']);
                    machine.line(&line.with_text(output, time), Source::Event(test), findings);
                    text = rest;
                }
                if !text.is_empty() && text.len() < 64 * 1024 {
                    self.partial.insert(key, text);
                }
            }
            Action::End(outcome) => {
                machine.tally_event(outcome, test.is_some(), line.start);
                if let Some(test) = test {
                    machine.ended(test, outcome, line);
                    return;
                }
                let end = match outcome {
                    test::Outcome::Failed => header::PackageEnd::Failed,
                    _ => header::PackageEnd::Passed,
                };
                machine.package(&package, end, Block::of(line), findings);
                machine.next_run();
            }
            Action::Run => {
                if let Some(test) = test {
                    machine.started(test);
                }
            }
            Action::BuildOutput | Action::Other => {}
        }
    }

    /// gotestsum closes each run with its totals; with reruns a second run follows.
    fn done(&mut self, done: Done, findings: &mut Findings) {
        findings.saw(GOTESTSUM);
        self.plain.end_package(None, findings);
        self.sums.done(done, findings);
        let has_list = self.plain.take_listed();
        if done.failures == 0 && done.errors == 0 {
            findings.passed(
                GOTESTSUM,
                format!("{} tests in gotestsum, none failed", done.tests),
            );
        } else if done.runs > 1 {
            // Without word of what passed, the count must show that every failed test was really run again.
            let again = done
                .tests
                .saturating_sub(self.first_run_tests.unwrap_or(done.tests));
            if !self.plain.has_told_passes() && again >= self.plain.failed_names() {
                self.plain.settle_reruns(done.runs);
            }
        } else if done.errors == 0 && has_list && !self.plain.has_rerun() {
            findings.check(Totals {
                framework: GOTESTSUM,
                declared: done.failures,
                found: self.plain.failed_names(),
                ran: Some(done.tests),
            });
        }
        self.first_run_tests.get_or_insert(done.tests);
        self.plain.next_run();
    }
}

/// What a report carries as the whole output of one failed test.
pub(crate) fn from_output(test: &str, output: &str) -> Finding {
    let mut machine = Machine::new(GO_TEST);
    let mut findings = Findings::default();
    for (number, raw) in output.lines().enumerate() {
        let line = Line::peel(raw.as_bytes(), number as u64 + 1, 0, Envelope::NONE);
        machine.line(&line, Source::Plain, &mut findings);
    }
    machine.end_package(None, &mut findings);
    machine.report(&mut findings);
    let of_test = |finding: &Finding| finding.test.as_deref() == Some(test);
    let place = findings
        .list
        .iter()
        .position(of_test)
        .or((!findings.list.is_empty()).then_some(0));
    let mut finding = match place {
        Some(at) => findings.list.swap_remove(at),
        None => Finding::new(GO_TEST, None, Kind::Assertion, Block::default()),
    };
    finding.test = Some(test.to_owned());
    finding
}
