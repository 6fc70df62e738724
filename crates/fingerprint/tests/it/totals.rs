//! How many tests ran, by the tools' own word. The numbers of the fixtures were read off the logs: the tools' last lines, and
//! for Go the `=== RUN` and `---` lines or the events.

use ftc_fingerprint::Scan;

use crate::fixtures;
use crate::support::{github, scan, scan_in_pieces};

/// Run, failed, skipped.
type Numbers = Option<(u64, u64, u64)>;

fn numbers(scan: &Scan) -> Numbers {
    scan.tests
        .map(|tests| (tests.run, tests.failed, tests.skipped))
}

fn totals(log: impl AsRef<[u8]>) -> Numbers {
    numbers(&scan(log))
}

/// What each fixture's tools say, of the folders that are named. Those that are missing in them say nothing of numbers: the code was not built, the process died
/// before its totals, or `go test` was not verbose.
const FIXTURES: &[(&str, (u64, u64, u64))] = &[
    ("cargo-test/errno_folder.log", (2, 1, 0)),
    ("cargo-test/errno_missing.log", (2, 1, 0)),
    // 5 + 7, and an ignored one in each of the two targets.
    ("cargo-test/first_target_only.log", (12, 5, 2)),
    ("cargo-test/nocapture_gha.log", (2, 1, 0)),
    ("cargo-test/pass_bait.log", (5, 0, 1)),
    ("cargo-test/pass_bait_nocapture_gha.log", (5, 0, 1)),
    ("cargo-test/pass_quiet_colour_gha.log", (5, 0, 1)),
    // 5 + 7 + 3 + 5 + 0 + 3 + 0 over seven targets.
    ("cargo-test/shop.log", (23, 11, 2)),
    ("cargo-test/shop_backtrace_gha.log", (23, 11, 2)),
    ("cargo-test/shop_colour_gha.log", (23, 11, 2)),
    ("cargo-test/shop_quiet_ghview.log", (23, 11, 2)),
    // The one Go test that runs a suite of another tool.
    ("ginkgo/dock_json.log", (1, 1, 0)),
    ("ginkgo/dock_plain_gha.log", (1, 1, 0)),
    ("ginkgo/pass.log", (1, 0, 0)),
    ("go-test-json/build.log", (1, 0, 0)),
    ("go-test-json/mixed.log", (14, 7, 0)),
    ("go-test-json/mixed_gha.log", (14, 7, 0)),
    ("go-test-json/panic_nil.log", (2, 1, 0)),
    ("go-test-json/pass_bait.log", (5, 0, 1)),
    ("go-test-json/race_gha.log", (3, 2, 0)),
    // Two tests were running when the time was over.
    ("go-test-json/timeout.log", (3, 2, 0)),
    // Three of its `--- FAIL` lines were printed by a test.
    ("go-test/among_bait_gha.log", (14, 7, 0)),
    ("go-test/build_undefined_gha.log", (1, 0, 0)),
    ("go-test/deadlock_gha.log", (2, 1, 0)),
    ("go-test/errno_missing_gha.log", (1, 1, 0)),
    ("go-test/leak_package_verbose_gha.log", (1, 0, 0)),
    ("go-test/lock_twice_verbose_gha.log", (1, 1, 0)),
    ("go-test/log_fatal.log", (2, 1, 0)),
    ("go-test/mixed_verbose_gha.log", (14, 7, 0)),
    ("go-test/mixed_verbose_new.log", (14, 7, 0)),
    ("go-test/overflow_gha.log", (2, 1, 0)),
    ("go-test/panic_nil_gha.log", (2, 1, 0)),
    ("go-test/panic_subtest_verbose.log", (3, 2, 0)),
    ("go-test/pass_bait.log", (6, 0, 1)),
    ("go-test/pass_bait_gha.log", (6, 0, 1)),
    ("go-test/race_verbose_gha.log", (3, 2, 0)),
    ("go-test/status_402_gha.log", (1, 1, 1)),
    // A test with two subtests, none of which came to its end.
    ("go-test/timeout_subtest_gha.log", (3, 3, 0)),
    ("gocheck/crate_json.log", (1, 1, 0)),
    ("gocheck/crate_verbose_gha.log", (1, 1, 0)),
    ("gocheck/crate_verbose_suite.log", (1, 1, 0)),
    ("gocheck/pass_bait.log", (1, 0, 0)),
    ("gotestsum/build.log", (1, 1, 0)),
    ("gotestsum/mixed.log", (14, 7, 0)),
    ("gotestsum/mixed_colour_gha.log", (14, 7, 0)),
    ("gotestsum/panic_verbose.log", (2, 1, 0)),
    ("gotestsum/pass_gha.log", (6, 0, 1)),
    // Two tests, one of which passed when it was run again.
    ("gotestsum/rerun_flaky.log", (2, 0, 0)),
    ("gotestsum/rerun_flaky_gha.log", (2, 0, 0)),
    ("gotestsum/rerun_red.log", (2, 1, 0)),
    ("infra/pass_words.log", (2, 0, 0)),
    ("infra/pass_words_gha.log", (2, 0, 0)),
    ("infra/test_among_words.log", (2, 1, 0)),
    ("gradle/till.log", (9, 7, 1)),
    ("gradle/till_colour_gha.log", (9, 7, 1)),
    ("gradle/till_full.log", (9, 7, 1)),
    ("gradle/till_full_gha.log", (9, 7, 1)),
    ("junit-console/cart.log", (11, 9, 1)),
    ("junit-console/cart_plain_gha.log", (11, 9, 1)),
    ("junit-console/pass.log", (1, 0, 0)),
    ("junit-maven/cart.log", (12, 9, 1)),
    ("junit-maven/cart_colour_gha.log", (12, 9, 1)),
    // The machine died before the only test had ended.
    ("junit-maven/died.log", (0, 0, 0)),
    ("junit-maven/pass_bait.log", (1, 0, 0)),
    ("junit-maven/pass_bait_colour_gha.log", (1, 0, 0)),
    ("junit-maven/rerun_flaky_gha.log", (2, 0, 0)),
    ("junit-maven/rerun_none.log", (2, 1, 0)),
    ("junit-maven/till_ghview.log", (9, 7, 1)),
    ("junit-maven/till_quiet.log", (9, 7, 1)),
    ("junit/gradle_tax.xml", (3, 2, 0)),
    ("junit/surefire_cart.xml", (11, 9, 1)),
    ("junit/surefire_rerun.xml", (2, 0, 0)),
    ("junit/testng_shelf.xml", (5, 3, 0)),
    ("junit4/pass_bait.log", (2, 0, 0)),
    ("junit4/till.log", (9, 7, 0)),
    ("junit4/till_gha.log", (9, 7, 0)),
    ("testng/pass.log", (1, 0, 0)),
    ("testng/shelf.log", (5, 3, 0)),
    ("testng/shelf_gha.log", (5, 3, 0)),
    ("dotnet-test/cart.log", (7, 3, 1)),
    ("dotnet-test/cart_normal_gha.log", (7, 3, 0)),
    ("dotnet-test/pass_bait_gha.log", (4, 0, 1)),
    ("dotnet-test/platform_colour_gha.log", (7, 3, 0)),
    ("scalatest/cart.log", (5, 3, 1)),
    ("scalatest/cart_sbt_colour_gha.log", (5, 3, 1)),
    ("scalatest/pass_bait.log", (3, 0, 0)),
    ("scalatest/timeout_gha.log", (2, 1, 0)),
    ("scalatest/aborted.log", (1, 0, 0)),
    ("junit/gotestsum_mixed.xml", (14, 7, 0)),
    ("junit/gotestsum_mixed_elsewhere.xml", (14, 7, 0)),
    ("junit/gotestsum_pass.xml", (6, 0, 1)),
    ("junit/gotestsum_rerun.xml", (2, 0, 0)),
    ("junit/nextest_flaky.xml", (2, 0, 0)),
    ("junit/nextest_pass.xml", (5, 0, 0)),
    ("junit/nextest_shop.xml", (20, 9, 0)),
    ("junit/nextest_shop_elsewhere.xml", (20, 9, 0)),
    ("junit/nextest_signal.xml", (2, 1, 0)),
    ("junit/pytest_cart.xml", (17, 10, 2)),
    ("junit/pytest_cart_elsewhere.xml", (17, 10, 2)),
    ("junit/pytest_collect.xml", (1, 1, 0)),
    ("junit/pytest_fixture_errors.xml", (3, 3, 0)),
    ("junit/pytest_pass.xml", (8, 0, 1)),
    ("nextest/errno_folder.log", (2, 1, 20)),
    ("nextest/errno_missing_gha.log", (2, 1, 20)),
    ("nextest/flaky.log", (2, 0, 3)),
    ("nextest/flaky_gha.log", (2, 0, 3)),
    ("nextest/pass_bait.log", (5, 0, 1)),
    ("nextest/pass_bait_nocapture_gha.log", (5, 0, 1)),
    ("nextest/retry_red.log", (1, 1, 21)),
    ("nextest/shop.log", (20, 9, 2)),
    ("nextest/shop_backtrace_ghview.log", (20, 9, 2)),
    ("nextest/shop_final_gha.log", (20, 9, 2)),
    ("nextest/shop_immediate_final_colour_gha.log", (20, 9, 2)),
    ("nextest/shop_nocapture.log", (20, 9, 2)),
    ("nextest/signal_abort.log", (1, 1, 4)),
    ("nextest/signal_abort_gha.log", (2, 1, 3)),
    ("nextest/signal_segv.log", (1, 1, 4)),
    ("nextest/timeout.log", (2, 1, 3)),
    ("nextest/timeout_gha.log", (2, 1, 3)),
    // 10 failed, 7 passed, 1 skipped, 1 xfailed.
    ("pytest/cart.log", (17, 10, 2)),
    ("pytest/cart_colour_gha.log", (17, 10, 2)),
    ("pytest/cart_native.log", (17, 10, 2)),
    ("pytest/cart_quiet_ghview.log", (17, 10, 2)),
    ("pytest/cart_short_verbose_gha.log", (17, 10, 2)),
    ("pytest/cart_xdist_gha.log", (17, 10, 2)),
    ("pytest/chained.log", (2, 2, 0)),
    ("pytest/chained_short_gha.log", (2, 2, 0)),
    ("pytest/collect_indent.log", (1, 1, 0)),
    ("pytest/collect_module.log", (1, 1, 0)),
    ("pytest/collect_module_gha.log", (1, 1, 0)),
    ("pytest/collect_name_gha.log", (1, 1, 0)),
    ("pytest/crash_xdist_gha.log", (3, 1, 0)),
    ("pytest/errno_folder.log", (1, 1, 0)),
    ("pytest/errno_missing.log", (1, 1, 0)),
    ("pytest/errno_missing_gha.log", (1, 1, 0)),
    // One of the errors came after a test had passed: pytest counts both.
    ("pytest/fixture_errors.log", (4, 3, 0)),
    ("pytest/fixture_errors_gha.log", (4, 3, 0)),
    ("pytest/pass_bait.log", (9, 0, 2)),
    ("pytest/pass_bait_reported_gha.log", (8, 0, 1)),
    ("pytest/pass_quiet_colour_gha.log", (10, 0, 1)),
    ("pytest/rerun_flaky_gha.log", (2, 0, 0)),
    ("pytest/rerun_flaky_reported.log", (2, 0, 0)),
    ("pytest/rerun_hidden.log", (2, 0, 0)),
    ("pytest/rerun_red.log", (2, 1, 0)),
    ("pytest/status_402.log", (1, 1, 0)),
    ("pytest/status_402_gha.log", (1, 1, 0)),
    ("pytest/status_409.log", (1, 1, 0)),
    ("pytest/timeout.log", (2, 1, 0)),
    ("pytest/timeout_gha.log", (2, 1, 0)),
    ("testify/desk_verbose_gha.log", (12, 9, 0)),
    ("testify/pass_bait_gha.log", (1, 0, 0)),
];

