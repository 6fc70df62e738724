//! Classification by history against made-up projects of which the truth is known.
//!
//! What can be asked of it: a test that fails once in two hundred runs shows itself in 50 runs with a probability of 22 % only
//! (`1 - 0.995^50`), and nothing can find the others. Recall is therefore counted over the failures that were flakes, one for each
//! test, its latest: the share of them whose class is flaky. What neither a retry nor another failure shows is `unknown` and a miss.
//!
//! The rules must not be tuned to the seeds; `cargo test --test simulator -- --nocapture` prints the figures.

#![expect(
    clippy::print_stdout,
    reason = "the figures are for whoever runs it with --nocapture"
)]

mod ci;
mod random;
mod score;
mod world;

use ftc_fingerprint::Class;
use ftc_fingerprint::history::{Branch, Health, History, Observation, Rules, Verdict, classify};
use jiff::{SignedDuration, Timestamp};

use score::Score;
use world::{Cause, Project, Test, project};

const SEEDS: [u64; 3] = [1, 20_261_121, 0xfeed];
const PROJECTS: u64 = 40;
const RUNS: usize = 50;

fn projects(count: u64) -> impl Iterator<Item = Project> {
    SEEDS
        .into_iter()
        .flat_map(move |seed| (0..count).map(move |number| seed.wrapping_mul(1000) + number))
        .map(|seed| project(seed, RUNS))
}

fn judge(seen: &[Observation], now: Timestamp) -> Verdict {
    let history: History = seen.iter().cloned().collect();
    classify(None, &history, now, &Rules::default())
}

#[test]
fn after_fifty_runs() {
    let mut score = Score::default();
    for project in projects(PROJECTS) {
        for test in project.tests.iter().filter(|test| test.is_of_interest()) {
            score.add(&project, test, &judge(&test.seen, project.end));
        }
    }
    println!("{score}");
    assert!(score.precision() >= 0.98, "{score}");
    assert!(score.recall() >= 0.9, "{score}");
    // What is wrong and not merely left open.
    assert!(score.wrong(Cause::Flake) <= 0.02, "{score}");
    assert!(score.wrong(Cause::Regression) <= 0.05, "{score}");
    assert!(score.wrong(Cause::Storm) <= 0.01, "{score}");
    assert!((0.88..=0.92).contains(&score.coverage()), "{score}");
    assert!(score.first_bad_right() >= 0.9, "{score}");
    assert!(score.health_precision() >= 0.98, "{score}");
}

/// The same for a caller who knows no branches: less is found, but not more is wrong.
#[test]
fn without_branches() {
    let mut score = Score::default();
    for project in projects(PROJECTS / 2) {
        for test in project.tests.iter().filter(|test| test.is_of_interest()) {
            let mut seen = test.seen.clone();
            for run in &mut seen {
                run.branch = Branch::Unknown;
                run.order = None;
            }
            score.add(&project, test, &judge(&seen, project.end));
        }
    }
    println!("{score}");
    assert!(score.precision() >= 0.98, "{score}");
    assert!(score.health_precision() >= 0.98, "{score}");
    assert!(score.wrong(Cause::Flake) <= 0.05, "{score}");
    assert!(score.wrong(Cause::Regression) <= 0.05, "{score}");
    assert!(score.wrong(Cause::Storm) <= 0.02, "{score}");
}

/// Neither on the day nor later: no test becomes flaky because of an outage.
#[test]
fn storm_days_create_no_flaky() {
    let (mut days, mut tests) = (0, 0);
    for project in projects(PROJECTS / 4) {
        let stormed = |test: &&Test| test.only(Cause::Storm);
        for test in project.tests.iter().filter(stormed) {
            tests += 1;
            let hour = SignedDuration::from_hours(1);
            let looks = project
                .storms
                .iter()
                .map(|at| *at + hour)
                .chain([project.end]);
            for now in looks {
                days += 1;
                let verdict = judge(&test.seen, now);
                assert_ne!(verdict.classification.class, Class::Flaky, "{verdict:#?}");
                assert!(verdict.health < Health::Suspect, "{verdict:#?}");
            }
        }
    }
    println!("{tests} tests that only outages hit, looked at {days} times");
    assert!(tests > 500 && days > 5 * tests, "{tests} {days}");
}

/// Each failure on the day it happens, when hardly anything follows it yet: then much is unknown, but little is wrong.
#[test]
fn as_they_come() {
    let mut score = Score::default();
    for project in projects(4) {
        for test in &project.tests {
            for at in 0..test.seen.len() {
                let Some(cause) = test.causes[at] else {
                    continue;
                };
                let seen = &test.seen[..=at];
                score.add_class(project.retries, cause, &judge(seen, seen[at].time), test);
            }
        }
    }
    println!("{score}");
    assert!(score.precision() >= 0.97, "{score}");
    assert!(score.wrong(Cause::Regression) <= 0.05, "{score}");
    assert!(score.wrong(Cause::Flake) <= 0.05, "{score}");
    assert!(score.wrong(Cause::Storm) <= 0.02, "{score}");
}
