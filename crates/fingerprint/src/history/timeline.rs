//! The runs of a test in order, by branch and commit.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Disturbance;
use super::observation::{Branch, History, Observation, Outcome};
use super::rules::Rules;

/// The runs that count, oldest first.
pub(crate) struct Timeline<'a> {
    pub(crate) runs: Vec<&'a Observation>,
    /// The first run of the last commit of the main branch that changed the test's own files.
    pub(crate) changed: Option<Timestamp>,
    pub(crate) branches: BTreeMap<&'a Branch, Vec<Commit<'a>>>,
}

/// What became of the test at one commit of one branch; mass failures are left out.
#[derive(Debug)]
pub(crate) struct Commit<'a> {
    pub(crate) id: &'a str,
    pub(crate) runs: Vec<&'a Observation>,
    pub(crate) passed: bool,
    /// Attempts that failed.
    pub(crate) failures: u64,
}

impl<'a> Timeline<'a> {
    /// Only the variant of the latest failure is looked at: another platform has flakes and regressions of its own.
    pub(crate) fn of(history: &'a History, now: Timestamp, rules: &Rules) -> Self {
        let fix_known = history
            .observations
            .iter()
            .any(|run| run.contains_fix.is_some());
        let mut runs: Vec<&Observation> = history
            .observations
            .iter()
            .filter(|run| run.outcome != Outcome::NotRun)
            .filter(|run| run.time <= now && now.duration_since(run.time) <= rules.window)
            .filter(|run| !fix_known || run.contains_fix != Some(false))
            .collect();
        runs.sort_by(|a, b| {
            let key = |run: &'a Observation| (run.time, &run.branch, run.attempt, &run.commit);
            key(a).cmp(&key(b))
        });
        if let Some(last) = runs.iter().rev().find(|run| run.failed()) {
            let variant = &last.variant;
            runs.retain(|run| &run.variant == variant);
        }
        let branches = by_branch(&runs);
        let changed = branches.get(&Branch::Main).and_then(|commits| {
            let changing = |commit: &&Commit<'_>| commit.runs.iter().any(|run| run.test_changed);
            commits.iter().rev().find(changing).map(Commit::first_time)
        });
        Self {
            runs,
            changed,
            branches,
        }
    }

    /// The latest failure, of a disturbed run, too.
    pub(crate) fn last_failure(&self) -> Option<&'a Observation> {
        self.runs.iter().rev().find(|run| run.failed()).copied()
    }

    /// Whether a run is of the test as it is now.
    pub(crate) fn is_current(&self, run: &Observation) -> bool {
        self.changed.is_none_or(|changed| run.time >= changed)
    }
}

impl Observation {
    pub(crate) fn failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed | Outcome::PassedOnRetry)
    }

    pub(crate) fn passed(&self) -> bool {
        matches!(self.outcome, Outcome::Passed | Outcome::PassedOnRetry)
    }
}

impl Commit<'_> {
    /// The time of its first run.
    pub(crate) fn first_time(&self) -> Timestamp {
        self.times().min().unwrap_or(Timestamp::MAX)
    }

    /// The test failed and passed here.
    pub(crate) fn is_mixed(&self) -> bool {
        self.passed && self.failures > 0
    }

    /// It failed whenever it ran.
    pub(crate) fn is_bad(&self) -> bool {
        !self.passed && self.failures > 0
    }

    /// The time of its last failure that is the test's own.
    pub(crate) fn own_failure(&self) -> Option<Timestamp> {
        self.runs
            .iter()
            .filter(|run| run.failed() && run.disturbance == Disturbance::None)
            .map(|run| run.time)
            .max()
    }

    fn times(&self) -> impl Iterator<Item = Timestamp> {
        self.runs.iter().map(|run| run.time)
    }

    fn order(&self) -> Option<u64> {
        self.runs.iter().find_map(|run| run.order)
    }
}

fn by_branch<'a>(runs: &[&'a Observation]) -> BTreeMap<&'a Branch, Vec<Commit<'a>>> {
    let mut branches: BTreeMap<&Branch, Vec<Commit<'_>>> = BTreeMap::new();
    let mut places: BTreeMap<(&Branch, &str), usize> = BTreeMap::new();
    for &run in runs {
        if run.disturbance == Disturbance::MassFailure {
            continue;
        }
        let commits = branches.entry(&run.branch).or_default();
        let new = commits.len();
        // Runs of unknown commits have nothing in common.
        let place = if run.commit.is_empty() {
            new
        } else {
            *places.entry((&run.branch, &run.commit)).or_insert(new)
        };
        if place == new {
            commits.push(Commit {
                id: &run.commit,
                runs: Vec::new(),
                passed: false,
                failures: 0,
            });
        }
        let commit = &mut commits[place];
        commit.passed |= run.passed();
        commit.failures += u64::from(run.failed());
        commit.runs.push(run);
    }
    for commits in branches.values_mut() {
        // They stand in the order of their first runs already.
        if commits.iter().all(|commit| commit.order().is_some()) {
            commits.sort_by_key(Commit::order);
        }
    }
    branches
}
