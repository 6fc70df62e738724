//! The reporter `tap`: `not ok 1 - title` with a block of YAML, subtests four blanks deeper and before their parents.

use crate::findings::{FINDING_LIMIT, Finding, Findings};
use crate::kind::Kind;
use crate::line::Line;

use super::super::entry::Entry;
use super::super::{error, names};
use super::yaml::Yaml;
use super::{NODE_TEST, file};

#[derive(Debug, Default)]
pub(super) struct Tap {
    open: Option<Open>,
    /// Failures below parents that have not ended.
    pending: Vec<Pending>,
    /// What is reported when the counts show that this is TAP: another reporter's tests may print a copy of it.
    done: Vec<Finding>,
    /// Tests that failed, as Node counts them.
    pub(super) failed: u64,
}

/// A result whose block is being read.
#[derive(Debug)]
struct Open {
    depth: usize,
    title: String,
    is_excused: bool,
    entry: Entry,
    yaml: Option<Yaml>,
    load: Option<String>,
}

#[derive(Debug)]
struct Pending {
    depth: usize,
    /// Titles, the outermost first.
    path: Vec<String>,
    entry: Entry,
    said: (Kind, String),
    load: Option<String>,
}

impl Pending {
    fn finding(self) -> Option<Finding> {
        super::finding(&self.path, self.entry, self.said, self.load)
    }
}

impl Tap {
    pub(super) fn follows(&self) -> bool {
        self.open.is_some() || !self.pending.is_empty()
    }

    /// Takes the line if it is a result or belongs to one.
    pub(super) fn line(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        if self.yaml_line(line) {
            return true;
        }
        let Some(result) = Result::parse(text) else {
            return false;
        };
        if result.is_ok || result.is_excused {
            self.close_parent(result.depth, &result.title, result.is_excused);
            if result.is_ok {
                return true;
            }
        }
        self.open = Some(Open {
            depth: result.depth,
            is_excused: result.is_excused,
            load: (result.depth == 0 && names::is_source(&result.title))
                .then(|| file::load_error(line))
                .flatten(),
            title: result.title,
            entry: Entry::new(NODE_TEST, None, line),
            yaml: None,
        });
        true
    }

    fn yaml_line(&mut self, line: &Line<'_>) -> bool {
        let Some(open) = &mut self.open else {
            return false;
        };
        let text = line.text.as_ref();
        let margin = open.depth * 4 + 2;
        let inner = text.get(margin..).filter(|_| names::indent(text) >= margin);
        match (&mut open.yaml, inner) {
            (None, Some("---")) => open.yaml = Some(Yaml::default()),
            (Some(_), Some("...")) => {
                open.entry.block.push(line);
                self.close_result();
                return true;
            }
            (Some(yaml), Some(inner)) => yaml.line(inner),
            (Some(yaml), None) if text.trim().is_empty() => yaml.line(""),
            _ => {
                // No block: another tool's result, or a cut log.
                self.open = None;
                return false;
            }
        }
        open.entry.block.push(line);
        true
    }

    fn close_result(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        let Some(yaml) = open.yaml.filter(Yaml::is_of_node) else {
            return;
        };
        if open.is_excused {
            return;
        }
        self.failed += u64::from(!yaml.is_suite);
        for pending in self.below(open.depth) {
            pending.path.insert(0, open.title.clone());
            pending.depth = open.depth;
        }
        if yaml.failure_type != "subtestsFailed" && self.pending.len() < FINDING_LIMIT {
            let (kind, message) = error::judge_named(&yaml.name, &yaml.error);
            let kind = if yaml.signal { Kind::Crash } else { kind };
            let mut entry = open.entry;
            entry.suite = yaml.location.rsplitn(3, ':').nth(2).map(str::to_owned);
            self.pending.push(Pending {
                depth: open.depth,
                path: vec![open.title],
                entry,
                said: (kind, message),
                load: open.load,
            });
        }
        if open.depth == 0 {
            self.report();
        }
    }

    /// A parent ended well or is excused: what failed below it is of no account when it is excused.
    fn close_parent(&mut self, depth: usize, title: &str, is_excused: bool) {
        if is_excused {
            let before = self.pending.len();
            self.pending.retain(|pending| pending.depth <= depth);
            self.failed = self
                .failed
                .saturating_sub((before - self.pending.len()) as u64);
        }
        for pending in self.below(depth) {
            pending.path.insert(0, title.to_owned());
            pending.depth = depth;
        }
        if depth == 0 {
            self.report();
        }
    }

    fn below(&mut self, depth: usize) -> impl Iterator<Item = &mut Pending> {
        self.pending
            .iter_mut()
            .filter(move |pending| pending.depth > depth)
    }

    fn report(&mut self) {
        let room = FINDING_LIMIT.saturating_sub(self.done.len());
        let ended = self.pending.drain(..).filter_map(Pending::finding);
        self.done.extend(ended.take(room));
    }

    /// No more results come.
    pub(super) fn end(&mut self, findings: &mut Findings) {
        self.close_result();
        self.report();
        for finding in self.done.drain(..) {
            findings.report(finding);
        }
    }

    /// The results were no TAP of Node's: tests printed them.
    pub(super) fn discard(&mut self) {
        *self = Self::default();
    }
}

/// `    not ok 2 - title # TODO reason`.
struct Result {
    depth: usize,
    is_ok: bool,
    title: String,
    is_excused: bool,
}

impl Result {
    fn parse(text: &str) -> Option<Self> {
        let indent = names::indent(text);
        let body = &text[indent..];
        let (is_ok, rest) = match body.strip_prefix("not ok ") {
            Some(rest) => (false, rest),
            None => (true, body.strip_prefix("ok ")?),
        };
        let (number, title) = rest.split_once(" - ")?;
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        if !is_number || !indent.is_multiple_of(4) {
            return None;
        }
        let (title, directive) = match title.rfind(" # ") {
            Some(at) => (&title[..at], &title[at + 3..]),
            None => (title, ""),
        };
        let is_excused = directive.starts_with("TODO") || directive.starts_with("SKIP");
        Some(Self {
            depth: indent / 4,
            is_ok,
            title: title.trim().replace("\\#", "#"),
            is_excused,
        })
    }
}
