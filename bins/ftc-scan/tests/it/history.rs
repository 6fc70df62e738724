//! `--history`.

use crate::support::{FAILING, PASSING, Place, Run};

/// Remembers a log of an attempt of a run.
fn remember(place: &Place, run: u32, attempt: u32, content: &str) {
    place.write("unit.log", content);
    let url = format!("https://ci.example/{run}");
    let commit = format!("c0ffee{run}");
    let answer = place.run(&[
        "--store",
        "sqlite:s.db",
        "--run-url",
        &url,
        "--attempt",
        &attempt.to_string(),
        "--commit",
        &commit,
        "unit.log",
    ]);
    assert!(answer.code < 2, "{}", answer.stderr);
}

fn history(place: &Place, more: &[&str]) -> Run {
    place.write("fail.log", FAILING);
    let objects = place.jsonl(&["fail.log"]);
    let fingerprint = objects[0]["failures"][0]["fingerprint"]
        .as_str()
        .expect("it has one");
    place.run(&[&["--store", "sqlite:s.db", "--history", fingerprint], more].concat())
}

#[test]
fn failed_and_passed_at_one_commit_is_flaky() {
    let place = Place::new();
    for run in 1..=3 {
        remember(&place, run, 1, FAILING);
        remember(&place, run, 2, PASSING);
    }
    let run = history(&place, &["--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let document = run.json();
    assert_eq!(document["schema"], "ftc.scan.history/1");
    assert_eq!(document["class"], "flaky");
    assert_eq!(
        (&document["failed"], &document["passed"]),
        (&3.into(), &3.into())
    );
    assert_eq!(document["timeline"].as_array().unwrap().len(), 6);
    let (low, mean, high) = (
        &document["rate"]["low"],
        &document["rate"]["mean"],
        &document["rate"]["high"],
    );
    assert!(
        low.as_f64() < mean.as_f64() && mean.as_f64() < high.as_f64(),
        "{document}"
    );

    let human = history(&place, &[]).stdout;
    assert!(human.starts_with("TestLease  "), "{human}");
    assert!(human.contains("\n  flaky, "), "{human}");
    assert!(
        human.contains("\n  6 runs: 3 failed, 0 passed on retry, 3 passed, 0 undecided\n"),
        "{human}"
    );
}

#[test]
fn a_run_that_does_not_show_the_test_proves_nothing() {
    let place = Place::new();
    remember(&place, 1, 1, FAILING);
    // Another test failed, so this one may not have run at all.
    remember(&place, 1, 2, &FAILING.replace("TestLease", "TestOther"));
    // Nothing that was recognised.
    remember(&place, 1, 3, "nothing\n");
    let document = history(&place, &["--format", "json"]).json();
    assert_eq!(
        (
            &document["failed"],
            &document["passed"],
            &document["undecided"]
        ),
        (&1.into(), &0.into(), &2.into())
    );
    assert_ne!(document["class"], "flaky");
}
