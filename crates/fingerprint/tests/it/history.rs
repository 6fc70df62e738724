//! Classes by history. Each case is a line of runs, an hour apart:
//!
//! `a+` passed at commit `a` of the main branch, `a-` failed, `a~` failed and passed on retry, `a0` did not run; `10+` passed at ten
//! commits; `#1/a-` failed on change `#1`, `?/a-` on an
//! unknown branch. Behind it: `!` mass failure, `*` shared cause, `t` the test changed, `f` with the fix,
//! `w` without it, `@x` variant `x`. `24h` lets time pass.

use ftc_fingerprint::history::{
    Disturbance, Health, History, Observation, Outcome, Rules, Verdict, classify, disturbance,
};
use ftc_fingerprint::{Class, Options, Scanner};
use jiff::{SignedDuration, Timestamp};

fn history(line: &str) -> (History, Timestamp) {
    let mut now: Timestamp = "2026-03-02T00:00:00Z".parse().expect("a time");
    let mut history = History::default();
    let mut passing = 0;
    for token in line.split_whitespace() {
        if let Some(hours) = token.strip_suffix('h').and_then(|hours| hours.parse().ok()) {
            now += SignedDuration::from_hours(hours);
            continue;
        }
        let (change, run) = match token.split_once('/') {
            Some((change, run)) => (Some(change), run),
            None => (None, token),
        };
        let at = run
            .find(['+', '-', '~', '0'])
            .filter(|_| !run.starts_with(|c: char| c.is_ascii_digit()));
        let (commits, rest) = if let Some(at) = at {
            (vec![run[..at].to_owned()], &run[at..])
        } else {
            let at = run.find(['+', '-']).expect("an outcome");
            let count: usize = run[..at].parse().expect("a count");
            passing += count;
            let names = (0..count)
                .map(|number| format!("n{passing}-{number}"))
                .collect();
            (names, &run[at..])
        };
        for commit in commits {
            now += SignedDuration::from_hours(1);
            history.push(observation(&commit, change, rest, now));
        }
    }
    (history, now)
}

fn observation(commit: &str, change: Option<&str>, rest: &str, now: Timestamp) -> Observation {
    let outcome = match &rest[..1] {
        "+" => Outcome::Passed,
        "-" => Outcome::Failed,
        "~" => Outcome::PassedOnRetry,
        _ => Outcome::NotRun,
    };
    let mut run = Observation::new(commit, now, outcome);
    run = match change {
        Some("?") => run.on_unknown_branch(),
        Some(change) => run.on_change(change),
        None => run,
    };
    let (flags, variant) = rest[1..].split_once('@').unwrap_or((&rest[1..], ""));
    for flag in flags.chars() {
        run = match flag {
            '!' => run.disturbed(Disturbance::MassFailure),
            '*' => run.disturbed(Disturbance::SharedCause),
            't' => run.test_changed(),
            'f' => run.contains_fix(true),
            'w' => run.contains_fix(false),
            _ => panic!("flag {flag}"),
        };
    }
    run.variant(variant)
}

fn verdict(line: &str) -> Verdict {
    let (history, now) = history(line);
    classify(None, &history, now, &Rules::default())
}

/// `class rule, health: text`, and the first bad commit.
#[track_caller]
fn check(line: &str, expected: &str) {
    let verdict = verdict(line);
    let reason = &verdict.classification.evidence[0];
    let mut found = format!(
        "{} {}, {}: {reason}",
        verdict.classification.class, reason.rule, verdict.health
    );
    if let Some(bad) = &verdict.first_bad {
        let good = bad.last_good.as_deref().unwrap_or("none");
        let bad = &bad.commit;
        found = format!("{found}; first bad {bad}, good {good}");
    }
    assert_eq!(found, expected, "{line}: {verdict:#?}");
}

