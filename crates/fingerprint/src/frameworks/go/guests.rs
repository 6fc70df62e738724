//! Tools that run inside a Go test and print reports of their own: gocheck, ginkgo, go-deadlock, goleak.
//!
//! What runs them is one Go test (`Test`, `TestSuite`) that only says that something in it failed, or a process that ends.

mod deadlock;
mod ginkgo;
mod gocheck;
mod goleak;

use std::collections::VecDeque;

use crate::findings::{Finding, Findings, Totals};
use crate::kind::Framework;
use crate::line::Line;

pub(super) use goleak::leaks;

const GOCHECK: Framework = Framework::new("gocheck", "gocheck");
const GINKGO: Framework = Framework::new("ginkgo", "ginkgo");

/// Failures of one package that are kept.
const LIMIT: usize = 2_000;

/// What the guests of one package have reported.
#[derive(Debug, Default)]
pub(super) struct Guests {
    open: Option<Open>,
    found: Vec<Guest>,
    /// The newest lines, the newest first, where no line of the input holds them as they are.
    recent: VecDeque<String>,
}

/// A failure with the Go test that was running.
#[derive(Debug)]
struct Guest {
    finding: Finding,
    owner: Option<String>,
}

/// The report that the next lines belong to.
#[derive(Debug)]
enum Open {
    Problem(gocheck::Problem),
    Spec(ginkgo::Spec),
    Summary(ginkgo::Summary),
    Deadlock(deadlock::Report),
    Leak(goleak::Report),
}

/// Whether a line belongs to an open report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Taken,
    /// It ends the report and may begin something else.
    Over,
}

impl Guests {
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty() && self.open.is_none()
    }

    /// Takes the line if it is part of a report. `is_event`: it is carried by an event, so that what stands above it in the
    /// input is no plain text.
    pub(super) fn line(
        &mut self,
        line: &Line<'_>,
        is_event: bool,
        owner: Option<&str>,
        findings: &mut Findings,
    ) -> bool {
        let is_taken = self.read(line, is_event, owner, findings);
        if is_event {
            self.recent.truncate(3);
            self.recent.push_front(line.text.to_string());
        }
        is_taken
    }

    fn read(
        &mut self,
        line: &Line<'_>,
        is_event: bool,
        owner: Option<&str>,
        findings: &mut Findings,
    ) -> bool {
        if let Some(open) = &mut self.open {
            let next = match open {
                Open::Problem(problem) => problem.extend(line),
                Open::Spec(spec) => spec.extend(line),
                Open::Summary(summary) => summary.extend(line),
                Open::Deadlock(report) => report.extend(line),
                Open::Leak(report) => report.extend(line),
            };
            if next == Next::Taken {
                return true;
            }
            self.close(owner);
        }
        let text = line.text.as_ref();
        if let Some((framework, declared)) = gocheck::total(text)
            .map(|total| (GOCHECK, total))
            .or_else(|| ginkgo::total(text).map(|total| (GINKGO, total)))
        {
            self.check(framework, declared, findings);
            return true;
        }
        self.open = self.start(line, is_event);
        self.open.is_some()
    }

    fn start(&self, line: &Line<'_>, is_event: bool) -> Option<Open> {
        let text = line.text.as_ref();
        let above = |count: usize| -> Vec<String> {
            if is_event {
                self.recent.iter().take(count).cloned().collect()
            } else {
                let lines = line.above().take(count);
                lines.map(|line| line.text.into_owned()).collect()
            }
        };
        if text.starts_with("FAIL: ") || text.starts_with("PANIC: ") {
            return gocheck::Problem::start(line, above(1).first()?).map(Open::Problem);
        }
        if text.starts_with("Summarizing ") || text.starts_with("• [FLAKEY TEST") {
            return ginkgo::Summary::start(text)
                .map(Open::Summary)
                .or_else(|| ginkgo::Spec::flaky(line).map(Open::Spec));
        }
        if text.starts_with("goleak: Errors on successful test run: ") {
            return Some(Open::Leak(goleak::Report::start(line)));
        }
        if memchr::memmem::find(text.as_bytes(), b".go:").is_none() || text.starts_with(' ') {
            return None;
        }
        if let Some(report) = deadlock::Report::start(line, || above(3)) {
            return Some(Open::Deadlock(report));
        }
        ginkgo::Spec::start(line, || above(2)).map(Open::Spec)
    }

    fn close(&mut self, owner: Option<&str>) {
        let found = match self.open.take() {
            None => Vec::new(),
            Some(Open::Problem(problem)) => vec![problem.finding()],
            Some(Open::Spec(spec)) => spec.finding().into_iter().collect(),
            Some(Open::Summary(summary)) => summary.findings(),
            Some(Open::Deadlock(report)) => vec![report.finding()],
            Some(Open::Leak(report)) => vec![report.finding()],
        };
        for finding in found {
            if self.found.len() < LIMIT {
                let owner = owner.map(str::to_owned);
                self.found.push(Guest { finding, owner });
            }
        }
    }

    /// Compares a tool's own count with what was found of it.
    fn check(&mut self, framework: Framework, declared: u64, findings: &mut Findings) {
        let mut names: Vec<&str> = self
            .found
            .iter()
            .filter(|guest| guest.finding.framework == framework && !guest.finding.passed_on_retry)
            .filter_map(|guest| guest.finding.test.as_deref())
            .collect();
        names.sort_unstable();
        names.dedup();
        findings.saw(framework);
        findings.check(Totals {
            framework,
            declared,
            found: names.len() as u64,
            ran: None,
        });
    }

    /// The Go test that ran them has passed: it only printed such words.
    pub(super) fn passed(&mut self, test: &str) {
        let owner = Some(test);
        self.found.retain(|guest| guest.owner.as_deref() != owner);
    }

    pub(super) fn clear(&mut self) {
        self.open = None;
        self.found.clear();
    }

    /// What was found, at the end of the package.
    pub(super) fn take(&mut self) -> Vec<Finding> {
        self.close(None);
        let found = std::mem::take(&mut self.found);
        found.into_iter().map(|guest| guest.finding).collect()
    }
}
