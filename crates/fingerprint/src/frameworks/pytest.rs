//! pytest with xdist, rerunfailures and pytest-timeout.
//!
//! Formats: `_pytest/terminal.py` and `_pytest/_code/code.py` of pytest 6 to 9, pytest-xdist 3, pytest-rerunfailures 10
//! to 16, pytest-timeout 2, `faulthandler` of Python.

mod crash;
mod entry;
mod names;
mod summary;

use std::collections::BTreeMap;

use crate::findings::{Block, Finding, Findings, Totals};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::Note;

use crash::Crash;
use entry::Entry;
pub(crate) use entry::{primary as primary_message, said};
use names::NodeId;
pub(crate) use names::node_of_report;
use summary::Counts;

pub(crate) const PYTEST: Framework = Framework::new("pytest", "pytest");

#[derive(Debug, Default)]
pub(crate) struct Pytest {
    section: Section,
    rootdir: Option<String>,
    entries: Vec<Entry>,
    /// Tests that the summary or the progress lines name as failed, with the message there.
    named: Vec<Named>,
    /// How often a test was run again, by its node id.
    reruns: BTreeMap<String, (u32, Block)>,
    crash: Option<Crash>,
    crashes: Vec<Crash>,
    /// The node id whose result has not been printed yet (`-v`).
    running: Option<NodeId>,
}

#[derive(Debug)]
struct Named {
    node: NodeId,
    message: Option<String>,
    block: Block,
    is_error: bool,
}

/// Under which heading the lines stand.
#[derive(Debug, Default, PartialEq, Eq)]
enum Section {
    /// Progress, or not in a run at all.
    #[default]
    Progress,
    /// `FAILURES` and `ERRORS`: entries with tracebacks.
    Entries,
    /// `short test summary info` and `rerun test summary info`.
    Summary,
    /// `warnings summary`, `PASSES`, coverage: nothing of ours.
    Other,
}

impl Recognizer for Pytest {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "=== ",
            "FAILED",
            "ERROR",
            "RERUN",
            "rootdir: ",
            " passed",
            " failed",
            " error",
            "Fatal Python error",
            "while loading conftest",
            "Timeout",
        ]
    }

    fn follows(&self) -> bool {
        self.section == Section::Entries || self.section == Section::Summary || self.crash.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(counts) = Counts::parse(text) {
            self.end_session(Some(&counts), findings);
            return;
        }
        if let Some(title) = summary::title(text) {
            self.close_crash();
            self.section = match title {
                "FAILURES" | "ERRORS" => Section::Entries,
                "short test summary info" | "rerun test summary info" => Section::Summary,
                "test session starts" => {
                    self.end_session(None, findings);
                    findings.saw(PYTEST);
                    Section::Progress
                }
                _ => Section::Other,
            };
            return;
        }
        if text.starts_with("##[") {
            // The runner speaks again: the step has ended, whatever was printed of it.
            self.close_crash();
            self.section = Section::Progress;
        }
        if self.crash_line(line) {
            return;
        }
        match self.section {
            Section::Entries => self.entry_line(line),
            Section::Summary => self.summary_line(line),
            Section::Progress => self.progress_line(line),
            Section::Other => {}
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.end_session(None, findings);
    }
}

impl Pytest {
    fn crash_line(&mut self, line: &Line<'_>) -> bool {
        if let Some(crash) = &mut self.crash {
            let continues = crash.extend(line);
            if !continues || crash.is_closed {
                self.close_crash();
            }
            if continues {
                return true;
            }
        }
        if self.section != Section::Progress {
            return false;
        }
        self.crash = Crash::start(line);
        let starts = self.crash.is_some();
        if let Some(crash) = &mut self.crash
            && crash.node.is_none()
        {
            crash.node = self.running.take();
        }
        starts
    }

    fn close_crash(&mut self) {
        self.crashes.extend(self.crash.take());
    }

    fn entry_line(&mut self, line: &Line<'_>) {
        if let Some(name) = names::entry_heading(&line.text) {
            self.entries.push(Entry::new(name, line));
        } else if let Some(entry) = self.entries.last_mut() {
            entry.line(line);
        }
    }

