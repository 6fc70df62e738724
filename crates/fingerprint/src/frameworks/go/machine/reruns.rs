//! Tests that are run again: by gotestsum, or by a second run in one event stream.

use std::collections::HashMap;

use crate::findings::Finding;

use super::Machine;

/// What is known of runs that try failed tests again.
#[derive(Debug, Default)]
pub(super) struct Reruns {
    /// A test was run again.
    pub(super) any: bool,
    /// gotestsum told of a test that it passed in a rerun.
    pub(super) told_passes: bool,
    /// How many runs of the same tests have ended before this one.
    pub(super) run: u32,
    /// Tests started in the current run.
    pub(super) started: usize,
    /// Failed tests of earlier runs that passed in the current one.
    pub(super) recovered: Vec<String>,
}

impl Machine {
    pub(in super::super) fn has_rerun(&self) -> bool {
        self.reruns.any
    }

    /// The run has ended; another one may follow, in which failed tests are tried again.
    pub(in super::super) fn next_run(&mut self) {
        self.count_run();
        if self.reruns.run == 0 && self.reruns.started == 0 && self.failed.is_empty() {
            return;
        }
        let is_rerun = self.reruns.run > 0 && self.reruns.started <= self.failed.len();
        for test in std::mem::take(&mut self.reruns.recovered) {
            if is_rerun {
                self.reruns.any = true;
                self.mark_retried(&test, None, self.reruns.run + 1);
            }
        }
        self.reruns.run += 1;
        self.reruns.started = 0;
    }

    /// gotestsum has run failed tests again until they passed, `runs` runs in all: what failed in none of the last runs
    /// passed in the one after its last failure.
    pub(in super::super) fn settle_reruns(&mut self, runs: u64) {
        let mut last: HashMap<String, u32> = HashMap::new();
        for finding in &self.done {
            let attempts = last
                .entry(finding.test.clone().unwrap_or_default())
                .or_default();
            *attempts = finding.attempts.max(*attempts);
        }
        for finding in self
            .done
            .iter_mut()
            .filter(|finding| finding.test.is_some() && !finding.passed_on_retry)
        {
            let attempts = last[finding.test.as_deref().unwrap_or_default()];
            if u64::from(attempts) < runs {
                finding.passed_on_retry = true;
                finding.attempts = attempts + 1;
            }
        }
    }

    /// Whether gotestsum itself told which tests passed when they were run again.
    pub(in super::super) fn has_told_passes(&self) -> bool {
        self.reruns.told_passes
    }

    /// Whether gotestsum has listed failures since the last run ended.
    pub(in super::super) fn take_listed(&mut self) -> bool {
        std::mem::take(&mut self.listed)
    }

    pub(super) fn mark_retried(&mut self, name: &str, package: Option<&str>, attempts: u32) {
        let of_test = |finding: &&mut Finding| {
            finding.test.as_deref() == Some(name)
                && (package.is_none()
                    || finding.suite.is_none()
                    || finding.suite.as_deref() == package)
        };
        for finding in self.done.iter_mut().filter(of_test) {
            finding.passed_on_retry = true;
            finding.attempts = finding.attempts.max(attempts);
        }
    }
}
