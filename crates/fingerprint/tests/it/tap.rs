//! TAP: what the fixtures do not show.

use crate::support::{only_failure, scan};

#[test]
fn points_of_javascript_are_left_to_its_own_recognisers() {
    let log = "TAP version 13\nnot ok 1 - adds up\n  ---\n  duration_ms: 1.2\n  failureType: 'testCodeFailure'\n  ...\n1..1\n";
    let scan = scan(log);
    let ours = ["tap", "bats", "perl-test"];
    assert!(
        scan.failures
            .iter()
            .all(|f| !ours.contains(&f.framework.family))
    );
}

#[test]
fn a_parent_gives_its_name_to_the_points_in_it() {
    let failure = only_failure(
        "1..1\n    not ok 1 - wheel is round\n      # it is flat\n    1..1\nnot ok 1 - van\n",
    );
    assert_eq!(failure.test.as_deref(), Some("van/wheel is round"));
}

#[test]
fn what_is_expected_to_fail_is_no_failure() {
    let scan = scan("1..2\nok 1 - opens\nnot ok 2 - closes # TODO later\n");
    assert!(scan.failures.is_empty(), "{:#?}", scan.failures);
}

#[test]
fn pgtap_has_the_number_before_the_name() {
    let failure = only_failure(
        "# Failed test 2: \"status is fine\"\n#         have: 503\n#         want: 200\n",
    );
    assert_eq!(failure.test.as_deref(), Some("status is fine"));
    assert_eq!(failure.message, "have: 503\nwant: 200");
}

#[test]
fn flat_points_of_vitest_are_its_tests() {
    let failure = only_failure(
        "TAP version 13\n1..2\nnot ok 1 - src/a.test.js > Boiler > bursts # time=1.00ms\n    ---\n    error:\n        name: \"SteamError\"\n        message: \"12 bar\"\n    at: \"/home/ci/src/a.test.js:6:32\"\n    ...\nok 2 - src/a.test.js > Boiler > cools # time=1.00ms\n",
    );
    assert_eq!(failure.framework.family, "vitest");
    assert_eq!(failure.test.as_deref(), Some("Boiler > bursts"));
    assert_eq!(failure.message, "SteamError: 12 bar");
}

#[test]
fn points_of_mocha_have_the_error_behind_its_message() {
    let failure = only_failure(
        "not ok 1 Loom weaves\n  first\n  second\n  ThreadError: first\n  second\n      at Context.<anonymous> (test/loom.js:4:39)\nok 2 Loom rests\n# tests 2\n# pass 1\n# fail 1\n1..2\n",
    );
    assert_eq!(failure.framework.family, "mocha");
    assert_eq!(failure.test.as_deref(), Some("Loom weaves"));
    assert_eq!(failure.message, "ThreadError: first\nsecond");
}

#[test]
fn points_of_ava_say_what_was_compared() {
    let failure = only_failure(
        "TAP version 13\nnot ok 1 - adds\n  ---\n    name: AssertionError\n    assertion: t.is()\n    details:\n      'Difference (- actual, + expected):': |-\n        - 1\n        + 2\n    message: ''\n    at: 'test.js:2:29'\n  ...\n\n1..1\n",
    );
    assert_eq!(failure.framework.family, "ava");
    assert_eq!(failure.test.as_deref(), Some("adds"));
    assert_eq!(failure.message, "t.is()\n- 1\n+ 2");
}
