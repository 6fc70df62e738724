//! Tests that run tools and print their reports: only what the outer pytest says counts.

use insta::assert_snapshot;

use crate::support::{brief, scan};

const HEADING: &str =
    "============================= test session starts ==============================";
const FAILURES: &str =
    "=================================== FAILURES ===================================";
const SUMMARY: &str =
    "=========================== short test summary info ============================";
const CAPTURED: &str =
    "----------------------------- Captured stdout call -----------------------------";

/// What a run of one failing test prints, with its heading or, when it is quiet, without.
fn inner(is_quiet: bool) -> String {
    let (heading, totals) = if is_quiet {
        (String::new(), "1 failed in 0.12s".to_owned())
    } else {
        let totals =
            "============================== 1 failed in 0.12s ===============================";
        (
            format!("{HEADING}\ncollected 1 item\n\n"),
            totals.to_owned(),
        )
    };
    format!(
        "{heading}test_inner.py F                                                          [100%]

{FAILURES}
__________________________________ test_ghost __________________________________

>   assert 1 == 2
E   assert 1 == 2

test_inner.py:2: AssertionError
{SUMMARY}
FAILED test_inner.py::test_ghost - assert 1 == 2
{totals}
"
    )
}

/// A failing session whose first failing test has printed `printed`.
fn outer(printed: &str, is_quiet: bool) -> String {
    let (heading, totals) = if is_quiet {
        (String::new(), "2 failed, 1 passed in 1.50s".to_owned())
    } else {
        let totals =
            "========================= 2 failed, 1 passed in 1.50s ==========================";
        (
            format!("{HEADING}\ncollected 3 items\n\n"),
            totals.to_owned(),
        )
    };
    format!(
        "{heading}test_outer.py FF.                                                        [100%]

{FAILURES}
__________________________________ test_first __________________________________

>   raise KeyError('first')
E   KeyError: 'first'

test_outer.py:3: KeyError
{CAPTURED}
{printed}
_________________________________ test_second __________________________________

>   raise OSError('second')
E   OSError: second

test_outer.py:6: OSError
{SUMMARY}
FAILED test_outer.py::test_first - KeyError: 'first'
FAILED test_outer.py::test_second - OSError: second
{totals}
"
    )
}

/// What `outer` has to be read as, whatever was printed.
const READ: &str = "unknown
test_outer.py::test_first | panic | KeyError: 'first'
test_outer.py::test_second | panic | OSError: second
";

#[test]
fn an_inner_report_in_captured_text_is_not_the_outer_one() {
    for is_quiet in [false, true] {
        for inner_is_quiet in [false, true] {
            let log = outer(&inner(inner_is_quiet), is_quiet);
            assert_eq!(brief(&log), READ, "{log}");
        }
    }
}

#[test]
fn look_alikes_in_captured_text_are_not_read() {
    for printed in [
        // A heading that is not as wide as the terminal.
        "____________ test_phantom ____________\nE   ValueError: phantom",
        "============================== FAILURES ==============================\nFAILED t.py::test_p - boo",
        // Totals that no entry and no name goes with.
        "3 failed, 2 passed in 0.1s",
        "========================= 3 failed, 2 passed in 0.10s =========",
        "FAILED tests/test_ghost.py::test_ghost - boo",
    ] {
        assert_eq!(brief(outer(printed, false)), READ, "{printed}");
        assert_eq!(brief(outer(printed, true)), READ, "{printed}");
    }
}

#[test]
fn an_entry_in_captured_text_that_the_summary_does_not_name_is_no_failure() {
    let printed = "__________________________________ test_ghost __________________________________
E   ValueError: as wide as the real ones
";
    assert_eq!(brief(outer(printed, false)), READ);
}

#[test]
fn reports_among_the_progress_are_their_tests() {
    let log = format!(
        "{HEADING}
collected 2 items

test_outer.py {}
.{}
F

{FAILURES}
__________________________________ test_first __________________________________

>   raise KeyError('first')
E   KeyError: 'first'

test_outer.py:3: KeyError
{SUMMARY}
FAILED test_outer.py::test_first - KeyError: 'first'
========================= 1 failed, 1 passed in 1.50s ==========================
",
        inner(false),
        inner(false)
    );
    assert_snapshot!(brief(log), @r"
    unknown
    test_outer.py::test_first | panic | KeyError: 'first'
    ");
}

#[test]
fn what_passing_tests_printed_is_no_failure() {
    let log = format!(
        "{HEADING}
collected 1 item

test_outer.py .                                                          [100%]

==================================== PASSES ====================================
__________________________________ test_first __________________________________
{CAPTURED}
{}
{}
============================== 1 passed in 1.50s ===============================
",
        inner(false),
        inner(true)
    );
    assert_snapshot!(brief(log), @"pass");
}

const GO: &str = "--- FAIL: TestGhost (0.00s)
    a_test.go:3: boo
FAIL
FAIL\texample.org/ghost\t0.003s
FAIL
";

#[test]
fn what_another_tool_seems_to_say_in_a_session_is_printed_by_a_test() {
    assert_eq!(brief(outer(GO, false)), READ);
    assert_eq!(brief(outer(GO, true)), READ);
    let passing = format!(
        "{HEADING}
collected 1 item

test_outer.py {GO}.

============================== 1 passed in 1.50s ===============================
"
    );
    assert_snapshot!(brief(passing), @"pass");
}

#[test]
fn a_report_of_another_tool_that_breaks_off_in_captured_text_hides_nothing() {
    for printed in [
        "running 2 tests\ntest tests::ghost ... FAILED",
        "=== RUN   TestGhost",
        "{\"Time\":\"2026-01-01T00:00:00Z\",\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"TestGhost\"}",
    ] {
        assert_eq!(brief(outer(printed, false)), READ, "{printed}");
        assert_eq!(brief(outer(printed, true)), READ, "{printed}");
    }
}

#[test]
fn what_another_tool_says_before_and_behind_a_session_stands() {
    let log = format!("{GO}{}{}", outer("", false), GO.replace("Ghost", "Real"));
    assert_snapshot!(brief(log), @r"
    unknown
    TestGhost | assertion | boo
    test_outer.py::test_first | panic | KeyError: 'first'
    test_outer.py::test_second | panic | OSError: second
    TestReal | assertion | boo
    ");
}

#[test]
fn a_session_that_never_ends_does_not_swallow_the_next() {
    let log = format!(
        "{HEADING}
collected 2 items

test_gone.py .
make: *** [Makefile:3: test] Error 3
{}",
        inner(false)
    );
    assert_snapshot!(brief(log), @r"
    unknown
    test_inner.py::test_ghost | assertion | assert 1 == 2
    ");
}

#[test]
fn totals_without_failures_outweigh_what_a_test_printed() {
    let log = format!(
        "{HEADING}
collected 1 item

test_outer.py {FAILURES}
__________________________________ test_ghost __________________________________
E   ValueError: ghost
{SUMMARY}
FAILED test_inner.py::test_ghost - ValueError: ghost
.                                                                        [100%]

============================== 1 passed in 1.50s ===============================
"
    );
    let scan = scan(log);
    assert!(scan.failures.is_empty(), "{:?}", scan.failures);
    assert!(scan.notes.is_empty(), "{:?}", scan.notes);
}
