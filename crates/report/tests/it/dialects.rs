//! What each tool writes. The reports of pytest 9 with pytest-rerunfailures, gotestsum, jest-junit and node's own
//! reporter were written by the tools; those of nextest, Surefire and googletest follow their documentation.

use std::time::Duration;

use ftc_report::junit::{Outcome, RerunKind};

use crate::support::{outcomes, problem, read};

pub const PYTEST: &str = include_str!("reports/pytest.xml");
pub const GOTESTSUM: &str = include_str!("reports/gotestsum.xml");
pub const JEST: &str = include_str!("reports/jest.xml");
pub const NODE: &str = include_str!("reports/node.xml");
pub const NEXTEST: &str = include_str!("reports/nextest.xml");
pub const SUREFIRE: &str = include_str!("reports/surefire.xml");
pub const GOOGLETEST: &str = include_str!("reports/googletest.xml");

#[test]
fn pytest() {
    let read = read(PYTEST);
    assert_eq!(
        read.names(),
        [
            "test_ok",
            "test_bad",
            "test_both",
            "test_both",
            "test_err",
            "test_skip",
            "test_xf",
            "test_fl",
            "test_fl"
        ]
    );
    assert_eq!(outcomes(&read), ".FFEEss..");
    let bad = read.case("test_bad");
    assert_eq!(bad.classname.as_deref(), Some("test_a"));
    assert_eq!(*bad.suite, ["pytest".to_owned()]);
    assert_eq!(
        bad.timestamp.as_deref(),
        Some("2026-11-20T18:30:46.755502+00:00")
    );
    assert_eq!(bad.time, Some(Duration::from_millis(1)));
    let (message, text) = problem(bad);
    assert_eq!(message, "AssertionError: one & <two>\nassert 1 == 2");
    assert!(text.starts_with("def test_bad():\n"), "{text}");
    assert!(text.ends_with("\ntest_a.py:5: AssertionError"), "{text}");
    assert_eq!(
        problem(read.case("test_err")).0,
        "failed on setup with \"OSError: setup\""
    );
    assert_eq!(read.summary().name.as_deref(), Some("pytest tests"));
    // pytest counts tests and writes attempts, so its own report has one case more than it says.
    assert_eq!(read.summary().counted.tests, 9);
    assert_eq!(read.summary().suites[0].declared.tests, Some(8));
    assert!(!read.summary().totals_agree());
    assert_eq!(read.notes(), []);
}

#[test]
fn gotestsum_writes_one_case_per_attempt() {
    let read = read(GOTESTSUM);
    assert_eq!(outcomes(&read), "FFFFFs..");
    assert_eq!(
        read.names(),
        [
            "TestExpires/sub/1",
            "TestExpires",
            "TestFlaky",
            "TestExpires/sub/1",
            "TestExpires",
            "TestSkip",
            "TestOk",
            "TestFlaky"
        ]
    );
    let problem = read.cases[2].problem().unwrap();
    assert_eq!(problem.kind, None, "an empty type is none");
    assert_eq!(
        problem.text.text,
        "=== RUN   TestFlaky\n    lease_test.go:5: first time\n--- FAIL: TestFlaky (0.00s)\n"
    );
    assert!(read.summary().totals_agree());
    assert_eq!(read.summary().name, None);
}

#[test]
fn jest() {
    let read = read(JEST);
    assert_eq!(outcomes(&read), ".Fs.");
    let (message, text) = problem(read.case("lease expires <now>"));
    assert_eq!(message, "");
    assert!(
        text.starts_with(
            "Error: expect(received).toEqual(expected) // deep equality\n\n- Expected  - 1\n"
        ),
        "{text}"
    );
    assert!(text.contains("-   \"a\": 2,\n"), "{text}");
}

#[test]
fn node_writes_cases_without_a_suite() {
    let read = read(NODE);
    assert_eq!(read.names(), ["adds", "expires", "later", "ok"]);
    assert_eq!(outcomes(&read), ".Fs.");
    assert!(read.case("adds").suite.is_empty());
    assert_eq!(*read.case("ok").suite, ["lease".to_owned()]);
    let problem = read.case("expires").problem().unwrap();
    assert_eq!(problem.kind.as_deref(), Some("testCodeFailure"));
    assert_eq!(
        read.summary().suites[0].declared.skipped,
        Some(1),
        "not `disabled`, which is 0"
    );
    assert!(read.summary().totals_agree());
}