#[test]
fn nothing_is_claimed_of_nothing() {
    check("", "unknown no-history, healthy: no run is known");
    check("a0 b0", "unknown no-history, healthy: no run is known");
    check("12+", "pass always-passed, healthy: passed in all 12 runs");
    check(
        "a-",
        "unknown never-passed, healthy: failed 1 times and never passed",
    );
}

#[test]
fn one_failure_is_not_decidable() {
    check(
        "20+ a-",
        "unknown too-few-failures, healthy: failed once since it last passed",
    );
    check(
        "20+ a- 5+",
        "unknown too-few-failures, healthy: failed once since it last passed",
    );
    check(
        "20+ #1/a-",
        "unknown one-branch, healthy: failed once on `#1`",
    );
}

#[test]
fn failed_and_passed_at_one_commit() {
    check(
        "9+ a- a+",
        "flaky same-commit, suspect: failed and passed at commit `a`",
    );
    check(
        "9+ a~",
        "flaky same-commit, suspect: failed and passed at commit `a`",
    );
    // The order does not matter, nor how often it failed.
    check(
        "9+ a+ a- a-",
        "flaky same-commit, suspect: failed and passed at commit `a`",
    );
    // A second commit makes the test flaky, on whatever branch.
    check(
        "9+ a- a+ #1/b~",
        "flaky same-commit, flaky: failed and passed at commit `b`",
    );
    // Later failures are judged by what is known already.
    check(
        "9+ a~ 3+ b-",
        "flaky known-flaky, suspect: failed and passed at commit `a` before",
    );
    check(
        "9+ a~ 3+ b~ 3+ c-",
        "flaky known-flaky, flaky: failed and passed at 2 other commits, last at `b`",
    );
}

#[test]
fn absence_is_not_a_pass() {
    check(
        "9+ a- a0",
        "unknown too-few-failures, healthy: failed once since it last passed",
    );
}

#[test]
fn another_platform_is_not_a_pass() {
    check(
        "9+@linux 9+@windows a-@windows a+@linux",
        "unknown too-few-failures, healthy: failed once since it last passed",
    );
    check(
        "9+@windows a+@windows b-@windows b+@linux c-@windows c+@linux d-@windows e-@windows",
        "regression fails-since, broken: failed all 4 times since commit `b` and passed before; first bad b, good a",
    );
}

#[test]
fn fails_since_a_commit() {
    check(
        "5+ a+ b- c- d-",
        "regression fails-since, broken: failed all 3 times since commit `b` and passed before; first bad b, good a",
    );
    // The same commit run twice is two runs of it.
    check(
        "30+ b- b-",
        "regression fails-since, broken: failed all 2 times since commit `b` and passed before; first bad b, good n30-29",
    );
    // Once mended it is history, but the failure remains what it was.
    check(
        "5+ a+ b- c- d- e+",
        "regression fails-since, healthy: failed all 3 times from commit `b` until `e` and passed before; first bad b, good a",
    );
}

/// A test that fails every third time fails three times in a row now and then.
#[test]
fn a_very_flaky_test_has_streaks() {
    check(
        "a~ 2+ b- b+ c+ d- e+ f~ g- g+ 2+ h- h+ i- j- k-",
        "flaky known-flaky, flaky: failed and passed at 5 other commits, last at `h`",
    );
    // But not thirty times.
    let broken = "a~ 2+ b- b+ c+ d- e+ f~ g- g+ 2+ h- h+ 30-";
    assert_eq!(verdict(broken).classification.class, Class::Regression);
}

#[test]
fn a_change_is_at_fault_for_what_fails_only_there() {
    check(
        "30+ #1/a- #1/b-",
        "regression one-branch, healthy: failed all 2 times on `#1` since commit `a` and passes elsewhere; first bad a, good none",
    );
    check(
        "4+ #1/a+ #1/b- #1/c- #2/d+",
        "regression one-branch, healthy: failed all 2 times on `#1` since commit `b` and passed before; first bad b, good a",
    );
}

