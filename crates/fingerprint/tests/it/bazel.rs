//! Bazel: what the fixtures do not show.

use crate::support::only_failure;

const RULE: &str =
    "================================================================================";

#[test]
fn the_tests_in_a_target_stand_for_it() {
    let failure = only_failure(format!(
        "FAIL: //cart:test (see /x/test.log)\n==================== Test output for //cart:test:\n\
         [==========] Running 1 test from 1 test suite.\n[ RUN      ] Cart.Adds\na.cc:3: Failure\nFailed\nno tea\n[  FAILED  ] Cart.Adds (0 ms)\n\
         {RULE}\n//cart:test                                      FAILED in 0.1s\n\nExecuted 1 out of 1 test: 1 fails locally.\n"
    ));
    assert_eq!(failure.test.as_deref(), Some("Cart.Adds"));
}

#[test]
fn a_target_that_ends_within_a_test_has_crashed_there() {
    let failure = only_failure(format!(
        "==================== Test output for //cart:test:\n[==========] Running 1 test from 1 test suite.\n[ RUN      ] Cart.Adds\n\
         {RULE}\n//cart:test                                      FAILED in 0.1s\n"
    ));
    assert_eq!(failure.test.as_deref(), Some("Cart.Adds"));
    assert_eq!(failure.kind.as_str(), "crash");
}
