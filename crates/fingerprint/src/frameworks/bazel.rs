//! Bazel: targets that failed, and builds that did.
//!
//! Formats: `TestResultAnalyzer`, `TestSummaryPrinter` and `TerminalTestResultNotifier` of Bazel 3 to 8
//! (<https://github.com/bazelbuild/bazel>), with `--test_output=summary`, `errors`, `all` and `streamed`; `test.xml` as
//! `tools/test/generate-xml.sh` writes it.

mod build;
mod report;
mod summary;
mod target;

use std::borrow::Cow;

use crate::findings::{Findings, Totals};
use crate::kind::Framework;
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::report::Dialect;
use crate::scan::TestTotals;

use build::Build;
use summary::{Ending, Sums};
use target::Target;

const BAZEL: Framework = Framework::new("bazel", "bazel");

/// The recognisers of this family.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    vec![Box::new(Bazel::default())]
}

/// The reports of this family.
pub(crate) const DIALECTS: &[Dialect] = &[report::DIALECT];

#[derive(Debug, Default)]
struct Bazel {
    targets: Vec<Target>,
    /// Whose output is being read.
    open: Option<usize>,
    build: Build,
}

impl Recognizer for Bazel {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "^==================== Test output for ",
            "^FAIL: ",
            "FAILED in ",
            "FAILED TO BUILD",
            "FLAKY, failed in ",
            "^ERROR: ",
            "test pass",
            "tests pass",
            "fail locally",
            "fails locally",
            "fail remotely",
            "fails remotely",
        ]
    }

    fn follows(&self) -> bool {
        self.open.is_some() || self.build.follows()
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if text.starts_with("##[") {
            if text.starts_with("##[group]Run ") {
                self.end(findings);
            }
            return;
        }
        if let Some(at) = self.open {
            self.output(at, line);
            return;
        }
        if let Some(label) = target::heading(text) {
            let at = self.target(label, line);
            self.targets[at].opens(line);
            self.open = Some(at);
            return;
        }
        if let Some(label) = text.strip_prefix("FAIL: ").and_then(target::label_of) {
            let at = self.target(label, line);
            self.targets[at].failed(line);
        } else if let Some((label, ending)) = summary::of_target(text) {
            self.ended(label, ending, line);
        } else if let Some(sums) = summary::sums(text) {
            self.sums(&sums, line, findings);
        } else {
            self.build.line(line, findings);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.end(findings);
    }
}

impl Bazel {
    /// Where the target stands in the list; it is put there if it is new.
    fn target(&mut self, label: &str, line: &Line<'_>) -> usize {
        self.build.close();
        if let Some(at) = self.targets.iter().rposition(|known| known.label == label) {
            return at;
        }
        if self.targets.len() >= crate::findings::FINDING_LIMIT {
            return self.targets.len() - 1;
        }
        self.targets.push(Target::new(label, line));
        self.targets.len() - 1
    }

    fn output(&mut self, at: usize, line: &Line<'_>) {
        let text = line.text.as_ref();
        let is_end = text.len() >= 80 && text.bytes().all(|byte| byte == b'=');
        if is_end {
            self.open = None;
        }
        if let Some(target) = self.targets.get_mut(at) {
            target.output(line, is_end);
        }
    }

    fn ended(&mut self, label: &str, ending: Ending, line: &Line<'_>) {
        if matches!(ending, Ending::Passed) {
            // What is read of its output is that of a test that passed.
            self.targets.retain(|known| known.label != label);
            return;
        }
        if matches!(ending, Ending::NotBuilt) {
            self.build.not_built(label, line);
            return;
        }
        let at = self.target(label, line);
        self.targets[at].ended(ending, line);
    }

    fn sums(&mut self, sums: &Sums, line: &Line<'_>, findings: &mut Findings) {
        findings.saw(BAZEL);
        // Nothing in the line of a target that took too long is rare enough to be looked for: it stands above the sums.
        let above: Vec<String> = line.before().map(Cow::into_owned).collect();
        for text in above.iter().rev() {
            if let Some((label, ending @ Ending::TimedOut { .. })) = summary::of_target(text) {
                self.ended(label, ending, line);
            }
        }
        findings.count(
            BAZEL,
            TestTotals {
                run: sums.passed + sums.failed,
                failed: sums.failed,
                skipped: 0,
            },
        );
        let found = self
            .targets
            .iter()
            .filter(|target| target.has_failed())
            .count() as u64;
        if sums.failed > 0 {
            findings.check(Totals {
                framework: BAZEL,
                declared: sums.failed,
                found,
                ran: Some(sums.passed + sums.failed),
            });
        } else if sums.passed > 0 && !sums.has_trouble {
            findings.passed(BAZEL, line.text.trim());
        }
        self.end(findings);
    }

    fn end(&mut self, findings: &mut Findings) {
        self.open = None;
        self.build.end(findings);
        for target in std::mem::take(&mut self.targets) {
            if let Some(finding) = target.finding() {
                findings.report(finding);
            }
        }
    }
}
