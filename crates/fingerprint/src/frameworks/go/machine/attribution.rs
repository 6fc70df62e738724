//! Whose words, race or panic it is.

use super::super::message::Message;
use super::super::panic::{Panic, is_inside};
use super::Machine;

impl Machine {
    /// Whose message it is: the test whose report we are in, by its indentation, or the one that is running.
    pub(super) fn speaker(&self, message: &Message, owner: Option<&str>) -> Option<String> {
        if let Some(owner) = owner {
            return Some(owner.to_owned());
        }
        // A subtest has ended and its parent goes on.
        let ancestor = self.reported.as_ref().and_then(|(test, _)| {
            self.running
                .iter()
                .rev()
                .find(|running| is_inside(test, running))
        });
        if let Some(ancestor) = ancestor {
            return Some(ancestor.clone());
        }
        match &self.reported {
            Some((test, depth)) if message.indent >= 4 * (depth + 1) => Some(test.clone()),
            Some((test, _)) => {
                // A parent's own message after its subtests' reports.
                let depth = message.indent / 4 - 1;
                let end = test
                    .match_indices('/')
                    .nth(depth)
                    .map_or(test.len(), |(at, _)| at);
                Some(test[..end].to_owned())
            }
            None => self.current.clone(),
        }
    }

    /// The named test, or its subtest that is running or has just failed.
    pub(super) fn most_specific(&self, test: Option<String>) -> Option<String> {
        let running = || self.running.last().cloned();
        match test {
            Some(test) => match self
                .current
                .as_ref()
                .filter(|current| is_inside(current, &test))
            {
                Some(current) if self.running.contains(current) => Some(current.clone()),
                _ => Some(test),
            },
            None => running(),
        }
    }

    /// Which test a panic belongs to.
    pub(super) fn guilty(&self, panic: &Panic, owner: Option<String>) -> Option<String> {
        let on_stack = panic.test_on_stack();
        if panic.on_test_goroutine
            && let Some(failed) = self.innermost_just_failed()
        {
            return Some(failed.to_owned());
        }
        let innermost_running = |test: &str| {
            self.running
                .iter()
                .rev()
                .find(|name| *name == test || is_inside(name, test))
        };
        match on_stack {
            Some(test) => Some(
                innermost_running(test)
                    .cloned()
                    .unwrap_or_else(|| test.to_owned()),
            ),
            None => owner.or_else(|| self.running.last().cloned()).or_else(|| {
                self.reported
                    .as_ref()
                    .map(|(test, _)| test.clone())
                    .filter(|test| self.failed.contains(test))
            }),
        }
    }

    /// Go prints the `--- FAIL` lines of a test that panics just before the panic: parents first before Go 1.20, innermost
    /// first since.
    fn innermost_just_failed(&self) -> Option<&str> {
        let depth = |test: &&String| test.matches('/').count();
        self.just_failed
            .iter()
            .max_by_key(depth)
            .map(String::as_str)
    }
}
