//! What a session has told so far, and what follows from it at its end.

use std::collections::BTreeMap;

use crate::findings::{Block, FINDING_LIMIT, Finding, Totals};
use crate::kind::Kind;
use crate::line::Line;
use crate::scan::{Note, TestTotals};

use super::PYTEST;
use super::counts::Counts;
use super::crash::{self, Crash};
use super::entry::Entry;
use super::internal::InternalError;
use super::names::{self, Mention, NodeId};
use super::pairing;
use super::verbose::Running;

/// Names that are kept of one session.
const NAME_LIMIT: usize = 20_000;

/// A test, or a file, that a line names as failed.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) node: NodeId,
    pub(super) message: Option<String>,
    pub(super) block: Block,
    pub(super) is_error: bool,
    pub(super) is_subtest: bool,
}

#[derive(Debug, Default)]
pub(super) struct Story {
    pub(super) rootdir: Option<String>,
    pub(super) entries: Vec<Entry>,
    /// Entries beyond the limit.
    lost: u64,
    /// Failures that the short summary names.
    pub(super) summary: Vec<Named>,
    /// Failures that progress lines name.
    progress: Vec<Named>,
    /// How often a test was run again, by its node id.
    reruns: BTreeMap<String, Rerun>,
    pub(super) crashes: Vec<Crash>,
    pub(super) internal: Option<InternalError>,
}

#[derive(Debug, Default)]
struct Rerun {
    in_progress: u32,
    in_summary: u32,
    block: Block,
}

/// What is to be reported of a session.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) findings: Vec<Finding>,
    pub(super) lost: u64,
    pub(super) totals: Option<Totals>,
    pub(super) tests: Option<TestTotals>,
    pub(super) passed: Option<String>,
    pub(super) note: Option<Note>,
    /// Text between these offsets is what tests printed.
    pub(super) enclosed: Vec<(u64, u64)>,
}

impl Story {
    pub(super) fn add_entry(&mut self, entry: Entry) {
        if self.entries.len() < FINDING_LIMIT {
            self.entries.push(entry);
        } else {
            self.lost += 1;
        }
    }

    /// A line of the summary.
    pub(super) fn mentioned(&mut self, mention: Mention<'_>, line: &Line<'_>) {
        match mention.word {
            "FAILED" | "ERROR" if self.summary.len() < NAME_LIMIT => self.summary.push(Named {
                node: mention.node,
                message: mention.message.map(str::to_owned),
                block: Block::of(line),
                is_error: mention.word == "ERROR",
                is_subtest: mention.is_subtest,
            }),
            "RERUN" if self.reruns.len() < NAME_LIMIT => {
                let rerun = self.reruns.entry(mention.node.to_string()).or_default();
                rerun.in_summary += 1;
                rerun.block.push(line);
            }
            _ => {}
        }
    }

    /// A progress line that carries a result.
    pub(super) fn ended(&mut self, word: &str, node: NodeId, line: &Line<'_>) {
        match word {
            "FAILED" | "ERROR" if self.progress.len() < NAME_LIMIT => self.progress.push(Named {
                node,
                message: None,
                block: Block::of(line),
                is_error: word == "ERROR",
                is_subtest: false,
            }),
            "RERUN" if self.reruns.len() < NAME_LIMIT => {
                let rerun = self.reruns.entry(node.to_string()).or_default();
                rerun.in_progress += 1;
                rerun.block.push(line);
            }
            _ => {}
        }
    }

    /// Whether a line that looks like the totals fits what the sections have shown: as many entries, as many names.
    pub(super) fn fits(&self, counts: &Counts) -> bool {
        let declared = counts.declared();
        let shown = [self.entries.len() as u64, self.summary.len() as u64];
        // Entries of `--tb=line` are lost behind captured text, which nothing ends.
        let [entries, named] = shown;
        let is_headless = self.entries.last().is_some_and(|last| !last.has_heading());
        let is_named_whole = is_headless && named == declared && entries < declared;
        is_named_whole
            || shown.iter().any(|&shown| shown > 0)
                && shown.iter().all(|&shown| shown == 0 || shown == declared)
    }

