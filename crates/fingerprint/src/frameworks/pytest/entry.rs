//! One entry under `FAILURES` or `ERRORS`: its traceback, in any of the styles `long`, `short`, `line`, `native`.

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::line::Line;

use super::PYTEST;
use super::names;

#[derive(Debug)]
pub(super) struct Entry {
    heading: String,
    block: Block,
    /// The newest run of `E` lines: the last exception of a chain is the one that failed the test.
    message: Vec<String>,
    in_message: bool,
    /// Last line that looks like an exception where no `E` lines are printed.
    native: Option<String>,
    /// File of the first frame, which is the test's own.
    file: Option<String>,
    /// Function of the last frame in the project.
    function: Option<String>,
    crashed_test: Option<String>,
    /// Under `---- Captured stdout call ----`: the test's words, not pytest's.
    captured: bool,
}

const MESSAGE_LINES: usize = 60;

/// pytest-timeout's two methods say it in different words, one of them with the limit.
pub(super) const TIMEOUT: &str = "Timeout from pytest-timeout";

impl Entry {
    pub(super) fn new(heading: &str, line: &Line<'_>) -> Self {
        Self {
            heading: heading.to_owned(),
            block: Block::of(line),
            message: Vec::new(),
            in_message: false,
            native: None,
            file: None,
            function: None,
            crashed_test: None,
            captured: false,
        }
    }

    pub(super) fn line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        self.block.push(line);
        if let Some(title) = captured_title(text) {
            self.captured = title.starts_with("Captured ");
            return;
        }
        if self.captured {
            return;
        }
        if let Some(message) = error_line(text) {
            if !self.in_message {
                self.message.clear();
            }
            self.in_message = true;
            if self.message.len() < MESSAGE_LINES {
                self.message.push(message.to_owned());
            }
            return;
        }
        self.in_message = false;
        if let Some((file, function)) = location(text) {
            self.frame(file, function);
        } else if let Some(test) = crashed_test(text) {
            self.crashed_test = Some(test.to_owned());
        } else if is_exception(text) {
            self.native = Some(text.to_owned());
        }
    }

    fn frame(&mut self, file: &str, function: Option<&str>) {
        if is_foreign(file) {
            return;
        }
        self.file.get_or_insert_with(|| file.to_owned());
        if let Some(function) = function {
            self.function = Some(function.to_owned());
        }
    }

    pub(super) fn finding(self, rootdir: Option<&str>) -> Finding {
        if let Some(test) = self.crashed_test {
            return crashed(&test, self.block);
        }
        let collecting = self.heading.strip_prefix("ERROR collecting ");
        let raw = primary_line(&self.message)
            .or(self.native)
            .unwrap_or_default();
        let file = self
            .file
            .as_deref()
            .map(|file| relative(file, rootdir).to_owned());
        if let Some(module) = collecting {
            let mut finding = Finding::new(PYTEST, None, Kind::Build, self.block);
            finding.suite = Some(module.to_owned());
            finding.message = raw;
            return finding;
        }
        let name = ["ERROR at setup of ", "ERROR at teardown of "]
            .iter()
            .find_map(|prefix| self.heading.strip_prefix(prefix))
            .unwrap_or(&self.heading);
        let name = names::name_of_heading(name);
        let test = match &file {
            Some(file) => format!("{file}::{name}"),
            None => name,
        };
        let mut finding = Finding::new(PYTEST, Some(test), kind_of(&raw), self.block);
        finding.suite = file;
        finding.message = match finding.kind {
            Kind::Timeout => TIMEOUT.to_owned(),
            _ => canonical_message(&raw),
        };
        finding.function = self.function;
        finding
    }
}

pub(super) fn crashed(test: &str, block: Block) -> Finding {
    let mut finding = Finding::new(PYTEST, Some(test.to_owned()), Kind::Crash, block);
    finding.suite = Some(names::NodeId::parse(test).file);
    finding.saying("worker crashed")
}

/// `E       AssertionError: ...`: the mark and the blanks behind it go.
fn error_line(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('E')?;
    if rest.is_empty() {
        return Some("");
    }
    rest.strip_prefix("  ")
        .map(str::trim_end)
        .map(|rest| rest.strip_prefix(' ').unwrap_or(rest))
}

