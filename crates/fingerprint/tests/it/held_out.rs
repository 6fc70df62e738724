//! Shapes that independent logs of real tools showed, with what was read wrongly in them.

use crate::support::brief;

const GTEST: &str = "\
[==========] Running 2 tests from 1 test suite.
[----------] 2 tests from Till
[ RUN      ] Till.Prints
Segmentation fault
ERROR: AddressSanitizer: not really
[       OK ] Till.Prints (0 ms)
[ RUN      ] Till.Adds
";

#[test]
fn a_test_that_ends_well_has_only_printed_a_death() {
    let log = format!(
        "{GTEST}[       OK ] Till.Adds (0 ms)\n[==========] 2 tests from 1 test suite ran. (0 ms total)\n[  PASSED  ] 2 tests.\n"
    );
    assert_eq!(brief(log), "pass\n");
}

#[test]
fn a_test_that_does_not_end_has_died() {
    let log = format!("{GTEST}Segmentation fault (core dumped)\n");
    assert_eq!(
        brief(log),
        "unknown\nTill.Adds | crash | the test did not end\n"
    );
}

#[test]
fn totals_of_a_class_that_does_not_run_are_output() {
    let log = "\
[INFO] Running org.acme.PumpTest
[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! - in org.other.NotMe
[ERROR] notme(org.other.NotMe)  Time elapsed: 0.01 s  <<< FAILURE!
java.lang.AssertionError: no
[ERROR] Failures: 
[ERROR]   NotMe.notme:3 no
[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.7 s <<< FAILURE! - in org.acme.PumpTest
[ERROR] primes  Time elapsed: 0.012 s  <<< FAILURE!
org.opentest4j.AssertionFailedError: expected: <3> but was: <4>
\tat org.acme.PumpTest.primes(PumpTest.java:5)

[INFO] 
[INFO] Results:
[INFO] 
[ERROR] Failures: 
[ERROR]   PumpTest.primes:5 expected: <3> but was: <4>
[INFO] 
[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0
";
    let text = brief(log);
    assert!(
        text.contains("org.acme.PumpTest.primes | assertion"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn a_module_of_boost_without_errors_has_only_printed_them() {
    let log = "Running 1 test case...\nx.cpp(3): error: in \"foo/bar\": check x has failed\n\n*** No errors detected\n";
    assert_eq!(brief(log), "pass\n");
}

#[test]
fn a_number_sign_in_a_name_is_no_directive() {
    let log = "1..2\nnot ok 1 boils # not a comment\n# (in test file kettle.bats, line 3)\n#   `false' failed\nok 2 pours # skip no cup\n";
    let text = brief(log);
    assert!(text.contains("boils # not a comment | "), "{text}");
}

#[test]
fn xctest_takes_no_end_of_a_test_that_was_never_started() {
    let log = "\
Test Case 'KettleTests.testOk' started at 2026-11-21 10:00:00.127
Test Case 'Other.testX' failed (0.001 seconds)
Test Case 'KettleTests.testOk' passed (0.001 seconds)
";
    assert!(!brief(log).contains("testX"));
}

#[test]
fn cmocka() {
    let log = "\
[==========] Running 4 test(s).
[ RUN      ] ok
[       OK ] ok
[ RUN      ] ints
[  ERROR   ] --- 0x3 != 0x4
[   LINE   ] --- m.c:9: error: Failure!
[  FAILED  ] ints
[ RUN      ] seg
[  ERROR   ] --- Test failed with exception: Segmentation fault(11)
[  FAILED  ] seg
[ RUN      ] never
Could not run test: Test setup failed
[  ERROR   ] never
[==========] 4 test(s) run.
[  PASSED  ] 1 test(s).
[  FAILED  ] 2 test(s), listed below:
[  FAILED  ] ints
[  FAILED  ] seg

 3 FAILED TEST(S)
";
    let text = brief(log);
    let failures: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(
        failures,
        [
            "ints | assertion | 0x3 != 0x4",
            "seg | crash | Test failed with exception: Segmentation fault(11)",
            "never | panic | Could not run test: Test setup failed",
        ]
    );
}

#[test]
fn check() {
    let log = "\
Running suite(s): Pump
50%: Checks: 6, Failures: 2, Errors: 1
k.c:5:P:core:t_ok:0: Passed
k.c:6:F:core:t_eq:0: Assertion 'a == 4' failed: a == 3, 4 == 4
k.c:9:E:core:t_slow:0: (after this point) Test timeout expired
k.c:11:F:core:t_loop:2: loop 2 bad
";
    let text = brief(log);
    let failures: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(
        failures,
        [
            "core:t_eq | assertion | Assertion 'a == 4' failed: a == 3, 4 == 4",
            "core:t_slow | timeout | Test timeout expired",
            "core:t_loop:2 | assertion | loop 2 bad",
        ]
    );
    assert_eq!(brief("100%: Checks: 3, Failures: 0, Errors: 0\n"), "pass\n");
}

#[test]
fn cppunit() {
    let log = "\
..F.E


!!!FAILURES!!!
Test Results:
Run:  3   Failures: 1   Errors: 1


1) test: BoilerTest::eq (F) line: 8 cu.cc
equality assertion failed
- Expected: 3
- Actual  : 4


2) test: BoilerTest::boom (E) 
uncaught exception of type std::exception (or derived).
- valve stuck


";
    let text = brief(log);
    let failures: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(
        failures,
        [
            "BoilerTest::eq | assertion | equality assertion failed / - Expected: 3 / - Actual  : 4",
            "BoilerTest::boom | panic | uncaught exception of type std::exception (or derived). / - valve stuck",
        ]
    );
    assert_eq!(brief("...\n\n\nOK (3)\n"), "pass\n");
}

#[test]
fn unity() {
    let log = "\
test_pump.c:14:test_primes:PASS
test_pump.c:21:test_flow:FAIL: Expected 3 Was 4

-----------------------
2 Tests 1 Failures 0 Ignored 
FAIL
";
    let text = brief(log);
    assert_eq!(
        text.lines().nth(1),
        Some("test_flow | assertion | Expected 3 Was 4")
    );
    assert_eq!(brief("2 Tests 0 Failures 0 Ignored \nOK\n"), "pass\n");
}
