//! Exit codes and usage.

use std::io::Read as _;
use std::process::Stdio;

use crate::support::{FAILING, PASSING, Place};

/// A log in which a test failed, and passed when gotestsum ran it again.
const RETRIED: &str = include_str!("../../../../fixtures/ci-logs/gotestsum/rerun_flaky.log");

#[test]
fn zero_when_nothing_failed() {
    let place = Place::new();
    place.write("pass.log", PASSING);
    assert_eq!(place.run(&["pass.log"]).code, 0);
}

#[test]
fn zero_when_all_that_failed_passed_on_retry() {
    let place = Place::new();
    place.write("retried.log", RETRIED);
    let run = place.run(&["--format", "jsonl", "retried.log"]);
    assert_eq!(run.code, 0, "{run:?}");
    let failures = run.jsonl()[0]["failures"].as_array().unwrap().clone();
    assert!(!failures.is_empty());
    assert!(
        failures
            .iter()
            .all(|failure| failure["passed_on_retry"] == true),
        "{failures:?}"
    );
    assert_eq!(run.jsonl()[0]["class"], "flaky");
}

#[test]
fn one_when_failures_were_found_unless_told_otherwise() {
    let place = Place::new();
    place.write("fail.log", FAILING);
    assert_eq!(place.run(&["fail.log"]).code, 1);
    assert_eq!(place.run(&["--exit-zero", "fail.log"]).code, 0);
}

#[test]
fn two_for_unreadable_input_beats_all() {
    let place = Place::new();
    place.write("fail.log", FAILING);
    assert_eq!(place.run(&["fail.log", "missing"]).code, 2);
    assert_eq!(place.run(&["--exit-zero", "fail.log", "missing"]).code, 2);
}

#[test]
fn two_for_wrong_usage() {
    let place = Place::new();
    place.write("pass.log", PASSING);
    for arguments in [
        &["--no-such-flag", "pass.log"][..],
        &["--format", "yaml", "pass.log"],
        &["--jobs", "0", "pass.log"],
        &["--show", "xyz", "pass.log"],
        &["--show", "abcd", "--format", "junit", "pass.log"],
        &["--attempt", "2", "pass.log"],
        &["--store", "nonsense", "pass.log"],
        &["--repo", "no-slash", "pass.log"],
    ] {
        let run = place.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert!(run.stderr.starts_with("error: "), "{arguments:?}: {run:?}");
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
}

#[test]
fn nothing_to_scan_is_wrong_usage_and_does_not_wait_for_input() {
    let place = Place::new();
    let run = place.run(&[""; 0]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.stderr,
        "error: nothing to scan\nhint: name a log, a report, an archive or a directory of them, or `-` for standard input\n"
    );
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let place = Place::new();
    for index in 0..300 {
        place.write(format!("logs/{index}.log"), FAILING);
    }
    for format in ["human", "json", "jsonl", "junit", "markdown"] {
        let mut child = place
            .command(&["--format", format, "logs"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        let status = child.wait().unwrap();
        assert_eq!((status.code(), stderr.as_str()), (Some(0), ""), "{format}");
    }
}

#[test]
fn completions_need_no_input() {
    let place = Place::new();
    let run = place.run(&["completions", "bash"]);
    assert_eq!(run.code, 0);
    assert!(
        run.stdout.contains("--exit-zero"),
        "the script knows the flags"
    );
}

#[test]
fn the_configuration_is_read_and_flags_beat_it() {
    let place = Place::new();
    place
        .write("pass.log", PASSING)
        .write("ftc.toml", "[scan]\nformat = \"jsonl\"\n");
    let run = place.run(&["--config", "ftc.toml", "pass.log"]);
    assert_eq!(run.jsonl().len(), 1, "{run:?}");
    let run = place.run(&["--config", "ftc.toml", "--format", "json", "pass.log"]);
    assert_eq!(run.json()["schema"], "ftc.scan.report/1");
}