/// The line of an exception's text that names it. A syntax error shows the source first.
fn primary_line(lines: &[String]) -> Option<String> {
    let named = lines
        .iter()
        .position(|line| is_exception(line.trim_start()));
    let at = named.or_else(|| lines.iter().position(|line| !line.trim().is_empty()))?;
    let first = lines[at].trim().to_owned();
    // `assert False` alone says nothing; pytest explains it below.
    let bare = canonical_message(&first);
    let says_little = matches!(
        bare.as_str(),
        "assert False" | "assert None" | "assert not True" | "assert 0" | "assert"
    );
    let explained = lines
        .get(at + 1)
        .filter(|next| says_little && next.trim_start().starts_with('+'));
    Some(match explained {
        Some(next) => format!("{first}\n{}", next.trim()),
        None => first,
    })
}

/// `AssertionError: ...` in front of what an assertion says goes: pytest prints it in some versions only.
pub(super) fn canonical_message(message: &str) -> String {
    let message = message.trim();
    message
        .strip_prefix("AssertionError: ")
        .unwrap_or(message)
        .to_owned()
}

/// The kind by the exception's name.
pub(super) fn kind_of(message: &str) -> Kind {
    let message = message.trim_start();
    let timed_out = message
        .strip_prefix("Failed: ")
        .unwrap_or(message)
        .starts_with("Timeout ");
    if timed_out && (message.contains("pytest-timeout") || message.starts_with("Failed: Timeout >"))
    {
        Kind::Timeout
    } else if ["assert", "AssertionError", "Failed:", "Failed"]
        .iter()
        .any(|start| message.starts_with(start))
    {
        Kind::Assertion
    } else if message.starts_with("worker '") && message.contains("crashed while running") {
        Kind::Crash
    } else {
        Kind::Panic
    }
}

/// `pkg.SomeError: text` or `SomeError` alone: a dotted name whose last part is capitalised.
fn is_exception(text: &str) -> bool {
    let name = text
        .split(": ")
        .next()
        .unwrap_or(text)
        .trim_end_matches(':');
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '.');
    let last = name.rsplit('.').next().unwrap_or_default();
    is_name
        && last.starts_with(|c: char| c.is_ascii_uppercase())
        && (text.contains(": ")
            || [
                "Error",
                "Exception",
                "Interrupt",
                "Exit",
                "Failed",
                "Warning",
            ]
            .iter()
            .any(|end| last.ends_with(end)))
}

/// `tests/a.py:30: AssertionError`, `a.py:24: in test_b`, `a.py:18: `.
fn location(text: &str) -> Option<(&str, Option<&str>)> {
    let (file, rest) = text.split_once(".py:")?;
    if file.is_empty() || file.starts_with(' ') || file.contains(['"', '\'', '(']) {
        return None;
    }
    let (number, rest) = rest.split_once(':')?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let function = rest.trim().strip_prefix("in ");
    Some((&text[..file.len() + 3], function))
}

fn is_foreign(file: &str) -> bool {
    ["site-packages/", "/lib/python", "dist-packages/"]
        .iter()
        .any(|part| file.contains(part))
        || file.starts_with('<')
}

/// A file as the project knows it.
pub(super) fn relative<'a>(file: &'a str, rootdir: Option<&str>) -> &'a str {
    rootdir
        .and_then(|root| file.strip_prefix(root))
        .map_or(file, |inside| inside.trim_start_matches('/'))
}

fn captured_title(text: &str) -> Option<&str> {
    let inner = text.trim_end();
    if !inner.starts_with("---") || !inner.ends_with("---") {
        return None;
    }
    let title = inner.trim_matches('-').trim();
    (title.starts_with("Captured ") || title.starts_with("generated ")).then_some(title)
}

/// The test in `worker 'gw0' crashed while running 'a.py::test_b'`.
fn crashed_test(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("worker '")?;
    rest.split_once("crashed while running '")?
        .1
        .strip_suffix('\'')
}

/// Kind and message of what is given as one line.
pub(crate) fn said(raw: &str) -> (Kind, String) {
    match kind_of(raw) {
        Kind::Timeout => (Kind::Timeout, TIMEOUT.to_owned()),
        kind => (kind, canonical_message(raw)),
    }
}

/// Kind and primary message of an exception's text, for reports that carry it as one text.
pub(crate) fn primary(text: &str) -> Option<(Kind, String)> {
    let mut lines: Vec<String> = Vec::new();
    let mut in_message = false;
    for line in text.lines() {
        match error_line(line) {
            Some(message) => {
                if !in_message {
                    lines.clear();
                }
                lines.push(message.to_owned());
                in_message = true;
            }
            None => in_message = false,
        }
    }
    Some(said(&primary_line(&lines)?))
}
