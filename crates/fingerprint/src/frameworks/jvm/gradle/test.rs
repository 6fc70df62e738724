//! A failed test: `CartTest > adds() FAILED` and the exception below, indented.

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::line::Line;

use super::super::names;
use super::super::throwable::{self, Thrown};
use super::{GRADLE, GRADLE_BUILD};

/// A failure whose exception is still coming.
#[derive(Debug)]
pub(super) struct Open {
    printed: String,
    thrown: Option<Thrown>,
    block: Block,
    /// Blank lines stand in messages, and behind the last frame.
    is_behind_blank: bool,
}

impl Open {
    pub(super) fn begin(line: &Line<'_>) -> Option<Self> {
        let name = line.text.trim_end().strip_suffix(" FAILED")?.trim_end();
        is_name(name).then(|| Self {
            printed: name.to_owned(),
            thrown: None,
            block: Block::of(line),
            is_behind_blank: false,
        })
    }

    /// Whether the line belongs to the exception.
    pub(super) fn takes(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        if text.trim().is_empty() {
            self.is_behind_blank = true;
            return self.thrown.is_some();
        }
        if !text.starts_with("    ") && !text.starts_with('\t') {
            return false;
        }
        let body = without_place(text.trim());
        match &mut self.thrown {
            None if self.is_behind_blank || !throwable::is_header(body) => return false,
            None => self.thrown = Some(Thrown::begin(body)),
            // A second exception of the same test: the first one tells.
            Some(thrown) => thrown.push(body),
        }
        self.block.push(line);
        true
    }

    /// `None` when it turned out to be no test.
    pub(super) fn close(self) -> Option<Entry> {
        let class = self.printed.split(" > ").next().unwrap_or_default();
        if self.thrown.is_none() && !is_class(class) {
            return None;
        }
        Some(Entry {
            printed: self.printed,
            thrown: self.thrown.unwrap_or_default(),
            block: self.block,
            attempts: 1,
            passed_on_retry: false,
        })
    }
}

/// A failed test.
#[derive(Debug)]
pub(super) struct Entry {
    /// The name as Gradle prints it.
    pub(super) printed: String,
    thrown: Thrown,
    block: Block,
    pub(super) attempts: u32,
    pub(super) passed_on_retry: bool,
}

impl Entry {
    pub(super) fn finding(self) -> Finding {
        if self.printed.starts_with("Gradle Test Run ")
            || self.printed.starts_with("Gradle Test Executor ")
        {
            let crash = Finding::new(GRADLE_BUILD, None, Kind::Crash, self.block);
            return crash.saying(self.thrown.message());
        }
        let (class, method) = parts(&self.printed);
        let class = qualified(&class, &self.thrown).unwrap_or(class);
        let test = names::canonical(&method, Some(&class));
        let mut finding = self.thrown.finding(GRADLE, test, Some(&class), self.block);
        finding.attempts = self.attempts;
        finding.passed_on_retry = self.passed_on_retry;
        finding
    }
}

/// The name of a test that passed, which tells that it was run again.
pub(super) fn passed(text: &str) -> Option<&str> {
    let name = text.trim_end().strip_suffix(" PASSED")?.trim_end();
    is_name(name).then_some(name)
}

fn is_name(name: &str) -> bool {
    name.contains(" > ") && !name.starts_with([' ', '\t', '>', '[', '#', '|'])
}

fn is_class(text: &str) -> bool {
    text.starts_with(char::is_alphabetic)
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '$'))
}

/// The class with those nested in it, and what stands behind.
fn parts(printed: &str) -> (String, String) {
    let mut parts = printed.split(" > ").peekable();
    let mut class = parts.next().unwrap_or_default().to_owned();
    while let Some(part) = parts.peek() {
        let is_nested = part.starts_with(|c: char| c.is_ascii_uppercase()) && is_class(part);
        let part = *part;
        let mut behind = parts.clone();
        behind.next();
        if !is_nested || behind.peek().is_none() {
            break;
        }
        class.push('$');
        class.push_str(part);
        parts.next();
    }
    let method: Vec<&str> = parts.collect();
    (class, method.join(" > "))
}

/// The class with its package, which newer releases leave out, where the stack tells.
fn qualified(class: &str, thrown: &Thrown) -> Option<String> {
    if class.contains('.') {
        return None;
    }
    thrown
        .classes()
        .map(|(full, _)| full)
        .find(|full| full.contains('.') && names::simple(full) == class)
        .map(str::to_owned)
}

/// The short form of an exception ends with its place: ` at CartTest.java:13`.
fn without_place(text: &str) -> &str {
    let Some((head, place)) = text.rsplit_once(" at ") else {
        return text;
    };
    let is_place = place.rsplit_once(':').is_some_and(|(file, line)| {
        !file.contains(' ')
            && file.contains('.')
            && !line.is_empty()
            && line.bytes().all(|byte| byte.is_ascii_digit())
    });
    if is_place { head } else { text }
}
