//! How a test stands, with some inertia.

use jiff::Timestamp;

use super::environment::Disturbance;
use super::evidence::Flakes;
use super::rules::Rules;
use super::streak::Streaks;
use super::timeline::Timeline;
use super::verdict::Health;
use crate::rate::{FlakeRate, Tries};

/// Passes since the last failure without which time alone clears nothing.
const PASSES_TO_CLEAR_BY_TIME: u64 = 5;

/// Doubt with which passes in a row clear a test whose rate is low.
const DOUBT: f64 = 0.05;

/// The health of the test at `now`, and the time of the last failure that made it so.
pub(crate) fn health(
    timeline: &Timeline<'_>,
    streaks: &Streaks<'_>,
    flakes: &Flakes<'_>,
    now: Timestamp,
    rules: &Rules,
) -> (Health, Option<Timestamp>) {
    let broken = streaks
        .on_main()
        .any(|streak| streak.is_regression() && streak.fixed.is_none());
    let since_cleared = |times: &mut dyn Iterator<Item = Timestamp>| -> Vec<Timestamp> {
        let mut kept: Vec<Timestamp> = Vec::new();
        for time in times {
            if kept
                .last()
                .is_some_and(|&last| is_cleared(timeline, last, time, rules))
            {
                kept.clear();
            }
            kept.push(time);
        }
        let last = kept.last().copied();
        if last.is_some_and(|last| is_cleared(timeline, last, now, rules)) {
            kept.clear();
        }
        kept
    };
    let mixed = since_cleared(&mut flakes.mixed.iter().map(|(time, _)| *time));
    let independent = since_cleared(&mut flakes.independent.iter().map(|(time, _)| *time));
    let recurs = flakes.recurs(rules) && independent.len() as u64 >= rules.independent_failures;
    let is_flaky = mixed.len() as u64 >= rules.flaky_commits.max(1) || recurs;
    let last = mixed.last().max(independent.last()).copied();
    let health = if broken {
        Health::Broken
    } else if is_flaky {
        Health::Flaky
    } else if !mixed.is_empty() {
        Health::Suspect
    } else {
        Health::Healthy
    };
    (health, last.filter(|_| is_flaky || !mixed.is_empty()))
}

/// Whether so much time or so many passes lie between a failure and `until` that it is forgiven. The rate until then says how many
/// passes prove something.
fn is_cleared(
    timeline: &Timeline<'_>,
    failure: Timestamp,
    until: Timestamp,
    rules: &Rules,
) -> bool {
    let passes = timeline
        .runs
        .iter()
        .filter(|run| run.time > failure && run.time <= until && run.passed())
        .count() as u64;
    if until.duration_since(failure) >= rules.clear_after && passes >= PASSES_TO_CLEAR_BY_TIME {
        return true;
    }
    if passes < rules.clear_passes {
        return false;
    }
    let mut then = Tries::default();
    for run in timeline.runs.iter().filter(|run| {
        run.time <= failure && run.attempt <= 1 && run.disturbance == Disturbance::None
    }) {
        then.runs += 1;
        then.failures += u64::from(run.failed());
    }
    let rate = FlakeRate::of(then.failures, then.runs, rules.prior, rules.level);
    rate.passes_to_prove(DOUBT)
        .is_none_or(|proof| passes >= proof)
}
