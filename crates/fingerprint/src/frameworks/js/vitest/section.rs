//! The sections at the end: failed suites, failed tests, errors outside of any test.

use crate::findings::Findings;
use crate::kind::Kind;
use crate::line::Line;

use super::super::entry::Entry;
use super::super::error;
use super::VITEST;

/// What a section tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Title {
    Suites,
    Tests,
    Unhandled,
}

impl Title {
    pub(super) fn parse(title: &str) -> Option<Self> {
        if title.starts_with("Failed Tests") || title.starts_with("Failed Typecheck") {
            Some(Self::Tests)
        } else if title.starts_with("Failed Suites") {
            Some(Self::Suites)
        } else if title.starts_with("Unhandled Error")
            || title.starts_with("Unhandled Source Error")
        {
            Some(Self::Unhandled)
        } else {
            None
        }
    }
}

#[derive(Debug)]
pub(super) struct Section {
    title: Title,
    /// Headings that share the message which follows them.
    headings: Vec<Heading>,
    /// The message that the headings have, once it has begun.
    entry: Option<Entry>,
    failed: Vec<String>,
}

#[derive(Debug)]
struct Heading {
    test: Option<String>,
    file: String,
    /// With its project, as vitest counts it.
    counted: String,
    attempts: u32,
    entry: Entry,
}

/// Headings that share one message at most.
const HEADINGS: usize = 10_000;

impl Section {
    pub(super) fn new(title: Title) -> Self {
        Self {
            title,
            headings: Vec::new(),
            entry: None,
            failed: Vec::new(),
        }
    }

    pub(super) fn is_of_tests(&self) -> bool {
        self.title == Title::Tests
    }

    pub(super) fn is_in_message(&self) -> bool {
        self.entry.is_some() || !self.headings.is_empty()
    }

    pub(super) fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(title) = rule_title(text) {
            self.end_message(findings);
            let is_error = title.starts_with("Un") || title.ends_with("Error");
            if self.title == Title::Unhandled && is_error {
                self.entry = Some(Entry::new(VITEST, None, line));
            }
        } else if text.starts_with("⎯⎯") {
            // Serialized properties of the error follow a rule without a count; nothing of them is its message.
            let is_end = text.contains('[') || self.title == Title::Unhandled;
            if is_end {
                self.end_message(findings);
            } else if let Some(entry) = &mut self.entry {
                entry.is_done = true;
            }
        } else if let Some(heading) = text.strip_prefix(" FAIL  ") {
            self.heading(heading, line, findings);
        } else {
            self.message_line(line);
        }
    }

    fn heading(&mut self, text: &str, line: &Line<'_>, findings: &mut Findings) {
        if self.entry.is_some() {
            self.end_message(findings);
        }
        let (test, file) = Heading::names(text);
        let counted = text.trim_end();
        // Each attempt has a heading of its own.
        if let Some(last) = self.headings.last_mut()
            && last.counted == counted
        {
            last.attempts += 1;
        } else if self.headings.len() < HEADINGS {
            self.headings.push(Heading {
                entry: Entry::new(VITEST, test.clone(), line).of_suite(Some(file.clone())),
                test,
                file,
                counted: counted.to_owned(),
                attempts: 1,
            });
        }
    }

    fn message_line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        if self.entry.is_none() {
            let Some(first) = self.headings.first() else {
                return;
            };
            if text.trim().is_empty() {
                return;
            }
            let mut entry =
                Entry::new(VITEST, first.test.clone(), line).of_suite(Some(first.file.clone()));
            entry.block = first.entry.block.clone();
            self.entry = Some(entry);
        }
        let Some(entry) = &mut self.entry else {
            return;
        };
        if let Some(rest) = text.strip_prefix("This error originated in \"") {
            entry.is_done = true;
            entry.suite = rest.split('"').next().map(str::to_owned);
        } else if let Some(rest) =
            text.strip_prefix("The latest test that might've caused the error is \"")
        {
            let name = rest
                .split_once("\". It might")
                .map_or(rest, |(name, _)| name);
            let file = entry.suite.clone().unwrap_or_default();
            entry.test = Some(format!("{file} > {name}"));
        }
        entry.is_done |= text.starts_with(" ❯ ") || text.starts_with("Caused by: ");
        entry.take(line, text);
    }

    /// The message has ended: each heading above it is a failure.
    fn end_message(&mut self, findings: &mut Findings) {
        let Some(message) = self.entry.take() else {
            return;
        };
        let (kind, text) = error::judge(without_diff(&message.text));
        let is_type_error = message.text.starts_with("TypeCheckError");
        let kind = if is_type_error { Kind::Build } else { kind };
        let block = message.block.clone();
        if self.title == Title::Unhandled {
            findings.report(message.finding_saying(kind, text));
            return;
        }
        for (at, heading) in self.headings.drain(..).enumerate() {
            let mut entry = heading.entry;
            entry.attempts = heading.attempts;
            if at == 0 {
                entry.block = block.clone();
            } else {
                entry
                    .block
                    .lines
                    .extend(block.lines.iter().skip(1).take(8).cloned());
            }
            let kind = match heading.test {
                Some(_) => kind,
                None if kind == Kind::Crash => kind,
                None => Kind::Build,
            };
            if heading.test.is_some() && self.title == Title::Tests {
                self.failed.push(heading.counted);
            }
            let said = if heading.test.is_none() {
                first_line(&text)
            } else {
                text.clone()
            };
            findings.report(entry.finding_saying(kind, said));
        }
    }

    /// Ends the section; says which tests failed in it.
    pub(super) fn close(mut self, findings: &mut Findings) -> Vec<String> {
        self.end_message(findings);
        self.failed
    }
}

impl Heading {
    /// `file > suite > test`, or `file [ file ]` for one that could not be loaded.
    fn names(text: &str) -> (Option<String>, String) {
        let (_, path) = without_project(text.trim_end());
        if let Some((file, _)) = path.split_once(" > ") {
            (Some(path.to_owned()), file.to_owned())
        } else {
            let file = path.split_once(" [ ").map_or(path, |(file, _)| file);
            (None, file.to_owned())
        }
    }
}

/// `|project| file`, or `project  file` where it is coloured.
pub(super) fn without_project(text: &str) -> (Option<&str>, &str) {
    let text = text.trim_start();
    let barred = text.strip_prefix('|').and_then(|rest| rest.split_once('|'));
    if let Some((project, rest)) = barred {
        return (Some(project), rest.trim_start());
    }
    let file = text.split(" > ").next().unwrap_or(text);
    match file.split_once("  ") {
        Some((project, _)) => (Some(project.trim()), text[project.len()..].trim_start()),
        None => (None, text),
    }
}

/// The words in a rule: `⎯⎯⎯ Failed Tests 3 ⎯⎯⎯`.
pub(super) fn rule_title(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('⎯')?.trim_matches('⎯');
    let title = inner.strip_prefix(' ')?.strip_suffix(' ')?.trim();
    let is_title = title.starts_with(char::is_alphabetic);
    is_title.then_some(title)
}

/// The message alone: the diff below it is shown by some reporters only.
pub(in super::super) fn without_diff(text: &str) -> &str {
    let ends = [
        "\n\n- Expected",
        "\n\nExpected:",
        "\n\nReceived",
        "\n ❯ ",
        "\n\n\n",
        "\nCaused by: ",
        "\nSerialized Error: ",
    ];
    let end = ends.iter().filter_map(|end| text.find(end)).min();
    let text = text[..end.unwrap_or(text.len())].trim_end();
    // Reports drop the escape of a colour and keep the rest of it.
    text.trim_end_matches("[90m").trim_end()
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
