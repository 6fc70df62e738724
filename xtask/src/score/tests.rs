use std::path::Path;

use clap::Parser as _;
use ftc_process::ParentEnv;
use ftc_testkit::corpus::{Predictions, Score, Truth, score};

use super::minimum::Minimum;
use super::source::{self, Source};
use super::{Args, answer, run};

#[derive(Debug, clap::Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

fn args(words: &[&str]) -> Args {
    Line::parse_from(["score"].iter().chain(words)).args
}

/// Two failures of which one is found, and a passing log that is not clean.
fn half_right() -> Score {
    let truth = |json: &str| Truth::parse(json).expect("valid").expect("a truth");
    let truths = [
        truth(
            r#"{"file": "a/1.log", "framework": "a", "class": "regression", "class_basis": "rerun", "failures": [
                {"test": "TestA", "kind": "panic"}, {"test": "TestB", "kind": "panic"}]}"#,
        ),
        truth(
            r#"{"file": "a/2.log", "framework": "a", "class": "pass", "class_basis": "log", "failures": []}"#,
        ),
    ];
    let predictions = Predictions::parse(concat!(
        r#"{"file": "a/1.log", "failures": [{"test": "TestA", "kind": "panic"}]}"#,
        "\n",
        r#"{"file": "a/2.log", "failures": [{"test": null, "kind": "infra"}]}"#,
    ));
    score(&truths, &predictions.expect("valid"))
}

#[test]
fn every_missed_minimum_is_named_and_the_answer_is_no() {
    let minima = "names=0.97,names-precision=all,names-recall=0.5,names-least=0.7,clean=all";
    let answer = answer(&half_right(), &args(&["--min", minima]));
    assert!(!answer.yes);
    let missed: Vec<&str> = answer
        .text
        .lines()
        .filter(|l| l.starts_with("missed"))
        .collect();
    // Precision is 1 and recall 1/2, so F1 is 2/3.
    assert_eq!(
        missed,
        [
            "missed: names is 0.6667, and must be at least 0.97",
            "missed: names-least is 0.6667, and must be at least 0.7",
            "missed: clean is 0.0000, and must be at least 1",
        ]
    );
}

#[test]
fn minima_that_are_reached_make_a_yes() {
    let answer = answer(
        &half_right(),
        &args(&["--min", "names=0.66,kinds=all,hard=all"]),
    );
    assert!(answer.yes, "{}", answer.text);
    assert!(!answer.text.contains("missed:"));
}

#[test]
fn details_are_printed_on_request() {
    let line = "MISS a/1.log TestB panic";
    assert!(!answer(&half_right(), &args(&[])).text.contains(line));
    assert!(
        answer(&half_right(), &args(&["--details"]))
            .text
            .contains(line)
    );
}

#[test]
fn the_answer_can_be_json() {
    let answer = answer(
        &half_right(),
        &args(&["--format", "json", "--min", "clean=all"]),
    );
    let value: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(value["schema"], "ftc.score/1");
    assert_eq!(value["score"]["names"]["all"]["fn"], 1);
    assert_eq!(value["missed"].as_array().unwrap().len(), 1);
}

#[test]
fn a_minimum_that_cannot_be_read_is_refused() {
    for (text, reason) in [
        ("names", "not of the form"),
        ("nmaes=0.9", "`nmaes` is no measure; there are names, "),
        ("names=1.1", "neither `all` nor between 0 and 1"),
        ("names=most", "neither `all` nor between 0 and 1"),
        ("names=NaN", "neither `all` nor between 0 and 1"),
    ] {
        let error = text.parse::<Minimum>().unwrap_err();
        assert!(error.contains(reason), "{text}: {error}");
    }
}

#[test]
fn an_absent_corpus_is_said_and_no_error() {
    let answer = run(&args(&["--corpus", "/nonexistent/corpus"])).unwrap();
    assert!(answer.yes);
    assert_eq!(
        answer.text,
        "there is no corpus at `/nonexistent/corpus/open`; nothing was scored"
    );
    let empty: ParentEnv = [("FTC_CORPUS", "")].into_iter().collect();
    for parent in [ParentEnv::default(), empty] {
        let unnamed = source::corpus(None, "open", &parent);
        assert_eq!(
            unnamed.unwrap_err(),
            "no corpus is named by --corpus or FTC_CORPUS"
        );
    }
}

#[test]
fn the_corpus_is_named_by_argument_before_environment() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let parent: ParentEnv = [("FTC_CORPUS", "/nonexistent")].into_iter().collect();
    let found = source::corpus(Some(root), "src", &parent).unwrap();
    assert_eq!(found.logs, root.join("src"));
    assert!(source::corpus(None, "src", &parent).is_err());
}

#[test]
fn a_folder_that_does_not_exist_is_an_error() {
    let error = Source::fixtures()
        .truths(&["pytset".to_owned()])
        .unwrap_err();
    assert!(error.to_string().contains("`pytset`"), "{error}");
    let truths = Source::fixtures().truths(&["pytest".to_owned()]).unwrap();
    assert!(truths.iter().all(|truth| truth.framework == "pytest"));
}

#[test]
fn a_scanner_is_run_inside_the_folder_of_logs_and_names_files_from_there() {
    let scanner = stand_in("names-every-file.sh");
    let words = [
        "--fixtures",
        "--folders",
        "testify",
        "--format",
        "json",
        "--scanner",
        &scanner,
    ];
    let answer = run(&args(&words)).unwrap();
    let value: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    assert!(value["score"]["files"].as_u64().unwrap() > 0);
    assert_eq!(value["score"]["without_prediction"], 0);
}

#[test]
fn a_scanner_that_fails_is_an_error_with_what_it_said() {
    let scanner = stand_in("fails.sh");
    let error = run(&args(&["--fixtures", "--scanner", &scanner]))
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "ftc-scan ended with exit code 2:\ncannot read it"
    );
}

/// A program that stands in for ftc-scan. It is committed, because one that is written while other tests start theirs may be
/// busy.
fn stand_in(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let path = folder.join(name);
    path.to_str().expect("the path is UTF-8").to_owned()
}
