//! `--show`.

use std::fmt::Write as _;

use crate::support::{FAILING, PASSING, Place};

/// The fingerprint of the failure in `fail.log`.
fn fingerprint(place: &Place) -> String {
    let objects = place.jsonl(&["fail.log"]);
    objects[0]["failures"][0]["fingerprint"]
        .as_str()
        .expect("it has one")
        .to_owned()
}

fn place() -> Place {
    let place = Place::new();
    place.write("fail.log", FAILING).write("pass.log", PASSING);
    place
}

#[test]
fn out_of_this_scan() {
    let place = place();
    let fingerprint = fingerprint(&place);
    let run = place.run(&["--show", &fingerprint[..12], "fail.log", "pass.log"]);
    assert_eq!(run.code, 1, "a failure was found");
    assert!(
        run.stdout.starts_with(&format!("{fingerprint}\n")),
        "{}",
        run.stdout
    );
    for line in [
        "test          TestLease",
        "kind          assertion",
        "framework     go-test",
        "in this scan  fail.log, lines ",
    ] {
        assert!(
            run.stdout.contains(&format!("\n{line}")),
            "`{line}` in {}",
            run.stdout
        );
    }
    assert!(run.stdout.contains("\nexcerpt\n  | "), "{}", run.stdout);
    let upper = fingerprint[..12].to_ascii_uppercase();
    assert_eq!(
        place
            .run(&["--show", &upper, "fail.log", "pass.log"])
            .stdout,
        run.stdout
    );
}

#[test]
fn out_of_the_store_without_a_scan() {
    let place = place();
    let fingerprint = fingerprint(&place);
    for attempt in ["1", "2"] {
        let run = [
            "--store",
            "sqlite:s.db",
            "--repo",
            "acme/lease",
            "--run-url",
            "https://ci.example/runs/7",
            "--attempt",
            attempt,
            "--commit",
            "0123abc",
            "--platform",
            "linux-x64",
            "fail.log",
        ];
        assert_eq!(place.run(&run).code, 1);
    }
    let shown = place.run(&["--store", "sqlite:s.db", "--show", &fingerprint[..8]]);
    assert_eq!(shown.code, 0, "{shown:?}");
    for part in [
        "\nrepository    acme/lease\n",
        "\nseen          2x\n",
        "\nexcerpt\n  | ",
        "commit 0123abc  platform linux-x64  run https://ci.example/runs/7  attempt 1\n",
        "attempt 2\n",
    ] {
        assert!(shown.stdout.contains(part), "`{part}` in {}", shown.stdout);
    }
    let document = place
        .run(&[
            "--store",
            "sqlite:s.db",
            "--show",
            &fingerprint,
            "--format",
            "json",
        ])
        .json();
    assert_eq!(document["schema"], "ftc.scan.show/1");
    assert_eq!(document["fingerprint"], fingerprint.as_str());
    assert_eq!(document["known"]["times_seen"], 2);
    assert_eq!(
        document["known"]["occurrences"].as_array().unwrap().len(),
        2
    );
    assert_eq!(document["scanned"].as_array().unwrap().len(), 0);
}

#[test]
fn a_fingerprint_that_nobody_knows() {
    let place = place();
    let run = place.run(&["--show", "00000000", "pass.log"]);
    assert_eq!(run.code, 1);
    assert_eq!(
        run.stderr,
        "error: no failure has a fingerprint that begins with `00000000`\n\
         hint: to look among remembered failures, name a store with `--store`\n"
    );
    assert_eq!(run.stdout, "");
}

#[test]
fn several_fingerprints_that_begin_alike() {
    let place = Place::new();
    // Of 600 fingerprints some two share four digits: by the birthday of 65,536 days, all but certainly.
    let mut failures = String::new();
    for index in 0..600 {
        writeln!(
            failures,
            "--- FAIL: TestNumber{index} (0.00s)\n    a_test.go:1: wrong"
        )
        .unwrap();
    }
    place.write(
        "many.log",
        format!("{failures}FAIL\nFAIL\texample.com/many\t0.1s\n"),
    );
    let objects = place.jsonl(&["many.log"]);
    let mut starts: Vec<&str> = objects[0]["failures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|failure| &failure["fingerprint"].as_str().unwrap()[..4])
        .collect();
    starts.sort_unstable();
    let twice = starts
        .windows(2)
        .find(|pair| pair[0] == pair[1])
        .expect("two begin alike")[0];
    let run = place.run(&["--show", twice, "many.log"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.starts_with(&format!(
            "error: `{twice}` is the beginning of more than one fingerprint\nhint: `{twice}"
        )),
        "{}",
        run.stderr
    );
}
