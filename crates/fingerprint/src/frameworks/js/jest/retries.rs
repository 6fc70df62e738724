//! `LOGGING RETRY ERRORS name`, which `jest.retryTimes(n, { logErrorsBeforeRetry: true })` prints above a file's heading.

use crate::findings::Findings;
use crate::line::Line;

use super::super::entry::Entry;
use super::{JEST, full_name};

/// Tests that are retried in one file at most.
const LIMIT: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct Retries {
    /// Logged above a heading that has not come yet.
    logged: Vec<Entry>,
    is_open: bool,
    /// Of the file whose results are read; what fails in the end is taken out.
    current: Vec<Entry>,
}

impl Retries {
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Takes the line if it belongs to what is logged of a retry.
    pub(super) fn line(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref().trim_end();
        if let Some(name) = text.trim_start().strip_prefix("LOGGING RETRY ERRORS ") {
            self.is_open = self.logged.len() < LIMIT;
            if self.is_open {
                let name = full_name(name.trim_start());
                self.logged.push(Entry::new(JEST, Some(name), line));
            }
            return true;
        }
        let Some(entry) = self.logged.last_mut().filter(|_| self.is_open) else {
            return false;
        };
        let is_mark =
            |number: &str| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        if text
            .trim_start()
            .strip_prefix("RETRY ")
            .is_some_and(is_mark)
        {
            entry.is_done |= entry.has_text();
            entry.attempts += 1;
            return true;
        }
        if !text.is_empty() && !text.starts_with("    ") {
            self.is_open = false;
            return false;
        }
        entry.take(line, text.strip_prefix("    ").unwrap_or(text));
        true
    }

    /// The results of a file follow: the retries logged above are its tests'.
    pub(super) fn heading(&mut self, has_passed: bool, suite: &str, findings: &mut Findings) {
        self.is_open = false;
        self.current = std::mem::take(&mut self.logged);
        for entry in &mut self.current {
            entry.suite = Some(suite.to_owned());
        }
        if has_passed {
            self.end_file(findings);
        }
    }

    /// A test failed in the end; says how often it was tried.
    pub(super) fn failed(&mut self, test: &str) -> u32 {
        let is_it = |entry: &Entry| entry.test.as_deref() == Some(test);
        match self.current.iter().position(is_it) {
            Some(at) => self.current.swap_remove(at).attempts,
            None => 1,
        }
    }

    /// What was retried and did not fail has passed.
    pub(super) fn end_file(&mut self, findings: &mut Findings) {
        for mut entry in self.current.drain(..) {
            entry.passed_on_retry = true;
            findings.report(entry.finding());
        }
    }
}
