//! The results of a target's tests, and what may stand between them.

use crate::kind::Kind;
use crate::line::Line;

use super::super::super::output::is_doctest;
use super::super::super::panic;
use super::super::lines::{ends_a_test, glued_test_line, is_failure, terse_failure, test_line};
use super::{Failed, Phase, Target};

/// Threads whose words are kept apart.
const THREADS: usize = 1000;

impl Target {
    pub(super) fn running(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        // While a test prints, neither results of others nor the report can come.
        if self.is_waiting() {
            self.output_of_unfinished(line);
        } else if matches!(text, "failures:" | "successes:") {
            self.settle_unfinished();
            self.begin_report(text);
        } else if let Some((name, result)) = test_line(text) {
            self.settle_unfinished();
            self.result(name, result, line);
        } else if let Some((output, (name, result))) = glued_test_line(text) {
            self.settle_unfinished();
            self.recent.text(output, "");
            self.result(name, result, line);
        } else if let Some(name) = terse_failure(text) {
            self.red.insert(name.to_owned());
            self.fail(name).block.push(line);
        } else if self.unfinished.is_some() {
            self.output_of_unfinished(line);
        } else {
            self.loose(line);
        }
    }

    /// A harness inside of a test has begun: its results are not this target's, whose own list may follow all the same.
    pub(super) fn inside_nested(&mut self, line: &Line<'_>) {
        if self.is_waiting() {
            self.output_of_unfinished(line);
        } else if line.text == "failures:" {
            self.list = Some(Vec::new());
        } else if !self.list_line(line) {
            self.loose(line);
        }
    }

    pub(super) fn begin_report(&mut self, heading: &str) {
        self.phase = if heading == "successes:" {
            Phase::Successes
        } else {
            Phase::Failures
        };
        self.section = None;
        self.list = Some(Vec::new());
    }

    fn result(&mut self, name: &str, result: &str, line: &Line<'_>) {
        self.thread = None;
        let recent = std::mem::take(&mut self.recent);
        if !ends_a_test(result) {
            let mut begun = Failed::default();
            begun.block.push(line);
            if !result.is_empty() {
                begun.text(result, name);
            }
            self.unfinished = Some((name.to_owned(), begun));
            return;
        }
        self.ended += 1;
        if is_failure(result) {
            self.red.insert(name.to_owned());
            let failed = self.fail(name);
            failed.block.push(line);
            failed.guess = if is_doctest(name) {
                recent.output
            } else {
                recent.output.returned_error()
            };
        }
    }

    /// With one test at a time and no capturing, everything up to the result is the test's output. With several, the
    /// words of other tests' threads may stand there as well.
    fn output_of_unfinished(&mut self, line: &Line<'_>) {
        if !ends_a_test(&line.text) {
            self.loose(line);
        }
        if let Some((name, begun)) = &mut self.unfinished {
            if ends_a_test(&line.text) {
                begun.block.push(line);
                let has_failed = is_failure(&line.text);
                self.unfinished_ends(has_failed);
            } else {
                begun.line(line, name);
            }
        }
    }

    /// The next test has begun: the result of the last one stood behind output that did not end its line.
    fn settle_unfinished(&mut self) {
        let has_failed = self
            .unfinished
            .as_ref()
            .is_some_and(|(_, begun)| begun.has_failed());
        self.unfinished_ends(has_failed);
    }

    fn unfinished_ends(&mut self, has_failed: bool) {
        let Some((name, begun)) = self.unfinished.take() else {
            return;
        };
        self.thread = None;
        self.ended += 1;
        if has_failed {
            self.red.insert(name.clone());
            let failed = self.fail(&name);
            failed.output.absorb(begun.output);
            failed.block.append(begun.block);
        }
    }

    /// A line of nobody in particular.
    pub(super) fn loose(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        if let Some((name, _)) = panic::thread(text) {
            self.thread = Some(name.to_owned());
        } else if text.starts_with("fatal runtime error") && self.thread.is_none() {
            self.thread = Some(String::new());
        }
        let Some(name) = self.thread.clone() else {
            self.recent.line(line, "");
            return;
        };
        if matches!(name.as_str(), "main" | "<unnamed>") {
            self.recent.line(line, "");
        }
        if self.loose.len() < THREADS || self.loose.contains_key(&name) {
            self.loose
                .entry(name.clone())
                .or_default()
                .line(line, &name);
        }
        if text.is_empty() {
            self.thread = None;
        }
    }

    /// The test that took the process with it: whose thread said so, else the one that had not ended. Where nothing says
    /// that the process `died`, the log may only be cut off.
    pub(super) fn guilty(&mut self, died: bool) -> Option<(String, Failed)> {
        if let Some((name, begun)) = self.unfinished.take()
            && (died || begun.output.kind() == Kind::Crash)
        {
            return Some((name, begun));
        }
        let crashed = self
            .loose
            .iter()
            .find(|(name, failed)| !name.is_empty() && failed.output.kind() == Kind::Crash);
        let name = crashed.map(|(name, _)| name.clone()).or_else(|| {
            let last = self.loose.keys().next_back();
            last.filter(|name| died && !matches!(name.as_str(), "" | "main" | "<unnamed>"))
                .cloned()
        })?;
        let failed = self.loose.remove(&name).unwrap_or_default();
        Some((name, failed))
    }
}
