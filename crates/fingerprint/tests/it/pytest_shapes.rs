//! pytest's less common ways to report: other traceback styles, doctests, subtests, pytest-sugar.

use insta::assert_snapshot;

use crate::support::{brief, only_failure, scan};

#[test]
fn a_failed_doctest_is_one_failure_with_what_it_expected() {
    assert_snapshot!(brief("\
=================================== FAILURES ===================================
_____________________________ [doctest] honey.jars _____________________________
007 
008     >>> jars(2)
Expected:
    4
Got:
    6

/x/mod/honey.py:8: DocTestFailure
_____________________________ [doctest] honey.open _____________________________
012     >>> open_jar()
UNEXPECTED EXCEPTION: ValueError('stuck')
Traceback (most recent call last):
  File \"/usr/lib/python3.11/doctest.py\", line 1351, in __run
    exec(compile(example.source, filename, \"single\",
ValueError: stuck
/x/mod/honey.py:12: UnexpectedException
=========================== short test summary info ============================
FAILED mod/honey.py::honey.jars
FAILED mod/honey.py::honey.open
============================== 2 failed in 0.62s ===============================
"), @r"
    unknown
    mod/honey.py::honey.jars | assertion | Expected: 4 Got: 6
    mod/honey.py::honey.open | panic | ValueError: stuck
    ");
}

#[test]
fn two_modules_that_are_not_collected_are_two_failures() {
    assert_snapshot!(brief("\
collected 1 item / 2 errors

=========================== short test summary info ============================
ERROR test_a.py
ERROR test_b.py
!!!!!!!!!!!!!!!!!!! Interrupted: 2 errors during collection !!!!!!!!!!!!!!!!!!!!
============================== 2 errors in 0.98s ===============================
"), @r"
    regression
    - | build | `test_a.py` could not be collected
    - | build | `test_b.py` could not be collected
    ");
}

#[test]
fn a_traceback_of_one_line_has_the_whole_message() {
    // pytest 9 shows the exception's text above the line, pytest 8 does not.
    for shown in [
        "E   AssertionError: the scale has drifted by more than three kilograms\n    assert 6 == 9\n",
        "",
    ] {
        let log = format!(
            "\
=================================== FAILURES ===================================
{shown}/x/tests/test_hive.py:8: AssertionError: the scale has drifted by more than three kilograms
/x/hive/__init__.py:4: LookupError: queen not marked
=========================== short test summary info ============================
FAILED tests/test_hive.py::test_scale - AssertionError: the scale has drif...
FAILED tests/test_hive.py::test_queen - LookupError: queen not marked
============================== 2 failed in 0.62s ===============================
"
        );
        assert_eq!(
            brief(log),
            "unknown
tests/test_hive.py::test_scale | assertion | the scale has drifted by more than three kilograms
tests/test_hive.py::test_queen | panic | LookupError: queen not marked
"
        );
    }
}

#[test]
fn sugar_shows_entries_among_the_progress() {
    assert_snapshot!(brief("\
Test session starts (platform: linux, Python 3.11.7, pytest 9.2.0, pytest-sugar 1.1.1)
rootdir: /x
collected 3 items


――――――――――――――――――――――――――――――――― test_scale ―――――――――――――――――――――――――――――――――――

>   assert kilograms() == 9, 'the scale has drifted by more than three kilograms'
E   AssertionError: the scale has drifted by more than three kilograms
E   assert 6 == 9

tests/test_hive.py:4: AssertionError

 tests/test_hive.py ⨯✓                                            66% ██████▋   

――――――――――――――――――――――――――― ERROR at setup of test_wax ―――――――――――――――――――――――――――
E       fixture 'wax' not found

/x/tests/test_hive.py:22
                                                                 100% ██████████
=========================== short test summary info ============================
FAILED tests/test_hive.py::test_scale - AssertionError: the scale has drif...
FAILED tests/test_hive.py::test_wax

Results (2.43s):
       1 passed
       1 failed
         - tests/test_hive.py:3 test_scale
       1 error
"), @r"
    unknown
    tests/test_hive.py::test_scale | assertion | the scale has drifted by more than three kilograms
    tests/test_hive.py::test_wax | panic | fixture 'wax' not found
    ");
}

#[test]
fn sugar_says_what_passed_in_a_list() {
    let log = "\
Test session starts (platform: linux, Python 3.11.7, pytest 9.2.0, pytest-sugar 1.1.1)
rootdir: /x
collected 1 item

 test_a.py ✓                                                     100% ██████████

Results (2.43s):
       1 passed
";
    let scan = scan(log);
    assert_eq!(scan.class.as_str(), "pass");
    assert_eq!(scan.evidence[0].text, "1 passed in pytest");
}

#[test]
fn the_kind_is_the_messages_even_where_progress_names_the_test_first() {
    assert_snapshot!(brief("\
============================= test session starts ==============================
collecting ... collected 4 items

t/test_a.py::test_sum[k - v] FAILED                                      [ 25%]
t/test_a.py::test_code FAILED                                            [ 50%]
t/test_a.py::test_strict FAILED                                          [ 75%]
t/test_a.py::TestOld::test_surprise FAILED                               [100%]

=========================== short test summary info ============================
FAILED t/test_a.py::test_sum[k - v] - AssertionError: assert 3 == 99
FAILED t/test_a.py::test_code - RuntimeError: status 1
FAILED t/test_a.py::test_strict - [XPASS(strict)] queen cage
FAILED t/test_a.py::TestOld::test_surprise - Failed: Unexpected success
============================== 4 failed in 1.96s ===============================
"), @r"
    unknown
    t/test_a.py::test_sum[k - v] | assertion | assert 3 == 99
    t/test_a.py::test_code | panic | RuntimeError: status 1
    t/test_a.py::test_strict | assertion | [XPASS(strict)] queen cage
    t/test_a.py::TestOld::test_surprise | assertion | Unexpected success
    ");
}

#[test]
fn what_pytest_says_in_plain_words_is_a_check_that_did_not_hold() {
    let log = |text: &str| {
        format!(
            "=================================== FAILURES ===================================\n____________________________________ test_a ____________________________________\n{text}\n=========================== short test summary info ============================\nFAILED t/test_a.py::test_a\n============================== 1 failed in 0.10s ===============================\n"
        )
    };
    for text in [
        "[XPASS(strict)] queen cage",
        "Unexpected success",
        "smoker went out",
    ] {
        let failure = only_failure(log(text));
        assert_eq!(
            (failure.kind.as_str(), failure.message.as_str()),
            ("assertion", text)
        );
    }
}

#[test]
fn a_test_that_failed_is_one_failure_whatever_its_teardown_did() {
    let failure = only_failure(
        "\
==================================== ERRORS ====================================
____________________ ERROR at teardown of TestLid.test_both ____________________

>       raise OSError('lid is stuck')
E       OSError: lid is stuck

t/conftest.py:12: OSError
=================================== FAILURES ===================================
______________________________ TestLid.test_both _______________________________

>   assert lid == 3
E   assert 2 == 3

t/test_fix.py:21: AssertionError
=========================== short test summary info ============================
FAILED t/test_fix.py::TestLid::test_both - assert 2 == 3
ERROR t/test_fix.py::TestLid::test_both - OSError: lid is stuck
========================== 1 failed, 1 error in 0.10s ==========================
",
    );
    assert_eq!(
        failure.test.as_deref(),
        Some("t/test_fix.py::TestLid::test_both")
    );
    assert_eq!(failure.kind.as_str(), "assertion");
    assert_eq!(failure.message, "assert 2 == 3");
}

#[test]
fn a_fixture_of_a_conftest_does_not_hide_whose_setup_failed() {
    assert_snapshot!(brief("\
==================================== ERRORS ====================================
__________________________ ERROR at setup of test_db ___________________________

>       raise ConnectionError('db is not there, and this is a long story to tell')
E       ConnectionError: db is not there, and this is a long story to tell

t/conftest.py:5: ConnectionError
=========================== short test summary info ============================
ERROR t/test_db.py::test_db - ConnectionError: db is not there, and this is a...
=============================== 1 error in 0.10s ===============================
"), @r"
    unknown
    t/test_db.py::test_db | panic | ConnectionError: db is not there, and this is a long story to tell
    ");
}

#[test]
fn what_was_not_raised_is_named_alike_by_all_versions() {
    let log = |message: &str| {
        format!(
            "=================================== FAILURES ===================================\n____________________________________ test_a ____________________________________\n\n>   with pytest.raises(E):\nE   Failed: DID NOT RAISE {message}\n\nt/test_a.py:3: Failed\n============================== 1 failed in 0.10s ===============================\n"
        )
    };
    for (old, new) in [
        ("<class 'ValueError'>", "ValueError"),
        ("<class 'shop.errors.PriceError'>", "PriceError"),
        (
            "(<class 'KeyError'>, <class 'ValueError'>)",
            "any of (KeyError, ValueError)",
        ),
    ] {
        let (old, failure) = (only_failure(log(old)), only_failure(log(new)));
        assert_eq!(old.keys.exact, failure.keys.exact);
        assert_eq!(failure.message, format!("DID NOT RAISE {new}"));
    }
}

#[test]
fn a_test_is_no_failure_beside_its_subtests() {
    let entries = "\
=================================== FAILURES ===================================
____________________________ test_cells [cell] (i=1) ___________________________

>               assert i % 2 == 0
E               assert (1 % 2) == 0

test_sf.py:4: AssertionError
____________________________ test_cells [cell] (i=3) ___________________________

>               assert i % 2 == 0
E               assert (3 % 2) == 0

test_sf.py:4: AssertionError
";
    let of_pytest_9 = format!(
        "{entries}\
__________________________________ test_cells __________________________________
contains 2 failed subtests
=========================== short test summary info ============================
SUBFAILED[cell] (i=1) test_sf.py::test_cells - assert (1 % 2) == 0
SUBFAILED[cell] (i=3) test_sf.py::test_cells - assert (3 % 2) == 0
FAILED test_sf.py::test_cells - contains 2 failed subtests
============================== 3 failed in 3.56s ===============================
"
    );
    let of_plugin = format!(
        "{entries}\
=========================== short test summary info ============================
[cell] (i=1) SUBFAIL test_sf.py::test_cells - assert (1 % 2) == 0
[cell] (i=3) SUBFAIL test_sf.py::test_cells - assert (3 % 2) == 0
========================= 2 failed, 1 passed in 3.56s ==========================
"
    );
    let of_old_plugin = of_plugin
        .replace("[cell] (i=1) SUB", "SUB")
        .replace("[cell] (i=3) SUB", "SUB");
    for log in [of_pytest_9, of_plugin, of_old_plugin] {
        assert_eq!(
            brief(&log),
            "unknown
test_sf.py::test_cells [cell] (i=1) | assertion | assert (1 % 2) == 0
test_sf.py::test_cells [cell] (i=3) | assertion | assert (3 % 2) == 0
",
            "{log}"
        );
    }
}

#[test]
fn an_exception_group_is_named_by_its_outer_exception() {
    let failure = only_failure(
        "\
=================================== FAILURES ===================================
__________________________________ test_group __________________________________
  + Exception Group Traceback (most recent call last):
  |   File \"/x/test_chain.py\", line 12, in test_group
  |     raise ExceptionGroup(\"swarm\", [ValueError(\"a\")])
  | ExceptionGroup: swarm (1 sub-exception)
  +-+---------------- 1 ----------------
    | ValueError: a
    +------------------------------------
=========================== short test summary info ============================
FAILED test_chain.py::test_group - ExceptionGroup: swarm (1 sub-exception)
============================== 1 failed in 2.35s ===============================
",
    );
    assert_eq!(failure.message, "ExceptionGroup: swarm (1 sub-exception)");
}

#[test]
fn the_summary_names_what_is_lost_behind_a_captured_report_with_one_line_a_failure() {
    assert_snapshot!(brief("\
FF                                                                       [100%]
=================================== FAILURES ===================================
E   assert False
----------------------------- Captured stdout call -----------------------------
=================================== FAILURES ===================================
_________________________________ test_ghost __________________________________
E   AssertionError: ghost
/srv/app/tests/test_garden.py:51: assert False
E   LookupError: no such bed
/srv/app/tests/test_garden.py:54: LookupError: no such bed
=========================== short test summary info ============================
FAILED tests/test_garden.py::test_prints - assert False
FAILED tests/test_garden.py::test_chain - LookupError: no such bed
2 failed in 0.07s
"), @r"
    unknown
    tests/test_garden.py::test_prints | assertion | assert False
    tests/test_garden.py::test_chain | panic | LookupError: no such bed
    ");
}
