//! What is known of one Go test while its package runs.

use crate::findings::Block;

use super::message::Message;

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Failed,
    Skipped,
}

/// How many messages of one test are kept; the first and the last ones are those that matter.
const MESSAGES: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Test {
    /// The worst outcome so far: with `-count` one failed run is enough.
    pub(super) outcome: Option<Outcome>,
    pub(super) messages: Vec<Message>,
    /// The test said that the race detector reported while it ran.
    pub(super) race_detected: bool,
    /// Its `--- FAIL` line.
    pub(super) header: Option<Block>,
    /// Package as gotestsum names it beside the test.
    pub(super) suite: Option<String>,
    pub(super) rerun: u32,
    /// Known from gotestsum's list at the end, which tells the rerun itself.
    pub(super) listed: bool,
}

impl Test {
    pub(super) fn add(&mut self, message: Message) {
        if message.is_race_marker() {
            self.race_detected = true;
        } else if self.messages.len() < MESSAGES {
            self.messages.push(message);
        } else {
            self.messages[MESSAGES - 1] = message;
        }
    }

    pub(super) fn end(&mut self, outcome: Outcome) {
        if self.outcome != Some(Outcome::Failed) {
            self.outcome = Some(outcome);
        }
    }

    /// The output has ended. Of a test whose end was not printed testify's own block proves that it failed.
    pub(super) fn settle(&mut self) {
        if self.outcome.is_none() && self.messages.iter().any(Message::is_testify) {
            self.outcome = Some(Outcome::Failed);
        }
    }

    pub(super) fn has_failed(&self) -> bool {
        self.outcome == Some(Outcome::Failed)
    }
}
