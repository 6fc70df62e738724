//! `cargo test`: what the tool says, against what its tests print.

use ftc_fingerprint::{Class, Kind};
use insta::assert_snapshot;

use crate::support::{brief, only_failure, scan};

#[test]
fn what_a_failed_test_printed_is_no_report() {
    assert_snapshot!(brief("\
     Running unittests src/lib.rs (target/debug/deps/shop-cac232edba706e3a)

running 3 tests
test tests::another ... FAILED
test tests::lookalike ... FAILED
test tests::zed ... FAILED

failures:

---- tests::another stdout ----
thread 'tests::another' (1) panicked at src/lib.rs:3:28:
first honest failure

---- tests::lookalike stdout ----
test tests::ghost ... FAILED

failures:
    tests::ghost

test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

---- tests::ghost3 stdout ----
error[E0308]: mismatched types

thread 'tests::lookalike' (2) panicked at src/lib.rs:9:1:
second honest failure

---- tests::zed stdout ----
running 1 test
test inner ... FAILED

failures:
    inner

test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

thread 'tests::zed' (3) panicked at src/lib.rs:12:1:
third honest failure


failures:
    tests::another
    tests::lookalike
    tests::zed

test result: FAILED. 0 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

error: test failed, to rerun pass `-p shop --lib`
"), @r"
    unknown
    tests::another | panic | first honest failure
    tests::lookalike | panic | second honest failure
    tests::zed | panic | third honest failure
    ");
}

#[test]
fn tests_that_pass_may_print_a_report_of_any_tool() {
    let noise = "\
test tests::ghost ... FAILED
failures:
---- tests::ghost stdout ----
thread 'tests::ghost' panicked at src/lib.rs:1:1:
ghost
--- FAIL: TestGhost (0.00s)
    x_test.go:3: boo
FAIL\texample.org/g\t0.1s
FAILED test_g.py::test_ghost - assert 1 == 2
error[E0308]: mismatched types
 --> src/a.rs:1:1
";
    let totals = "\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
    let uncaptured =
        format!("running 2 tests\n{noise}test tests::a ... ok\ntest tests::b ... ok\n{totals}");
    let one_at_a_time =
        format!("running 2 tests\ntest tests::a ... {noise}ok\ntest tests::b ... ok\n{totals}");
    let shown = format!(
        "running 2 tests\ntest tests::a ... ok\ntest tests::b ... ok\n\nsuccesses:\n\n---- tests::a stdout ----\n{noise}\n\nsuccesses:\n    tests::a\n    tests::b\n{totals}"
    );
    for log in [uncaptured, one_at_a_time, shown] {
        assert_eq!(brief(&log), "pass\n", "{log}");
    }
}

#[test]
fn without_capturing_the_list_and_the_threads_say_what_failed() {
    assert_snapshot!(brief("\
running 3 tests
test tests::ghost ... FAILED

failures:
    tests::ghost

test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

thread 'tests::lookalike' (2) panicked at src/lib.rs:9:1:
honest failure
test tests::lookalike ... FAILED
Error: \"swarm left\"
test tests::returns ... FAILED
test tests::fine ... ok

failures:

failures:
    tests::lookalike
    tests::returns

test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
"), @r#"
    unknown
    tests::lookalike | panic | honest failure
    tests::returns | assertion | Error: "swarm left"
    "#);
}

#[test]
fn a_harness_inside_of_a_test_is_the_tests_business() {
    assert_snapshot!(brief("\
running 1 test

running 1 test
test tests::ghost ... FAILED

failures:

---- tests::ghost stdout ----
boo

failures:
    tests::ghost

test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s


thread 'tests::single' (7) panicked at src/lib.rs:14:5:
the true reason
test tests::single ... FAILED

failures:

failures:
    tests::single

test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

error: test failed, to rerun pass `--lib`
"), @r"
    unknown
    tests::single | panic | the true reason
    ");
}

#[test]
fn capturing_does_not_change_fingerprints() {
    let captured = scan(
        "\
running 2 tests
test tests::returns ... FAILED
test tests::wrong - should panic ... FAILED

failures:

---- tests::returns stdout ----
Error: Queenless { since: 3 }

---- tests::wrong stdout ----

thread 'tests::wrong' (7) panicked at src/lib.rs:33:67:
wasps
note: panic did not contain expected string
      panic message: \"wasps\"
 expected substring: \"bees\"

failures:
    tests::returns
    tests::wrong

test result: FAILED. 0 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
",
    );
    let uncaptured = scan(
        "\
running 2 tests
test tests::returns ... Error: Queenless { since: 3 }
FAILED
test tests::wrong - should panic ... 
thread 'tests::wrong' (9) panicked at src/lib.rs:33:67:
wasps
FAILED

failures:

---- tests::wrong stdout ----
note: panic did not contain expected string
      panic message: \"wasps\"
 expected substring: \"bees\"

failures:
    tests::returns
    tests::wrong

test result: FAILED. 0 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.04s
",
    );
    let keys = |scan: &ftc_fingerprint::Scan| -> Vec<_> {
        scan.failures.iter().map(|it| it.keys.exact).collect()
    };
    let messages: Vec<_> = captured.failures.iter().map(|it| &it.message).collect();
    assert_eq!(messages, ["Error: Queenless { since: 3 }", "wasps"]);
    assert_eq!(keys(&captured), keys(&uncaptured));
}

#[test]
fn a_result_may_stand_behind_output_without_a_line_end() {
    assert_snapshot!(brief("\
running 2 tests
test tests::prints ... half a lineFAILED
test tests::next ... ok

failures:

failures:
    tests::prints

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.04s
"), @r"
    unknown
    tests::prints | assertion | half a lineFAILED
    ");
}

#[test]
fn a_process_that_dies_is_one_crash_of_its_target() {
    let died = |status: &str| {
        format!(
            "     Running unittests src/lib.rs (target/debug/deps/abortp-9be74461f187d261)\n\nrunning 2 tests\ntest a_fine ... ok\nerror: test failed, to rerun pass `-p abortp --lib`\n\nCaused by:\n  process didn't exit successfully: `target/debug/deps/abortp-9be74461f187d261` ({status})\n"
        )
    };
    let aborted = only_failure(died("signal: 6, SIGABRT: process abort signal"));
    assert_eq!((aborted.test, aborted.kind), (None, Kind::Crash));
    assert_eq!(aborted.suite.as_deref(), Some("abortp"));
    assert_eq!(aborted.detail.as_deref(), Some("SIGABRT"));
    assert_eq!(aborted.message, "test process of `abortp` ended by SIGABRT");
    let exited = only_failure(died("exit status: 7"));
    assert_eq!(
        exited.message,
        "test process of `abortp` ended with exit status 7"
    );
}

#[test]
fn a_process_may_die_behind_good_totals_or_without_a_harness() {
    let totals = "running 1 test\ntest a ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\n";
    for said in [totals, "the harness of this target prints nothing known\n"] {
        let failure = only_failure(format!(
            "     Running tests/it.rs (target/debug/deps/it-9be74461f187d261)\n{said}error: test failed, to rerun pass `--test it`\n\nCaused by:\n  process didn't exit successfully: `target/debug/deps/it-9be74461f187d261` (signal: 11, SIGSEGV: invalid memory reference)\n"
        ));
        assert_eq!(
            failure.message,
            "test process of `tests/it.rs` ended by SIGSEGV"
        );
    }
}

#[test]
fn doctests_of_one_item_stay_apart_wherever_they_stand() {
    let log = |offset: u32| {
        let [first, second] = [3 + offset, 12 + offset];
        format!(
            "   Doc-tests hive\n\nrunning 2 tests\ntest src/lib.rs - frames (line {second}) - compile fail ... FAILED\ntest src/lib.rs - frames (line {first}) ... FAILED\n\nfailures:\n\n---- src/lib.rs - frames (line {second}) stdout ----\nTest compiled successfully, but it's marked `compile_fail`.\n---- src/lib.rs - frames (line {first}) stdout ----\nTest executable failed (exit status: 101).\n\nstderr:\n\nthread 'main' (9) panicked at src/lib.rs:5:1:\nten is not eleven\n\n\nfailures:\n    src/lib.rs - frames (line {second})\n    src/lib.rs - frames (line {first})\n\ntest result: FAILED. 0 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.79s\n\nerror: doctest failed, to rerun pass `-p hive --doc`\n"
        )
    };
    assert_snapshot!(brief(log(0)), @r"
    unknown
    src/lib.rs - frames (#2) | assertion | Test compiled successfully, but it's marked `compile_fail`.
    src/lib.rs - frames | panic | ten is not eleven
    ");
    assert_eq!(brief(log(0)), brief(log(100)));
}

#[test]
fn tests_of_one_name_in_two_crates_are_two_failures() {
    let target = |package: &str, kind: &str, header: &str| {
        format!(
            "     Running {header}\n\nrunning 1 test\ntest gate ... FAILED\n\nfailures:\n\n---- gate stdout ----\nthread 'gate' (1) panicked at src/lib.rs:1:46:\ngate stuck\n\n\nfailures:\n    gate\n\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\nerror: test failed, to rerun pass `-p {package} {kind}`\n"
        )
    };
    let log = [
        target(
            "north",
            "--lib",
            "unittests src/lib.rs (target/debug/deps/north-cd9d93e270db2c47)",
        ),
        target(
            "north",
            "--test t",
            "tests/t.rs (target/debug/deps/t-8c17a873bb12db99)",
        ),
        target(
            "south",
            "--test t",
            "tests/t.rs (target/debug/deps/t-4a1e31efbf460ac1)",
        ),
        "error: 3 targets failed:\n    `-p north --lib`\n".to_owned(),
    ]
    .concat();
    let scan = scan(log);
    let suites: Vec<_> = scan
        .failures
        .iter()
        .filter_map(|failure| failure.suite.as_deref())
        .collect();
    assert_eq!(suites, ["north", "north::t", "south::t"]);
    assert!(scan.notes.is_empty(), "{:?}", scan.notes);
}

#[test]
fn no_test_is_no_success() {
    let nothing = "   Doc-tests north\n\nrunning 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n";
    assert_eq!(scan(nothing).class, Class::Unknown);
    let one = nothing
        .replace("0 passed", "1 passed")
        .replace("running 0", "running 1");
    assert_eq!(scan(&one).class, Class::Pass);
    // The targets that failed are not in view.
    let tail = scan(format!(
        "{one}error: 1 target failed:\n    `-p north --lib`\n"
    ));
    assert_eq!(tail.class, Class::Unknown);
    assert_eq!(tail.evidence[0].text, "cargo says that 1 target failed");
}

#[test]
fn errors_of_cargo_itself_are_failed_builds() {
    assert_snapshot!(brief("\
   Compiling brs v0.1.0 (/src/brs)
error: failed to run custom build command for `brs v0.1.0 (/src/brs)`

Caused by:
  process didn't exit successfully: `/src/target/debug/build/brs-833033a4d651b646/build-script-build` (exit status: 101)
  --- stdout
  cargo:warning=no wax

  --- stderr

  thread 'main' (10636) panicked at brs/build.rs:1:47:
  wax press missing
  note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
warning: build failed, waiting for other jobs to finish...
"), @r"
    regression
    - | build | failed to run custom build command for `brs v0.1.0 (/src/brs)` / wax press missing
    ");
    assert_snapshot!(brief("\
error: failed to parse manifest at `/src/shop/Cargo.toml`

Caused by:
  can't find library `shop`, rename file to `src/lib.rs` or specify lib.path
"), @r"
    regression
    - | build | failed to parse manifest at `/src/shop/Cargo.toml` / can't find library `shop`, rename file to `src/lib.rs` or specify lib.path
    ");
    assert_snapshot!(brief("error: package ID specification `nothere` did not match any packages\n"), @r"
    regression
    - | build | package ID specification `nothere` did not match any packages
    ");
    assert_snapshot!(brief("error: nobody knows this program\n\nCaused by:\n  something\n"), @"unknown");
}

#[test]
fn a_registry_out_of_reach_is_no_fault_of_the_code() {
    let failure = only_failure(
        "\
error: failed to get `wax` as a dependency of package `shop v0.1.0 (/src/shop)`

Caused by:
  download of config.json failed

Caused by:
  failed to download from `https://registry.example/config.json`

Caused by:
  [6] Couldn't resolve host name (Could not resolve host: registry.example)
",
    );
    assert_eq!((failure.test, failure.kind), (None, Kind::Infra));
}

#[test]
fn short_diagnostics_are_the_long_ones() {
    let long = only_failure(
        "\
error[E0308]: mismatched types
 --> src/lib.rs:1:21
  |
1 | pub fn n() -> u32 { \"seven\" }
  |               ---   ^^^^^^^ expected `u32`, found `&str`
  |               |
  |               expected `u32` because of return type

error: could not compile `bad` (lib) due to 1 previous error
",
    );
    let short = only_failure(
        "\
src/lib.rs:1:21: error[E0308]: mismatched types: expected `u32`, found `&str`
src/lib.rs:2:14: error[E0425]: cannot find function `f` in this scope: not found in this scope
error: could not compile `bad` (lib) due to 2 previous errors
",
    );
    assert_eq!(
        short.message,
        "error[E0308]: mismatched types: expected `u32`, found `&str`"
    );
    assert_eq!(short.detail.as_deref(), Some("E0308"));
    assert_eq!(short.keys.exact, long.keys.exact);
}

#[test]
fn the_label_of_the_error_may_stand_below_others() {
    let failure = only_failure(
        "\
error[E0277]: cannot add `&str` to `u32`
 --> src/lib.rs:1:21
  |
1 |     add(1 + \"a\", two)
  |     ---   ^      --- another argument
  |     |     |
  |     |     no implementation for `u32 + &str`
  |     in this call

error: could not compile `bad` (lib) due to 1 previous error
",
    );
    assert_eq!(
        failure.message,
        "error[E0277]: cannot add `&str` to `u32`: no implementation for `u32 + &str`"
    );
}
