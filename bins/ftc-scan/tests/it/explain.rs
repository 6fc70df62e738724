//! `--explain`.

use insta::assert_snapshot;

use crate::support::{FAILING, Place};

const MASKS: &str = "[scan]\nmasks = ['tenant ([a-z]+(?:-[a-z]+)*)']\nwords = ['shard']\n";

fn log(message: &str) -> String {
    FAILING.replace("lease expired after 31ms", message)
}

fn failure(place: &Place, file: &str) -> serde_json::Value {
    place.jsonl(&[file])[0]["failures"][0].clone()
}

#[test]
fn a_person_learns_where_what_and_why() {
    let place = Place::new();
    place.write(
        "a.log",
        log("lease 0c2f5fb4-9136-45c0-af75-03633152ccf4 lost after 31ms, status 503"),
    );
    let failure = failure(&place, "a.log");
    let fingerprint = failure["fingerprint"].as_str().expect("it has one");
    let run = place.run(&["--explain", &fingerprint[..8], "a.log"]);
    assert_eq!(run.code, 1, "a failure was found");
    let text = run.stdout.replace(fingerprint, "FINGERPRINT");
    let cause = text.split("the cause ").nth(1).unwrap()[..12].to_owned();
    assert_snapshot!(text.replace(&cause, "CAUSE"), @r"
    FINGERPRINT

    Where
      a.log, lines 2 to 3
      recognised as go-test, of the family go
      | --- FAIL: TestLease (0.01s)
      |     lease_test.go:41: lease 0c2f5fb4-9136-45c0-af75-03633152ccf4 lost after 31ms, status 503

    Identity by the rules f2, from
      family    go
      test      TestLease
      kind      assertion
      template  lease <uuid1> lost after <duration>, status 503
      the cause CAUSE is made from kind, template and
      function  (none)

    Message
      | lease 0c2f5fb4-9136-45c0-af75-03633152ccf4 lost after 31ms, status 503
      uuid            0c2f5fb4-9136-45c0-af75-03633152ccf4 -> <uuid1>
      duration        31ms -> <duration>

    Class unknown, 50 % sure
      one-log          not run again in this log
    ");
}

#[test]
fn masks_of_the_project_are_explained_and_recorded() {
    let place = Place::new();
    place
        .write("ftc.toml", MASKS)
        .write("a.log", log("tenant blue-whale lost shard 104233"))
        .write("b.log", log("tenant red-fox lost shard 104233"))
        .write("c.log", log("tenant red-fox lost shard 104234"));
    // Only the file of a repository is read by itself.
    std::fs::create_dir(place.path(".git")).expect("a directory can be made");
    let [a, b, c] = ["a.log", "b.log", "c.log"].map(|file| failure(&place, file));
    assert_eq!(a["fingerprint"], b["fingerprint"]);
    assert_ne!(a["fingerprint"], c["fingerprint"]);
    let version = a["fingerprint_version"].as_str().unwrap();
    assert!(
        version.starts_with("f2+") && version.len() == 11,
        "{version}"
    );

    let fingerprint = a["fingerprint"].as_str().expect("it has one");
    let run = place.run(&[
        "--format",
        "json",
        "--explain",
        fingerprint,
        "a.log",
        "b.log",
    ]);
    let document = run.json();
    assert_eq!(document["schema"], "ftc.scan.explain/1");
    assert_eq!(document["fingerprint_version"], version);
    assert_eq!(document["is_current"], true);
    assert_eq!(
        document["identity"]["template"],
        "tenant <mask1> lost shard 104233"
    );
    assert_eq!(document["replacements"][0]["rule"], "mask 1");
    assert_eq!(document["places"].as_array().unwrap().len(), 2);
}

#[test]
fn a_bad_mask_is_named_with_its_place() {
    let place = Place::new();
    place
        .write("ftc.toml", "[scan]\nmasks = [\n  'tenant [a-z]+',\n]\n")
        .write("a.log", FAILING);
    std::fs::create_dir(place.path(".git")).expect("a directory can be made");
    let run = place.run(&["a.log"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr
            .contains("ftc.toml:3:3: the key `scan.masks` has the invalid value `tenant [a-z]+`"),
        "{}",
        run.stderr
    );
}

#[test]
fn out_of_the_store_without_a_scan() {
    let place = Place::new();
    place.write("a.log", log("lease lost after 31ms"));
    place.run(&["--store", "sqlite:s.db", "a.log"]);
    let failure = failure(&place, "a.log");
    let fingerprint = failure["fingerprint"].as_str().expect("it has one");
    let run = place.run(&["--store", "sqlite:s.db", "--explain", &fingerprint[..12]]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("template  lease lost after <duration>"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("reindex"), "{}", run.stdout);
}

#[test]
fn what_cannot_be_explained() {
    let place = Place::new();
    place.write("a.log", FAILING);
    for (arguments, code, message) in [
        (
            &["--explain", "0000", "a.log"][..],
            1,
            "no failure has a fingerprint that begins with `0000`",
        ),
        (&["--explain", "0000"], 2, "nothing to scan"),
        (
            &["--explain", "0000", "--format", "html", "a.log"],
            2,
            "`--explain` has the formats `human`, `json` and `jsonl`",
        ),
        (
            &["--explain", "0000", "--show", "0000", "a.log"],
            2,
            "cannot be used with",
        ),
        (
            &["--history", "0000", "a.log"],
            2,
            "`--history` is what a store remembers",
        ),
    ] {
        let run = place.run(arguments);
        assert_eq!(run.code, code, "{arguments:?}: {}", run.stderr);
        assert!(
            run.stderr.contains(message),
            "{arguments:?}: {}",
            run.stderr
        );
    }
}
