//! The forms of the answer, end to end. Their details are tested beside their code.

use std::fmt::Write as _;

use ftc_report::junit::Parser;
use serde_json::Value;

use crate::support::{FAILING, PASSING, Place};

fn place() -> Place {
    let place = Place::new();
    place
        .write("logs/fail.log", FAILING)
        .write("logs/pass.log", PASSING);
    place
}

#[test]
fn human() {
    let run = place().run(&["logs"]);
    let (answer, seconds) = run.stdout.rsplit_once(" in ").unwrap();
    insta::assert_snapshot!(answer, @r#"
    fail.log: unknown: not run again in this log
      TestLease  cb82cc9a2470
        assertion unknown: not run again in this log
        lease expired after 31ms

    pass.log: pass: all tests of a package passed in go test
    2 files: 1 failure
    "#);
    assert!(seconds.trim_end().ends_with(" s"), "{seconds}");
    assert_eq!(run.stderr, "");
}

#[test]
fn human_uses_the_columns_there_are() {
    let place = Place::new();
    let name = format!("TestLease{}", "X".repeat(70));
    place.write("fail.log", FAILING.replace("TestLease", &name));
    let narrow = place.run(&["fail.log"]);
    assert!(
        narrow.stdout.lines().all(|line| line.chars().count() <= 80),
        "{}",
        narrow.stdout
    );
    assert!(!narrow.stdout.contains(&name), "the name does not fit");
    let mut wide = place.command(&["fail.log"]);
    wide.env("COLUMNS", "140");
    let wide = String::from_utf8(wide.output().unwrap().stdout).unwrap();
    assert!(
        wide.lines().all(|line| line.chars().count() <= 140),
        "{wide}"
    );
    assert!(
        wide.lines()
            .any(|line| line.contains("TestLease") && line.contains("assertion")),
        "one line holds both: {wide}"
    );
}

#[test]
fn excerpts_with_v() {
    let run = place().run(&["-v", "logs/fail.log"]);
    assert!(
        run.stdout.contains("    | --- FAIL: TestLease (0.01s)\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn colour_only_when_it_is_wanted() {
    let place = place();
    assert!(!place.run(&["logs"]).stdout.contains('\u{1b}'));
    assert!(
        place
            .run(&["--color", "always", "logs"])
            .stdout
            .contains('\u{1b}')
    );
    for format in ["json", "jsonl", "junit", "markdown"] {
        let run = place.run(&["--color", "always", "--format", format, "logs"]);
        assert!(!run.stdout.contains('\u{1b}'), "{format}");
    }
}

#[test]
fn jsonl_is_as_promised() {
    let run = place().run(&["--format", "jsonl", "logs"]);
    let first = run.stdout.lines().next().unwrap();
    let keys: Vec<&str> = [
        "schema",
        "file",
        "frameworks",
        "class",
        "confidence",
        "evidence",
        "notes",
        "failures",
        "test",
        "kind",
        "detail",
        "framework",
        "message",
        "class",
        "evidence",
        "fingerprint",
        "fingerprint_version",
        "passed_on_retry",
        "first_line",
        "last_line",
    ]
    .to_vec();
    let mut rest = first;
    for key in keys {
        let quoted = format!("\"{key}\":");
        let at = rest
            .find(&quoted)
            .unwrap_or_else(|| panic!("`{key}` in its place: {first}"));
        rest = &rest[at + quoted.len()..];
    }
    let object: Value = serde_json::from_str(first).unwrap();
    assert_eq!(object["schema"], "ftc.scan/1");
    assert_eq!(object["frameworks"], serde_json::json!(["go-test"]));
    let failure = &object["failures"][0];
    assert_eq!(failure["test"], "TestLease");
    assert_eq!(failure["kind"], "assertion");
    assert_eq!(failure["detail"], Value::Null);
    assert_eq!(failure["message"], "lease expired after 31ms");
    assert!(
        failure["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .all(Value::is_string)
    );
    assert_eq!(failure.get("seen"), None, "there is no store");
}

#[test]
fn json_is_one_document_with_the_same_objects() {
    let place = place();
    let lines = place.run(&["--format", "jsonl", "logs", "missing"]);
    let document = place.run(&["--format", "json", "logs", "missing"]).json();
    assert_eq!(document["schema"], "ftc.scan.report/1");
    assert_eq!(document["files"].as_array().unwrap(), &lines.jsonl());
    let summary = &document["summary"];
    assert_eq!(
        (&summary["files"], &summary["failures"], &summary["flaky"]),
        (&2.into(), &1.into(), &0.into())
    );
    assert_eq!(
        document["errors"],
        serde_json::json!([{"file": "missing", "error": "no file or directory at `missing`"}])
    );
}

#[test]
fn junit_can_be_read_back_and_scanned_again() {
    let place = place();
    let report = place.run(&["--format", "junit", "logs", "missing"]).stdout;
    let mut parser = Parser::new();
    parser.feed(report.as_bytes());
    let summary = parser.finish().unwrap();
    assert_eq!(
        (
            summary.counted.tests,
            summary.counted.failures,
            summary.counted.errors
        ),
        (2, 1, 1)
    );
    assert!(summary.totals_agree());
    place.write("again.xml", report);
    let objects = place.jsonl(&["again.xml"]);
    assert_eq!(
        crate::support::tests(&objects[0]),
        ["TestLease", "ftc-scan.missing"]
    );
}

#[test]
fn markdown_is_bounded() {
    let place = Place::new();
    let mut failures = String::new();
    for index in 0..3000 {
        writeln!(
            failures,
            "--- FAIL: Test{index} (0.00s)\n    a_test.go:{index}: @octocat |`<b>`| {index}"
        )
        .unwrap();
    }
    place.write(
        "many.log",
        format!("{failures}FAIL\nFAIL\texample.com/many\t0.1s\n"),
    );
    let run = place.run(&["--format", "markdown", "many.log"]);
    assert!(run.stdout.chars().count() < 65_536, "{}", run.stdout.len());
    assert!(run.stdout.contains("more failures are not shown here.*"));
    assert!(!run.stdout.contains("@octocat"));
}
