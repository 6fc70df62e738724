//! Node's own test runner, `node --test`, with its reporters `tap`, `spec` and `dot`.
//!
//! Formats: `lib/internal/test_runner/reporter/{tap,spec,dot}.js` and `reporter/utils.js` of <https://github.com/nodejs/node>,
//! versions 18 to 24. `tap` is the default without a terminal before version 23, `spec` since.
//!
//! The canonical name is the path of titles, joined by ` > `; a file around them is left out. A parent that failed only
//! because of its subtests and what was cancelled with its parent are no failures of their own.

mod file;
mod spec;
mod summary;
mod tap;
mod yaml;

use crate::findings::{Finding, Findings, Totals};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::names;
pub(super) use spec::thrown;
use spec::{List, Tree};
use summary::Summary;
use tap::Tap;

pub(super) const NODE_TEST: Framework = Framework::new("node-test", "node-test");

/// What is said of a test that never ran because its parent failed.
pub(super) const CANCELLED: &str = "test did not finish before its parent and was cancelled";

/// What is said of a file that ended with another status than 0.
const FILE_FAILED: &str = "test failed";

#[derive(Debug, Default)]
pub(super) struct NodeTest {
    tap: Tap,
    tree: Tree,
    list: Option<List>,
    summary: Option<Summary>,
}

impl Recognizer for NodeTest {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "not ok ",
            "✖ ",
            "# pass ",
            "# fail ",
            "ℹ pass ",
            "ℹ fail ",
            "Failed tests:",
        ]
    }

    fn follows(&self) -> bool {
        self.tap.follows() || self.tree.follows() || self.list.is_some() || self.summary.is_some()
    }

    fn holds(&self) -> bool {
        self.list.as_ref().is_some_and(List::is_in_entry)
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        if let Some(summary) = &mut self.summary {
            if summary.line(&line.text) {
                return;
            }
            self.end_summary(findings);
        }
        if let Some(list) = &mut self.list {
            if list.line(line, &self.tree, findings) {
                return;
            }
            self.list = None;
            self.tree = Tree::default();
        }
        if let Some(summary) = Summary::begin(line) {
            if summary.is_tap {
                self.tap.end(findings);
            } else {
                self.tap.discard();
            }
            self.summary = Some(summary);
        } else if let Some(list) = List::begin(line) {
            self.list = Some(list);
        } else if !self.tap.line(line) {
            self.tree.line(line);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.end_summary(findings);
        if let Some(list) = self.list.take() {
            list.close(&self.tree, findings);
        }
        self.tap.end(findings);
    }
}

impl NodeTest {
    fn end_summary(&mut self, findings: &mut Findings) {
        let Some(summary) = self.summary.take() else {
            return;
        };
        findings.saw(NODE_TEST);
        findings.count(NODE_TEST, summary.totals());
        let found = std::mem::take(&mut self.tap.failed);
        if summary.declared() == 0 && summary.pass > 0 {
            findings.passed(NODE_TEST, summary.text());
        } else if summary.is_tap {
            findings.check(Totals {
                framework: NODE_TEST,
                declared: summary.declared(),
                found,
                ran: Some(summary.totals().run),
            });
        }
    }
}

/// Makes a failure of a test, or of a file that could not be run.
fn finding(
    path: &[String],
    entry: super::entry::Entry,
    said: (Kind, String),
    load: Option<String>,
) -> Option<Finding> {
    let (kind, message) = said;
    let is_of_children = |message: &str| {
        let (number, rest) = message.split_once(' ').unwrap_or_default();
        number.parse::<u64>().is_ok() && matches!(rest, "subtest failed" | "subtests failed")
    };
    if message == CANCELLED || is_of_children(&message) {
        return None;
    }
    let mut path = path;
    let mut entry = entry;
    if path.len() > 1 && names::is_source(&path[0]) && path[0].contains('/') {
        entry.suite = Some(path[0].clone());
        path = &path[1..];
    }
    if path.len() == 1 && message == FILE_FAILED && names::is_source(&path[0]) {
        entry.suite = Some(path[0].clone());
        if let Some(load) = load {
            return Some(entry.finding_saying(Kind::Build, load));
        }
        entry.test = Some(file::short(&path[0]));
    } else {
        entry.test = Some(path.join(" > "));
    }
    Some(entry.finding_saying(kind, message))
}
