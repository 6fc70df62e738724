//! `status` and `show` about a finished story.

use std::fmt::Write as _;

use crate::support::World;

#[test]
fn a_finished_story_is_told() {
    let world = World::scripted().finished();
    let again = world.done(&["--once", "--format", "json"]).json();
    assert_eq!(again["writes"].as_array().unwrap().len(), 0, "{again}");
    assert_eq!(again["failures"][0]["state"], "MERGED");

    let human = world.done(&["status"]).stdout;
    assert!(human.contains("refresh_keeps_the_newest"), "{human}");
    assert!(human.contains("MERGED"), "{human}");
    let json = world.done(&["status", "--format", "json"]).json();
    let failure = &json["failures"][0];
    assert_eq!(failure["test"], "refresh_keeps_the_newest");
    assert_eq!(
        (failure["issue"].as_u64(), failure["pull"].as_u64()),
        (Some(1), Some(2))
    );
    let fingerprint = failure["fingerprint"].as_str().unwrap().to_owned();

    let human = world.done(&["show", &fingerprint[..6]]).stdout;
    for word in ["DISCOVERED", "PR_OPEN", "MERGED", "3 of 4"] {
        assert!(human.contains(word), "{word}: {human}");
    }
    let json = world
        .done(&["show", &fingerprint[..6], "--format", "json"])
        .json();
    assert!(json["journal"].as_array().unwrap().len() >= 7, "{json}");

    let unknown = if fingerprint.starts_with("0000") {
        "1111"
    } else {
        "0000"
    };
    let run = world.run(&["show", unknown]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("ftc-clean status"), "{}", run.stderr);
    let run = world.run(&["show", "not-hex"]);
    assert_eq!(run.code, Some(2), "{run:?}");
}

#[test]
fn nothing_is_known_yet() {
    let world = World::scripted();
    world.done(&["--once"]);
    let json = world.done(&["status", "--format", "json"]).json();
    assert_eq!(json["failures"].as_array().unwrap().len(), 0);
    assert!(!world.done(&["status"]).stdout.is_empty());
}

/// Beginnings of four digits fit several of some hundred failures: by the birthday rule two of 600 share one with a probability
/// above 90 %, and the texts are always the same.
#[test]
fn a_beginning_that_fits_several() {
    use ftc_state::{OccurrenceSource, RepositoryName, ScanRecord};

    let world = World::scripted();
    world.done(&["--once"]);
    let store = world.store();
    let name = RepositoryName::new("demo/mirrors").unwrap();
    let mut log = String::from("\nrunning 900 tests\n");
    for number in 0..900 {
        writeln!(log, "test t{number} ... FAILED").unwrap();
    }
    log.push_str("\nfailures:\n");
    for number in 0..900 {
        write!(log, "\n---- t{number} stdout ----\n\nthread 't{number}' panicked at src/a.rs:1:1:\nno {number}\n").unwrap();
    }
    log.push_str("\n\ntest result: FAILED. 0 passed; 900 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n");
    let mut scanner = ftc_fingerprint::Scanner::new(&ftc_fingerprint::Options::default());
    scanner.feed(log.as_bytes());
    let scan = scanner.finish();
    let record = ScanRecord::new(name, OccurrenceSource::run("local:1", 1, "test"), &scan);
    store.record_scan(&record, jiff::Timestamp::now()).unwrap();
    let mut beginnings: Vec<String> = scan
        .failures
        .iter()
        .map(|failure| failure.keys.exact.to_string()[..4].to_owned())
        .collect();
    beginnings.sort();
    let twice = beginnings
        .windows(2)
        .find(|pair| pair[0] == pair[1])
        .expect("two begin alike");
    drop(store);
    let run = world.run(&["show", &twice[0]]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains(&twice[0]), "{}", run.stderr);
}
