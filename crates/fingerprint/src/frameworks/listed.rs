//! Failures that a tool lists by number, `  1) name` and its text below: `RSpec`, minitest, `PHPUnit`, `ExUnit`.
//!
//! A test may print such an entry too. The tool's own are told by their numbers, which rise to the count it gives at the end.

use crate::findings::{Block, FINDING_LIMIT};
use crate::line::Line;

/// One entry with all its lines, the heading first.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) number: u64,
    pub(super) heading: String,
    pub(super) block: Block,
}

/// Entries that wait for the totals.
#[derive(Debug, Default)]
pub(super) struct Entries {
    list: Vec<Entry>,
    is_open: bool,
}

impl Entries {
    pub(super) fn begin(&mut self, number: u64, heading: &str, line: &Line<'_>) {
        self.is_open = true;
        if self.list.len() < FINDING_LIMIT {
            self.list.push(Entry {
                number,
                heading: heading.to_owned(),
                block: Block::of(line),
            });
        }
    }

    /// Whether the newest entry is still being printed.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    pub(super) fn close(&mut self) {
        self.is_open = false;
    }

    pub(super) fn push(&mut self, line: &Line<'_>) {
        if let Some(entry) = self.list.last_mut() {
            entry.block.push(line);
        }
    }

    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.is_open = false;
    }

    /// All entries, whoever printed them.
    pub(super) fn take_all(&mut self) -> Vec<Entry> {
        self.is_open = false;
        std::mem::take(&mut self.list)
    }

    /// The entries whose numbers rise by one each to `count`, or where none has that number, to the last one's.
    pub(super) fn take_chain(&mut self, count: Option<u64>) -> Vec<Entry> {
        let mut list = self.take_all();
        let last = count
            .and_then(|count| list.iter().rposition(|entry| entry.number == count))
            .or_else(|| list.len().checked_sub(1));
        let Some(last) = last else {
            return list;
        };
        list.truncate(last + 1);
        let mut chain: Vec<Entry> = Vec::new();
        for entry in list.into_iter().rev() {
            let wanted = chain
                .last()
                .map_or(entry.number, |next| next.number.saturating_sub(1));
            if wanted == 0 {
                break;
            }
            if entry.number == wanted {
                chain.push(entry);
            }
        }
        chain.reverse();
        chain
    }
}

/// Number and name of `  1) name`, with up to `blanks` blanks in front.
pub(super) fn numbered(text: &str, blanks: usize) -> Option<(u64, &str)> {
    let inner = text.trim_start_matches(' ');
    if text.len() - inner.len() > blanks || !inner.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (number, name) = inner.split_once(") ")?;
    let name = name.trim_end();
    let number = number.parse().ok()?;
    (!name.is_empty()).then_some((number, name))
}

/// The number in front of a word of a summary: `3 failures` for `failure`.
pub(super) fn count_of(part: &str, words: &[&str]) -> Option<u64> {
    let (number, word) = part.trim().split_once(' ')?;
    words.contains(&word).then(|| number.parse().ok())?
}
