//! Streaks of failures: which are regressions, and what the rate is without them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Disturbance;
use super::observation::{Branch, Observation};
use super::rules::Rules;
use super::timeline::{Commit, Timeline};
use crate::rate::{FlakeRate, Tries};

/// How far apart in time failures may lie that one outage explains.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// Neighbouring commits of one branch at all of which the test only failed.
#[derive(Debug)]
pub(crate) struct Streak<'a> {
    pub(crate) branch: &'a Branch,
    pub(crate) first: &'a str,
    pub(crate) last: &'a str,
    runs: Vec<&'a Observation>,
    /// The commit before it, where the test passed.
    pub(crate) last_good: Option<&'a str>,
    /// The commit after it, where the test passed; `None` while it lasts.
    pub(crate) fixed: Option<&'a str>,
    /// Attempts that failed.
    pub(crate) failures: u64,
    /// From its first failure until the first pass after it.
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    /// Its last failure that is the test's own, and no disturbance.
    pub(crate) own_failure: Option<Timestamp>,
    /// The branch changes the test itself.
    pub(crate) test_changed: bool,
    /// It passed before on this branch or, for a change, elsewhere.
    pub(crate) passed_before: bool,
    /// How probable it would be for a flaky test.
    pub(crate) chance: f64,
    pub(crate) nature: Nature,
}

/// What a streak is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// Chance explains it, or it is too short to tell.
    Open,
    /// Several tests failed for one cause in all of its runs, and nothing shows that it is not the environment's.
    MaybeOutage,
    /// And changes that have nothing to do with it suffered at the same time.
    Outage,
    /// It is the code's fault.
    Regression,
}

/// The streaks of all branches, judged, and the rate without those that are regressions.
pub(crate) struct Streaks<'a> {
    pub(crate) all: Vec<Streak<'a>>,
    pub(crate) rate: FlakeRate,
}

impl<'a> Streaks<'a> {
    pub(crate) fn of(timeline: &Timeline<'a>, rules: &Rules) -> Self {
        let mut all = find(timeline);
        // Every streak is a suspect at first. Taking one back raises the rate, which may explain others; so it ends.
        for streak in &mut all {
            streak.nature = if is_outage(streak, timeline) {
                Nature::Outage
            } else if is_short(streak) {
                Nature::MaybeOutage
            } else if streak.passed_before && streak.failures >= rules.regression_runs {
                Nature::Regression
            } else {
                Nature::Open
            };
        }
        loop {
            // The test may have been another one before it changed, but a streak that begins there is one.
            let rate = rate(timeline, &all, rules, |_| true);
            let never_flaky = rate.failures == 0;
            let mut changed = false;
            for streak in &mut all {
                streak.chance = rate.chance_of_streak(streak.failures);
                if never_flaky {
                    streak.chance *= rules.flaky_share;
                }
                if streak.is_regression() && streak.chance > rules.chance {
                    streak.nature = Nature::Open;
                    changed = true;
                }
            }
            if !changed {
                let rate = self::rate(timeline, &all, rules, |run| timeline.is_current(run));
                return Self { all, rate };
            }
        }
    }

    /// The streak that a failure belongs to.
    pub(crate) fn holding(&self, run: &Observation) -> Option<&Streak<'a>> {
        self.all.iter().find(|streak| streak.holds(run))
    }

    /// Whether the main branch was broken, or may have been, when `time` was.
    pub(crate) fn main_was_bad(&self, time: Timestamp) -> bool {
        self.on_main().any(|streak| streak.covers(time))
    }

    pub(crate) fn on_main(&self) -> impl Iterator<Item = &Streak<'a>> {
        self.all.iter().filter(|streak| !streak.branch.is_change())
    }
}

impl Streak<'_> {
    pub(crate) fn is_regression(&self) -> bool {
        self.nature == Nature::Regression
    }

    pub(crate) fn may_be_outage(&self) -> bool {
        matches!(self.nature, Nature::MaybeOutage | Nature::Outage)
    }

    fn holds(&self, run: &Observation) -> bool {
        self.runs.iter().any(|own| std::ptr::eq(*own, run))
    }

    fn last_failure(&self) -> Timestamp {
        self.runs
            .iter()
            .map(|run| run.time)
            .max()
            .unwrap_or(self.from)
    }

    pub(crate) fn covers(&self, time: Timestamp) -> bool {
        self.from <= time && time < self.until
    }
}

