//! Reports: proof by the tool's own account.

use std::os::unix::fs::symlink;

use ftc_gates::{GateSpec, Outcome, RelativePath, ReportFormat, ReportSpec};

use crate::support::{Place, script, shown};

const GREEN: &str = r#"<testsuite name="s" tests="3"><testcase name="a"/><testcase name="b"/><testcase name="c"><skipped/></testcase></testsuite>"#;
const RED: &str = r#"<testsuite name="s" tests="2"><testcase name="a"/><testcase name="b"><failure message="expired after 31ms"/></testcase></testsuite>"#;

/// A gate that copies `source` to its report and exits with `code`.
fn writes_report(source: &str, code: i32) -> GateSpec {
    with_report(script(&format!(
        "mkdir -p out; cp {source} out/junit.xml; exit {code}"
    )))
}

fn with_report(mut spec: GateSpec) -> GateSpec {
    let path = RelativePath::new("out/junit.xml").expect("it is a path");
    spec.reports = vec![ReportSpec::new(path, ReportFormat::Junit)];
    spec
}

fn place() -> Place {
    let place = Place::new();
    place.write("green.xml", GREEN);
    place.write("red.xml", RED);
    place
}

#[test]
fn a_report_says_how_many_tests_ran_and_skipped_ones_do_not_count() {
    let mut spec = writes_report("green.xml", 0);
    spec.evidence.min_tests = Some(2);
    let result = place().run_gate(&spec);
    assert_eq!(
        (shown(&result).as_str(), result.tests_run),
        ("pass", Some(2))
    );
    spec.evidence.min_tests = Some(3);
    assert_eq!(
        shown(&place().run_gate(&spec)),
        "fail\nevidence: 2 tests ran, and at least 3 must"
    );
}

/// The report counts better than the log, whatever the log says.
#[test]
fn a_report_beats_the_log() {
    let mut spec = writes_report("green.xml", 0);
    spec.argv[2].insert_str(0, "echo ran 100;");
    assert_eq!(place().run_gate(&spec).tests_run, Some(2));
}

#[test]
fn success_with_failures_in_the_report_is_inconsistent() {
    let result = place().run_gate(&writes_report("red.xml", 0));
    assert_eq!(
        shown(&result),
        "fail\ninconsistent: exit code 0 means success, but 1 test failed: `b`"
    );
    assert_eq!(result.failed[0].message, "expired after 31ms");
}

#[test]
fn a_failure_names_what_the_report_says() {
    let result = place().run_gate(&writes_report("red.xml", 1));
    assert_eq!(shown(&result), "fail\nexit code 1\n1 test failed: `b`");
}

/// A log that knows the same test adds its fingerprint, not another failure.
#[test]
fn report_and_log_are_joined() {
    let mut spec = writes_report("red.xml", 1);
    spec.argv[2].insert_str(0, "echo failed b; echo failed d;");
    let result = place().run_gate(&spec);
    let failed: Vec<_> = result
        .failed
        .iter()
        .map(|test| {
            (
                test.name.as_deref().unwrap(),
                test.fingerprint.as_deref().unwrap(),
            )
        })
        .collect();
    assert_eq!(failed, [("b", "fp-b"), ("d", "fp-d")]);
    assert_eq!(result.failed[0].message, "expired after 31ms");
}

#[test]
fn a_required_report_that_is_missing_is_an_error() {
    let result = place().run_gate(&with_report(script("exit 0")));
    assert_eq!(
        shown(&result),
        "error\nreport `out/junit.xml` was not written"
    );
}

#[test]
fn a_report_that_is_not_required_may_be_missing_and_not_wrong() {
    let mut spec = with_report(script("exit 0"));
    spec.reports[0].required = false;
    let result = place().run_gate(&spec);
    assert_eq!((shown(&result).as_str(), result.notes.len()), ("pass", 0));
    spec.argv[2] = "mkdir -p out; echo '<html>' > out/junit.xml".to_owned();
    let result = place().run_gate(&spec);
    assert_eq!(shown(&result), "pass");
    assert_eq!(
        result.notes,
        [
            "report `out/junit.xml` cannot be read: root element `html` at line 1 is not a JUnit report"
        ]
    );
}

/// What does not compile writes no report, and is red all the same.
#[test]
fn a_failure_without_its_report_stays_a_failure() {
    let result = place().run_gate(&with_report(script("exit 2")));
    assert_eq!(
        shown(&result),
        "fail\nexit code 2\nreport `out/junit.xml` was not written"
    );
}

#[test]
fn an_old_report_proves_nothing() {
    let place = place();
    place.write("out/junit.xml", GREEN);
    let result = place.run_gate(&with_report(script("exit 0")));
    assert_eq!(
        shown(&result),
        "error\nreport `out/junit.xml` was not written"
    );
    assert!(!place.path("out/junit.xml").exists());
}

#[test]
fn an_old_report_that_is_put_back_proves_nothing() {
    let spec = with_report(script(
        "mkdir -p out; cp green.xml out/junit.xml; touch -t 202001010000 out/junit.xml",
    ));
    assert_eq!(
        shown(&place().run_gate(&spec)),
        "error\nreport `out/junit.xml` is older than the run"
    );
}

