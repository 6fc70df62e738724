//! Counting the answers of one probe, apart from asking for them.

use std::time::Duration;

use super::ProbeSpec;

/// What the answers to one probe of one running service amount to. Points in time are durations since the machine booted.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    /// When to ask next; `None` while a question is open.
    due: Option<Duration>,
    asked: Duration,
    good: u32,
    bad: u32,
    /// What the thresholds say; `None` until the first of them is reached.
    passes: Option<bool>,
    last: Option<Answer>,
}

/// One answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) at_unix: Duration,
    /// Why it was bad.
    pub(crate) problem: Option<String>,
}

/// What an answer has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Nothing,
    Passes,
    Fails,
}

impl Tally {
    /// A probe that begins at `now`.
    pub(crate) fn begin(spec: &ProbeSpec, now: Duration) -> Self {
        Self {
            due: Some(now.saturating_add(spec.initial_delay)),
            asked: now,
            good: 0,
            bad: 0,
            passes: None,
            last: None,
        }
    }

    /// When to ask next, unless a question is open.
    pub(crate) fn due(&self) -> Option<Duration> {
        self.due
    }

    /// Whether it passes; `None` where the answers do not suffice to say.
    pub(crate) fn passes(&self) -> Option<bool> {
        self.passes
    }

    pub(crate) fn last(&self) -> Option<&Answer> {
        self.last.as_ref()
    }

    /// A question is asked at `now`.
    pub(crate) fn ask(&mut self, now: Duration) {
        self.due = None;
        self.asked = now;
    }

    /// The answer to it has come at `now`. The next question is one period after this one, or at once if that is over: a slow
    /// answer delays the next question, and never heaps them up.
    pub(crate) fn answer(&mut self, spec: &ProbeSpec, answer: Answer, now: Duration) -> Turn {
        self.due = Some(self.asked.saturating_add(spec.period).max(now));
        let is_good = answer.problem.is_none();
        self.last = Some(answer);
        let (count, threshold) = if is_good {
            self.bad = 0;
            self.good = self.good.saturating_add(1);
            (self.good, spec.success_threshold)
        } else {
            self.good = 0;
            self.bad = self.bad.saturating_add(1);
            (self.bad, spec.failure_threshold)
        };
        if count < threshold || self.passes == Some(is_good) {
            return Turn::Nothing;
        }
        self.passes = Some(is_good);
        if is_good { Turn::Passes } else { Turn::Fails }
    }
}

#[cfg(test)]
mod tests;
