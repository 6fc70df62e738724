//! Gradle's console.
//!
//! Formats: `TestEventLogger`, `ShortExceptionFormatter` and `FullExceptionFormatter` of Gradle 4.4 to 9.2
//! (<https://github.com/gradle/gradle>), its build failure report, the test-retry plugin 1.x.

mod test;
mod wrong;

use std::collections::HashMap;

use crate::class::Evidence;
use crate::findings::{Findings, Totals};
use crate::kind::Framework;
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use test::{Entry, Open};
use wrong::Wrong;

pub(super) const GRADLE: Framework = Framework::new("gradle", "junit");
/// Builds that fail for a reason of their own.
pub(super) const GRADLE_BUILD: Framework = Framework::new("gradle", "gradle");

/// Failures that are kept until the build has ended.
const ENTRIES: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Gradle {
    open: Option<Open>,
    entries: Vec<Entry>,
    /// Where each test stands in `entries`, by the name that is printed.
    places: HashMap<String, usize>,
    /// The report at the end.
    wrong: Option<Wrong>,
    /// Its own count, of all tasks.
    totals: TestTotals,
    /// Gradle says that tests failed although the build goes on.
    ignores_failures: bool,
}

impl Recognizer for Gradle {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            " FAILED",
            " PASSED",
            " failed",
            "^FAILURE: Build",
            "^BUILD SUCCESSFUL",
            "^There were failing tests",
        ]
    }

    fn follows(&self) -> bool {
        self.open.is_some() || self.wrong.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(open) = &mut self.open {
            if open.takes(line) {
                return;
            }
            self.close();
        }
        if let Some(wrong) = &mut self.wrong {
            wrong.line(line);
        }
        if text.starts_with("BUILD FAILED") || text.starts_with("BUILD SUCCESSFUL") {
            self.end(text.starts_with("BUILD FAILED"), findings);
        } else if text.starts_with("FAILURE: Build ") {
            self.wrong.get_or_insert_default();
        } else if let Some(open) = Open::begin(line) {
            self.open = Some(open);
        } else if let Some(name) = test::passed(text) {
            let known = self.places.get(name).copied();
            if let Some(known) = known.and_then(|at| self.entries.get_mut(at)) {
                known.passed_on_retry = true;
            }
        } else if let Some(totals) = completed(text) {
            self.totals.add(totals);
        } else if text.starts_with("There were failing tests. See the ") {
            self.ignores_failures = true;
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close();
        if !self.entries.is_empty() || self.wrong.is_some() {
            self.report(true, findings);
        }
    }
}

impl Gradle {
    fn close(&mut self) {
        let Some(entry) = self.open.take().and_then(Open::close) else {
            return;
        };
        let known = self.places.get(&entry.printed).copied();
        if let Some(known) = known.and_then(|at| self.entries.get_mut(at)) {
            known.attempts += 1;
        } else if self.entries.len() < ENTRIES {
            self.places
                .insert(entry.printed.clone(), self.entries.len());
            self.entries.push(entry);
        }
    }

    fn end(&mut self, has_failed: bool, findings: &mut Findings) {
        findings.saw(GRADLE);
        if has_failed {
            let text = "Gradle says BUILD FAILED";
            findings
                .unexplained
                .get_or_insert_with(|| Evidence::new("build-failed", text));
        }
        self.report(has_failed, findings);
        if !has_failed {
            findings.passed(GRADLE, "Gradle says BUILD SUCCESSFUL");
        }
    }

    fn report(&mut self, has_failed: bool, findings: &mut Findings) {
        let was_tried_again = !has_failed && !self.ignores_failures;
        let found = self
            .entries
            .iter()
            .map(|entry| u64::from(entry.attempts))
            .sum();
        let mut failed = 0;
        for mut entry in std::mem::take(&mut self.entries) {
            entry.passed_on_retry |= was_tried_again;
            failed += u64::from(!entry.passed_on_retry);
            findings.report(entry.finding());
        }
        for finding in self.wrong.take().map(Wrong::findings).unwrap_or_default() {
            findings.report(finding);
        }
        if self.totals.failed > 0 {
            findings.check(Totals {
                framework: GRADLE,
                declared: self.totals.failed,
                found,
                ran: Some(self.totals.run),
            });
            findings.count(
                GRADLE,
                TestTotals {
                    failed,
                    ..self.totals
                },
            );
        }
        *self = Self::default();
    }
}

/// `12 tests completed, 2 failed, 1 skipped`
fn completed(text: &str) -> Option<TestTotals> {
    let (completed, rest) = text.split_once(' ')?;
    let completed: u64 = completed.parse().ok()?;
    let rest = rest
        .strip_prefix("tests completed, ")
        .or_else(|| rest.strip_prefix("test completed, "))?;
    let mut failed = 0;
    let mut skipped = 0;
    for part in rest.split(", ") {
        match part.split_once(' ')? {
            (count, "failed") => failed = count.parse().ok()?,
            (count, "skipped") => skipped = count.parse().ok()?,
            _ => return None,
        }
    }
    Some(TestTotals {
        run: completed.saturating_sub(skipped),
        failed,
        skipped,
    })
}
