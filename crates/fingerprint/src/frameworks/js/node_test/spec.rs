//! The reporters `spec` and `dot`: a tree of titles, where parents follow their children, and a list of failures at the end.
//!
//! Only the list is sure to hold the errors, and only the tree the paths. Title and duration together join the two.

use std::collections::HashMap;

use crate::findings::{FINDING_LIMIT, Findings};
use crate::line::Line;

use super::super::entry::Entry;
use super::super::{error, names};
use super::yaml::unquoted;
use super::{NODE_TEST, file};

/// Lines that are waited for the end of a parent.
const PATIENCE: u32 = 20_000;

/// The failures of the tree.
#[derive(Debug, Default)]
pub(super) struct Tree {
    open: Vec<Node>,
    /// By title and duration as they are printed.
    known: HashMap<String, Vec<String>>,
    /// What files died of.
    loads: HashMap<String, String>,
    /// Parents of the open ones, by depth.
    ancestors: Vec<Option<String>>,
    patience: u32,
}

#[derive(Debug)]
struct Node {
    depth: usize,
    key: String,
    path: Vec<String>,
}

impl Tree {
    pub(super) fn follows(&self) -> bool {
        !self.open.is_empty()
    }

    /// `    ✖ title (1.2ms)`; before version 20 parents end with `▶ title (1.2ms)`.
    pub(super) fn line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        let indent = names::indent(text);
        let body = &text[indent..];
        let is_parent = body.starts_with("▶ ");
        let Some(key) = body.strip_prefix(if is_parent { "▶ " } else { "✖ " }) else {
            self.wait();
            return;
        };
        let key = key.trim_end();
        let title = names::without_duration(key);
        let depth = indent / 2;
        let is_result = indent.is_multiple_of(2) && title != key;
        if !is_result || self.known.len() + self.open.len() >= FINDING_LIMIT {
            return;
        }
        if self.open.is_empty() {
            if is_parent {
                return;
            }
            self.ancestors = ancestors(line, depth);
            self.patience = PATIENCE;
        }
        let has_children = self.open.iter().any(|node| node.depth > depth);
        let begun = self.ancestors.get(depth).and_then(Option::as_deref);
        if has_children && begun.is_some_and(|begun| begun != title) {
            // A test printed it: another parent was begun.
            return;
        }
        for node in self.open.iter_mut().filter(|node| node.depth > depth) {
            node.path.insert(0, title.to_owned());
            node.depth = depth;
        }
        if !is_parent || !has_children {
            self.open.push(Node {
                depth,
                key: key.to_owned(),
                path: vec![title.to_owned()],
            });
        }
        if depth == 0 {
            if names::is_source(title)
                && let Some(load) = file::load_error(line)
            {
                self.loads.insert(key.to_owned(), load);
            }
            self.end();
        }
    }

    /// Parents that never come must not be waited for.
    fn wait(&mut self) {
        self.patience = self.patience.saturating_sub(1);
        if self.patience == 0 {
            self.end();
        }
    }

    fn end(&mut self) {
        let done = self.open.drain(..).map(|node| (node.key, node.path));
        self.known.extend(done);
    }
}

/// The parents that were begun above a result, as far as they can be seen.
fn ancestors(line: &Line<'_>, depth: usize) -> Vec<Option<String>> {
    let mut ancestors = vec![None; depth];
    let mut wanted = depth;
    for text in line.before() {
        let indent = names::indent(&text);
        let Some(title) = text[indent..].strip_prefix("▶ ") else {
            continue;
        };
        if indent / 2 < wanted && indent.is_multiple_of(2) {
            wanted = indent / 2;
            ancestors[wanted] = Some(names::without_duration(title.trim_end()).to_owned());
        }
    }
    ancestors
}

/// The list at the end.
#[derive(Debug, Default)]
pub(super) struct List {
    entry: Option<(String, Entry)>,
    suite: Option<String>,
}

impl List {
    /// The heading of the list, which follows the counts or the dots.
    pub(super) fn begin(line: &Line<'_>) -> Option<Self> {
        let text = line.text.as_ref();
        let is_spec = text == "✖ failing tests:";
        let is_dot = text == "Failed tests:";
        if !is_spec && !is_dot {
            return None;
        }
        let above = line.before().find(|text| !text.trim().is_empty())?;
        let is_dots = |text: &str| text.bytes().all(|b| b == b'.' || b == b'X');
        let is_it = is_spec && above.starts_with("ℹ ") || is_dot && is_dots(above.trim());
        is_it.then(Self::default)
    }

    pub(super) fn is_in_entry(&self) -> bool {
        self.entry.is_some()
    }

    /// Takes the line if it is part of the list.
    pub(super) fn line(&mut self, line: &Line<'_>, tree: &Tree, findings: &mut Findings) -> bool {
        let text = line.text.as_ref();
        let is_excused = text.starts_with("⚠ ") || text.starts_with("﹣ ");
        if let Some(place) = text.strip_prefix("test at ") {
            self.end_entry(tree, findings);
            self.suite = place.rsplitn(3, ':').nth(2).map(str::to_owned);
        } else if let Some(key) = text.strip_prefix("✖ ") {
            self.end_entry(tree, findings);
            let mut entry = Entry::new(NODE_TEST, None, line);
            entry.suite = self.suite.take();
            self.entry = Some((key.trim_end().to_owned(), entry));
        } else if is_excused {
            self.end_entry(tree, findings);
        } else if text.trim().is_empty() || text.starts_with("  ") {
            if let Some((_, entry)) = &mut self.entry {
                entry.take(line, text.strip_prefix("  ").unwrap_or(text));
            }
        } else {
            self.end_entry(tree, findings);
            return false;
        }
        true
    }

    fn end_entry(&mut self, tree: &Tree, findings: &mut Findings) {
        let Some((key, mut entry)) = self.entry.take() else {
            return;
        };
        // An excused one has a directive behind its duration.
        if key.contains(" # TODO") || key.contains(" # SKIP") {
            return;
        }
        let leaf = [names::without_duration(&key).to_owned()];
        let path = tree.known.get(&key).map_or(&leaf[..], Vec::as_slice);
        entry.text = thrown(&entry.text);
        let said = error::judge(&entry.text);
        let load = tree.loads.get(&key).cloned();
        if let Some(finding) = super::finding(path, entry, said, load) {
            findings.report(finding);
        }
    }

    pub(super) fn close(mut self, tree: &Tree, findings: &mut Findings) {
        self.end_entry(tree, findings);
    }
}

/// What was thrown, as `util.inspect` shows it: an error, or a text in quotes.
pub(in super::super) fn thrown(text: &str) -> String {
    let text = text.trim();
    let Some(inner) = text.strip_prefix('[') else {
        return unquoted(text);
    };
    // An error without a stack stands in brackets, its properties behind it.
    let end = inner.rfind("] {").or_else(|| inner.rfind(']'));
    inner[..end.unwrap_or(inner.len())].to_owned()
}