#[test]
fn every_fixture_has_the_totals_of_its_tools() {
    let fixtures = fixtures::all();
    for (name, _) in FIXTURES {
        assert!(
            fixtures.iter().any(|fixture| fixture.name == *name),
            "{name}"
        );
    }
    let is_listed = |name: &str| {
        let folder = name.split('/').next();
        FIXTURES
            .iter()
            .any(|(listed, _)| listed.split('/').next() == folder)
    };
    for fixture in fixtures.iter().filter(|fixture| is_listed(&fixture.name)) {
        let expected = FIXTURES
            .iter()
            .find(|(name, _)| *name == fixture.name)
            .map(|&(_, numbers)| numbers);
        assert_eq!(totals(&fixture.bytes), expected, "{}", fixture.name);
    }
}

#[test]
fn the_totals_do_not_depend_on_how_the_input_is_cut() {
    for fixture in fixtures::all() {
        let whole = totals(&fixture.bytes);
        let size = fixtures::choice(&fixture, 2, &[1, 61, 4096]);
        let scan = scan_in_pieces(&fixture.bytes, size);
        assert_eq!(numbers(&scan), whole, "{} by {size}", fixture.name);
    }
}

#[test]
fn what_says_nothing_of_numbers_has_no_totals() {
    for log in [
        "",
        "hello\n",
        "ok  \texample.com/shop\t0.004s\n",
        "--- FAIL: TestX (0.00s)\n    x_test.go:3: no\nFAIL\nFAIL\texample.com/shop\t0.004s\n",
        "error[E0425]: cannot find value `x` in this scope\n --> src/lib.rs:1:1\n",
        "DONE 12 files in 3s\n",
    ] {
        assert_eq!(totals(log), None, "{log}");
    }
}

