//! The blocks of failures, with the errors of all attempts.

use crate::findings::Findings;
use crate::line::Line;

use super::super::entry::Entry;
use super::super::error;
use super::title::Title;

/// A block of a failure.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) title: Title,
    pub(super) entry: Entry,
}

impl Failed {
    pub(super) fn line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        let inner = text.strip_prefix("    ").unwrap_or(text).trim_end();
        let is_retry = inner
            .strip_prefix("Retry #")
            .is_some_and(|rest| rest.ends_with(['─', '=', '-']));
        if is_retry {
            self.entry.attempts += 1;
            self.entry.is_done = self.entry.has_text();
        }
        self.entry.is_done |= self.entry.has_text() && is_appendix(inner);
        self.entry.take(line, inner);
    }

    pub(super) fn report(mut self, title: Option<&Title>, findings: &mut Findings) {
        self.entry.test = Some(title.unwrap_or(&self.title).name());
        let (kind, message) = error::judge(&self.entry.text);
        findings.report(self.entry.finding_saying(kind, message));
    }
}

/// What stands behind the message and is no part of it.
pub(in super::super) fn is_appendix(text: &str) -> bool {
    [
        "Call log:",
        "Call Log:",
        "Error Context:",
        "attachment #",
        "Pending operations:",
        "=====",
        "─────",
    ]
    .iter()
    .any(|start| text.starts_with(start))
}
