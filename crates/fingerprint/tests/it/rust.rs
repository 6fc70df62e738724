//! Shapes of Rust output that the fixtures do not show.

mod cargo;
mod nextest;

use ftc_fingerprint::Kind;
use insta::assert_snapshot;

use crate::support::{brief, only_failure, scan};

#[test]
fn panics_before_rust_1_73_quote_their_message() {
    assert_snapshot!(brief("\
running 2 tests
test a::quoted ... FAILED
test a::compared ... FAILED

failures:

---- a::quoted stdout ----
thread 'a::quoted' panicked at 'it's gone, really', src/lib.rs:7:9
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

---- a::compared stdout ----
thread 'a::compared' panicked at 'assertion failed: `(left == right)`
  left: `1`,
 right: `2`', src/lib.rs:12:9


failures:
    a::compared
    a::quoted

test result: FAILED. 0 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out
"), @r"
    unknown
    a::quoted | panic | it's gone, really
    a::compared | assertion | assertion failed: `(left == right)` / left: `1`, / right: `2`
    ");
}

#[test]
fn old_nextest_names_the_test_above_its_output() {
    assert_snapshot!(brief("    Starting 2 tests across 1 binary
        PASS [   0.003s] shop tests::opens
        FAIL [   0.004s] shop tests::closes

--- STDOUT:              shop tests::closes ---

running 1 test
test tests::closes ... FAILED

failures:

failures:
    tests::closes

test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.00s


--- STDERR:              shop tests::closes ---
thread 'tests::closes' panicked at src/lib.rs:5:9:
the door is stuck
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

   Canceling due to test failure
------------
     Summary [   0.005s] 2 tests run: 1 passed, 1 failed, 0 skipped
        FAIL [   0.004s] shop tests::closes
error: test run failed
"), @r"
    unknown
    tests::closes | panic | the door is stuck
    ");
}

#[test]
fn nextest_counts_the_attempts_of_a_test_that_stays_red() {
    let failure = only_failure(
        " Nextest run ID 1 with nextest profile: ci
    Starting 1 test across 1 binary
  TRY 1 FAIL [   0.004s] (───) shop tests::closes
  stderr ───

    thread 'tests::closes' (7) panicked at src/lib.rs:5:9:
    the door is stuck

  TRY 2 FAIL [   0.004s] (1/1) shop tests::closes
  stderr ───

    thread 'tests::closes' (8) panicked at src/lib.rs:5:9:
    the door is stuck

────────────
     Summary [   0.009s] 1 test run: 0 passed, 1 failed, 0 skipped
  TRY 2 FAIL [   0.004s] (1/1) shop tests::closes
error: test run failed
",
    );
    assert_eq!((failure.attempts, failure.passed_on_retry), (2, false));
    assert_eq!(
        failure.classification.evidence[0].text,
        "failed all 2 attempts"
    );
}

#[test]
fn one_failure_in_cargo_and_nextest_has_one_fingerprint() {
    let cargo = only_failure(
        "\
running 1 test
test tests::closes ... FAILED

failures:

---- tests::closes stdout ----

thread 'tests::closes' (71) panicked at src/lib.rs:5:9:
the door is stuck
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace


failures:
    tests::closes

test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
",
    );
    let nextest = only_failure(
        " Nextest run ID 1 with nextest profile: ci
        FAIL [   0.004s] (1/1) shop tests::closes
  stderr ───

    thread 'tests::closes' (9) panicked at src/lib.rs:77:13:
    the door is stuck

────────────
     Summary [   0.009s] 1 test run: 0 passed, 1 failed, 0 skipped
",
    );
    assert_eq!(cargo.keys.exact, nextest.keys.exact);
}

#[test]
fn libtests_own_totals_are_compared() {
    let log = |failed: u32| {
        format!(
            "running 3 tests\ntest a ... FAILED\n\nfailures:\n\n---- a stdout ----\nError: \"no\"\n\n\nfailures:\n    a\n\ntest result: FAILED. 0 passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out\n"
        )
    };
    assert!(scan(log(1)).notes.is_empty());
    assert_eq!(scan(log(2)).notes[0].rule, "totals-differ");
}

#[test]
fn errors_of_the_compiler_are_one_failure_a_crate() {
    assert_snapshot!(brief("\
   Compiling shop v0.1.0 (/src/shop)
error[E0425]: cannot find value `price` in this scope
 --> src/lib.rs:3:5
  |
3 |     price
  |     ^^^^^ not found in this scope

error[E0308]: mismatched types
 --> src/lib.rs:9:5
  |
9 |     \"many\"
  |     ^^^^^^ expected `u32`, found `&str`

Some errors have detailed explanations: E0308, E0425.
error: could not compile `shop` (lib) due to 2 previous errors
"), @r"
    regression
    - | build | error[E0425]: cannot find value `price` in this scope: not found in this scope
    ");
}

#[test]
fn a_programs_own_error_lines_are_not_the_compilers() {
    let scan = scan(
        "running 1 test\nerror: nothing is wrong\n  this is the program's text\ntest a ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\nerror: said at the end\n",
    );
    assert!(scan.failures.is_empty(), "{:?}", scan.failures);
}

#[test]
fn a_killed_test_process_names_the_test_and_the_signal() {
    let failure = only_failure(
        "\
running 2 tests
test a::fine ... ok
test a::hungry ... error: test failed, to rerun pass `--lib`

Caused by:
  process didn't exit successfully: `/src/target/debug/deps/a-1` (signal: 9, SIGKILL: kill)
",
    );
    assert_eq!(failure.test.as_deref(), Some("a::hungry"));
    assert_eq!(
        (failure.kind, failure.detail.as_deref()),
        (Kind::Crash, Some("SIGKILL"))
    );
    assert_eq!(failure.message, "test process ended by SIGKILL");
}
