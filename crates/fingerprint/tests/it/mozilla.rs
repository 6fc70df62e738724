//! Mozilla's harnesses. The lines follow mozlog's and mozcrash's formatters.

use crate::support::{brief, only_failure, scan};

const TASK: &str = "[task 2025-02-13T21:45:24.968Z] 21:45:24     INFO - ";

#[test]
fn each_harness_names_its_test() {
    let log = format!(
        "{TASK}TEST-PASS | browser/test_one.js | it opens\n\
         {TASK}TEST-UNEXPECTED-FAIL | browser/test_two.js | got 3, expected 4\n\
         {TASK}TEST-UNEXPECTED-FAIL | browser/test_two.js | got 5, expected 6\n\
         [task 2025-02-13T21:45:25.968Z] 21:45:25  WARNING -  REFTEST TEST-UNEXPECTED-FAIL | a.html == a-ref.html | image comparison, max difference: 255\n\
         {TASK}TEST-UNEXPECTED-TIMEOUT | /css/x.html | expected FAIL\n\
         {TASK}TEST-UNEXPECTED-PASS | /fs/y.html | a file can be moved - expected FAIL\n"
    );
    insta::assert_snapshot!(brief(log), @"
    unknown
    browser/test_two.js | assertion | got 3, expected 4
    a.html == a-ref.html | assertion | image comparison, max difference: 255
    /css/x.html | timeout | expected FAIL
    /fs/y.html | assertion | passed unexpectedly: a file can be moved - expected FAIL
    ");
}

#[test]
fn a_crash_has_its_test_in_either_place() {
    let now = "11:00:27  WARNING -  PROCESS-CRASH | application crashed [@ mozalloc_abort] | dom/test_x.html\n";
    let before = "11:00:27  WARNING -  PROCESS-CRASH | dom/test_x.html | application crashed [@ mozalloc_abort]\n";
    insta::assert_snapshot!(brief(now), @"
    unknown
    dom/test_x.html | crash | application crashed [@ mozalloc_abort]
    ");
    assert_eq!(
        only_failure(now).keys.exact,
        only_failure(before).keys.exact
    );
}

#[test]
fn what_passes_alone_was_flaky() {
    let log = format!(
        "{TASK} dom/test_x.js failed or timed out, will retry.\n\
         {TASK} TEST-PASS | dom/test_x.js | took 31ms\n\
         {TASK}Passed:  2\n{TASK}Failed:  0\n"
    );
    insta::assert_snapshot!(brief(log), @"
    flaky
    dom/test_x.js | assertion retried | failed or timed out
    ");
}

#[test]
fn leaks_of_any_size_are_one_failure() {
    let key = |log: &str| only_failure(log).keys.exact;
    assert_eq!(
        key("TEST-UNEXPECTED-FAIL | leakcheck | default 123 bytes leaked (Atom, Str)\n"),
        key("TEST-UNEXPECTED-FAIL | leakcheck | default 98765 bytes leaked (Atom, Str)\n")
    );
}

#[test]
fn the_program_under_test_is_not_the_harness() {
    let log = format!(
        "{TASK}GECKO(1234) | TEST-UNEXPECTED-FAIL | x.js | not mine\n{TASK}Passed:  20\n{TASK}Failed:  0\n"
    );
    assert_eq!(scan(&log).failures, []);
    insta::assert_snapshot!(brief(log), @"pass");
}
