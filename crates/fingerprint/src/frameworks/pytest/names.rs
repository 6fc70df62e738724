//! Node ids, headings and the lines that carry them.

use std::fmt;

use crate::findings::Finding;

/// `tests/test_a.py::TestB::test_c[1 s-2]` taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct NodeId {
    pub(super) file: String,
    /// `TestB::test_c[1 s-2]`; empty for a file.
    pub(super) name: String,
}

impl NodeId {
    pub(super) fn parse(text: &str) -> Self {
        let (file, name) = text.split_once("::").unwrap_or((text, ""));
        Self {
            file: file.trim().to_owned(),
            name: name.trim().to_owned(),
        }
    }

    pub(super) fn new(file: &str, name: &str) -> Self {
        Self {
            file: file.to_owned(),
            name: name.to_owned(),
        }
    }

    pub(super) fn is_test(&self) -> bool {
        !self.name.is_empty()
    }

    /// Names the subtest by its description, `[message] (i=1)`, as its heading does.
    pub(super) fn describe(&mut self, description: &str) {
        let description = description.trim();
        if !description.is_empty() {
            self.name = format!("{} {description}", self.name);
        }
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file.is_empty(), self.name.is_empty()) {
            (true, _) => f.write_str(&self.name),
            (_, true) => f.write_str(&self.file),
            _ => write!(f, "{}::{}", self.file, self.name),
        }
    }
}

/// The part of a test's name behind its file.
pub(super) fn without_file(test: &str) -> &str {
    match test.split_once("::") {
        Some((file, name)) if file.contains('.') => name,
        _ => test,
    }
}

/// Whether a finding made from an entry is what `node` names.
pub(super) fn is_same(finding: &Finding, node: &NodeId) -> bool {
    let file_fits = |file: &str| {
        file == node.file || node.file.is_empty() || file.ends_with(&format!("/{}", node.file))
    };
    match &finding.test {
        Some(test) => {
            let file = finding.suite.as_deref();
            node.is_test() && without_file(test) == node.name && file.is_none_or(file_fits)
        }
        None => !node.is_test() && finding.suite.as_deref().is_some_and(file_fits),
    }
}

/// The prefix of a doctest's heading; its dots are the module's.
const DOCTEST: &str = "[doctest] ";

/// Class and function as a node id writes them: dots before the parameters, or the description of a subtest, become `::`.
pub(super) fn name_of_heading(heading: &str) -> String {
    if let Some(name) = heading.strip_prefix(DOCTEST) {
        return name.to_owned();
    }
    let (path, parameters) = match heading.find(['[', ' ']) {
        Some(at) => heading.split_at(at),
        None => (heading, ""),
    };
    format!("{}{parameters}", path.replace('.', "::"))
}

/// Whether the heading is a doctest's.
pub(super) fn is_doctest(heading: &str) -> bool {
    heading.starts_with(DOCTEST)
}

/// What a line of the summary says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mention<'a> {
    pub(super) word: &'a str,
    pub(super) node: NodeId,
    pub(super) message: Option<&'a str>,
    pub(super) is_subtest: bool,
}

const OUTCOMES: &[&str] = &[
    "FAILED", "ERROR", "RERUN", "PASSED", "SKIPPED", "XFAIL", "XPASS",
];

pub(super) fn is_outcome(word: &str) -> bool {
    OUTCOMES.contains(&word)
}

/// A line of the short summary: `FAILED tests/a.py::test_b - AssertionError: ...`, and what subtests print there.
pub(super) fn mention(text: &str) -> Option<Mention<'_>> {
    if let Some(mention) = subtest(text) {
        return Some(mention);
    }
    let (word, rest) = text.split_once(' ')?;
    let first = rest.split(' ').next().unwrap_or_default();
    let is_node = rest.contains("::") || first.contains(['.', '/']);
    let (node, message) = split_message(rest);
    (is_outcome(word) && is_node).then(|| Mention {
        word,
        node: NodeId::parse(node),
        message,
        is_subtest: false,
    })
}

/// `SUBFAILED[message] (i=1) a.py::test_b - ...` of pytest 9, `[message] (i=1) SUBFAIL a.py::test_b - ...` of
/// pytest-subtests 0.14, `SUBFAIL a.py::test_b - ...` of earlier ones, which do not tell the subtests of a test apart.
fn subtest(text: &str) -> Option<Mention<'_>> {
    let (description, rest) = if let Some(rest) = text.strip_prefix("SUBFAILED") {
        let file = rest.find("::").and_then(|at| rest[..at].rfind(' '))?;
        (&rest[..file], &rest[file + 1..])
    } else if let Some(rest) = text.strip_prefix("SUBFAIL ") {
        ("", rest)
    } else if text.starts_with(['[', '(']) {
        text.split_once(" SUBFAIL ")?
    } else {
        return None;
    };
    let (node, message) = split_message(rest);
    let mut node = NodeId::parse(node);
    if !node.is_test() {
        return None;
    }
    node.describe(description);
    Some(Mention {
        word: "FAILED",
        node,
        message,
        is_subtest: true,
    })
}

/// Splits a summary line's node id from its message at the first ` - ` outside of brackets.
pub(super) fn split_message(text: &str) -> (&str, Option<&str>) {
    let mut depth = 0_i32;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            ' ' if depth <= 0 && text[at..].starts_with(" - ") => {
                return (&text[..at], Some(text[at + 3..].trim()));
            }
            _ => {}
        }
    }
    // Brackets that do not pair are part of a parameter.
    match text.rsplit_once("] - ") {
        Some((node, message)) => (&text[..=node.len()], Some(message.trim())),
        None => (text, None),
    }
}

/// The node id of a report's `classname="tests.test_a.TestB"` and `name="test_c[1]"`: the capitalised parts at the end are
/// classes, what is before them is the file.
pub(crate) fn node_of_report(classname: &str, name: &str) -> String {
    let parts: Vec<&str> = classname
        .split('.')
        .filter(|part| !part.is_empty())
        .collect();
    let is_class = |part: &&&str| part.starts_with(|c: char| c.is_ascii_uppercase());
    let classes = parts.iter().rev().take_while(is_class).count();
    let (path, classes) = parts.split_at(parts.len() - classes);
    let mut node = String::new();
    if !path.is_empty() {
        node = format!("{}.py::", path.join("/"));
    }
    for class in classes {
        node.push_str(class);
        node.push_str("::");
    }
    node + name
}