#[test]
fn no_tests_are_a_number_where_the_tool_says_so() {
    for log in [
        "running 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out; finished in 0.00s\n",
        "============================ no tests ran in 0.01s =============================\n",
        "========================== 23 deselected in 0.01s ==========================\n",
        "DONE 0 tests in 0.004s\n",
        "{\"Action\":\"start\",\"Package\":\"a\"}\n{\"Action\":\"pass\",\"Package\":\"a\",\"Elapsed\":0}\n",
        "<?xml version=\"1.0\"?>\n<testsuites></testsuites>\n",
    ] {
        assert_eq!(totals(log), Some((0, 0, 0)), "{log}");
    }
    let nextest = "    Starting 0 tests across 1 binary (5 tests skipped)\n\
                   ------------\n     Summary [   0.000s] 0 tests run: 0 passed, 5 skipped\n";
    assert_eq!(totals(nextest), Some((0, 0, 5)));
}

const CARGO: &str = "     Running unittests src/lib.rs (target/debug/deps/cart-0123456789abcdef)

running 2 tests
test a ... ok
test b ... ignored

test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

";

const PYTEST: &str =
    "============================= test session starts ==============================
collected 3 items

tests/test_a.py ...                                                      [100%]

============= 1 passed, 1 skipped, 1 xfailed, 1 xpassed in 0.02s ==============
";

