//! vitest: a section `⎯⎯ Failed Tests 3 ⎯⎯` with ` FAIL  file > suite > test`, the error, and its place.
//!
//! Formats: `packages/vitest/src/node/{printError,state,logger}.ts` and `node/reporters/{base,default,verbose,dot,junit}.ts` of
//! <https://github.com/vitest-dev/vitest>, versions 0.34 to 4. All these reporters end with the same sections.
//!
//! The canonical name holds the file, as all reporters print it. Tests printed what stands below `stdout | ` and
//! `stderr | `; the sections are told from a copy there by the rule that begins them.

mod section;

use std::collections::HashSet;

use crate::findings::{Findings, Totals};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::names;
pub(super) use section::without_diff;
use section::{Section, Title};

pub(super) const VITEST: Framework = Framework::new("vitest", "vitest");

#[derive(Debug, Default)]
pub(super) struct Vitest {
    section: Option<Section>,
    /// Tests that failed since the last totals, with their projects.
    failed: HashSet<String>,
    has_failed_files: bool,
    /// Something failed that vitest does not count as a test.
    has_other: bool,
}

impl Recognizer for Vitest {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            " Failed ",
            " Unhandled Errors ",
            " Unhandled Error ",
            " failed",
            " passed",
            "retry x",
        ]
    }

    fn follows(&self) -> bool {
        self.section.is_some()
    }

    fn holds(&self) -> bool {
        self.section.as_ref().is_some_and(Section::is_in_message)
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(title) = section::rule_title(text).and_then(Title::parse) {
            self.close(findings);
            self.section = Some(Section::new(title));
        } else if let Some(counts) = totals_of(text, "Test Files") {
            self.close(findings);
            self.has_failed_files = names::count(counts, "failed") > 0;
        } else if let Some(counts) = totals_of(text, "Tests") {
            self.close(findings);
            self.totals(counts, text, findings);
        } else if text.starts_with("##[") {
            self.close(findings);
        } else if let Some(section) = &mut self.section {
            section.line(line, findings);
        } else if text.contains("(retry x") {
            retried(line, findings);
        }
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close(findings);
    }
}

impl Vitest {
    fn close(&mut self, findings: &mut Findings) {
        if let Some(section) = self.section.take() {
            self.has_other |= !section.is_of_tests();
            self.failed.extend(section.close(findings));
        }
    }

    fn totals(&mut self, counts: &str, text: &str, findings: &mut Findings) {
        let failed = names::count(counts, "failed");
        let passed = names::count(counts, "passed");
        findings.saw(VITEST);
        findings.count(
            VITEST,
            TestTotals {
                run: failed + passed,
                failed,
                skipped: names::count(counts, "skipped"),
            },
        );
        let has_other = std::mem::take(&mut self.has_other);
        if failed > 0 {
            findings.check(Totals {
                framework: VITEST,
                declared: failed,
                found: self.failed.len() as u64,
                ran: Some(failed + passed),
            });
        } else if passed > 0 && !std::mem::take(&mut self.has_failed_files) && !has_other {
            findings.passed(VITEST, text.trim());
        }
        self.failed.clear();
    }
}

/// What stands behind ` Test Files  ` or `      Tests  `, which are set flush right.
fn totals_of<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let inner = text.strip_prefix(' ')?.trim_start();
    let counts = inner.strip_prefix(name)?.strip_prefix("  ")?;
    let is_counts = counts.starts_with(|c: char| c.is_ascii_digit()) && counts.ends_with(')');
    is_counts.then_some(counts)
}

/// `   ✓ suite > test 6ms (retry x2)` below ` ✓ file (3 tests) 13ms`.
fn retried(line: &Line<'_>, findings: &mut Findings) {
    let text = line.text.as_ref();
    let inner = text.trim_start();
    let Some(rest) = inner
        .strip_prefix("✓ ")
        .filter(|_| inner.len() < text.len())
    else {
        return;
    };
    let Some((name, retries)) = rest.split_once(" (retry x") else {
        return;
    };
    let Some(retries) = retries
        .split(')')
        .next()
        .and_then(|n| n.parse::<u32>().ok())
    else {
        return;
    };
    let name = names::without_duration(name);
    let depth = names::indent(text);
    let test = match file_above(line).filter(|_| depth > 1) {
        Some(file) if !name.starts_with(&file) => format!("{file} > {name}"),
        _ => name.to_owned(),
    };
    let mut entry = super::entry::Entry::new(VITEST, Some(test), line);
    entry.attempts = retries.saturating_add(1);
    entry.passed_on_retry = true;
    findings.report(entry.finding_saying(Kind::Assertion, String::new()));
}

/// The file whose tests stand in the lines: ` ✓ file (3 tests) 13ms`.
fn file_above(line: &Line<'_>) -> Option<String> {
    line.before().find_map(|text| {
        let rest = text.strip_prefix(' ')?;
        let rest = ["✓ ", "❯ ", "× "]
            .iter()
            .find_map(|mark| rest.strip_prefix(mark))?;
        let (file, _) = rest.split_once(" (")?;
        Some(section::without_project(file).1.to_owned())
    })
}
