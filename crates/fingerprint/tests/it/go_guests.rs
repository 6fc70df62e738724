//! What runs inside a Go test: ginkgo 2, of which the fixtures have none, and what only looks like gocheck or ginkgo.
//!
//! The lines of ginkgo follow `reporters/default_reporter.go` of its versions 2.0 to 2.22.

use insta::assert_snapshot;

use crate::support::{brief, github, only_failure, scan};

const SECOND: &str = "\
Running Suite: Dock Suite - /src/dock
=====================================
Random Seed: 1700000000

Will run 5 of 5 specs
•
------------------------------
• [FAILED] [0.001 seconds]
Dock when a ship lands [It] counts the crates [slow]
/src/dock/dock_test.go:18

  [FAILED] crates on the quay
  Expected
      <int>: 41
  to equal
      <int>: 42
  In [It] at: /src/dock/dock_test.go:19 @ 11/21/25 10:00:00.123
------------------------------
• [PANICKED] [0.002 seconds]
Dock [It] panics
/src/dock/dock_test.go:25

  [PANICKED] Test Panicked
  In [It] at: /usr/local/go/src/runtime/panic.go:88 @ 11/21/25 10:00:00.200

  assignment to entry in nil map

  Full Stack Trace
    example.com/dock.init.func1.4()
    \t/src/dock/dock_test.go:27 +0x2e
------------------------------
• [TIMEDOUT] [0.201 seconds]
Dock [It] hangs
/src/dock/dock_test.go:29

  [TIMEDOUT] A spec timeout occurred
  In [It] at: /src/dock/dock_test.go:29 @ 11/21/25 10:00:00.400
------------------------------
• [FAILED] [0.000 seconds]
Dock with a broken crane [BeforeEach] lifts
/src/dock/dock_test.go:35
  [It] lifts
  /src/dock/dock_test.go:36

  [FAILED] no crane
  In [BeforeEach] at: /src/dock/dock_test.go:35 @ 11/21/25 10:00:00.500
------------------------------

Summarizing 4 Failures:
  [FAIL] Dock when a ship lands [It] counts the crates [slow]
  /src/dock/dock_test.go:19
  [PANICKED!] Dock [It] panics
  /usr/local/go/src/runtime/panic.go:88
  [TIMEDOUT] Dock [It] hangs
  /src/dock/dock_test.go:29
  [FAIL] Dock with a broken crane [BeforeEach] lifts
  /src/dock/dock_test.go:35

Ran 5 of 5 Specs in 0.405 seconds
FAIL! -- 1 Passed | 4 Failed | 0 Pending | 0 Skipped
--- FAIL: TestDock (0.41s)
FAIL
FAIL\texample.com/dock\t0.416s
FAIL
";

#[test]
fn ginkgo_of_the_second_version() {
    assert_snapshot!(brief(SECOND), @"
    unknown
    Dock when a ship lands counts the crates [slow] | assertion | crates on the quay / Expected / <int>: 41 / to equal / <int>: 42
    Dock panics | panic | assignment to entry in nil map
    Dock hangs | timeout | A spec timeout occurred
    Dock with a broken crane lifts | assertion | no crane
    ");
    assert_eq!(brief(github(SECOND.as_bytes())), brief(SECOND));
}

#[test]
fn the_list_at_its_end_is_enough() {
    let (_, list) = SECOND
        .split_once("------------------------------\n\n")
        .expect("the list stands behind the last spec");
    let names: Vec<_> = scan(list)
        .failures
        .into_iter()
        .map(|f| (f.test.unwrap_or_default(), f.kind.as_str()))
        .collect();
    let expected = [
        (
            "Dock when a ship lands counts the crates [slow]",
            "assertion",
        ),
        ("Dock panics", "panic"),
        ("Dock hangs", "timeout"),
        ("Dock with a broken crane lifts", "assertion"),
    ];
    let expected: Vec<_> = expected.map(|(name, kind)| (name.to_owned(), kind)).into();
    assert_eq!(names, expected);
}

#[test]
fn a_spec_that_passes_at_the_second_attempt_is_flaky() {
    let log = "\
------------------------------
• [FLAKEY TEST - TOOK 2 ATTEMPTS TO PASS] [0.002 seconds]
Dock [It] lands
/src/dock/dock_test.go:25
------------------------------

Ran 1 of 1 Specs in 0.003 seconds
SUCCESS! -- 1 Passed | 0 Failed | 1 Flaked | 0 Pending | 0 Skipped
--- PASS: TestDock (0.00s)
PASS
";
    let failure = only_failure(log);
    assert_eq!(failure.test.as_deref(), Some("Dock lands"));
    assert_eq!((failure.passed_on_retry, failure.attempts), (true, 2));
}

#[test]
fn a_suite_that_is_not_set_up_keeps_its_name() {
    let log = "\
------------------------------
• [FAILED] [0.000 seconds]
[BeforeSuite]
/src/dock/suite_test.go:20

  [FAILED] no harbour
  In [BeforeSuite] at: /src/dock/suite_test.go:21 @ 11/21/25 10:00:00.500
------------------------------

Summarizing 1 Failure:
  [FAIL] [BeforeSuite]
  /src/dock/suite_test.go:21

Ran 0 of 5 Specs in 0.001 seconds
FAIL! -- A BeforeSuite node failed so all tests were skipped.
--- FAIL: TestDock (0.00s)
FAIL
";
    assert_snapshot!(brief(log), @"
    unknown
    [BeforeSuite] | assertion | no harbour
    ");
}

#[test]
fn look_alikes_of_passing_tests_do_not_count() {
    let dashes = "-".repeat(70);
    let gocheck = format!(
        "=== RUN   TestPrints\n{dashes}\nFAIL: x_test.go:1: Suite.TestNothing\n\nx_test.go:2:\n... Error: no\n\n--- PASS: TestPrints (0.00s)\nPASS\nok  \texample.com/x\t0.1s\n"
    );
    assert_eq!(scan(gocheck).failures, []);
    let without_dashes = "FAIL: x_test.go:1: Suite.TestNothing\n--- FAIL: TestOther (0.00s)\n    x_test.go:3: no\nFAIL\n";
    assert_eq!(
        only_failure(without_dashes).test.as_deref(),
        Some("TestOther")
    );
    let list = "ok  \texample.com/x\t0.1s\nSummarizing 2 Failures: none\n";
    assert_eq!(scan(list).failures, []);
}

#[test]
fn packages_that_panic_alike_are_two_failures() {
    let log = "panic: init\nstacktrace\nFAIL    example.com/one  0.003s\n\
               panic: init\nstacktrace\nFAIL    example.com/two  0.003s\n";
    assert_snapshot!(brief(log), @"
    unknown
    - | panic | init / stacktrace (package one)
    - | panic | init / stacktrace (package two)
    ");
}