#[test]
fn a_broken_main_branch_is_not_the_fault_of_changes() {
    check(
        "12+ a- b- c- #1/x- #2/y- #3/z-",
        "regression fails-since, broken: failed all 3 times since commit `a` and passed before; first bad a, good n12-11",
    );
    // Not even before it is proved to be broken, and they do not make the test flaky.
    check(
        "12+ a- #1/x- #2/y-",
        "unknown one-branch, healthy: failed once on `#2`",
    );
}

#[test]
fn failures_that_have_nothing_in_common() {
    check(
        "9+ #1/a- 2+ #2/b- 2+",
        "flaky independent, flaky: failed 2 times that have nothing in common",
    );
    check(
        "9+ a- 4+ b- 4+",
        "flaky independent, flaky: failed 2 times that have nothing in common",
    );
    // Not where the change touches the test itself.
    check(
        "9+ #1/a-t 2+ #2/b- 2+",
        "unknown one-branch, healthy: failed once on `#2`",
    );
    // Not in too few runs.
    check(
        "3+ #1/a- 1+ #2/b-",
        "unknown one-branch, healthy: failed once on `#2`",
    );
    // Without runs of the main branch it takes three changes.
    let passes = "#8/p+ #8/q+ #8/r+ #8/s+ #8/t+ #8/u+ #8/v+ #8/w+ #8/x+ #8/y+";
    check(
        &format!("{passes} #1/a- #2/b- #8/z+"),
        "unknown one-branch, healthy: failed once on `#2`",
    );
    check(
        &format!("{passes} #1/a- #2/b- #3/c- #8/z+"),
        "flaky independent, flaky: failed 3 times that have nothing in common",
    );
}

/// Where no branch is known, failures at several commits may all be of one change that is not finished.
#[test]
fn unknown_branches_prove_nothing_about_branches() {
    let passes = "?/b+ ?/c+ ?/d+ ?/e+ ?/f+ ?/g+ ?/h+ ?/i+ ?/j+ ?/k+ ?/l+ ?/m+";
    check(
        &format!("{passes} ?/p- ?/q+ ?/r- ?/s+ ?/t- ?/u+"),
        "unknown too-few-failures, healthy: failed once since it last passed",
    );
    check(
        &format!("{passes} ?/p~ ?/q+ ?/r~"),
        "flaky same-commit, flaky: failed and passed at commit `r`",
    );
    check(
        &format!("{passes} ?/p- ?/q- ?/r-"),
        "regression fails-since, broken: failed all 3 times since commit `p` and passed before; first bad p, good m",
    );
}

/// Where no commit is known either, only what one run tells remains, and that it fails every time.
#[test]
fn unknown_commits_have_nothing_in_common() {
    let passes = "?/+ ?/+ ?/+ ?/+ ?/+ ?/+ ?/+ ?/+ ?/+ ?/+ ?/+ ?/+";
    check(
        &format!("{passes} ?/- ?/+ ?/- ?/+"),
        "unknown too-few-failures, healthy: failed once since it last passed",
    );
    check(
        &format!("{passes} ?/~"),
        "flaky same-commit, suspect: failed and passed in one run",
    );
    check(
        &format!("{passes} ?/- ?/- ?/-"),
        "regression fails-since, broken: failed all 3 times in a row and passed before",
    );
}

#[test]
fn what_was_before_a_change_of_the_test_does_not_count() {
    check(
        "9+ a~ 3+ b~ 3+ c+t 9+ d-",
        "unknown too-few-failures, healthy: failed once since it last passed",
    );
    let verdict = verdict("9+ a~ 3+ b+t 9+ d-");
    assert_eq!((verdict.rate.failures, verdict.rate.runs), (1, 11));
    assert_eq!(verdict.trend.runs_since_change, Some(11));
    assert_eq!(
        verdict.trend.time_since_change,
        Some(SignedDuration::from_hours(10))
    );
    // It may well be the change that broke it.
    check(
        "9+ a+ b-t c- d-",
        "regression fails-since, broken: failed all 3 times since commit `b` and passed before; first bad b, good a",
    );
}

