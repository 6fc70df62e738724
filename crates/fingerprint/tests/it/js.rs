//! jest, vitest, mocha, `node --test`, Playwright, Jasmine, bun, tsc and `ESLint`.

use insta::assert_snapshot;

use crate::support::{brief, only_failure, scan};

#[test]
fn a_file_that_jest_cannot_load_is_a_build_failure() {
    assert_snapshot!(brief("\
FAIL src/a.test.ts (5.1 s)
  ● Test suite failed to run

    src/a.test.ts:3:7 - error TS2322: Type 'string' is not assignable to type 'number'.

    3 const a: number = 'x';
            ~

Test Suites: 1 failed, 1 total
Tests:       0 total
"), @"
    regression
    - | build | src/a.test.ts:3:7 - error TS2322: Type 'string' is not assignable to type 'number'.
    ");
}

#[test]
fn a_worker_of_jest_that_dies_is_a_crash() {
    assert_snapshot!(brief("\
FAIL server src/a.test.js
  ● Test suite failed to run

    A jest worker process (pid=4711) was terminated by another process: signal=SIGSEGV, exitCode=null. Operating system logs may contain more information on why this occurred.

      at ChildProcessWorker._onExit (node_modules/jest-worker/build/index.js:370:23)

Test Suites: 1 failed, 1 total
Tests:       0 total
"), @"
    unknown
    - | crash | A jest worker process (pid=4711) was terminated by another process: signal=SIGSEGV, exitCode=null. Operating system logs may contain more information on why this occurred.
    ");
}

#[test]
fn the_summary_of_all_failing_tests_repeats_them() {
    let block = "\
FAIL src/a.test.js
  ● Cart › adds up

    expect(received).toBe(expected) // Object.is equality

    Expected: 2
    Received: 1

      at Object.toBe (src/a.test.js:3:9)
";
    let log = format!(
        "{block}\nSummary of all failing tests\n{block}\nTest Suites: 1 failed, 1 total\nTests:       1 failed, 30 passed, 31 total\n"
    );
    let scan = scan(log);
    assert_eq!(scan.failures.len(), 1);
    assert!(scan.notes.is_empty(), "{:?}", scan.notes);
    let tests = scan.tests.expect("jest says how many ran");
    assert_eq!((tests.run, tests.failed), (31, 1));
}

#[test]
fn what_a_test_prints_below_jests_console_is_no_report() {
    assert_snapshot!(brief("\
PASS src/a.test.js
  ● Console

    console.log
      FAIL src/b.test.js
        ● Other › is no test

Test Suites: 1 passed, 1 total
Tests:       1 passed, 1 total
"), @"pass");
}

#[test]
fn a_report_and_a_log_of_jest_tell_the_same_failure() {
    let log = "\
FAIL src/a.test.js
  ● Cart › when closed › refuses

    RangeError: status 503

      12 |   it('refuses', () => {
    > 13 |     throw new RangeError('status 503');
         |           ^

      at Object.<anonymous> (src/a.test.js:13:11)

Test Suites: 1 failed, 1 total
Tests:       1 failed, 1 total
";
    let report = "\
<testsuites name=\"jest tests\" tests=\"1\" failures=\"1\"><testsuite name=\"Cart\" tests=\"1\" failures=\"1\">
<testcase classname=\"Cart when closed\" name=\"refuses\"><failure>RangeError: status 503
    at Object.&lt;anonymous&gt; (/x/src/a.test.js:13:11)
    at run (/x/node_modules/jest-circus/build/run.js:71:3)</failure></testcase></testsuite></testsuites>
";
    assert_eq!(
        only_failure(log).keys.exact,
        only_failure(report).keys.exact
    );
}

#[test]
fn headings_of_vitest_that_share_an_error_are_failures_each() {
    assert_snapshot!(brief("\
 RUN  v3.2.7 /x

 ❯ a.test.ts (3 tests | 2 failed) 6ms

⎯⎯⎯⎯⎯⎯⎯ Failed Tests 2 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  |unit| a.test.ts > one
 FAIL  |unit| a.test.ts > two
Error: twins were swapped
 ❯ a.test.ts:1:94
⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/2]⎯


 Test Files  1 failed (1)
      Tests  2 failed | 1 passed (3)
"), @"
    unknown
    a.test.ts > one | panic | twins were swapped
    a.test.ts > two | panic | twins were swapped
    ");
}

#[test]
fn a_type_error_that_vitest_finds_is_a_build_failure() {
    let failure = only_failure(
        "\
⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  a.test-d.ts > takes a number
TypeCheckError: Type 'string' does not satisfy the constraint 'number'.
 ❯ a.test-d.ts:5:33

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/1]⎯

 Test Files  1 failed (1)
      Tests  1 failed (1)
",
    );
    assert_eq!(failure.kind.as_str(), "build");
}

#[test]
fn what_passed_on_retry_is_flaky() {
    assert_snapshot!(brief("
 ❯ till.test.ts (2 tests | 1 failed) 13ms
   ✓ Till > reconnects 6ms (retry x2)
   × Till > prints 6ms

 Test Files  1 passed (1)
      Tests  2 passed (2)
"), @"
    flaky
    till.test.ts > Till > reconnects | assertion retried | 
    ");
}

#[test]
fn a_copy_of_mochas_list_without_its_counts_is_no_report() {
    assert_snapshot!(brief("\
  Bait
  3 failing

  1) Other
       is no test:
     Error: bait
    ✔ prints

  1 passing (3ms)
"), @"pass");
}

#[test]
fn where_a_test_of_mocha_stands_is_no_part_of_a_timeout() {
    let timeout = |file: &str| {
        only_failure(format!(
            "\n  0 passing (60ms)\n  1 failing\n\n  1) Courier\n       waits:\n     Error: Timeout of 60ms exceeded. For async tests and hooks, ensure \"done()\" is called; if returning a Promise, ensure it resolves. ({file})\n      at listOnTimeout (node:internal/timers:581:17)\n\n\n"
        ))
    };
    let (one, other) = (timeout("/a/b/test/x.js"), timeout("C:\\work\\test\\x.js"));
    assert_eq!(one.kind.as_str(), "timeout");
    assert_eq!(one.keys.exact, other.keys.exact);
}

#[test]
fn nodes_parents_and_what_is_to_do_are_no_failures() {
    assert_snapshot!(brief("\
TAP version 13
# Subtest: Cart
    # Subtest: adds up
    not ok 1 - adds up
      ---
      duration_ms: 0.6
      location: '/x/test/a.test.js:4:3'
      failureType: 'testCodeFailure'
      error: 'shop answered 503'
      code: 'ERR_TEST_FAILURE'
      name: 'RangeError'
      ...
    # Subtest: is to do
    not ok 2 - is to do # TODO
      ---
      duration_ms: 0.6
      failureType: 'testCodeFailure'
      error: 'not done'
      ...
    1..2
not ok 1 - Cart
  ---
  duration_ms: 5.9
  type: 'suite'
  failureType: 'subtestsFailed'
  error: '1 subtest failed'
  ...
1..1
# tests 2
# suites 1
# pass 0
# fail 1
# cancelled 0
# skipped 0
# todo 1
# duration_ms 117.1
"), @"
    unknown
    Cart > adds up | panic | RangeError: shop answered 503
    ");
}

#[test]
fn a_copy_of_tap_in_the_tree_of_node_is_no_report() {
    assert_snapshot!(brief("\
not ok 1 - is no test
  ---
  duration_ms: 0.6
  failureType: 'testCodeFailure'
  error: 'bait'
  ...
✔ prints (0.3ms)
ℹ tests 1
ℹ suites 0
ℹ pass 1
ℹ fail 0
ℹ cancelled 0
ℹ skipped 0
ℹ todo 0
ℹ duration_ms 43.1
"), @"pass");
}

#[test]
fn playwrights_list_tells_the_test_from_its_step() {
    assert_snapshot!(brief("\
Running 2 tests using 1 worker

  1) [chromium] › a.spec.ts:6:5 › Cart › refuses › ask ─────

    RangeError: status 503

        at /x/a.spec.ts:7:15

  1 failed
    [chromium] › a.spec.ts:6:5 › Cart › refuses ──────
  1 passed (1.2s)
"), @"
    unknown
    [chromium] › Cart › refuses | panic | RangeError: status 503
    ");
}

#[test]
fn diagnostics_of_tsc_are_failures_by_file() {
    assert_snapshot!(brief("\
src/a.ts(19,14): error TS2322: Type 'string' is not assignable to type 'number'.
  The expected type comes from property 'a'.
src/b.ts:1:1 - error TS2304: Cannot find name 'x'.
error TS18003: No inputs were found in config file.
level=error TS: not a diagnostic
"), @"
    regression
    - | build | TS2322: Type 'string' is not assignable to type 'number'.
    - | build | TS2304: Cannot find name 'x'.
    - | build | TS18003: No inputs were found in config file.
    ");
}

#[test]
fn eslints_formats_tell_the_same_failure() {
    let stylish = "\n/x/src/q.js\n  22:18  error  'a' is not defined  no-undef\n\n✖ 1 problem (1 error, 0 warnings)\n";
    let compact =
        "/x/src/q.js: line 22, col 18, Error - 'a' is not defined (no-undef)\n\n1 problem\n";
    let unix = "/x/src/q.js:22:18: 'a' is not defined [Error/no-undef]\n\n1 problem\n";
    let fingerprint = |log: &str| only_failure(log).keys.exact;
    assert_eq!(fingerprint(stylish), fingerprint(compact));
    assert_eq!(fingerprint(stylish), fingerprint(unix));
}

#[test]
fn problems_that_look_like_eslints_need_its_summary() {
    assert_snapshot!(brief("  22:18  error  'a' is not defined  no-undef\n"), @"unknown");
}

#[test]
fn what_a_bundler_cannot_resolve_is_a_build_failure() {
    assert_snapshot!(brief("\
ERROR in ./src/index.js 1:0-32
Module not found: Error: Can't resolve './missing-table' in '/x/src'
 @ ./src/main.js

webpack 5.112.2 compiled with 1 error in 547 ms
✘ [ERROR] Could not resolve \"left-ledger\"

    src/index.js:2:14:
      2 │ import z from \"left-ledger\";
        ╵               ~~~~~~~~~~~~~

error during build:
[vite]: Rollup failed to resolve import \"left-ledger\" from \"/x/src/index.js\".
This is most likely unintended because it can break your application at runtime.
    at viteLog (file:///x/node_modules/vite/dist/node/chunks/config.js:33885:57)
"), @r#"
    regression
    - | build | Module not found: Error: Can't resolve './missing-table' in '/x/src'
    - | build | Could not resolve "left-ledger"
    - | build | [vite]: Rollup failed to resolve import "left-ledger" from "/x/src/index.js".
    "#);
}

#[test]
fn what_only_looks_like_a_bundlers_error_is_none() {
    assert_snapshot!(brief("\
ERROR in the log of the test
[ERROR] expected by the test
the build compiled with 3 errors in mind
error during build: none
"), @"unknown");
}
