//! Shapes of Python's tools besides pytest that the fixtures do not show.

use insta::assert_snapshot;

use crate::support::{brief, github};

#[test]
fn each_failed_subtest_is_a_failure() {
    assert_snapshot!(brief("\
======================================================================
FAIL: test_even (tests.NumbersTest.test_even) (i=1)
----------------------------------------------------------------------
Traceback (most recent call last):
  File \"/app/tests.py\", line 9, in test_even
    self.assertEqual(i % 2, 0)
AssertionError: 1 != 0

======================================================================
FAIL: test_even (tests.NumbersTest.test_even) [odd one] (i=3)
----------------------------------------------------------------------
Traceback (most recent call last):
  File \"/app/tests.py\", line 9, in test_even
    self.assertEqual(i % 2, 0)
AssertionError: 1 != 0

----------------------------------------------------------------------
Ran 1 test in 0.001s

FAILED (failures=2)
"), @r"
    unknown
    tests.NumbersTest.test_even (i=1) | assertion | AssertionError: 1 != 0
    tests.NumbersTest.test_even [odd one] (i=3) | assertion | AssertionError: 1 != 0
    ");
}

#[test]
fn what_a_test_printed_among_the_progress_is_not_read() {
    assert_snapshot!(brief("\
test_prints (tests.LogTest.test_prints) ... --- FAIL: TestFake (0.00s)
FAIL
exit status 1
FAIL\tgithub.com/x/y\t0.1s
ok
test_next (tests.LogTest.test_next) ... ok

----------------------------------------------------------------------
Ran 2 tests in 0.001s

OK
"), @"pass");
}

#[test]
fn a_traceback_counts_only_at_the_end_of_a_step_that_failed() {
    let traceback = "\
Traceback (most recent call last):
  File \"/app/deploy.py\", line 3, in <module>
    import boto7
ModuleNotFoundError: No module named 'boto7'
";
    assert_snapshot!(brief(traceback), @r"
    regression
    - | build | ModuleNotFoundError: No module named 'boto7'
    ");
    let handled = format!("{traceback}{}", "working on\n".repeat(40));
    assert_snapshot!(brief(&handled), @"unknown");
    let failed = format!("{traceback}##[error]Process completed with exit code 1.\n");
    assert_snapshot!(brief(github(failed.as_bytes())), @r"
    regression
    - | build | ModuleNotFoundError: No module named 'boto7'
    ");
}

#[test]
fn the_order_of_imports_counts_where_nothing_else_is_said_of_the_line() {
    assert_snapshot!(brief("\
shop.py:1:1: I001 [*] Import block is un-sorted or un-formatted
till.py:1:1: I001 [*] Import block is un-sorted or un-formatted
till.py:1:8: F401 [*] `os` imported but unused
Found 3 errors.
[*] 3 fixable with the `--fix` option.
"), @r"
    regression
    - | build | I001 Import block is un-sorted or un-formatted
    - | build | F401 `os` imported but unused
    ");
}
