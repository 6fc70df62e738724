//! The logs in `fixtures/ci-logs`, which real tools wrote, through the program.

use std::path::Path;

use ftc_testkit::corpus::{Predictions, load_truths, score};
use serde_json::Value;

use crate::support::Place;

const LOGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/ci-logs");
const TRUTH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/truth");

/// Whether the truth file of a log says that something failed.
fn fails(file: &str) -> bool {
    let (stem, _) = file.rsplit_once('.').expect("a log has an extension");
    let truth =
        std::fs::read_to_string(format!("{TRUTH}/{stem}.json")).expect("a log has a truth file");
    let truth: Value = serde_json::from_str(&truth).expect("it is JSON");
    !truth["failures"]
        .as_array()
        .expect("it lists the failures")
        .is_empty()
}

#[test]
fn failures_are_found_in_the_logs_that_have_some_and_in_no_other() {
    let place = Place::new();
    let run = place.run(&["--format", "jsonl", "--exit-zero", LOGS]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let objects = run.jsonl();
    let mut counts = [0, 0];
    for object in &objects {
        let file = object["file"].as_str().expect("a file has a name");
        let found = !object["failures"]
            .as_array()
            .expect("a file has failures")
            .is_empty();
        assert_eq!(found, fails(file), "{file}");
        counts[usize::from(found)] += 1;
    }
    assert!(
        counts.iter().all(|count| *count >= 10),
        "both kinds are there: {counts:?}"
    );
}

#[test]
fn the_scorer_of_the_corpus_finds_nothing_wrong() {
    let place = Place::new();
    let run = place.run(&["--format", "jsonl", "--exit-zero", LOGS]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let truths = load_truths(Path::new(TRUTH)).expect("the truths can be read");
    let predictions = Predictions::parse(&run.stdout).expect("each line is a prediction");
    let score = score(&truths, &predictions);
    let details: Vec<String> = score.details.iter().map(ToString::to_string).collect();
    assert!(details.is_empty(), "{}", details.join("\n"));
    assert_eq!(score.without_prediction, 0);
    assert_eq!(score.passing.clean, score.passing.files);
}

#[test]
fn two_scans_into_a_store_agree_and_leave_no_duplicate() {
    let place = Place::new();
    let scan = || {
        let run = place.run(&[
            "--format",
            "jsonl",
            "--exit-zero",
            "--store",
            "sqlite:store.db",
            LOGS,
        ]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.jsonl()
    };
    let (first, again) = (scan(), scan());
    let times = |objects: &[Value]| {
        let failures = objects.iter().flat_map(|object| {
            object["failures"]
                .as_array()
                .expect("they are there")
                .clone()
        });
        let mut most = std::collections::BTreeMap::new();
        for failure in failures {
            let times = failure["seen"]["times"].as_u64().expect("the store counts");
            let entry = most.entry(failure["fingerprint"].to_string()).or_insert(0);
            *entry = times.max(*entry);
        }
        most
    };
    assert_eq!(
        times(&first),
        times(&again),
        "every fingerprint was seen as often as before"
    );
}
