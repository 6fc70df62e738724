//! Playwright Test: `  1) [project] › file:1:2 › suite › test ───`, then the error of each attempt, and a list at the end.
//!
//! Formats: `packages/playwright/src/reporters/{base,list,line,dot}.ts` of <https://github.com/microsoft/playwright>,
//! versions 1.14 to 1.60. These reporters print the same blocks and the same list.
//!
//! The canonical name is the project in brackets, where there is one, and the titles; the file is the suite. A heading may
//! also name the step that failed: the list tells where the test's own titles end.

mod block;
mod list;
mod title;

use crate::findings::{FINDING_LIMIT, Findings, Totals};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::entry::Entry;
use super::names;
use block::Failed;
pub(super) use block::is_appendix;
use list::{List, count, flaky_above};
pub(super) use title::Title;

pub(super) const PLAYWRIGHT: Framework = Framework::new("playwright", "playwright");

#[derive(Debug, Default)]
pub(super) struct Playwright {
    entry: Option<Failed>,
    failed: Vec<Failed>,
    list: Option<List>,
}

impl Recognizer for Playwright {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "^Running ",
            "Error: ",
            " timeout of ",
            "^    Expected to fail",
            " failed",
            " passed",
        ]
    }

    fn follows(&self) -> bool {
        self.entry.is_some() || self.list.is_some()
    }

    fn holds(&self) -> bool {
        self.entry.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if is_start(text) {
            self.end_run(findings);
            findings.saw(PLAYWRIGHT);
            return;
        }
        if self.list.is_some() {
            self.list_line(line, findings);
            return;
        }
        if let Some((number, "failed" | "flaky")) = count(text) {
            self.close_entry();
            let mut list = List::default();
            list.heading(number, text);
            self.list = Some(list);
        } else if let Some((_, "passed")) = count(text) {
            self.close_entry();
            self.passed(line, findings);
        } else {
            self.block_line(line);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.end_run(findings);
    }
}

impl Playwright {
    fn block_line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        if let Some(title) = Title::of_heading(text) {
            self.open(title, line);
            return;
        }
        let is_inner = text.trim().is_empty() || text.starts_with("    ");
        if let Some(failed) = &mut self.entry {
            if is_inner {
                failed.line(line);
                return;
            }
            self.close_entry();
        }
        // The error may be the first line that anybody has looked at: its heading stands above.
        if is_inner && !text.trim().is_empty() && names::indent(text) == 4 {
            let above = line.before().find(|text| !text.trim().is_empty());
            if let Some(title) = above.as_deref().and_then(Title::of_heading) {
                self.open(title, line);
                if let Some(failed) = &mut self.entry {
                    failed.line(line);
                }
            }
        }
    }

    fn open(&mut self, title: Title, line: &Line<'_>) {
        self.close_entry();
        let mut entry = Entry::new(PLAYWRIGHT, None, line);
        entry.suite.clone_from(&title.file);
        self.entry = Some(Failed { title, entry });
    }

    fn close_entry(&mut self) {
        if let Some(failed) = self.entry.take()
            && self.failed.len() < FINDING_LIMIT
        {
            self.failed.push(failed);
        }
    }

    fn list_line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        let Some(list) = &mut self.list else {
            return;
        };
        if let Some((number, word)) = count(text) {
            list.heading(number, text);
            if word == "passed" {
                self.end_list(number, findings);
            }
        } else if let Some(title) = Title::of_list(text) {
            if list.titles.len() < FINDING_LIMIT {
                list.titles.push((title, list.is_flaky));
            }
        } else if list.titles.is_empty() {
            // Not the list: a test printed such a line.
            self.list = None;
            self.block_line(line);
        } else {
            self.end_list(0, findings);
        }
    }

    fn end_list(&mut self, passed: u64, findings: &mut Findings) {
        let Some(list) = self.list.take() else {
            return;
        };
        findings.saw(PLAYWRIGHT);
        let run = passed + list.failed + list.flaky;
        findings.count(
            PLAYWRIGHT,
            TestTotals {
                run,
                failed: list.failed,
                skipped: list.skipped,
            },
        );
        let listed = list.titles.iter().filter(|(_, is_flaky)| !is_flaky).count();
        findings.check(Totals {
            framework: PLAYWRIGHT,
            declared: list.failed,
            found: listed as u64,
            ran: Some(run),
        });
        self.report(&list.titles, findings);
    }

    /// Reports what was found: of the list where there is one, with what the blocks say of it.
    fn report(&mut self, titles: &[(Title, bool)], findings: &mut Findings) {
        if titles.is_empty() {
            for failed in self.failed.drain(..) {
                failed.report(None, findings);
            }
        }
        for (title, is_flaky) in titles {
            let mut is_found = false;
            for at in (0..self.failed.len()).rev() {
                if self.failed[at].title.is_of(title) {
                    let mut failed = self.failed.remove(at);
                    failed.entry.passed_on_retry = *is_flaky;
                    failed.entry.attempts += u32::from(*is_flaky);
                    failed.report(Some(title), findings);
                    is_found = true;
                }
            }
            if !is_found {
                let mut finding = crate::findings::Finding::new(
                    PLAYWRIGHT,
                    Some(title.name()),
                    Kind::Assertion,
                    crate::findings::Block::default(),
                );
                finding.suite.clone_from(&title.file);
                finding.passed_on_retry = *is_flaky;
                findings.report(finding);
            }
        }
        self.failed.clear();
    }

    fn passed(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let Some((passed, _)) = count(&line.text) else {
            return;
        };
        let text = line.text.trim();
        if !text.ends_with(')') {
            return;
        }
        // Had anything failed, it would be listed, and with it what is flaky: only that may be listed unseen. Whatever else
        // looks like a failure was printed by a test.
        if let Some(list) = flaky_above(line) {
            self.list = Some(list);
            self.end_list(passed, findings);
            return;
        }
        self.failed.clear();
        findings.count(
            PLAYWRIGHT,
            TestTotals {
                run: passed,
                failed: 0,
                skipped: 0,
            },
        );
        findings.passed(PLAYWRIGHT, text);
    }

    /// The run has ended, with or without a list.
    fn end_run(&mut self, findings: &mut Findings) {
        self.close_entry();
        self.end_list(0, findings);
        self.report(&[], findings);
    }
}

/// `Running 15 tests using 2 workers`.
fn is_start(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("Running ") else {
        return false;
    };
    let mut words = rest.split_whitespace();
    words.next().is_some_and(|n| n.parse::<u64>().is_ok())
        && words.next().is_some_and(|word| word.starts_with("test"))
        && words.next() == Some("using")
        && rest.contains(" worker")
}
