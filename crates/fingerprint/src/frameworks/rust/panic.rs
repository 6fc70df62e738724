//! The message that a panicking thread prints.

use crate::kind::Kind;

/// One `thread '...' panicked at ...` with the lines of its message.
#[derive(Debug, Clone)]
pub(super) struct Panic {
    /// The thread's name; libtest names threads after tests.
    pub(super) thread: String,
    /// Source file of the panic, without line and column.
    pub(super) file: Option<String>,
    lines: Vec<String>,
    is_complete: bool,
}

const MESSAGE_LINES: usize = 40;

impl Panic {
    /// Reads `thread 'a::b' (123) panicked at src/lib.rs:31:63:`, or the form before Rust 1.73 with the message between
    /// quotes in the same line. The number is the thread's id (Rust 1.91 and later).
    pub(super) fn start(text: &str) -> Option<Self> {
        let (thread, rest) = thread(text)?;
        let rest = rest.strip_prefix("panicked at ")?;
        if let Some(quoted) = rest.strip_prefix('\'') {
            return Some(Self::quoted(thread, quoted));
        }
        Some(Self {
            thread: thread.to_owned(),
            file: Some(file(rest).to_owned()),
            lines: Vec::new(),
            is_complete: false,
        })
    }

    fn quoted(thread: &str, quoted: &str) -> Self {
        let (message, place) = match quoted.rfind("', ") {
            Some(end) => (&quoted[..end], Some(file(&quoted[end + 3..]))),
            None => (quoted, None),
        };
        Self {
            thread: thread.to_owned(),
            file: place.map(str::to_owned),
            lines: vec![message.to_owned()],
            is_complete: place.is_some(),
        }
    }

    /// Takes the next line; `false` when the message has ended before it.
    pub(super) fn extend(&mut self, text: &str) -> bool {
        if self.is_complete {
            return false;
        }
        let ends = text.trim().is_empty()
            || text.starts_with("note: ")
            || self.is_result(text)
            || text.trim_end() == "stack backtrace:";
        if ends && !(text.trim().is_empty() && self.lines.is_empty()) {
            self.is_complete = true;
            return false;
        }
        if let Some(end) = text.rfind("', ").filter(|_| self.file.is_none()) {
            self.lines.push(text[..end].trim().to_owned());
            self.file = Some(file(&text[end + 3..]).to_owned());
            self.is_complete = true;
        } else if self.lines.len() < MESSAGE_LINES {
            self.lines.push(text.trim().to_owned());
        }
        true
    }

    /// libtest's result of the test that the thread is named after, which follows at once when nothing is captured.
    fn is_result(&self, text: &str) -> bool {
        text.strip_prefix("test ")
            .and_then(|rest| rest.strip_prefix(self.thread.as_str()))
            .is_some_and(|rest| rest.starts_with(" ... ") || rest.starts_with(" - should panic"))
    }

    pub(super) fn message(&self) -> String {
        self.lines.join("\n").trim().to_owned()
    }

    /// `assert!` with a message of its own cannot be told from `panic!`.
    pub(super) fn kind(&self) -> Kind {
        let is_assertion = self
            .lines
            .first()
            .is_some_and(|line| line.starts_with("assertion "));
        if is_assertion {
            Kind::Assertion
        } else {
            Kind::Panic
        }
    }
}

/// Splits `thread 'a::b' (123) rest`, `thread '<unnamed>' rest`.
pub(super) fn thread(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("thread '")?;
    let (name, rest) = rest.split_once("' ")?;
    let rest = match rest.strip_prefix('(') {
        Some(numbered) => numbered.split_once(") ")?.1,
        None => rest,
    };
    Some((name, rest))
}

/// The file of `src/lib.rs:31:63:`.
fn file(place: &str) -> &str {
    place.split(':').next().unwrap_or(place)
}
