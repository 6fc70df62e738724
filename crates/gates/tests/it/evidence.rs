//! What must be proved beside the exit code.

use ftc_gates::{LogUse, Outcome};

use crate::support::{Place, script, shown};

#[test]
fn gates_zero_tests_is_not_green() {
    let mut spec = script("echo ran 0");
    spec.evidence.min_tests = Some(1);
    let result = Place::new().run_gate(&spec);
    assert_eq!(
        shown(&result),
        "fail\nevidence: 0 tests ran, and at least 1 must"
    );
    assert_eq!(result.tests_run, Some(0));
}

#[test]
fn enough_tests_pass() {
    let mut spec = script("echo ran 12");
    spec.evidence.min_tests = Some(12);
    let result = Place::new().run_gate(&spec);
    assert_eq!(
        (shown(&result).as_str(), result.tests_run),
        ("pass", Some(12))
    );
    spec.evidence.min_tests = Some(13);
    assert_eq!(
        shown(&Place::new().run_gate(&spec)),
        "fail\nevidence: 12 tests ran, and at least 13 must"
    );
}

#[test]
fn nobody_knows_is_not_enough() {
    let reason =
        "error\nevidence: at least 1 must run, and neither report nor log says how many tests ran";
    let mut spec = script("echo all is well");
    spec.evidence.min_tests = Some(1);
    assert_eq!(shown(&Place::new().run_gate(&spec)), reason);
    // Nobody reads logs.
    spec.argv[2] = "echo ran 5".to_owned();
    assert_eq!(
        shown(&Place::new().run_gate_in(&spec, |context| context.reader = None)),
        reason
    );
    // The gate's own log is not to be read.
    spec.log = LogUse::Never;
    assert_eq!(shown(&Place::new().run_gate(&spec)), reason);
}

#[test]
fn a_gate_without_a_floor_needs_no_tests() {
    assert_eq!(shown(&Place::new().run_gate(&script("echo ran 0"))), "pass");
}

#[test]
fn success_with_failures_in_the_log_is_inconsistent() {
    let result = Place::new().run_gate(&script(
        "echo ran 3; echo failed renews; echo failed expires",
    ));
    assert_eq!(
        shown(&result),
        "fail\ninconsistent: exit code 0 means success, but 2 tests failed: `renews`, `expires`"
    );
    let failed = &result.failed[0];
    assert_eq!(
        (failed.name.as_deref(), failed.fingerprint.as_deref()),
        (Some("renews"), Some("fp-renews"))
    );
}

#[test]
fn a_gate_that_prints_the_logs_of_others_is_not_read() {
    let mut spec = script("echo failed renews");
    spec.log = LogUse::Never;
    let result = Place::new().run_gate(&spec);
    assert_eq!((shown(&result).as_str(), result.failed.len()), ("pass", 0));
}

#[test]
fn a_failure_names_what_failed() {
    let result = Place::new().run_gate(&script("echo failed renews; exit 1"));
    assert_eq!(shown(&result), "fail\nexit code 1\n1 test failed: `renews`");
}

#[test]
fn many_failures_are_counted_and_the_first_are_named() {
    let place = Place::new();
    let result = place.run_gate(&script(
        "for i in $(seq 1 1500); do echo failed t$i; done; exit 1",
    ));
    assert_eq!(
        shown(&result),
        "fail\nexit code 1\n1500 tests failed: `t1`, `t2`, `t3`, `t4`, `t5` and 1495 more"
    );
    assert_eq!((result.failed.len(), result.failed_omitted), (1000, 500));
}

#[test]
fn a_log_that_cannot_be_read_is_an_error() {
    let result = Place::new().run_gate(&script("echo unreadable"));
    assert_eq!(
        shown(&result),
        "error\nthe log could not be read: the log makes no sense"
    );
    // What certainly failed stays failed.
    let result = Place::new().run_gate(&script("echo unreadable; exit 1"));
    assert_eq!(
        shown(&result),
        "fail\nexit code 1\nthe log could not be read: the log makes no sense"
    );
}

#[test]
fn what_is_stored_of_a_failed_test_holds_no_secret() {
    let result = Place::new().run_gate(&script(
        "echo failed login?token=ghp_0123456789abcdefghijABCDEFGHIJ012345; exit 1",
    ));
    let json = serde_json::to_string(&result).unwrap();
    assert_eq!(result.outcome, Outcome::Fail);
    assert!(!json.contains("ghp_0123456789"), "{json}");
}

#[test]
fn a_log_that_tells_of_a_retry_decides_nothing_and_is_told() {
    let script = script("echo ran 2; echo retried 'a b'; echo retried 'a b'");
    let result = Place::new().run_gate(&script);
    assert_eq!(shown(&result), "pass");
    assert_eq!(result.passed_on_retry, ["a b"]);
    assert_eq!(result.notes, ["passed only when run again: `a b`"]);
}