const GO: &str = "=== RUN   TestA
=== RUN   TestA/one
--- PASS: TestA (0.00s)
    --- PASS: TestA/one (0.00s)
=== RUN   TestB
--- SKIP: TestB (0.00s)
PASS
ok  \texample.com/a\t0.004s
";

#[test]
fn several_tools_and_runs_are_added_up() {
    assert_eq!(totals(CARGO), Some((1, 0, 1)));
    assert_eq!(totals(PYTEST), Some((2, 0, 2)));
    assert_eq!(totals(GO), Some((2, 0, 1)));
    let all = format!("{CARGO}{CARGO}{PYTEST}{GO}{GO}");
    assert_eq!(totals(&all), Some((8, 0, 6)));
    assert_eq!(totals(github(all.as_bytes())), Some((8, 0, 6)));
}

#[test]
fn go_counts_only_what_it_has_begun() {
    // A test prints the result of another one that has ended, and of one that never was.
    let bait = "=== RUN   TestA\n--- PASS: TestA (0.00s)\n=== RUN   TestB\n--- FAIL: TestA (0.00s)\n\
                --- FAIL: TestX (0.00s)\n--- PASS: TestB (0.00s)\nPASS\nok  \texample.com/a\t0.004s\n";
    assert_eq!(totals(bait), Some((2, 0, 0)));
    // The log ends before the package does: what is running has not failed.
    let cut = "=== RUN   TestA\n--- PASS: TestA (0.00s)\n=== RUN   TestB\n";
    assert_eq!(totals(cut), Some((1, 0, 0)));
}

