//! What is told of a service.

use std::time::Duration;

use super::super::clock::{Now, unix};
use super::super::restart::{Desired, NextStart};
use super::super::status::{ProbeStatus, State, Status};
use super::Supervised;

impl Supervised {
    /// Whether those that depend on it may be started.
    pub(in crate::supervisor) fn is_ready(&self) -> bool {
        self.state(Duration::ZERO) == State::Ready
    }

    pub(in crate::supervisor) fn status(&self, now: Now) -> Status {
        let history = &self.record.history;
        let active = self.active.as_ref();
        let restart_in = match self.next_start(now.monotonic) {
            NextStart::At(due) => Some(due.saturating_sub(now.monotonic)),
            _ => None,
        };
        Status {
            name: self.spec.name.clone(),
            state: self.state(now.monotonic),
            desired: history.desired,
            pid: active.map(|active| active.service.identity().pid),
            since: active.map(|active| unix(active.service.since())),
            restarts: history.restarts_within(self.spec.restart.window, now.monotonic),
            restart_in,
            waiting_for: self.waiting_for.clone(),
            last_exit: self.record.last_exit.clone(),
            probes: self.probes(),
            is_outdated: active.is_some_and(|active| active.is_outdated),
            problem: self.unknown.as_ref().map(|unknown| unknown.why.clone()),
        }
    }

    fn state(&self, now: Duration) -> State {
        let history = &self.record.history;
        if self.unknown.is_some() {
            return State::Lost;
        }
        if let Some(active) = &self.active {
            let is_starting = self.spec.startup.is_some() && !self.record.run.startup_passed;
            return match (self.is_stopping(), active.ready) {
                (true, _) => State::Stopping,
                (false, true) => State::Ready,
                (false, false) if is_starting => State::Starting,
                (false, false) => State::Running,
            };
        }
        if history.crash_loop && history.desired == Desired::Running {
            return State::CrashLoop;
        }
        match self.next_start(now) {
            NextStart::CrashLoop => State::CrashLoop,
            NextStart::At(_) => State::Backoff,
            NextStart::Now { .. } if self.waiting_for.is_empty() => State::Backoff,
            NextStart::Now { .. } => State::Waiting,
            NextStart::None if history.desired == Desired::Running => State::Ended,
            NextStart::None => State::Stopped,
        }
    }

    fn probes(&self) -> Vec<ProbeStatus> {
        let tallies = self.active.iter().flat_map(|active| &active.tallies);
        tallies
            .map(|(name, tally)| ProbeStatus {
                probe: *name,
                passes: tally.passes(),
                answered: tally.last().map(|answer| answer.at_unix),
                problem: tally.last().and_then(|answer| answer.problem.clone()),
            })
            .collect()
    }

    /// When something is to be done about it next, whatever else happens.
    pub(in crate::supervisor) fn due(&self, now: Duration) -> Option<Duration> {
        let start = match self.next_start(now) {
            NextStart::At(due) => Some(due),
            // What it waits for makes itself known.
            NextStart::Now { .. } if self.waiting_for.is_empty() => Some(now),
            _ => None,
        };
        let unknown = self.unknown.as_ref().map(|unknown| unknown.due);
        let active = self.active.iter().flat_map(|active| {
            let probes = active.tallies.values().filter_map(super::Tally::due);
            let probes = probes.filter(|_| !self.is_stopping());
            probes.chain(active.stop_due)
        });
        active.chain(start).chain(unknown).min()
    }
}