fn find<'a>(timeline: &Timeline<'a>) -> Vec<Streak<'a>> {
    let has_passed = |branch: &Branch| timeline.branches[branch].iter().any(|commit| commit.passed);
    let mut streaks = Vec::new();
    for (branch, commits) in &timeline.branches {
        let mut start = 0;
        for group in commits.chunk_by(|a, b| a.is_bad() == b.is_bad()) {
            if group[0].is_bad() {
                let before = &commits[..start];
                let after = commits.get(start + group.len());
                let passed_elsewhere = branch.is_change()
                    && timeline
                        .branches
                        .keys()
                        .any(|other| other != branch && has_passed(other));
                streaks.push(streak(branch, group, before, after, passed_elsewhere));
            }
            start += group.len();
        }
    }
    streaks
}

fn streak<'a>(
    branch: &'a Branch,
    group: &[Commit<'a>],
    before: &[Commit<'a>],
    after: Option<&Commit<'a>>,
    passed_elsewhere: bool,
) -> Streak<'a> {
    let last_good = before.last().map(|commit| commit.id);
    Streak {
        branch,
        first: group[0].id,
        last: group[group.len() - 1].id,
        runs: group
            .iter()
            .flat_map(|commit| &commit.runs)
            .copied()
            .collect(),
        last_good,
        fixed: after.map(|commit| commit.id),
        failures: group.iter().map(|commit| commit.failures).sum(),
        from: group[0].first_time(),
        until: after.map_or(Timestamp::MAX, Commit::first_time),
        own_failure: group.iter().filter_map(Commit::own_failure).max(),
        test_changed: group
            .iter()
            .flat_map(|commit| &commit.runs)
            .any(|run| run.test_changed),
        passed_before: last_good.is_some() || passed_elsewhere,
        chance: 1.0,
        nature: Nature::Open,
    }
}

/// Whether a streak that several tests share is as short as an outage: what is run again at once meets the same one. Without
/// branches nobody can tell how long it is.
fn is_short(streak: &Streak<'_>) -> bool {
    let lasted = streak.last_failure().duration_since(streak.from);
    streak.own_failure.is_none()
        && match streak.branch {
            Branch::Unknown => true,
            Branch::Main => streak.first == streak.last || lasted < A_DAY,
            Branch::Change(_) => streak.first == streak.last,
        }
}

/// Whether changes that have nothing to do with a streak suffered from its cause. A regression of the main branch shows on changes,
/// too, but not before it was merged.
fn is_outage(streak: &Streak<'_>, timeline: &Timeline<'_>) -> bool {
    let on_main = !streak.branch.is_change();
    let start = if on_main {
        streak.from
    } else {
        streak.last_failure()
    };
    streak.own_failure.is_none()
        && timeline.runs.iter().any(|run| {
            run.branch != *streak.branch
                && run.branch.is_change()
                && run.failed()
                && run.disturbance != Disturbance::None
                && streak.from.duration_since(run.time) <= A_DAY
                && (run.time < streak.from || !on_main)
                && run.time.duration_since(start) <= A_DAY
                && streak.runs.iter().any(|own| may_share_cause(own, run))
        })
}

fn may_share_cause(a: &Observation, b: &Observation) -> bool {
    a.cause.is_none() || b.cause.is_none() || a.cause == b.cause
}

/// The rate over first attempts of undisturbed runs, regressions left out, in groups of a day.
fn rate(
    timeline: &Timeline<'_>,
    streaks: &[Streak<'_>],
    rules: &Rules,
    counts: impl Fn(&Observation) -> bool,
) -> FlakeRate {
    let is_explained = |run: &Observation| {
        let on_main = !run.branch.is_change();
        streaks
            .iter()
            .filter(|streak| streak.is_regression())
            .any(|streak| {
                streak.holds(run)
                    // What a change runs on while the main branch is broken is not known.
                    || (!on_main && !streak.branch.is_change() && streak.covers(run.time))
            })
    };
    let mut days: BTreeMap<i64, Tries> = BTreeMap::new();
    let counted = timeline.runs.iter().filter(|run| {
        run.attempt <= 1
            && run.disturbance == Disturbance::None
            && counts(run)
            && (!run.branch.is_change() || !run.test_changed)
            && !is_explained(run)
    });
    for run in counted {
        let day = days
            .entry(run.time.as_second().div_euclid(86_400))
            .or_default();
        day.runs += 1;
        day.failures += u64::from(run.failed());
    }
    let days: Vec<Tries> = days.into_values().collect();
    FlakeRate::of_groups(&days, rules.prior, rules.level)
}