#[test]
fn gotestsum_has_the_last_word_on_its_run() {
    let verbose = format!("{GO}\nDONE 3 tests, 1 skipped in 0.100s\n");
    assert_eq!(totals(&verbose), Some((2, 0, 1)));
    let twice = format!("{verbose}{verbose}");
    assert_eq!(totals(&twice), Some((4, 0, 2)));
}

#[test]
fn gotestsums_reruns_count_once() {
    let first = "DONE 5 tests, 1 skipped, 2 failures in 0.100s\n";
    assert_eq!(totals(first), Some((4, 2, 1)));
    let one_left = format!("{first}DONE 2 runs, 7 tests, 1 skipped, 3 failures in 0.200s\n");
    assert_eq!(totals(&one_left), Some((4, 1, 1)));
    let none_left = format!("{one_left}DONE 3 runs, 8 tests, 1 skipped, 3 failures in 0.300s\n");
    assert_eq!(totals(&none_left), Some((4, 0, 1)));
    // Another invocation follows.
    let both = format!("{none_left}{one_left}");
    assert_eq!(totals(&both), Some((8, 1, 2)));
    // The log begins between the runs.
    assert_eq!(
        totals("DONE 2 runs, 7 tests, 1 skipped, 3 failures in 0.200s\n"),
        Some((6, 3, 1))
    );
}

fn events(events: &[(&str, &str)]) -> String {
    events
        .iter()
        .map(|(action, test)| match *test {
            "" => format!("{{\"Action\":\"{action}\",\"Package\":\"example.com/a\"}}\n"),
            test => format!(
                "{{\"Action\":\"{action}\",\"Package\":\"example.com/a\",\"Test\":\"{test}\"}}\n"
            ),
        })
        .collect::<Vec<_>>()
        .concat()
}

#[test]
fn a_rerun_in_an_event_stream_counts_once() {
    let first = [
        ("run", "TestA"),
        ("pass", "TestA"),
        ("run", "TestB"),
        ("fail", "TestB"),
        ("run", "TestC"),
        ("fail", "TestC"),
        ("fail", ""),
    ];
    assert_eq!(totals(events(&first)), Some((3, 2, 0)));
    let second = [
        ("run", "TestB"),
        ("pass", "TestB"),
        ("run", "TestC"),
        ("fail", "TestC"),
        ("fail", ""),
    ];
    assert_eq!(
        totals(events(&[&first[..], &second[..]].concat())),
        Some((3, 1, 0))
    );
    // The stream ends before the package does.
    assert_eq!(totals(events(&first[..4])), Some((2, 1, 0)));
}

#[test]
fn what_a_test_prints_is_not_counted() {
    // pytest's captured output holds a whole run of cargo, and Go's verbose output.
    let log = format!(
        "============================= test session starts ==============================
collected 1 item

tests/test_tool.py F                                                     [100%]

=================================== FAILURES ===================================
__________________________________ test_tool ___________________________________

    def test_tool():
>       assert run() == 0
E       assert 1 == 0

tests/test_tool.py:3: AssertionError
----------------------------- Captured stdout call -----------------------------
{CARGO}{GO}=========================== short test summary info ============================
FAILED tests/test_tool.py::test_tool - assert 1 == 0
============================== 1 failed in 0.02s ===============================
"
    );
    assert_eq!(totals(&log), Some((1, 1, 0)));
}

#[test]
fn very_many_totals_are_still_added_up() {
    let log = CARGO.repeat(12_000);
    assert_eq!(totals(&log), Some((12_000, 0, 12_000)));
    let absurd = "test result: ok. 18446744073709551615 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n";
    assert_eq!(totals(absurd.repeat(2)), Some((u64::MAX, 0, 0)));
}
