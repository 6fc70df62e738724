//! `CppUnit`'s text output.
//!
//! Format: `TextOutputter.cpp`, releases 1.12 to 1.15 (<https://www.freedesktop.org/wiki/Software/cppunit>).

use crate::findings::{Block, Finding, Findings, Totals};
use crate::frameworks::cpp::parts::leading_number;
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

const CPPUNIT: Framework = Framework::new("cppunit", "cppunit");

/// Lines of one failure, and of what stands above the first.
const LINES: u32 = 64;

#[derive(Debug, Default)]
pub(super) struct CppUnit {
    /// The list is being read, and as many lines may stand before the next failure.
    lines: u32,
    open: Option<Finding>,
    declared: u64,
    ran: u64,
    found: u64,
}

impl Recognizer for CppUnit {
    fn anchors(&self) -> &'static [&'static str] {
        &["^!!!FAILURES!!!", "^OK ("]
    }

    fn follows(&self) -> bool {
        self.lines > 0
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if text.trim_end() == "!!!FAILURES!!!" {
            self.close(findings);
            self.lines = LINES;
        } else if self.lines > 0 {
            self.lines -= 1;
            self.listed(text, line, findings);
        } else if let Some(ran) = all_passed(text) {
            let counts = TestTotals {
                run: ran,
                failed: 0,
                skipped: 0,
            };
            findings.count(CPPUNIT, counts);
            findings.passed(CPPUNIT, text.trim());
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close(findings);
    }
}

impl CppUnit {
    fn listed(&mut self, text: &str, line: &Line<'_>, findings: &mut Findings) {
        if let Some((ran, failed)) = totals(text) {
            (self.ran, self.declared) = (ran, failed);
            findings.saw(CPPUNIT);
            let counts = TestTotals {
                run: ran,
                failed,
                skipped: 0,
            };
            findings.count(CPPUNIT, counts);
        } else if self.declared > 0
            && let Some((test, kind)) = failure(text)
        {
            self.tell(findings);
            self.lines = LINES;
            self.open = Some(Finding::new(
                CPPUNIT,
                Some(test.to_owned()),
                kind,
                Block::of(line),
            ));
        } else if let Some(open) = &mut self.open {
            if text.trim().is_empty() {
                self.tell(findings);
            } else {
                open.block.push(line);
                if !open.message.is_empty() {
                    open.message.push('\n');
                }
                open.message.push_str(text.trim());
            }
        }
        if self.declared > 0 && self.found == self.declared || self.lines == 0 {
            self.close(findings);
        }
    }

    fn tell(&mut self, findings: &mut Findings) {
        if let Some(open) = self.open.take() {
            self.found += 1;
            findings.report(open);
        }
    }

    fn close(&mut self, findings: &mut Findings) {
        self.tell(findings);
        if self.declared > 0 {
            findings.check(Totals {
                framework: CPPUNIT,
                declared: self.declared,
                found: self.found,
                ran: Some(self.ran),
            });
        }
        *self = Self::default();
    }
}

/// `OK (4)`
fn all_passed(text: &str) -> Option<u64> {
    let (ran, rest) = leading_number(text.strip_prefix("OK (")?)?;
    (rest.trim_end() == ")" && ran > 0).then_some(ran)
}

/// `Run:  4   Failures: 2   Errors: 1`
fn totals(text: &str) -> Option<(u64, u64)> {
    let (ran, rest) = leading_number(text.strip_prefix("Run:")?.trim_start())?;
    let rest = rest.trim_start().strip_prefix("Failures:")?;
    let (failures, rest) = leading_number(rest.trim_start())?;
    let rest = rest.trim_start().strip_prefix("Errors:")?;
    let (errors, _) = leading_number(rest.trim_start())?;
    Some((ran, failures.saturating_add(errors)))
}

/// `1) test: BoilerTest::eq (F) line: 8 boiler.cc`, an error with `(E)`.
fn failure(text: &str) -> Option<(&str, Kind)> {
    let (_, rest) = leading_number(text)?;
    let rest = rest.strip_prefix(") test: ")?;
    let failed = rest.find(" (F)").map(|at| (at, Kind::Assertion));
    let (at, kind) = failed.or_else(|| rest.find(" (E)").map(|at| (at, Kind::Panic)))?;
    Some((&rest[..at], kind))
}
