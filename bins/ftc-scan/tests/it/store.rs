//! Remembering.

use serde_json::Value;

use crate::support::{FAILING, PASSING, Place};

const STORE: [&str; 2] = ["--store", "sqlite:store.db"];

fn scan(place: &Place, arguments: &[&str]) -> Vec<Value> {
    let run = place.run(&[&["--format", "jsonl"], &STORE[..], arguments].concat());
    assert!(run.code < 2, "{run:?}");
    run.jsonl()
}

fn seen(object: &Value) -> &Value {
    &object["failures"][0]["seen"]
}

#[test]
fn a_failure_says_how_often_and_since_when_it_was_seen() {
    let place = Place::new();
    let stamped = |day: u32| {
        let lines = FAILING
            .lines()
            .map(|line| format!("2026-11-{day:02}T10:00:00.0000000Z {line}"));
        lines.collect::<Vec<_>>().join("\n")
    };
    place
        .write("third.log", stamped(3))
        .write("second.log", stamped(2))
        .write("fourth.log", stamped(4));
    let objects = scan(&place, &["third.log"]);
    assert_eq!(seen(&objects[0])["new"], true);
    assert_eq!(seen(&objects[0])["times"], 1);
    let objects = scan(&place, &["second.log"]);
    assert_eq!(seen(&objects[0])["times"], 2);
    assert_eq!(
        seen(&objects[0])["since"],
        "2026-11-02T10:00:00Z",
        "the logs' own time counts"
    );
    let run = place.run(&["--store", "sqlite:store.db", "fourth.log"]);
    assert!(
        run.stdout.contains("  3x since 2026-11-02\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn the_same_scan_twice_gives_the_same_fingerprints_and_no_duplicate() {
    let place = Place::new();
    place
        .write("logs/a.log", FAILING)
        .write("logs/b.log", FAILING)
        .write("logs/pass.log", PASSING);
    let first = scan(&place, &["logs"]);
    let again = scan(&place, &["logs"]);
    for (first, again) in first.iter().zip(&again) {
        assert_eq!(
            first["failures"][0]["fingerprint"],
            again["failures"][0]["fingerprint"]
        );
    }
    assert_eq!(seen(&again[0])["times"], 2);
    assert_eq!(seen(&again[1])["times"], 2);
    assert_eq!(seen(&again[0])["new"], false);
}

#[test]
fn a_run_with_an_address_is_known_by_it() {
    let place = Place::new();
    place.write("a.log", FAILING);
    let run = [
        "--repo",
        "acme/lease",
        "--run-url",
        "https://ci.example/runs/7",
    ];
    assert_eq!(
        seen(&scan(&place, &[&run[..], &["a.log"]].concat())[0])["times"],
        1
    );
    // The log has grown since; it is still the same log of the same run.
    place.write("a.log", [FAILING, "more\n"].concat());
    assert_eq!(
        seen(&scan(&place, &[&run[..], &["a.log"]].concat())[0])["times"],
        1
    );
    let second = [
        &run[..],
        &[
            "--attempt",
            "2",
            "--commit",
            "0123abc",
            "--platform",
            "linux",
            "a.log",
        ],
    ]
    .concat();
    assert_eq!(seen(&scan(&place, &second)[0])["times"], 2);
    assert_eq!(
        seen(&scan(&place, &["--repo", "acme/other", "a.log"])[0])["times"],
        1,
        "repositories are apart"
    );
}

#[test]
fn a_log_that_was_cut_off_is_not_remembered() {
    let place = Place::new();
    let whole = crate::support::gzip([FAILING, &PASSING.repeat(1000)].concat().as_bytes());
    place.write("cut.gz", &whole[..whole.len() - 9]);
    let run = place.run(&["--format", "jsonl", "--store", "sqlite:store.db", "cut.gz"]);
    assert_eq!(run.code, 2);
    assert_eq!(run.jsonl()[0]["failures"][0].get("seen"), None);
    place.write("whole.log", FAILING);
    assert_eq!(seen(&scan(&place, &["whole.log"])[0])["new"], true);
}

#[test]
fn a_store_that_cannot_be_opened_does_not_cost_the_answer() {
    let place = Place::new();
    place.write("fail.log", FAILING).write(
        "store.db",
        "this is no database, and it is long enough to look at it\n".repeat(50),
    );
    for url in ["sqlite:store.db", "sqlite:missing/directory/store.db"] {
        let run = place.run(&["--format", "jsonl", "--store", url, "fail.log"]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
        assert!(
            run.stderr.contains("store.db"),
            "the store is named: {}",
            run.stderr
        );
        assert_eq!(crate::support::tests(&run.jsonl()[0]), ["TestLease"]);
    }
}

#[test]
fn a_store_that_fills_up_does_not_cost_the_answer() {
    let place = Place::new();
    for index in 0..5 {
        place.write(
            format!("logs/{index}.log"),
            FAILING.replace("31ms", &format!("{index} leases")),
        );
    }
    let run = place.run(&["--format", "jsonl", "--store", "sqlite:/dev/full", "logs"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert_eq!(
        run.stderr.matches("error: ").count(),
        1,
        "it is said once: {}",
        run.stderr
    );
    assert_eq!(run.jsonl().len(), 5);
}
