//! One entry under `FAILURES` or `ERRORS`: its traceback, in any of the styles `long`, `short`, `line`, `native`.

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::line::Line;

use super::PYTEST;
use super::doctest;
use super::message::{canonical_message, error_line, native_exception, primary_line, said};
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
    /// First line of a failure that is no exception: a text of pytest's or a plugin's.
    plain: Option<String>,
    /// File of the first frame, which is the test's own.
    file: Option<String>,
    /// Function of the last frame in the project.
    function: Option<String>,
    crashed_test: Option<String>,
    /// Of `--tb=line`: the line that ends the entry has come.
    is_closed: bool,
}

const MESSAGE_LINES: usize = 60;

impl Entry {
    pub(super) fn new(heading: &str, line: &Line<'_>) -> Self {
        Self {
            heading: heading.to_owned(),
            block: Block::of(line),
            message: Vec::new(),
            in_message: false,
            native: None,
            plain: None,
            file: None,
            function: None,
            crashed_test: None,
            is_closed: false,
        }
    }

    /// An entry of `--tb=line`, which has no heading.
    pub(super) fn headless(line: &Line<'_>) -> Self {
        let mut entry = Self::new("", line);
        entry.traceback_line(&line.text);
        entry
    }

    pub(super) fn has_heading(&self) -> bool {
        !self.heading.is_empty()
    }

    /// Whether it stands for the setup or teardown of a test, or for a file that was not collected.
    pub(super) fn is_error(&self) -> bool {
        self.heading.starts_with("ERROR ")
    }

    /// Whether it is one of `--tb=line` that waits for its last line.
    pub(super) fn is_open(&self) -> bool {
        !self.has_heading() && !self.is_closed
    }

    /// Whether `message`, of the line that ends entries of `--tb=line`, is what this one has said.
    pub(super) fn says(&self, message: &str) -> bool {
        self.message
            .first()
            .is_some_and(|first| canonical_message(first) == canonical_message(message))
    }

    /// The last line of an entry of `--tb=line`.
    pub(super) fn close(&mut self, file: &str, message: &str) {
        self.is_closed = true;
        self.frame(file, None);
        if self.message.is_empty() {
            self.message.push(message.to_owned());
        }
    }

    /// A line of what the test printed: kept for a person to read.
    pub(super) fn captured_line(&mut self, line: &Line<'_>) {
        self.block.push(line);
    }

    /// A line of the traceback.
    pub(super) fn line(&mut self, line: &Line<'_>) {
        self.block.push(line);
        self.traceback_line(&line.text);
    }

    fn traceback_line(&mut self, text: &str) {
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
        } else if let Some(exception) = native_exception(text) {
            self.native = Some(exception.to_owned());
        } else if self.plain.is_none() && !text.trim().is_empty() && !text.starts_with("[gw") {
            self.plain = Some(text.trim().to_owned());
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
        let (kind, message) = self.said();
        let file = self
            .file
            .as_deref()
            .map(|file| relative(file, rootdir).to_owned());
        if let Some(module) = self.heading.strip_prefix("ERROR collecting ") {
            let mut finding = Finding::new(PYTEST, None, Kind::Build, self.block);
            finding.suite = Some(module.to_owned());
            finding.message = message;
            return finding;
        }
        let phase = ["ERROR at setup of ", "ERROR at teardown of "]
            .iter()
            .find_map(|prefix| self.heading.strip_prefix(prefix));
        // A fixture's file is often not the test's, and a conftest never is.
        let file = file.filter(|file| phase.is_none() || !file.ends_with("conftest.py"));
        let name = phase.unwrap_or(&self.heading);
        let name = names::name_of_heading(name);
        let test = match &file {
            Some(file) => format!("{file}::{name}"),
            None => name,
        };
        let mut finding = Finding::new(PYTEST, Some(test), kind, self.block);
        finding.suite = file;
        finding.message = message;
        finding.function = self.function;
        finding
    }

    /// A doctest shows the traceback of an exception that its example raised, and names its own exceptions too.
    fn is_raised_in_doctest(&self) -> bool {
        self.block
            .lines
            .iter()
            .any(|line| line.starts_with("UNEXPECTED EXCEPTION: "))
    }

    /// Kind and primary message of what the entry shows.
    fn said(&self) -> (Kind, String) {
        if let Some(raw) = primary_line(&self.message)
            .as_ref()
            .or(self.native.as_ref())
        {
            let is_raised = !names::is_doctest(&self.heading) || self.is_raised_in_doctest();
            if is_raised {
                return said(raw);
            }
        }
        let lines = self.block.lines.iter().map(String::as_str);
        if let Some(message) = doctest::mismatch(lines).filter(|_| self.has_heading()) {
            return (Kind::Assertion, message);
        }
        match &self.plain {
            // What is said in plain words, such as a strict `xfail` that passed, is a check that did not hold.
            Some(plain) if self.file.is_none() => (Kind::Assertion, said(plain).1),
            _ => (Kind::Panic, String::new()),
        }
    }
}

pub(super) fn crashed(test: &str, block: Block) -> Finding {
    let mut finding = Finding::new(PYTEST, Some(test.to_owned()), Kind::Crash, block);
    finding.suite = Some(names::NodeId::parse(test).file);
    finding.saying(super::crash::DEATH)
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

/// The line of `--tb=line`: `/x/tests/a.py:30: AssertionError: no price`, as file and message.
pub(super) fn crash_line(text: &str) -> Option<(&str, &str)> {
    let (file, _) = location(text)?;
    let (_, message) = text[file.len()..].split_once(": ")?;
    (!message.is_empty() && !message.starts_with("in ")).then_some((file, message))
}

/// The test in `worker 'gw0' crashed while running 'a.py::test_b'`.
fn crashed_test(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("worker '")?;
    rest.split_once("crashed while running '")?
        .1
        .strip_suffix('\'')
}
