//! The list at the end, and its counts.

use crate::line::Line;

use super::title::Title;

/// The list at the end: which tests failed, which passed when they were run again.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) is_flaky: bool,
    pub(super) is_failed: bool,
    pub(super) titles: Vec<(Title, bool)>,
    pub(super) failed: u64,
    pub(super) flaky: u64,
    pub(super) skipped: u64,
}

/// The tests that passed when they were run again, from `  2 flaky` down to the last count.
pub(super) fn flaky_above(line: &Line<'_>) -> Option<List> {
    let mut list = List::default();
    let mut titles = Vec::new();
    for text in line.before() {
        if let Some(title) = Title::of_list(&text) {
            titles.push((title, true));
        } else if let Some((number, word)) = count(&text) {
            list.heading(number, &text);
            if word == "flaky" {
                titles.reverse();
                list.titles = titles;
                return Some(list);
            }
        } else {
            return None;
        }
    }
    None
}

impl List {
    pub(super) fn heading(&mut self, number: u64, text: &str) {
        self.is_flaky = text.trim_end().ends_with(" flaky");
        self.is_failed = text.trim_end().ends_with(" failed");
        if self.is_flaky {
            self.flaky = number;
        } else if self.is_failed {
            self.failed = number;
        } else if text.trim_end().ends_with(" skipped") {
            self.skipped = number;
        }
    }
}

/// `  9 failed`, `  3 passed (20.4s)`.
pub(super) fn count(text: &str) -> Option<(u64, &'static str)> {
    let (number, rest) = text.strip_prefix("  ")?.split_once(' ')?;
    let number = number.parse().ok()?;
    let rest = rest.trim_end();
    let word = [
        "failed",
        "flaky",
        "interrupted",
        "skipped",
        "did not run",
        "passed",
    ]
    .into_iter()
    .find(|word| {
        rest.strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
    })?;
    Some((number, word))
}