#[test]
fn a_broken_report_is_an_error() {
    for (content, reason) in [
        (
            "<testsuite><testcase name='a'/>",
            "report ends at line 1 inside element `testsuite`",
        ),
        ("", "report holds no element"),
        ("{}", "report holds no element"),
    ] {
        let place = place();
        place.write("broken.xml", content);
        let result = place.run_gate(&writes_report("broken.xml", 0));
        assert_eq!(
            shown(&result),
            format!("error\nreport `out/junit.xml` cannot be read: {reason}")
        );
    }
}

#[test]
fn a_report_outside_of_the_worktree_is_refused() {
    let place = place();
    std::fs::write(place.outside("green.xml"), GREEN).unwrap();
    let result = place.run_gate(&with_report(script(
        "mkdir -p out; ln -s ../../green.xml out/junit.xml",
    )));
    assert_eq!(
        shown(&result),
        "error\nreport `out/junit.xml` is refused: `junit.xml` is a symbolic link"
    );

    let place = self::place();
    std::fs::create_dir(place.outside("out")).unwrap();
    std::fs::write(place.outside("out/junit.xml"), GREEN).unwrap();
    let result = place.run_gate(&with_report(script("ln -s ../out out")));
    assert_eq!(
        shown(&result),
        "error\nreport `out/junit.xml` is refused: `out` is a symbolic link"
    );
}

/// The report of an earlier run is deleted: through a link that would be somebody else's file.
#[test]
fn nothing_is_deleted_through_a_link() {
    let place = place();
    std::fs::create_dir(place.outside("out")).unwrap();
    std::fs::write(place.outside("out/junit.xml"), "precious").unwrap();
    symlink(place.outside("out"), place.path("out")).unwrap();
    let result = place.run_gate(&with_report(script("touch ran")));
    assert_eq!(
        shown(&result),
        "error\nreport `out/junit.xml` of an earlier run could not be removed: `out` is a symbolic link"
    );
    assert!(!place.path("ran").exists());
    assert!(place.outside("out/junit.xml").exists());

    let place = self::place();
    std::fs::write(place.outside("precious.xml"), "precious").unwrap();
    place.write("out/other", "");
    symlink(place.outside("precious.xml"), place.path("out/junit.xml")).unwrap();
    assert_eq!(
        shown(&place.run_gate(&writes_report("green.xml", 0))),
        "pass"
    );
    assert_eq!(
        std::fs::read_to_string(place.outside("precious.xml")).unwrap(),
        "precious"
    );
}

#[test]
fn a_directory_or_a_pipe_is_no_report() {
    let result = place().run_gate(&with_report(script("mkdir -p out/junit.xml")));
    assert_eq!(
        shown(&result),
        "error\nreport `out/junit.xml` is refused: it is not a regular file"
    );
    // Opening a pipe that nobody writes to must not wait.
    let result = place().run_gate(&with_report(script("mkdir -p out; mkfifo out/junit.xml")));
    assert_eq!(
        shown(&result),
        "error\nreport `out/junit.xml` is refused: it is not a regular file"
    );
    let place = place();
    place.write("out/junit.xml/keep", "");
    let result = place.run_gate(&with_report(script("touch ran")));
    assert_eq!(result.outcome, Outcome::Error);
    assert!(place.path("out/junit.xml/keep").exists() && !place.path("ran").exists());
}

/// gotestsum and pytest write one case for each attempt.
#[test]
fn a_test_that_passed_when_it_was_run_again_is_told_and_counted_once() {
    let place = place();
    place.write(
        "again.xml",
        r#"<testsuite name="s"><testcase classname="c" name="a"><failure/></testcase><testcase classname="c" name="a"/><testcase name="b"><flakyFailure/></testcase></testsuite>"#,
    );
    let result = place.run_gate(&writes_report("again.xml", 0));
    assert_eq!(
        (shown(&result).as_str(), result.tests_run),
        ("pass", Some(2))
    );
    assert_eq!(result.notes, ["passed only when run again: `b`, `a`"]);
    assert_eq!(result.passed_on_retry, ["b", "a"]);
}

#[test]
fn a_test_that_failed_in_every_attempt_is_one_failure() {
    let place = place();
    place.write(
        "again.xml",
        r#"<testsuite name="s"><testcase name="a"><failure/></testcase><testcase name="a"><failure message="again"/></testcase></testsuite>"#,
    );
    let result = place.run_gate(&writes_report("again.xml", 1));
    assert_eq!((result.failed.len(), result.tests_run), (1, Some(1)));
}

#[test]
fn totals_that_lie_are_told() {
    let place = place();
    place.write(
        "lie.xml",
        r#"<testsuite name="s" tests="11"><testcase name="a"/></testsuite>"#,
    );
    let result = place.run_gate(&writes_report("lie.xml", 0));
    assert_eq!(result.tests_run, Some(1));
    assert_eq!(
        result.notes,
        ["report `out/junit.xml`: its own totals differ from the cases in it"]
    );
}