    fn summary_line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        if let Some((word, rest)) = names::summary_word(text) {
            let (node, message) = names::split_message(rest);
            self.result(word, NodeId::parse(node), message, line);
        }
    }

    fn progress_line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        if let Some(rootdir) = text.strip_prefix("rootdir: ") {
            let rootdir = rootdir.split(", ").next().unwrap_or(rootdir);
            self.rootdir = Some(rootdir.trim_end_matches('/').to_owned());
        } else if text.contains("while loading conftest") {
            self.entries
                .push(Entry::new("ERROR collecting conftest.py", line));
            self.section = Section::Entries;
        } else if let Some((word, node)) = names::progress(text) {
            self.result(word, NodeId::parse(node), None, line);
        }
    }

    fn result(&mut self, word: &str, node: NodeId, message: Option<&str>, line: &Line<'_>) {
        match word {
            "FAILED" | "ERROR" if self.named.len() < 20_000 => {
                self.named.push(Named {
                    node,
                    message: message.map(str::to_owned),
                    block: Block::of(line),
                    is_error: word == "ERROR",
                });
            }
            "RERUN" if self.section == Section::Progress && self.reruns.len() < 20_000 => {
                let (count, block) = self.reruns.entry(node.to_string()).or_default();
                *count += 1;
                block.push(line);
            }
            // The list of reruns repeats what verbose progress lines have counted.
            "RERUN" if self.reruns.len() < 20_000 => {
                let rerun = self.reruns.entry(node.to_string()).or_default();
                if rerun.0 == 0
                    || rerun
                        .1
                        .lines
                        .iter()
                        .all(|known| known.starts_with("RERUN "))
                {
                    rerun.0 += 1;
                }
                rerun.1.push(line);
            }
            _ => {}
        }
    }

    /// Turns what is known of the session into findings.
    fn end_session(&mut self, counts: Option<&Counts>, findings: &mut Findings) {
        self.close_crash();
        self.section = Section::Progress;
        let entries = std::mem::take(&mut self.entries);
        let named = std::mem::take(&mut self.named);
        let reruns = std::mem::take(&mut self.reruns);
        let rootdir = self.rootdir.take();
        let found = entries.len().max(distinct(&named)) as u64;
        let mut list: Vec<Finding> = entries
            .into_iter()
            .map(|entry| entry.finding(rootdir.as_deref()))
            .collect();
        for name in &named {
            add_named(name, &mut list);
        }
        let crashes = std::mem::take(&mut self.crashes);
        for crash in crashes
            .into_iter()
            .filter(|crash| counts.is_none() || !crash.is_timeout())
        {
            add_crash(crash, rootdir.as_deref(), &mut list);
        }
        let named_reruns: u64 = reruns.values().map(|(count, _)| u64::from(*count)).sum();
        add_reruns(reruns, &mut list);
        for finding in list {
            findings.report(finding);
        }
        if let Some(counts) = counts {
            judge(counts, found, findings);
            if counts.reruns > named_reruns {
                let text = format!(
                    "pytest ran tests again {} times and does not name them; `-rR` would",
                    counts.reruns
                );
                findings.notes.push(Note::new("reruns-unnamed", text));
            }
        }
        self.running = None;
    }
}

fn judge(counts: &Counts, found: u64, findings: &mut Findings) {
    let declared = counts.failed + counts.errors;
    if declared == 0 && counts.passed > 0 {
        findings.passed(PYTEST, format!("{} passed in pytest", counts.passed));
    } else if declared > 0 {
        findings.check(Totals {
            framework: PYTEST,
            declared,
            found,
            ran: Some(counts.ran()),
        });
    }
    findings.saw(PYTEST);
}

/// Named failures, each node and outcome once: progress lines and the summary both name them.
fn distinct(named: &[Named]) -> usize {
    let mut seen: Vec<(String, bool)> = named
        .iter()
        .map(|name| (name.node.to_string(), name.is_error))
        .collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len()
}

/// The summary names the file, which an entry's heading does not; where there is no entry the summary is all there is.
fn add_named(named: &Named, list: &mut Vec<Finding>) {
    let test = named.node.to_string();
    let known = list
        .iter_mut()
        .find(|finding| names::is_same(finding, &named.node));
    if let Some(finding) = known {
        if named.node.is_test() {
            finding.test = Some(test);
        }
        finding.suite = Some(named.node.file.clone());
        if finding.message.is_empty() {
            finding.message = named
                .message
                .as_deref()
                .map(|message| entry::said(message).1)
                .unwrap_or_default();
        }
        return;
    }
    let message = named.message.as_deref().unwrap_or_default();
    let (kind, said) = entry::said(message);
    let kind = if named.node.is_test() {
        kind
    } else {
        Kind::Build
    };
    let test = named.node.is_test().then_some(test);
    let mut finding = Finding::new(PYTEST, test, kind, named.block.clone());
    finding.message = said;
    finding.suite = Some(named.node.file.clone());
    list.push(finding);
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

/// A test that was run again and is not among the failed ones passed in the end.
fn add_reruns(reruns: BTreeMap<String, (u32, Block)>, list: &mut Vec<Finding>) {
    for (test, (count, block)) in reruns {
        if let Some(finding) = list
            .iter_mut()
            .find(|finding| finding.test.as_deref() == Some(test.as_str()))
        {
            finding.attempts = count + 1;
            continue;
        }
        let node = NodeId::parse(&test);
        let mut finding = Finding::new(PYTEST, Some(test.clone()), Kind::Assertion, block);
        finding.suite = Some(node.file);
        finding.attempts = count + 1;
        finding.passed_on_retry = true;
        list.push(finding);
    }
}
