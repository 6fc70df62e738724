#![expect(
    clippy::needless_pass_by_value,
    reason = "what `json!` makes reads better without a borrow at every call"
)]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use ftc_testkit::corpus::{
    Counts, Detail, LoadTruthsError, ParsePredictionsError, Predictions, Score, Truth, load_truths,
    score,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A truth about `file` with these failures; class and basis are `rerun` regressions.
fn truth(file: &str, failures: Value) -> Truth {
    truth_of(json!({"file": file, "failures": failures}))
}

/// A truth with the given fields over plain ones.
fn truth_of(fields: Value) -> Truth {
    let mut whole = json!({
        "file": "go-test/a.log", "framework": "go-test", "class": "regression", "class_basis": "rerun",
        "failures": [],
    });
    for (name, value) in fields.as_object().expect("fields are an object") {
        whole[name] = value.clone();
    }
    Truth::parse(&whole.to_string())
        .expect("the truth is valid")
        .expect("it has failures and a framework")
}

fn predictions(lines: &[Value]) -> Predictions {
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    Predictions::parse(&text.join("\n")).expect("the predictions are valid")
}

/// The score of one log, `go-test/a.log`.
fn score_one(failures: Value, predicted: Value) -> Score {
    let line = json!({"file": "go-test/a.log", "failures": predicted});
    score(&[truth("go-test/a.log", failures)], &predictions(&[line]))
}

fn counts(tp: u64, fp: u64, missed: u64) -> Counts {
    let mut counts = Counts::default();
    (counts.tp, counts.fp, counts.r#fn) = (tp, fp, missed);
    counts
}

/// Whether a log that has only `truth` is read right by a scanner that says `predicted`.
fn matches(truth: &str, predicted: &str) -> bool {
    let failure = |name: &str| json!([{"test": name, "kind": "panic"}]);
    score_one(failure(truth), failure(predicted)).names.all == counts(1, 0, 0)
}

#[test]
fn a_name_matches_by_its_last_tokens() {
    for predicted in [
        "tests::sums",
        "crate::tests::sums",
        "shop-cart tests::sums",
        "shop/tests.sums (3ms)",
        "tests › sums (pkg.Class) (line 4) (1.0s)",
    ] {
        assert!(matches("tests::sums", predicted), "{predicted}");
    }
    for predicted in ["sums", "tests::sums::more", "tests::sums2", "tests:sums"] {
        assert!(!matches("tests::sums", predicted), "{predicted}");
    }
}

#[test]
fn a_parent_does_not_match_its_child_nor_the_child_its_parent() {
    assert!(!matches("TestTax/swiss", "TestTax"));
    assert!(!matches("TestTax", "TestTax/swiss"));
}

#[test]
fn parentheses_are_a_name_where_nothing_else_is() {
    assert!(matches("(line 3)", "(line 3)"));
    assert!(matches("price (net)", "cart.price (net)"));
    assert!(
        matches("f(x)", "f(y)"),
        "what stands in them is not compared"
    );
    assert!(
        !matches("f(g(x))", "f(h(x))"),
        "but only the innermost pair is"
    );
}

#[test]
fn an_alias_counts_as_the_name() {
    let failures =
        json!([{"test": "total", "aliases": ["lib.rs - total - should panic"], "kind": "panic"}]);
    let predicted = json!([{"test": "src/lib.rs - total - should panic", "kind": "panic"}]);
    assert_eq!(score_one(failures, predicted).names.all, counts(1, 0, 0));
}

#[test]
fn a_second_prediction_of_a_found_test_is_neither_right_nor_wrong() {
    let failures = json!([{"test": "TestA", "kind": "panic"}]);
    let predicted = json!([
        {"test": "pkg.TestA", "kind": "race"}, {"test": "TestA", "kind": "panic"}, {"test": "TestB", "kind": "panic"}
    ]);
    let score = score_one(failures, predicted);
    assert_eq!(score.names.all, counts(1, 1, 0));
    assert_eq!(
        score.kinds.all.strict, 1,
        "the exact name is preferred to the first that matches"
    );
}

#[test]
fn the_longer_name_chooses_first() {
    let failures =
        json!([{"test": "sums", "kind": "panic"}, {"test": "deep::sums", "kind": "panic"}]);
    let predicted =
        json!([{"test": "a::deep::sums", "kind": "panic"}, {"test": "a::sums", "kind": "panic"}]);
    assert_eq!(score_one(failures, predicted).names.all, counts(2, 0, 0));
}

#[test]
fn ignored_names_are_not_extra() {
    let line = json!({"file": "go-test/a.log", "failures": [{"test": "TestP", "kind": "panic"}, {"test": "TestQ", "kind": "panic"}]});
    let truths = [truth_of(json!({"ignore_tests": ["TestP"]}))];
    assert_eq!(
        score(&truths, &predictions(&[line])).names.all,
        counts(0, 1, 0)
    );
}

#[test]
fn an_incomplete_truth_has_no_extras() {
    let line = json!({"file": "go-test/a.log", "failures": [{"test": "TestP", "kind": "panic"}, {"test": null, "kind": "infra"}]});
    let truths = [truth_of(json!({"fp_scored": false, "class": "pass"}))];
    let score = score(&truths, &predictions(&[line]));
    assert_eq!(
        (score.names.all, score.nameless.all),
        (counts(0, 0, 0), counts(0, 0, 0))
    );
    assert_eq!((score.passing.files, score.passing.clean), (1, 1));
}

#[test]
fn a_nameless_failure_prefers_its_kind_and_takes_any() {
    let failures = json!([{"test": null, "kind": "build"}, {"test": null, "kind": "infra", "kind_accept": ["infra", "crash"]}]);
    let predicted = json!([{"test": null, "kind": "crash"}, {"test": "", "kind": "build"}, {"test": null, "kind": "infra"}]);
    let one = score_one(failures.clone(), predicted);
    assert_eq!(one.nameless.all, counts(2, 1, 0));
    assert_eq!((one.kinds.all.strict, one.kinds.all.accepted), (1, 2));

    let other = score_one(failures, json!([{"test": null, "kind": "timeout"}]));
    assert_eq!(other.nameless.all, counts(1, 0, 1));
    assert_eq!(other.kinds.all.accepted, 0);
}

#[test]
fn assertion_and_panic_are_not_told_apart_and_other_kinds_are() {
    for (expected, found, strict, accepted) in [
        ("assertion", json!("assertion"), 1, 1),
        ("assertion", json!("panic"), 0, 1),
        ("panic", json!("assertion"), 0, 1),
        ("panic", json!("crash"), 0, 0),
        ("timeout", json!("assertion"), 0, 0),
        ("timeout", json!("race"), 0, 1),
        ("timeout", Value::Null, 0, 0),
    ] {
        let failures = json!([{"test": "TestA", "kind": expected, "kind_accept": ["race"]}]);
        let score = score_one(failures, json!([{"test": "TestA", "kind": found}]));
        let counts = score.kinds.all;
        assert_eq!(
            (counts.found, counts.strict, counts.accepted),
            (1, strict, accepted),
            "{expected} {found}"
        );
    }
}

#[test]
fn a_class_is_right_abstained_or_wrong_by_what_proves_it() {
    let file = |name: &str, class: &str, basis: &str| {
        truth_of(json!({"file": name, "class": class, "class_basis": basis}))
    };
    let truths = [
        file("1", "pass", "log"),
        file("2", "flaky", "log"),
        file("3", "flaky", "log"),
        file("4", "regression", "rerun"),
        file("5", "unknown", "rerun"),
        file("6", "unknown", "unscored"),
        file("7", "pass", "log"),
    ];
    let said = [
        json!({"file": "1", "class": "pass"}),
        json!({"file": "2", "class": "pass"}),
        json!({"file": "3", "class": "flaky"}),
        json!({"file": "4", "class": "unknown"}),
        json!({"file": "5", "class": "unknown"}),
        json!({"file": "6", "class": "infra"}),
    ];
    let score = score(&truths, &predictions(&said));
    assert_eq!(score.without_prediction, 1);
    let log = score.classes["log"].all;
    assert_eq!(
        (log.files, log.right, log.abstained, log.wrong()),
        (4, 2, 1, 1)
    );
    let rerun = score.classes["rerun"].all;
    assert_eq!(
        (rerun.files, rerun.right, rerun.abstained, rerun.wrong()),
        (2, 1, 1, 0)
    );
    assert!(!score.classes.contains_key("unscored"));
    assert_eq!(score.class_counts["pass"], counts(1, 1, 1));
    assert_eq!(score.class_counts["flaky"], counts(1, 0, 1));
    // pass: precision and recall 1/2; flaky: precision 1, recall 1/2, so F1 2/3; their mean 7/12.
    assert!((score.class_macro_f1() - 7.0 / 12.0).abs() < 1e-12);
}

/// Six failures: `red` in three logs, one of them wrapped, and three of other groups.
fn fingerprinted(fingerprints: [Value; 6]) -> Score {
    let failure = |test: &str, group: Value, family: Value| json!([{"test": test, "kind": "panic", "group": group, "family": family}]);
    let logs = [
        (
            "go-test/1.log",
            "go-test",
            failure("TestA", json!("red"), json!("colour")),
        ),
        (
            "go-test/2_gha.log",
            "go-test",
            failure("TestA", json!("red"), json!("colour")),
        ),
        (
            "go-test-json/3.log",
            "go-test-json",
            failure("TestA", json!("red"), json!("colour")),
        ),
        (
            "go-test/4.log",
            "go-test",
            failure("TestA", json!("blue"), Value::Null),
        ),
        (
            "gotestsum/5.log",
            "gotestsum",
            failure("TestB", json!("green"), json!("colour")),
        ),
        (
            "pytest/6.log",
            "pytest",
            failure("TestA", json!("red"), json!("colour")),
        ),
    ];
    let truths: Vec<Truth> = logs
        .iter()
        .map(|(file, framework, failures)| {
            truth_of(json!({"file": file, "framework": framework, "failures": failures}))
        })
        .collect();
    let lines: Vec<Value> = logs
        .iter()
        .zip(fingerprints)
        .map(|((file, _, failures), fingerprint)| {
            json!({"file": file, "failures": [{"test": failures[0]["test"], "kind": "panic", "fingerprint": fingerprint}]})
        })
        .collect();
    score(&truths, &predictions(&lines))
}

#[test]
fn right_fingerprints_join_all_equal_pairs_of_one_family_and_no_other() {
    let score = fingerprinted(["r", "r", "r", "b", "g", "r"].map(|f| json!(f)));
    let go = score.pairs.by_framework["go"];
    assert_eq!(go.counts, counts(3, 0, 0));
    // Of the ten pairs in the go family three are equal; 1-4, 2-4, 3-4 share the test, 1-5, 2-5, 3-5 the family.
    assert_eq!((go.hard, go.hard_joined), (6, 0));
    assert_eq!((go.cross, go.cross_joined), (2, 2));
    assert_eq!(score.pairs.all, go, "pytest has one failure only");
    assert_eq!(score.details, []);
}

#[test]
fn wrong_fingerprints_are_counted_and_named() {
    let score = fingerprinted(["r", "x", "r", "r", "", "r"].map(|f| json!(f)));
    let go = score.pairs.by_framework["go"];
    // Joined rightly: 1-3. Torn apart: 1-2, 2-3. Joined wrongly: 1-4, 3-4.
    assert_eq!(go.counts, counts(1, 2, 2));
    assert_eq!((go.hard_joined, go.cross_joined), (2, 0));
    let details: Vec<String> = score.details.iter().map(Detail::to_string).collect();
    assert_eq!(details, ["SPLIT red: r x", "JOINED r: blue red"]);
}

#[test]
fn failures_without_a_fingerprint_equal_no_other() {
    let score = fingerprinted([
        Value::Null,
        json!(""),
        Value::Null,
        json!(""),
        json!("g"),
        json!("r"),
    ]);
    assert_eq!(score.pairs.by_framework["go"].counts, counts(0, 0, 3));
}

#[test]
fn every_deviation_is_named() {
    let truths = [
        truth(
            "go-test/a.log",
            json!([{"test": "TestA", "kind": "race"}, {"test": null, "kind": "build"}]),
        ),
        truth_of(json!({"file": "go-test/b.log", "class": "pass", "class_basis": "log"})),
    ];
    let said = [
        json!({"file": "go-test/a.log", "class": "unknown", "failures": [{"test": "TestA", "kind": "panic"}]}),
        json!({"file": "go-test/b.log", "class": "infra", "failures": [{"test": "TestC"}, {"kind": "infra"}]}),
    ];
    let score = score(&truths, &predictions(&said));
    let details: Vec<String> = score.details.iter().map(Detail::to_string).collect();
    insta::assert_snapshot!(details.join("\n"), @r"
    KIND go-test/a.log TestA is race, not panic
    MISS go-test/a.log - build
    EXTRA go-test/b.log TestC -
    EXTRA go-test/b.log - infra
    CLASS go-test/b.log is pass, not infra
    ");
}

#[test]
fn a_score_prints_as_tables() {
    let score = fingerprinted(["r", "x", "r", "r", "", "r"].map(|f| json!(f)));
    // One pair of equals joined and two torn apart, two pairs of others joined: both ratios are a third.
    insta::assert_snapshot!(score.to_string(), @r"
    6 files, 0 without a prediction

    test names                    right  wrong missed precision    recall        F1
      go-test                         3      0      0    1.0000    1.0000    1.0000
      go-test-json                    1      0      0    1.0000    1.0000    1.0000
      gotestsum                       1      0      0    1.0000    1.0000    1.0000
      pytest                          1      0      0    1.0000    1.0000    1.0000
      all                             6      0      0    1.0000    1.0000    1.0000

    kinds                         found    strict  accepted
      go-test                         3    1.0000    1.0000
      go-test-json                    1    1.0000    1.0000
      gotestsum                       1    1.0000    1.0000
      pytest                          1    1.0000    1.0000
      all                             6    1.0000    1.0000

    classes, proof: rerun         files  right abstained  wrong
      go-test                         3      0         3      0
      go-test-json                    1      0         1      0
      gotestsum                       1      0         1      0
      pytest                          1      0         1      0
      all                             6      0         6      0

    passing logs with nothing reported: 0 of 0

    fingerprint pairs             right joined  split precision    recall  hard apart cross equal
      go                              1      2      2    0.3333    0.3333         4/6         0/2
      all                             1      2      2    0.3333    0.3333         4/6         0/2
    ");
}

#[test]
fn truths_are_found_beside_logs_and_in_a_folder_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let truth = |file: &str| {
        json!({"file": file, "framework": "go-test", "class": "pass", "class_basis": "log", "failures": [], "source": "x"})
            .to_string()
    };
    put(
        folder.path(),
        "open/go-test/b.json",
        &truth("go-test/b.log"),
    );
    put(folder.path(), "open/go-test/b.log", "not read");
    put(
        folder.path(),
        "open/go-test-json/a.json",
        &truth("go-test-json/a.log"),
    );
    put(
        folder.path(),
        "open/go-test-json/output.json",
        r#"{"Action": "pass"}"#,
    );
    let truths = load_truths(&folder.path().join("open")).unwrap();
    let files: Vec<(&str, &str)> = truths
        .iter()
        .map(|t| (t.file.as_str(), t.folder()))
        .collect();
    assert_eq!(
        files,
        [
            ("go-test-json/a.log", "go-test-json"),
            ("go-test/b.log", "go-test")
        ]
    );
}

#[test]
fn a_broken_truth_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    put(
        folder.path(),
        "go-test/a.json",
        r#"{"failures": [], "framework": "go-test"}"#,
    );
    let error = load_truths(folder.path()).unwrap_err();
    assert!(
        matches!(&error, LoadTruthsError::Parse { path, .. } if path.ends_with("go-test/a.json"))
    );
    assert!(error.to_string().contains("go-test/a.json"));

    let error = load_truths(&folder.path().join("nowhere")).unwrap_err();
    assert!(matches!(error, LoadTruthsError::Read { .. }));
}

#[test]
fn two_truths_about_one_log_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"{"file": "a.log", "framework": "go-test", "class": "pass", "class_basis": "log", "failures": []}"#;
    put(folder.path(), "a.json", text);
    put(folder.path(), "copy.json", text);
    let error = load_truths(folder.path()).unwrap_err();
    assert!(
        matches!(&error, LoadTruthsError::Repeated { file, path } if file == "a.log" && path.ends_with("copy.json"))
    );
}

#[test]
fn broken_and_repeated_predictions_are_errors_with_their_line() {
    let error = Predictions::parse("{\"file\": \"a\"}\n\n{\"file\": 3}").unwrap_err();
    assert!(matches!(error, ParsePredictionsError::Line { line: 3, .. }));
    let error = Predictions::parse("{\"file\": \"a\"}\n{\"file\": \"a\"}").unwrap_err();
    assert!(matches!(
        error,
        ParsePredictionsError::Repeated { line: 2, .. }
    ));
    assert!(Predictions::parse("\n").unwrap().is_empty());
}

fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("the file is in a folder"))
        .expect("the folder can be made");
    File::create(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .expect("the file can be written");
}

proptest! {
    /// Saying the truth scores 1 everywhere, in whatever order it is said.
    #[test]
    fn the_truth_scores_one(
        names in proptest::collection::btree_set("[a-z]{1,3}(::[a-z]{1,3}){0,2}", 0..6),
        nameless in 0_usize..3,
        reversed: bool,
    ) {
        let mut failures: Vec<Value> = names
            .iter()
            .map(|name| json!({"test": name, "kind": "panic", "group": name, "fingerprint": name}))
            .collect();
        failures.extend((0..nameless).map(|n| json!({"test": null, "kind": "build", "group": format!("{n}"), "fingerprint": format!("{n}")})));
        let expected = json!(failures);
        if reversed {
            failures.reverse();
        }
        let score = score_one(expected, json!(failures));
        prop_assert_eq!(score.names.all.r#fn, 0);
        prop_assert_eq!(score.nameless.all, counts(nameless as u64, 0, 0));
    }
}