    /// Turns what is known into what is to be reported. `counts` is missing where the session did not come to its end;
    /// `died` is the test in which its process died.
    pub(super) fn settle(mut self, counts: Option<&Counts>, died: Option<Running>) -> Report {
        let declared = counts.map(Counts::declared);
        if declared == Some(0) {
            // Nothing of this session failed, whatever its tests have printed.
            self.entries.clear();
            self.summary.clear();
            self.progress.clear();
            self.crashes.clear();
        }
        let names = self.names(declared);
        let rootdir = self.rootdir.as_deref();
        let paired = pairing::pair(self.entries, names, rootdir, declared);
        let found = paired.found;
        let mut list = paired.findings;
        for crash in self.crashes {
            // pytest-timeout's signal method shows the stacks too, and fails the test in the ordinary way.
            if counts.is_none() || !crash.is_timeout() {
                add_crash(crash, rootdir, &mut list);
            }
        }
        if let Some(running) = died {
            add_death(running, &mut list);
        }
        list.extend(self.internal.map(InternalError::finding));
        let named_reruns: u64 = self
            .reruns
            .values()
            .map(|rerun| u64::from(rerun.count()))
            .sum();
        add_reruns(self.reruns, &mut list);
        let mut report = Report {
            findings: list,
            lost: self.lost,
            ..Report::default()
        };
        if let Some(counts) = counts {
            report.judge(counts, found, named_reruns);
        }
        report
    }

    /// The names to go by: the summary's, and where it does not name as many as failed, those of the progress lines.
    fn names(&mut self, declared: Option<u64>) -> Vec<Named> {
        let mut names = std::mem::take(&mut self.summary);
        if declared == Some(names.len() as u64) {
            return names;
        }
        let key = |name: &Named| (name.node.to_string(), name.is_error);
        let mut known: std::collections::HashSet<_> = names.iter().map(key).collect();
        for name in std::mem::take(&mut self.progress) {
            if known.insert(key(&name)) {
                names.push(name);
            }
        }
        names
    }
}

impl Report {
    fn judge(&mut self, counts: &Counts, found: u64, named_reruns: u64) {
        let declared = counts.declared();
        self.tests = Some(counts.totals());
        if declared == 0 && counts.passed > 0 {
            self.passed = Some(format!("{} passed in pytest", counts.passed));
        } else if declared > 0 {
            self.totals = Some(Totals {
                framework: PYTEST,
                declared,
                found,
                ran: Some(counts.ran()),
            });
        }
        if counts.reruns > named_reruns {
            let text = format!(
                "pytest ran tests again {} times and does not name them; `-rR` would",
                counts.reruns
            );
            self.note = Some(Note::new("reruns-unnamed", text));
        }
    }
}

impl Rerun {
    /// The list of reruns repeats what verbose progress lines have counted.
    fn count(&self) -> u32 {
        self.in_progress.max(self.in_summary)
    }
}

fn add_crash(crash: Crash, rootdir: Option<&str>, list: &mut Vec<Finding>) {
    let mut finding = crash.finding(rootdir);
    let same = |known: &&mut Finding| match (&known.test, &finding.test) {
        (Some(known), Some(test)) => {
            known == test || names::without_file(known) == names::without_file(test)
        }
        _ => false,
    };
    match list.iter_mut().find(same) {
        Some(known) => {
            finding.test = known.test.take();
            finding.suite = known.suite.take().or(finding.suite);
            let block = std::mem::take(&mut known.block);
            finding.block.append(block);
            *known = finding;
        }
        None => list.push(finding),
    }
}

fn add_death(running: Running, list: &mut Vec<Finding>) {
    let test = running.node.to_string();
    if list
        .iter()
        .all(|known| known.test.as_deref() != Some(test.as_str()))
    {
        list.push(crash::death(&running.node, running.at));
    }
}

/// A test that was run again and is not among the failed ones passed in the end.
fn add_reruns(reruns: BTreeMap<String, Rerun>, list: &mut Vec<Finding>) {
    for (test, rerun) in reruns {
        let attempts = rerun.count() + 1;
        if let Some(finding) = list
            .iter_mut()
            .find(|finding| finding.test.as_deref() == Some(test.as_str()))
        {
            finding.attempts = attempts;
            continue;
        }
        let node = NodeId::parse(&test);
        let mut finding = Finding::new(PYTEST, Some(test), Kind::Assertion, rerun.block);
        finding.suite = Some(node.file);
        finding.attempts = attempts;
        finding.passed_on_retry = true;
        list.push(finding);
    }
}
