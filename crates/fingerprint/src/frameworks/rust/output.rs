//! What a failed Rust test printed: finds the primary message in it.

use crate::kind::Kind;

use super::exit_code;
use super::panic::{self, Panic};

/// Which panic's message goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Open {
    #[default]
    Nothing,
    First,
    Own,
}

/// Reads a test's captured output line by line.
#[derive(Debug, Clone, Default)]
pub(super) struct Output {
    /// The first panic of any thread, and the first of the test's own thread.
    first: Option<Panic>,
    own: Option<Panic>,
    /// A message found by other means than a panic of the test's own thread.
    other: Option<String>,
    first_line: Option<String>,
    open: Open,
    pub(super) kind: Option<Kind>,
    pub(super) detail: Option<String>,
}

impl Output {
    /// Takes a line without the indentation that the reporter added; `test` is the test's name and its thread's.
    pub(super) fn line(&mut self, text: &str, test: &str) {
        let open = match self.open {
            Open::Nothing => None,
            Open::First => self.first.as_mut(),
            Open::Own => self.own.as_mut(),
        };
        if open.is_some_and(|panic| panic.extend(text)) {
            return;
        }
        self.open = Open::Nothing;
        let Some(panic) = Panic::start(text) else {
            self.special(text, test);
            return;
        };
        // Of one thread the first panic is the cause; later ones happen while it unwinds.
        if panic.thread == test && self.own.is_none() {
            self.own = Some(panic);
            self.open = Open::Own;
        } else if self.first.is_none() {
            self.first = Some(panic);
            self.open = Open::First;
        }
    }

    /// The panic that tells why the test failed: its own thread's, else any.
    fn panic(&self) -> Option<&Panic> {
        self.own.as_ref().or(self.first.as_ref())
    }

    fn special(&mut self, text: &str, test: &str) {
        let trimmed = text.trim();
        if let Some((_, rest)) = panic::thread(trimmed)
            && rest.starts_with("has overflowed its stack")
        {
            self.crash("thread has overflowed its stack");
        } else if trimmed.starts_with("fatal runtime error: ") {
            self.crash(trimmed);
        } else if let Some(words) = miri(trimmed) {
            self.crash(&words);
        } else if trimmed.starts_with("Error: ")
            || trimmed.starts_with("note: test did not panic as expected")
        {
            self.other
                .get_or_insert_with(|| trimmed.trim_start_matches("note: ").to_owned());
            self.kind.get_or_insert(Kind::Assertion);
        } else if trimmed.starts_with("note: panic did not contain expected string") {
            self.other
                .get_or_insert_with(|| trimmed.trim_start_matches("note: ").to_owned());
            self.kind = Some(Kind::Assertion);
        } else if is_doctest(test)
            && (trimmed.starts_with("error[E") || trimmed == "Couldn't compile the test.")
        {
            self.other.get_or_insert_with(|| trimmed.to_owned());
            self.kind = Some(Kind::Build);
            if trimmed.starts_with("error[E")
                && self.other.as_deref() == Some("Couldn't compile the test.")
            {
                self.other = Some(trimmed.to_owned());
            }
        } else if let Some(signal) = trimmed.strip_prefix("(test aborted with signal ") {
            let name = signal
                .trim_end_matches(')')
                .rsplit([' ', ':'])
                .next()
                .unwrap_or(signal);
            self.crash(&format!("test aborted with {name}"));
            self.detail = Some(name.to_owned());
        } else if let Some(code) = trimmed
            .strip_prefix("(test failed with ")
            .and_then(|rest| exit_code(rest.trim_end_matches(')')))
            .filter(|_| self.panic().is_none())
        {
            self.crash(&format!("test failed with exit code {code}"));
        } else if trimmed == "(test timed out)" {
            self.other = Some("test timed out".to_owned());
            self.kind = Some(Kind::Timeout);
        } else if is_telling(trimmed) && trimmed != test && self.first_line.is_none() {
            self.first_line = Some(trimmed.to_owned());
        }
    }

    fn crash(&mut self, message: &str) {
        if self.kind != Some(Kind::Crash) {
            self.other = Some(message.to_owned());
        }
        self.kind = Some(Kind::Crash);
    }

    /// Adds what is known from another place; what is known here comes first.
    pub(super) fn absorb(&mut self, other: Self) {
        let is_crash = other.kind == Some(Kind::Crash) && self.kind != Some(Kind::Crash);
        self.own = self.own.take().or(other.own);
        self.first = self.first.take().or(other.first);
        self.first_line = self.first_line.take().or(other.first_line);
        self.detail = self.detail.take().or(other.detail);
        if is_crash {
            self.other = other.other;
            self.kind = other.kind;
        } else {
            self.other = self.other.take().or(other.other);
            self.kind = self.kind.or(other.kind);
        }
    }

    /// The process ended before its harness did.
    pub(super) fn ended_early(&mut self) {
        if self.is_empty() {
            self.crash("the test process ended early");
        }
    }

    /// Only the error that a test returned, of output that may be others'.
    pub(super) fn returned_error(self) -> Self {
        let error = self.other.filter(|other| other.starts_with("Error: "));
        Self {
            kind: error.as_ref().map(|_| Kind::Assertion),
            other: error,
            ..Self::default()
        }
    }

    /// What the first thread said that panicked.
    pub(super) fn panic_message(&self) -> Option<String> {
        self.panic().map(Panic::message)
    }

    /// The message that tells most; the first line that was printed is better than none.
    pub(super) fn message(&self) -> Option<String> {
        self.reason().or_else(|| self.first_line.clone())
    }

    /// What was said of the failure itself.
    pub(super) fn reason(&self) -> Option<String> {
        let panic = self.panic().map(Panic::message);
        match self.kind {
            Some(Kind::Crash | Kind::Build) => self.other.clone().or(panic),
            _ => panic.or_else(|| self.other.clone()),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match (self.kind, self.panic()) {
            (None | Some(Kind::Assertion), Some(panic)) => panic.kind(),
            (Some(kind), _) => kind,
            (None, None) => Kind::Assertion,
        }
    }

    pub(super) fn file(&self) -> Option<String> {
        self.panic()?.file.clone()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.panic().is_none() && self.other.is_none()
    }
}

/// What Miri stops a test for. The numbers of allocations are another run's.
fn miri(text: &str) -> Option<String> {
    let words = text.strip_prefix("error: ")?;
    let is_miris = [
        "Undefined Behavior: ",
        "memory leaked: ",
        "unsupported operation: ",
    ]
    .iter()
    .any(|start| words.starts_with(start));
    if !is_miris {
        return None;
    }
    let mut parts = words.split("alloc");
    let mut message = parts.next()?.to_owned();
    for part in parts {
        message.push_str("alloc");
        message.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    Some(message)
}

/// Doctests are named after the file that they stand in; rustc's errors are theirs to report.
pub(super) fn is_doctest(test: &str) -> bool {
    test.contains(".rs - ")
}

/// Whether a line may stand for a failure that said nothing else.
fn is_telling(text: &str) -> bool {
    const HARNESS: &[&str] = &[
        "running ",
        "test ",
        "failures:",
        "test result:",
        "stderr:",
        "stdout:",
        "Test executable failed",
    ];
    !text.is_empty() && !HARNESS.iter().any(|start| text.starts_with(start))
}

/// The primary message of a test's whole output, for reports that carry it as one text.
pub(crate) fn primary(test: &str, text: &str) -> Option<(Kind, String)> {
    let mut output = Output::default();
    text.lines().for_each(|line| output.line(line, test));
    if output.is_empty() {
        return None;
    }
    Some((output.kind(), output.message()?))
}