#[test]
fn commits_without_the_fix_do_not_count() {
    check(
        "9+ a~w b~w 9+f",
        "pass always-passed, healthy: passed in all 18 runs",
    );
    check(
        "9+ a~w b~w c-f",
        "unknown too-few-failures, healthy: failed once since it last passed",
    );
}

#[test]
fn a_mass_failure_proves_nothing_of_a_test() {
    check(
        "9+ a-!",
        "infra mass-failure, healthy: nearly all tests of the run failed",
    );
    check(
        "9+ a-! a+ b-! b+ c-! c+",
        "infra mass-failure, healthy: nearly all tests of the run failed",
    );
    check(
        "9+ a-! b-! c-! d-!",
        "infra mass-failure, healthy: nearly all tests of the run failed",
    );
    assert_eq!(verdict("9+ a-! b-! c-!").rate.failures, 0);
    assert_eq!(disturbance(100, 81, 1), Disturbance::MassFailure);
    assert_eq!(disturbance(100, 80, 1), Disturbance::None);
    assert_eq!(disturbance(19, 19, 2), Disturbance::None);
}

#[test]
fn three_tests_with_one_cause_are_no_flakes() {
    assert_eq!(disturbance(100, 3, 3), Disturbance::SharedCause);
    assert_eq!(disturbance(100, 30, 2), Disturbance::None);
    check(
        "9+ a-* a+ b~*",
        "infra mass-failure, healthy: several tests failed for one cause and passed at the same commit",
    );
    check(
        "9+ #1/a-* #2/b-*",
        "infra shared-cause, healthy: several tests failed for one cause in one run, and elsewhere on the same day",
    );
    // On one branch it may as well be the change.
    check(
        "9+ #1/a-*",
        "unknown shared-cause, healthy: several tests failed for one cause in one run",
    );
    check(
        "30+ #1/a-* #1/b-*",
        "regression one-branch, healthy: failed all 2 times on `#1` since commit `a` and passes elsewhere; first bad a, good none",
    );
    // On the main branch it is one if it lasts.
    check(
        "30+ a-* b-* c-*",
        "unknown shared-cause, healthy: several tests failed for one cause in one run",
    );
    check(
        "30+ a-* b-* 24h c-*",
        "regression fails-since, broken: failed all 3 times since commit `a` and passed before; first bad a, good n30-29",
    );
}

#[test]
fn an_open_issue_is_believed() {
    let (mut history, now) = history("20+ #1/a-");
    history.open_issue = Some("#118".to_owned());
    let verdict = classify(None, &history, now, &Rules::default());
    assert_eq!(verdict.classification.class, Class::Flaky);
    assert_eq!(
        verdict.classification.evidence[0].to_string(),
        "issue #118 is open for it"
    );
    assert_eq!(verdict.health, Health::Healthy);
    // A regression is one all the same.
    let (mut history, now) = self::history("20+ a- b- c-");
    history.open_issue = Some("#118".to_owned());
    let verdict = classify(None, &history, now, &Rules::default());
    assert_eq!(verdict.classification.class, Class::Regression);
}

#[test]
fn a_flaky_test_is_cleared_by_passes_or_time() {
    assert_eq!(verdict("9+ a~ 3+ b~ 15+").health, Health::Flaky);
    // Two of 14 runs: the rate is at least 4.24 %, and ln 0.05 / ln(1 - 0.0424) = 69.2.
    assert_eq!(verdict("9+ a~ 3+ b~ 69+").health, Health::Flaky);
    assert_eq!(verdict("9+ a~ 3+ b~ 70+").health, Health::Healthy);
    // Two weeks and a few passes do, too; two weeks without a run do not.
    assert_eq!(verdict("9+ a~ 3+ b~ 336h 5+").health, Health::Healthy);
    assert_eq!(verdict("9+ a~ 3+ b~ 336h 4+").health, Health::Flaky);
    // After that one failure is one failure again.
    assert_eq!(verdict("9+ a~ 3+ b~ 336h 5+ c~").health, Health::Suspect);
}

