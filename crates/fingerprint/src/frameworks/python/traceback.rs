//! A Python traceback, read line by line.
//!
//! Format: `traceback.py` of `CPython` 2.7 to 3.14. Frames are indented, the exception is not; an exception that was raised
//! while another was handled, or because of it, follows with a traceback of its own, and the last one is what failed.
//! Groups (3.11 and later) draw bars in front of all that.

use crate::kind::Kind;

const HEADING: &str = "Traceback (most recent call last):";

/// What stands between two exceptions of a chain.
const LINKS: &[&str] = &[
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
];

/// Where in a traceback the next line stands.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No heading has come.
    #[default]
    Before,
    Frames,
    /// The exception was named; its text may go on.
    Message,
    /// Another traceback is announced.
    Linked,
}

/// Takes lines in and knows what was raised.
#[derive(Debug, Default)]
pub(super) struct Traceback {
    state: State,
    /// The line that names the exception.
    exception: Option<String>,
    /// Function of the innermost frame in the project.
    function: Option<String>,
    /// The newest frame's first source line.
    source: Option<String>,
    awaits_source: bool,
}

impl Traceback {
    /// Takes the next line in.
    pub(super) fn line(&mut self, text: &str) {
        let text = without_bars(text);
        if text.starts_with(HEADING) {
            if self.state != State::Message || self.is_wrapped() {
                self.state = State::Frames;
                self.exception = None;
            }
            return;
        }
        match self.state {
            State::Before | State::Linked => {}
            State::Frames => self.frame_line(text),
            State::Message => {
                if LINKS.contains(&text.trim_end()) {
                    self.state = State::Linked;
                }
            }
        }
    }

    fn frame_line(&mut self, text: &str) {
        if let Some((file, function)) = frame(text) {
            if is_of_project(file) {
                self.function = function.map(str::to_owned);
            }
            self.source = None;
            self.awaits_source = true;
        } else if text.starts_with(' ') {
            if std::mem::take(&mut self.awaits_source) {
                self.source = Some(text.trim().to_owned());
            }
        } else if !text.trim().is_empty() {
            // Twisted names the module of what Python has built in.
            let text = text.strip_prefix("builtins.").unwrap_or(text);
            self.exception = Some(text.trim_end().to_owned());
            self.state = State::Message;
        }
    }

    /// The loader of tests, and libraries that run code in other processes, raise with a whole traceback as message.
    fn is_wrapped(&self) -> bool {
        self.exception.as_deref().is_some_and(|exception| {
            exception.starts_with("ImportError: Failed to import test module")
        })
    }

    /// What was raised: its name and the first line of its text. One that says nothing is told by the line that raised it.
    pub(super) fn message(&self) -> Option<String> {
        let exception = self.exception.as_deref()?;
        let is_bare = !exception.contains(' ');
        Some(match self.source.as_deref().filter(|_| is_bare) {
            Some(source) => format!("{}\n{source}", exception.trim_end_matches(':')),
            None => exception.to_owned(),
        })
    }

    pub(super) fn function(&self) -> Option<&str> {
        self.function.as_deref()
    }
}

/// The kind that an exception's name tells, in a test.
pub(super) fn kind_of(exception: &str) -> Kind {
    let name = exception.split([':', '\n', ' ']).next().unwrap_or_default();
    let name = name.rsplit('.').next().unwrap_or(name);
    if matches!(name, "AssertionError" | "FailTest" | "Failed") {
        Kind::Assertion
    } else {
        Kind::Panic
    }
}

/// Without the bars and corners that are drawn around groups of exceptions.
fn without_bars(text: &str) -> &str {
    let inner = text.trim_start();
    match inner
        .strip_prefix("| ")
        .or_else(|| inner.strip_prefix("+ "))
    {
        Some(rest) if text.starts_with("  ") => {
            rest.strip_prefix("Exception Group ").unwrap_or(rest)
        }
        _ => text,
    }
}

/// File and function of `  File "x.py", line 3, in f`.
pub(super) fn frame(text: &str) -> Option<(&str, Option<&str>)> {
    let (file, rest) = text.strip_prefix("  File \"")?.split_once('"')?;
    let function = rest
        .split_once(", in ")
        .map(|(_, function)| function.trim());
    Some((file, function))
}

/// Whether a file belongs to the project: it is neither the interpreter's nor an installed package's.
pub(super) fn is_of_project(file: &str) -> bool {
    ![
        "site-packages",
        "dist-packages",
        "/lib/python",
        "\\Lib\\",
        "<frozen ",
    ]
    .iter()
    .any(|foreign| file.contains(foreign))
}