#[test]
fn nextest() {
    let read = read(NEXTEST);
    assert_eq!(read.summary().name.as_deref(), Some("nextest-run"));
    assert_eq!(outcomes(&read), "..F");
    assert!(!read.case("renews").passed_on_retry());

    let elects = read.case("elects");
    assert!(elects.passed_on_retry());
    let [rerun] = elects.reruns.as_slice() else {
        panic!("one attempt failed: {:?}", elects.reruns);
    };
    assert_eq!(rerun.kind, RerunKind::FlakyFailure);
    assert_eq!(
        rerun.problem.text.text,
        "thread 'elects' (71) panicked at tests/it/main.rs:9:5:\nno leader after 31ms"
    );
    let out = rerun.system_out.as_ref().unwrap();
    assert_eq!(out.text, "running 1 test\ntest elects ... FAILED\n");
    assert!(rerun.system_err.is_some());
    assert_eq!(elects.system_err, None, "it was the attempt's");

    let expires = read.case("expires");
    assert!(!expires.passed_on_retry());
    assert_eq!(
        expires.problem().unwrap().kind.as_deref(),
        Some("test failure with exit code 101")
    );
    assert_eq!(expires.reruns.len(), 1);
    assert_eq!(expires.reruns[0].kind, RerunKind::RerunFailure);
    assert_eq!(
        expires.system_out.as_ref().unwrap().text,
        "running 1 test\n"
    );
    assert_eq!((expires.start.line, expires.end.line), (14, 24));
    assert!(read.summary().totals_agree());
}

#[test]
fn surefire() {
    let read = read(SUREFIRE);
    assert_eq!(outcomes(&read), ".FEs");
    let elects = read.case("elects");
    assert!(elects.passed_on_retry());
    assert_eq!(elects.reruns[0].kind, RerunKind::FlakyFailure);
    assert_eq!(
        elects.reruns[0].problem.text.text,
        "java.lang.AssertionError: no leader\n\tat com.acme.LeaseTest.elects(LeaseTest.java:21)\n",
        "the text of `stackTrace`, without the white space around it"
    );
    assert_eq!(
        elects.reruns[0].system_out.as_ref().unwrap().text,
        "electing <1> & ]]>\n"
    );
    assert_eq!(elects.reruns[1].kind, RerunKind::FlakyError);
    assert_eq!(
        elects.reruns[1].problem.text.text,
        "java.net.ConnectException: no route"
    );

    let expires = read.case("expires");
    assert_eq!(problem(expires).0, "expected: <1> but was: <2>");
    let kinds: Vec<RerunKind> = expires.reruns.iter().map(|rerun| rerun.kind).collect();
    assert_eq!(kinds, [RerunKind::RerunFailure, RerunKind::RerunError]);
    assert_eq!(expires.reruns[1].problem.text.text, "state");
    assert_eq!(expires.system_err.as_ref().unwrap().text, "warn");
    let Outcome::Skipped(skipped) = &read.case("later").outcome else {
        panic!("it was skipped");
    };
    assert_eq!(skipped.message.as_ref().unwrap().text, "needs a broker");
    assert!(read.summary().totals_agree());
}

#[test]
fn googletest_writes_several_failures_and_tests_not_run() {
    let read = read(GOOGLETEST);
    assert_eq!(outcomes(&read), "Fs");
    let expires = read.case("Expires");
    assert_eq!(expires.file.as_deref(), Some("lease_test.cc"));
    assert_eq!(expires.line, Some(12));
    assert_eq!(problem(expires).1, "lease_test.cc:14\nfirst");
    assert_eq!(expires.also.len(), 1);
    assert_eq!(expires.also[0].text.text, "lease_test.cc:15\nsecond");
}

#[test]
fn nested_suites_hand_down_what_they_say() {
    let read = read(
        "<testsuites><testsuite name='outer' file='a.rb' timestamp='T' tests='2'><testsuite tests='1'>\
         <testsuite name='inner' tests='1'><testcase name='deep'/></testsuite></testsuite>\
         <testcase name='own' file='b.rb'/></testsuite></testsuites>",
    );
    let deep = read.case("deep");
    assert_eq!(
        *deep.suite,
        ["outer".to_owned(), "inner".to_owned()],
        "the unnamed one is left out"
    );
    assert_eq!(deep.file.as_deref(), Some("a.rb"));
    assert_eq!(deep.timestamp.as_deref(), Some("T"));
    assert_eq!(read.case("own").file.as_deref(), Some("b.rb"));
    let counted: Vec<(u64, u64)> = read
        .summary()
        .suites
        .iter()
        .map(|suite| (suite.counted.tests, suite.counted_own.tests))
        .collect();
    assert_eq!(counted, [(2, 1), (1, 0), (1, 1)]);
    assert!(read.summary().totals_agree());
}

#[test]
fn a_wrong_total_shows() {
    let read = read("<testsuite name='s' tests='11'><testcase name='a'/></testsuite>");
    assert!(!read.summary().totals_agree());
    assert_eq!(read.summary().suites[0].declared.tests, Some(11));
    assert_eq!(read.summary().suites[0].counted.tests, 1);
}
