//! The list of failures at the end: `  1) suite`, its titles each two blanks deeper, then the error.

use crate::findings::Findings;
use crate::kind::Kind;
use crate::line::Line;

use super::super::entry::Entry;
use super::super::{error, names};
use super::MOCHA;

/// Lines of one message that are read before it is given up.
const LINES: u32 = 400;

#[derive(Debug)]
pub(super) struct Epilogue {
    pub(super) declared: u64,
    pub(super) ran: u64,
    begun: u64,
    entry: Option<Entry>,
    titles: Vec<String>,
    is_in_titles: bool,
    blank: u8,
    lines: u32,
    ended: bool,
}

impl Epilogue {
    pub(super) fn new(declared: u64, ran: u64) -> Self {
        Self {
            declared,
            ran,
            begun: 0,
            entry: None,
            titles: Vec::new(),
            is_in_titles: false,
            blank: 0,
            lines: 0,
            ended: false,
        }
    }

    pub(super) fn is_in_entry(&self) -> bool {
        self.entry.is_some()
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    pub(super) fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref().trim_end();
        self.lines += 1;
        if let Some(title) = self.next_title(text) {
            self.end_entry(findings);
            self.begun += 1;
            self.lines = 0;
            self.titles = vec![title.to_owned()];
            self.is_in_titles = true;
            self.entry = Some(Entry::new(MOCHA, None, line));
            return;
        }
        if self.is_in_titles {
            let is_deeper =
                names::indent(text) == 5 + 2 * self.titles.len() && self.titles.len() < 64;
            if is_deeper
                && !self
                    .titles
                    .last()
                    .is_some_and(|title| is_whole(title, text))
            {
                self.titles.push(text.trim_start().to_owned());
                if let Some(entry) = &mut self.entry {
                    entry.block.push(line);
                }
                return;
            }
            self.is_in_titles = false;
        }
        self.message_line(line, text);
    }

    /// `  4) suite`, when four is the next number.
    fn next_title<'a>(&self, text: &'a str) -> Option<&'a str> {
        if self.begun >= self.declared {
            return None;
        }
        let (number, title) = text.strip_prefix("  ")?.split_once(") ")?;
        let number: u64 = number.parse().ok()?;
        (number == self.begun + 1).then_some(title)
    }

    fn message_line(&mut self, line: &Line<'_>, text: &str) {
        let Some(entry) = &mut self.entry else {
            // Between the count and the first entry stands an empty line.
            self.ended |= self.lines > 4;
            return;
        };
        self.blank = if text.is_empty() { self.blank + 1 } else { 0 };
        let is_last = self.begun >= self.declared;
        let is_foreign = entry.is_done && !text.is_empty() && names::indent(text) < 2;
        let is_over = is_last && self.blank >= 2 && entry.has_text();
        if is_foreign || is_over || text.starts_with("##[") || self.lines > LINES {
            self.ended = true;
            return;
        }
        entry.is_done |= entry.has_text() && text.trim_start() == "+ expected - actual";
        let inner = text.strip_prefix("     ").unwrap_or(text);
        entry.take(line, inner.strip_prefix(' ').unwrap_or(inner));
    }

    fn end_entry(&mut self, findings: &mut Findings) {
        let Some(mut entry) = self.entry.take() else {
            return;
        };
        if let Some(last) = self.titles.last_mut() {
            let length = last.strip_suffix(':').unwrap_or(last).len();
            last.truncate(length);
        }
        entry.test = Some(self.titles.join(" "));
        let (kind, message) = message(&entry.text);
        findings.report(entry.finding_saying(kind, message));
    }

    /// Ends the list; says how many failures it held.
    pub(super) fn close(mut self, findings: &mut Findings) -> u64 {
        self.end_entry(findings);
        self.begun
    }
}

/// Whether the titles end with `title` although a line as deep as one more follows: only an error begins like this.
fn is_whole(title: &str, text: &str) -> bool {
    title.ends_with(':') && error::is_stack(text)
}

/// The kind and message of an error that mocha prints; where a test stands is no part of it.
pub(in super::super) fn message(text: &str) -> (Kind, String) {
    let (kind, mut message) = error::judge(text);
    if message.starts_with("Timeout of ")
        && let Some((said, file)) = message.rsplit_once(" (")
        && file.ends_with(')')
    {
        message = said.to_owned();
    }
    (kind, message)
}
