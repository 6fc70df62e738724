//! How many tests ran, where the output names all of them.

use std::collections::HashSet;

use crate::findings::Findings;
use crate::scan::TestTotals;

use super::super::test::Outcome;
use super::Machine;

/// What is known of how many tests ran.
#[derive(Debug, Default)]
pub(super) struct MachineTally {
    /// Of the package, or in an event stream of the run, that has not ended.
    current: TestTotals,
    /// Of the runs of an event stream that have ended, and where the last of its ends stood.
    events: Option<(TestTotals, u64)>,
}

impl MachineTally {
    /// A test that was known to run has ended.
    pub(super) fn ended(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Skipped => self.current.skipped += 1,
            Outcome::Passed => self.current.run += 1,
            Outcome::Failed => {
                self.current.run += 1;
                self.current.failed += 1;
            }
        }
    }

    /// The process ended while tests were running.
    pub(super) fn died(&mut self, running: usize) {
        self.current.run += running as u64;
        self.current.failed += running as u64;
    }
}

impl Machine {
    /// The package has ended; where nothing has told which tests ran, nothing is known of their number.
    pub(super) fn count_package(&mut self, findings: &mut Findings) {
        if self.tally.events.is_some() {
            return;
        }
        let totals = std::mem::take(&mut self.tally.current);
        if !self.names.is_empty() {
            findings.count(self.framework, totals);
        }
    }

    /// An event says that a test, or the whole package, has ended.
    pub(in super::super) fn tally_event(&mut self, outcome: Outcome, is_test: bool, at: u64) {
        if is_test {
            self.tally.ended(outcome);
        }
        let (_, last) = self.tally.events.get_or_insert_default();
        *last = at;
    }

    /// A run of an event stream has ended. Tests that were run again count once.
    pub(super) fn count_run(&mut self) {
        let Some((totals, _)) = &mut self.tally.events else {
            return;
        };
        let run = std::mem::take(&mut self.tally.current);
        let is_rerun = self.reruns.run > 0 && self.reruns.started <= self.failed.len();
        if is_rerun {
            // Events and the text in them may both have told of a test's end.
            let recovered: HashSet<&String> = self.reruns.recovered.iter().collect();
            totals.failed = totals.failed.saturating_sub(recovered.len() as u64);
        } else {
            totals.add(run);
        }
    }

    /// Reports what the events of the package have told.
    pub(in super::super) fn report_events(&mut self, findings: &mut Findings) {
        let left = std::mem::take(&mut self.tally.current);
        if let Some((mut totals, at)) = self.tally.events.take() {
            totals.add(left);
            findings.count_at(at, self.framework, totals);
        }
    }
}
