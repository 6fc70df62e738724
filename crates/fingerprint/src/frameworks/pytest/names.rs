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

    pub(super) fn is_test(&self) -> bool {
        !self.name.is_empty()
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

/// The name in `______ TestB.test_c[1] ______`, as `TestB.test_c[1]`.
pub(super) fn entry_heading(text: &str) -> Option<&str> {
    let inner = text.trim_end();
    if !inner.starts_with('_') || !inner.ends_with('_') {
        return None;
    }
    let name = inner.trim_matches('_');
    // Between the frames of one traceback stands `_ _ _ _`.
    let is_rule = inner.split(' ').all(|part| part == "_");
    let is_name = name.starts_with(' ') && name.ends_with(' ') && name.len() > 2;
    (is_name && !is_rule).then(|| name.trim())
}

/// Class and function as a node id writes them: dots before the parameters become `::`.
pub(super) fn name_of_heading(heading: &str) -> String {
    let (path, parameters) = match heading.find('[') {
        Some(at) => heading.split_at(at),
        None => (heading, ""),
    };
    format!("{}{parameters}", path.replace('.', "::"))
}

const OUTCOMES: &[&str] = &[
    "FAILED", "ERROR", "RERUN", "PASSED", "SKIPPED", "XFAIL", "XPASS", "SUBFAIL",
];

/// `FAILED tests/a.py::test_b - AssertionError: ...` as word and rest.
pub(super) fn summary_word(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.split_once(' ')?;
    (OUTCOMES.contains(&word) && (rest.contains(".py") || rest.contains("::")))
        .then_some((word, rest))
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

/// A verbose progress line: `a.py::test_b FAILED   [ 11%]` or xdist's `[gw0] [ 33%] FAILED a.py::test_b`.
pub(super) fn progress(text: &str) -> Option<(&str, &str)> {
    if let Some(rest) = text.strip_prefix("[gw") {
        let rest = rest.split_once("] ")?.1;
        let rest = rest.trim_start_matches(|c: char| "[]% ".contains(c) || c.is_ascii_digit());
        let (word, node) = rest.split_once(' ')?;
        return (OUTCOMES.contains(&word) && node.contains("::")).then_some((word, node.trim()));
    }
    let line = match text.trim_end().strip_suffix("%]") {
        Some(line) => line
            .trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ')
            .strip_suffix('[')?
            .trim_end(),
        None => text.trim_end(),
    };
    let (node, word) = line.rsplit_once(' ')?;
    if !OUTCOMES.contains(&word) {
        return None;
    }
    let (file, _) = node.split_once("::")?;
    let is_node = !file.is_empty() && !file.contains(' ') && file.contains('.');
    is_node.then_some((word, node.trim()))
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
