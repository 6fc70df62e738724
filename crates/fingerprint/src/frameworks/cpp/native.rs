//! Reads the output of native programs, as it is and as ctest and Bazel hand it on.
//!
//! One recogniser for all of them: how a test has ended is often told by another tool than the one that started it, as when
//! ctest says that the program of a `GoogleTest` has crashed.

use std::collections::HashMap;

use crate::findings::{Findings, Standing};
use crate::kind::Kind;
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::compiler::Compiler;
use super::ctest::{self, Ctest, Event};
use super::parts::leading_number;
use super::stage::Stage;
use super::{boost, catch2, compiler, crash, doctest, gtest};

/// Tests of ctest that are read at once, when it hands on what they print while they run.
const STAGES: usize = 512;

#[derive(Debug, Default)]
pub(super) struct Native {
    ctest: Ctest,
    /// What is read as it is, or as the output of a failed test of ctest.
    plain: Stage,
    /// What stands behind the number of a test.
    numbered: HashMap<u64, Stage>,
    compiler: Compiler,
    /// The output of a target of Bazel is being read.
    is_in_bazel: bool,
}

impl Recognizer for Native {
    fn anchors(&self) -> &'static [&'static str] {
        static ALL: std::sync::LazyLock<Vec<&'static str>> = std::sync::LazyLock::new(|| {
            [
                gtest::ANCHORS,
                catch2::ANCHORS,
                doctest::ANCHORS,
                boost::ANCHORS,
                crash::ANCHORS,
                ctest::ANCHORS,
                compiler::ANCHORS,
                &["==== Test output for //"],
            ]
            .concat()
        });
        &ALL
    }

    fn follows(&self) -> bool {
        self.plain.follows()
            || self.ctest.follows()
            || self.compiler.follows()
            || self.is_in_bazel
            || self.numbered.values().any(Stage::follows)
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(words) = text.strip_prefix("##[") {
            self.runner_line(words, line, findings);
            return;
        }
        self.bazel(text, findings);
        if self.ctest.ends_output(text)
            && let Some(status) = self.ctest.end_output()
        {
            self.output_ends(&status, line, findings);
            self.ctest.restarts(text);
        }
        match self.ctest.line(line, findings) {
            Event::None => {}
            Event::Taken => return,
            Event::Sums => {
                // Of these no failure was told: what they print is theirs.
                self.numbered.clear();
                return;
            }
            Event::Status { number, status } => {
                self.status(number, &status, line, findings);
                return;
            }
        }
        if self.in_numbered(line, findings) {
            return;
        }
        let is_plain = !self.ctest.is_in_output() && !self.is_in_bazel;
        if self.plain.line(line, is_plain, findings) {
            self.tell_unowned(findings);
        } else if is_plain {
            self.compiler.line(line, findings);
        }
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.end(None, findings);
    }
}

impl Native {
    /// `1: [ RUN      ] Cart.Adds`: what the first test of ctest prints.
    fn in_numbered(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let text = line.text.as_ref();
        let Some((number, rest)) = leading_number(text) else {
            return false;
        };
        let Some(rest) = rest.strip_prefix(": ") else {
            return false;
        };
        if !self.numbered.contains_key(&number) && self.numbered.len() >= STAGES {
            return false;
        }
        let stage = self.numbered.entry(number).or_default();
        stage.line(&line.with_text(rest, None), false, findings)
    }

    /// A test of ctest has ended in this way; its output is known when it was handed on while it ran.
    fn status(
        &mut self,
        number: u64,
        status: &ctest::Status,
        line: &Line<'_>,
        findings: &mut Findings,
    ) {
        let Some(mut stage) = self.numbered.remove(&number) else {
            return;
        };
        let told = stage.close(Some(status.death()), Some(line.number), findings);
        self.ctest.inner(told, stage.take_unowned());
    }

    /// The output of a failed test, handed on behind its status, has ended.
    fn output_ends(&mut self, status: &ctest::Status, line: &Line<'_>, findings: &mut Findings) {
        let told = self
            .plain
            .close(Some(status.death()), Some(line.number), findings);
        let unowned = self.plain.take_unowned();
        self.ctest.inner(told, unowned);
    }

    /// Crashes that belong to no test, outside of any harness.
    fn tell_unowned(&mut self, findings: &mut Findings) {
        if self.ctest.is_in_output() || self.is_in_bazel {
            return;
        }
        for crash in self.plain.take_unowned() {
            // What only the shell says follows from what the process itself has said, in whatever language.
            let standing = if crash.is_sure && crash.framework != crash::NATIVE {
                Standing::Own
            } else {
                Standing::Fallback
            };
            findings.report(crash.finding(None).standing(standing));
        }
    }

    /// The output of a target ends with a line of its own. How the target has failed is Bazel's to say.
    fn bazel(&mut self, text: &str, findings: &mut Findings) {
        if text.starts_with("==================== Test output for //") {
            self.is_in_bazel = true;
        } else if self.is_in_bazel && text.len() >= 80 && text.bytes().all(|byte| byte == b'=') {
            self.is_in_bazel = false;
            self.plain.close(None, None, findings);
            self.plain.take_unowned();
        }
    }

    fn runner_line(&mut self, words: &str, line: &Line<'_>, findings: &mut Findings) {
        if let Some(code) = words.strip_prefix("error]Process completed with exit code ") {
            let status = code.trim_end_matches('.').parse().unwrap_or(1);
            let death = crash::of_exit_status(status);
            self.step_failed(death, line, findings);
        } else if words.starts_with("error]The operation was canceled")
            || words.starts_with("group]Run ")
        {
            self.plain.abandon(findings);
            self.end(None, findings);
        }
    }

    fn step_failed(
        &mut self,
        death: Option<(Kind, &str)>,
        line: &Line<'_>,
        findings: &mut Findings,
    ) {
        let is_open = self.ctest.is_in_output();
        if !is_open {
            let death = death.or(Some((Kind::Crash, gtest::UNENDED)));
            self.plain.close(death, Some(line.number), findings);
        }
        self.end(death, findings);
    }

    fn end(&mut self, death: Option<(Kind, &str)>, findings: &mut Findings) {
        self.compiler.close(findings);
        if let Some(status) = self.ctest.end_output() {
            let told = self.plain.close(Some(status.death()), None, findings);
            let unowned = self.plain.take_unowned();
            self.ctest.inner(told, unowned);
        }
        self.plain.close(death, None, findings);
        self.is_in_bazel = false;
        let words = self.plain.take_last_words();
        if let Some(crash) = words.filter(|_| findings.passes.is_empty()) {
            findings.report(crash.finding(None).standing(Standing::Fallback));
        }
        self.tell_unowned(findings);
        for (_, mut stage) in self.numbered.drain() {
            stage.close(None, None, findings);
        }
        self.ctest.close(findings);
    }
}
