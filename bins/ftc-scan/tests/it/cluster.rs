//! `--cluster`.

use serde_json::Value;

use crate::support::{FAILING, Place};

fn log(test: &str, message: &str) -> String {
    FAILING
        .replace("TestLease", test)
        .replace("lease expired after 31ms", message)
}

fn place() -> Place {
    let place = Place::new();
    place
        .write(
            "a.log",
            log("TestLease", "store 1 has no leader after the transfer"),
        )
        .write(
            "b.log",
            log("TestRegion", "store 1 has no leader after the transfer"),
        )
        .write(
            "c.log",
            log("TestOther", "the index is out of date by far too much"),
        );
    place
}

fn tests(group: &Value) -> Vec<&str> {
    let members = group["members"].as_array().expect("a group has members");
    members
        .iter()
        .map(|member| member["failure"]["test"].as_str().expect("they have tests"))
        .collect()
}

#[test]
fn failures_of_one_cause_stand_together_with_the_reason() {
    let place = place();
    let run = place.run(&[
        "--cluster",
        "--format",
        "json",
        "a.log",
        "b.log",
        "c.log",
        "a.log",
    ]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let document = run.json();
    assert_eq!(document["schema"], "ftc.scan.cluster/1");
    assert_eq!(
        (&document["fingerprints"], &document["alone"]),
        (&3.into(), &1.into())
    );
    let groups = document["clusters"].as_array().unwrap();
    assert_eq!(groups.len(), 1);
    assert_eq!(tests(&groups[0]), ["TestLease", "TestRegion"]);
    let members = &groups[0]["members"];
    assert_eq!(members[0]["reason"], Value::Null);
    assert_eq!(members[1]["reason"], "same cause, other test");
    assert_eq!(members[0]["failure"]["times_seen"], Value::Null);

    let human = place.run(&["--cluster", "a.log", "b.log", "c.log"]).stdout;
    assert!(
        human.starts_with("2 failures that may have one cause\n  TestLease  "),
        "{human}"
    );
    assert!(
        human.ends_with("\n3 fingerprints: 1 group, 1 like no other\n"),
        "{human}"
    );
}

#[test]
fn the_store_takes_part() {
    let place = place();
    place.run(&["--store", "sqlite:s.db", "a.log"]);
    let run = place.run(&[
        "--store",
        "sqlite:s.db",
        "--cluster",
        "--format",
        "json",
        "b.log",
    ]);
    let document = run.json();
    let group = &document["clusters"][0];
    assert_eq!(tests(group), ["TestRegion", "TestLease"]);
    let seen: Vec<_> = group["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| &member["failure"]["times_seen"])
        .collect();
    assert_eq!(seen, [&Value::from(1), &Value::from(1)]);
    let files = &group["members"][1]["failure"]["files"];
    assert_eq!(files, &serde_json::json!([]), "it is only remembered");
    // The store alone answers too.
    let alone = place.run(&["--store", "sqlite:s.db", "--cluster", "--format", "json"]);
    assert_eq!(alone.code, 0, "{}", alone.stderr);
    assert_eq!(alone.json()["clusters"].as_array().unwrap().len(), 1);
}
