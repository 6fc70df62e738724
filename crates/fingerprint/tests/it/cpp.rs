//! C and C++: what the fixtures do not show.

use ftc_fingerprint::{Class, Kind};

use crate::support::{only_failure, scan};

const RUN: &str =
    "[==========] Running 2 tests from 1 test suite.\n[----------] 2 tests from Cart\n";

#[test]
fn a_program_that_a_test_starts_is_no_program_of_the_job() {
    let scan = scan(format!(
        "{RUN}[ RUN      ] Cart.RunsAnother\n{RUN}[ RUN      ] Inner.Fails\na.cc:3: Failure\nFailed\n[  FAILED  ] Inner.Fails (0 ms)\n\
         [  PASSED  ] 0 tests.\n[  FAILED  ] 1 test, listed below:\n[  FAILED  ] Inner.Fails\n\
         [       OK ] Cart.RunsAnother (1 ms)\n[==========] 2 tests from 1 test suite ran. (1 ms total)\n[  PASSED  ] 2 tests.\n"
    ));
    assert!(scan.failures.is_empty(), "{:#?}", scan.failures);
}

#[test]
fn the_end_of_a_test_may_stand_behind_what_it_printed() {
    let failure = only_failure(format!(
        "{RUN}[ RUN      ] Cart.Prints\na.cc:3: Failure\nFailed\nno tea\nloading...[  FAILED  ] Cart.Prints (0 ms)\n[  PASSED  ] 1 test.\n\
         [  FAILED  ] 1 test, listed below:\n[  FAILED  ] Cart.Prints\n"
    ));
    assert_eq!(failure.test.as_deref(), Some("Cart.Prints"));
    assert_eq!(failure.message, "Failed\nno tea");
}

#[test]
fn an_exception_tells_more_than_an_assertion_before_it() {
    let failure = only_failure(format!(
        "{RUN}[ RUN      ] Cart.Adds\na.cc:3: Failure\nFailed\nunknown file: Failure\n\
         C++ exception with description \"depot is closed\" thrown in the test body.\n[  FAILED  ] Cart.Adds (0 ms)\n"
    ));
    assert_eq!(failure.kind, Kind::Panic);
    assert!(failure.message.contains("depot is closed"));
}

#[test]
fn visual_cpp_writes_the_place_in_another_form() {
    let failure = only_failure(format!(
        "{RUN}[ RUN      ] Cart.Adds\nD:\\a\\shop\\cart.cc(12): error: Expected equality of these values:\n  total\n    Which is: 4\n  5\n\
         [  FAILED  ] Cart.Adds (0 ms)\n"
    ));
    let gnu = only_failure(format!(
        "{RUN}[ RUN      ] Cart.Adds\n/home/ci/shop/cart.cc:12: Failure\nExpected equality of these values:\n  total\n    Which is: 4\n  5\n\
         [  FAILED  ] Cart.Adds (0 ms)\n"
    ));
    assert_eq!(failure.keys.exact, gnu.keys.exact);
}

#[test]
fn what_a_test_prints_of_other_tools_is_not_theirs() {
    let scan = scan(format!(
        "{RUN}[ RUN      ] Cart.Prints\n--- FAIL: TestPrinted (0.00s)\nFAIL\ta/b\t0.1s\n[       OK ] Cart.Prints (0 ms)\n\
         [==========] 1 test from 1 test suite ran. (0 ms total)\n[  PASSED  ] 1 test.\n"
    ));
    assert!(scan.failures.is_empty(), "{:#?}", scan.failures);
    assert_eq!(scan.class, Class::Pass);
}

#[test]
fn a_cancelled_test_is_no_crash() {
    let scan = scan(format!(
        "{RUN}[ RUN      ] Cart.Waits\n##[error]The operation was canceled.\n"
    ));
    assert!(scan.failures.iter().all(|failure| failure.test.is_none()));
}

#[test]
fn other_compilers_errors_are_not_read_as_c() {
    for line in [
        "a.ts(3,5): error TS2322: no",
        "shop.py:3: error: Name \"x\" is not defined",
        "Cart.java:3: error: ';' expected",
    ] {
        let scan = scan(format!("{line}\n"));
        assert!(
            scan.failures
                .iter()
                .all(|failure| failure.framework.name != "cc"),
            "{line}"
        );
    }
}

#[test]
fn visual_cpp_and_its_linker() {
    let failure = only_failure(
        "  1>C:\\a\\shop\\cart.cpp(12,5): error C2065: 'depot': undeclared identifier [C:\\a\\shop\\shop.vcxproj]\n",
    );
    assert_eq!(failure.message, "C2065: 'depot': undeclared identifier");
    assert_eq!(failure.detail.as_deref(), Some("C2065"));
    let failure = only_failure(
        "main.obj : error LNK2019: unresolved external symbol depot referenced in function main [C:\\a\\shop.vcxproj]\n",
    );
    assert_eq!(failure.kind, Kind::Build);
}

#[test]
fn make_tells_only_what_nobody_else_does() {
    let alone = only_failure("make: *** [Makefile:3: check] Error 1\n");
    assert_eq!(alone.kind, Kind::Assertion);
    let failure = only_failure(
        "a.cc:3:5: error: no depot\n    3 | depot\nmake: *** [Makefile:3: a.o] Error 1\n",
    );
    assert_eq!(failure.message, "no depot");
}

/// The rules of the notes of a report.
fn notes(report: &str) -> Vec<&'static str> {
    scan(report).notes.iter().map(|note| note.rule).collect()
}

#[test]
fn totals_of_assertions_are_not_compared_with_the_cases() {
    let report = |class: &str| {
        format!(
            r#"<testsuites><testsuite name="cart" errors="0" failures="0" tests="9">
<testcase classname="{class}" name="adds up" time="0" status="run"/></testsuite></testsuites>"#
        )
    };
    assert!(notes(&report("cart/cart_test.cpp")).is_empty());
    assert_eq!(notes(&report("cart.Cart")), ["totals-differ"]);
}

#[test]
fn googletest_counts_only_the_disabled() {
    let report = |name: &str, tests: u32| {
        format!(
            r#"<testsuites tests="{tests}" failures="0" disabled="1" errors="0" name="{name}">
<testsuite name="Cart" tests="{tests}" failures="0" disabled="1" errors="0">
<testcase name="A" status="run" result="completed" classname="Cart"/>
<testcase name="B" status="run" result="skipped" classname="Cart"><skipped message="no till"/></testcase>
<testcase name="DISABLED_C" status="notrun" result="suppressed" classname="Cart"/>
</testsuite></testsuites>"#
        )
    };
    assert!(notes(&report("AllTests", 3)).is_empty());
    assert_eq!(notes(&report("AllTests", 4)), ["totals-differ"]);
    assert_eq!(notes(&report("others", 3)), ["totals-differ"]);
}