#[test]
fn a_quarantine_expires() {
    let (history, now) = history("9+ a~ 3+ b~");
    let at = |hours: i64| {
        let now = now + SignedDuration::from_hours(hours);
        classify(None, &history, now, &Rules::default())
    };
    let until = now + SignedDuration::from_hours(14 * 24);
    assert_eq!(at(0).quarantine_until, Some(until));
    assert_eq!(at(14 * 24 - 1).quarantine_until, Some(until));
    assert_eq!(at(14 * 24).quarantine_until, None);
    assert_eq!(at(0).last_flake, Some(now));
    // A suspect is not quarantined.
    assert_eq!(verdict("9+ a~").quarantine_until, None);
}

#[test]
fn old_and_later_runs_are_not_looked_at() {
    check(
        "9+ a~ 3+ b~ 672h c-",
        "unknown never-passed, healthy: failed 1 times and never passed",
    );
    let (history, now) = history("9+ a~ 3+ b~");
    let before = now - SignedDuration::from_hours(1);
    assert_eq!(
        classify(None, &history, before, &Rules::default()).health,
        Health::Suspect
    );
}

#[test]
fn commits_are_ordered_as_the_caller_says() {
    // Commit 3 was run before commit 2.
    let (_, now) = history("");
    let at = |hours| now + SignedDuration::from_hours(hours);
    let mut history: History = (0..20)
        .map(|hour| Observation::new("one", at(hour), Outcome::Passed).order(1))
        .collect();
    history.push(Observation::new("three", at(30), Outcome::Failed).order(3));
    history.push(Observation::new("two", at(31), Outcome::Passed).order(2));
    history.push(Observation::new("three", at(32), Outcome::Failed).order(3));
    let verdict = classify(None, &history, at(40), &Rules::default());
    assert_eq!(verdict.classification.class, Class::Regression);
    let bad = verdict
        .first_bad
        .expect("a regression has a first bad commit");
    assert_eq!(
        (bad.commit.as_str(), bad.last_good.as_deref()),
        ("three", Some("two"))
    );
}

/// What the log proves stands, and what it leaves open the history may decide.
#[test]
fn the_log_goes_first() {
    let scan = |log: &str| {
        let mut scanner = Scanner::new(&Options::default());
        scanner.feed(log.as_bytes());
        scanner.finish().failures.remove(0).classification
    };
    let (history, now) = history("9+ a~ b~ c-");
    let by = |log: &str| {
        let verdict = classify(Some(&scan(log)), &history, now, &Rules::default());
        let rules: Vec<&str> = verdict
            .classification
            .evidence
            .iter()
            .map(|e| e.rule)
            .collect();
        format!("{} {}", verdict.classification.class, rules.join(" "))
    };
    assert_eq!(
        by(
            "# example.com/lease\n./lease.go:3:1: undefined: x\nFAIL\texample.com/lease [build failed]\n"
        ),
        "regression does-not-build rate"
    );
    assert_eq!(
        by("--- FAIL: TestLease (0.01s)\n    lease_test.go:4: lost\nFAIL\n"),
        "flaky known-flaky rate one-log"
    );
}

#[test]
fn the_trend_counts_flips() {
    assert_eq!(verdict("").trend.flip_rate, None);
    let half = verdict("a+ b- c- d+ e+")
        .trend
        .flip_rate
        .expect("there are pairs");
    assert!((half - 0.5).abs() < 1e-12);
}

/// The order in which observations are given does not matter.
#[test]
fn the_order_given_does_not_matter() {
    for line in [
        "9+ a~ 3+ b- c+ #1/d- #1/d+ e-",
        "9+ #1/a-* #2/b-* c- d- 9+ e-!",
    ] {
        let (mut history, now) = history(line);
        let forward = classify(None, &history, now, &Rules::default());
        history.observations.reverse();
        assert_eq!(
            classify(None, &history, now, &Rules::default()),
            forward,
            "{line}"
        );
    }
}
