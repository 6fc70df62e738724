//! What in a history shows that a test is flaky.

use jiff::Timestamp;

use super::observation::Branch;
use super::rules::Rules;
use super::streak::Streaks;
use super::timeline::{Commit, Timeline};

/// Why the test is flaky, if it is.
pub(crate) struct Flakes<'a> {
    /// Commits at which it failed and passed for no reason of the whole run, with the time of the failure, oldest first.
    pub(crate) mixed: Vec<(Timestamp, &'a str)>,
    /// Failures that have nothing in common: one of each change, and of each time that the main branch failed and passed again.
    /// Oldest first.
    pub(crate) independent: Vec<(Timestamp, &'a Branch)>,
    enough_runs: bool,
    /// Without runs of the main branch nobody knows whether it was broken.
    main_is_known: bool,
}

impl<'a> Flakes<'a> {
    pub(crate) fn of(timeline: &Timeline<'a>, streaks: &Streaks<'a>, rules: &Rules) -> Self {
        let mixed = mixed(timeline);
        let independent = independent(timeline, streaks);
        Self {
            mixed,
            independent,
            enough_runs: streaks.rate.runs >= rules.sample,
            main_is_known: timeline.branches.contains_key(&Branch::Main),
        }
    }

    /// Whether failures recur independently of each other.
    pub(crate) fn recurs(&self, rules: &Rules) -> bool {
        let needed = rules.independent_failures + u64::from(!self.main_is_known);
        self.enough_runs && self.independent.len() as u64 >= needed
    }
}

fn mixed<'a>(timeline: &Timeline<'a>) -> Vec<(Timestamp, &'a str)> {
    let mut mixed: Vec<(Timestamp, &str)> = timeline
        .branches
        .values()
        .flatten()
        .filter(|commit| commit.is_mixed())
        .filter(|commit| commit.runs.iter().any(|run| timeline.is_current(run)))
        .filter_map(|commit| Some((commit.own_failure()?, commit.id)))
        .collect();
    mixed.sort_unstable();
    mixed.dedup_by(|a, b| a.1 == b.1 && !a.1.is_empty());
    mixed
}

fn independent<'a>(timeline: &Timeline<'a>, streaks: &Streaks<'a>) -> Vec<(Timestamp, &'a Branch)> {
    let current = |time: &Timestamp| timeline.changed.is_none_or(|changed| *time >= changed);
    let mut found: Vec<(Timestamp, &Branch)> = Vec::new();
    for streak in &streaks.all {
        // Two failures of unknown branches may be of one change.
        if *streak.branch == Branch::Unknown {
            continue;
        }
        let on_main = !streak.branch.is_change();
        let Some(time) = streak.own_failure.filter(current) else {
            continue;
        };
        let explained = streak.is_regression()
            || !streak.passed_before
            || (!on_main && (streak.test_changed || streaks.main_was_bad(time)));
        // On the main branch it must have passed again; a change may be given up.
        if !explained && (!on_main || streak.fixed.is_some()) {
            found.push((time, streak.branch));
        }
    }
    for (branch, commits) in &timeline.branches {
        let own = commits
            .iter()
            .filter(|commit| commit.is_mixed())
            .filter_map(Commit::own_failure);
        found.extend(own.filter(current).map(|time| (time, *branch)));
    }
    found.sort_unstable();
    // A change has one fault, however often it failed.
    let mut changes = Vec::new();
    found.retain(|(_, branch)| {
        let again = branch.is_change() && changes.contains(branch);
        changes.push(*branch);
        !again
    });
    found
}
