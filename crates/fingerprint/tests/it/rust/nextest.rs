//! nextest: what the tool says, against what its tests print.

use ftc_fingerprint::{Class, Kind};
use insta::assert_snapshot;

use crate::support::{brief, only_failure, scan, scan_in_pieces};

/// A run of so many tests, with its lines between banner and totals.
fn run(tests: u32, lines: &str, totals: &str) -> String {
    let noun = if tests == 1 { "test" } else { "tests" };
    format!(
        "────────────\n Nextest run ID 39fb69af-8cc3-42b1-b957-82aa9089a962 with nextest profile: default\n    Starting {tests} {noun} across 1 binary\n{lines}────────────\n     Summary [   0.029s] {totals}\n"
    )
}

#[test]
fn a_failed_setup_script_is_a_failure() {
    let log = run(
        1,
        "       SETUP [      1/1] shed: sh -c 'lock'
error: the shed is locked
  SETUP FAIL [   0.008s] shed: sh -c 'lock'

    (script failed with exit code 4)

  Cancelling due to setup script failure: 
",
        "0/1 tests run: 0 passed, 9 skipped\nerror: setup script failed",
    );
    let failure = only_failure(&log);
    assert_eq!((failure.test, failure.kind), (None, Kind::Build));
    assert_eq!(
        failure.message,
        "setup script `shed` failed with exit code 4"
    );
}

#[test]
fn a_run_that_ran_nothing_or_not_all_is_no_success() {
    for (totals, class) in [
        ("0 tests run: 0 passed, 10 skipped", Class::Unknown),
        ("3/4 tests run: 3 passed, 0 skipped", Class::Unknown),
        ("4 tests run: 4 passed, 0 skipped", Class::Pass),
    ] {
        let selected = if totals.starts_with('0') { 0 } else { 4 };
        assert_eq!(scan(run(selected, "", totals)).class, class, "{totals}");
    }
}

#[test]
fn libtest_inside_of_an_unfinished_run_is_no_success() {
    let log = "\
 Nextest run ID 50d1e839-ae08-43d1-a6b2-f9d90274f91b with nextest profile: retry
    Starting 2 tests across 1 binary
       START [         ] (1/2) hive tests::fine

running 1 test
test tests::fine ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out; finished in 0.00s

        PASS [   0.006s] (1/2) hive tests::fine
       START [         ] (2/2) hive tests::flaps

running 1 test

thread 'tests::flaps' (32761) panicked at src/lib.rs:4:128:
";
    assert_eq!(brief(log), "unknown\n");
}

#[test]
fn what_a_test_printed_is_no_status() {
    let lines = "        FAIL [   0.012s] (1/2) bait tests::lookalike
  stdout ───

    running 1 test
         Summary [   0.010s] 2 tests run: 1 passed, 1 failed, 0 skipped
            FAIL [   0.003s] (1/2) ghostcrate tests::ghost
    error[E0308]: mismatched types
    test tests::lookalike ... FAILED

  stderr ───

    thread 'tests::lookalike' (7) panicked at src/lib.rs:2:354:
    honest failure

        PASS [   0.010s] (2/2) bait tests::nx
  stdout ───

    running 1 test
            FAIL [   0.003s] (1/2) ghostcrate tests::ghost
      stdout ───

        boo
    error: test run failed
    test tests::nx ... ok

";
    let totals = "2 tests run: 1 passed, 1 failed, 0 skipped
        FAIL [   0.012s] (1/2) bait tests::lookalike
error: test run failed";
    assert_snapshot!(brief(run(2, lines, totals)), @r"
    unknown
    tests::lookalike | panic | honest failure
    ");
}

#[test]
fn uncaptured_output_is_no_status_either() {
    let noise = "        FAIL [   0.003s] (1/2) ghostcrate tests::ghost
  stdout ───

    boo
────────────
     Summary [   0.010s] 2 tests run: 1 passed, 1 failed, 0 skipped
        FAIL [   0.003s] (1/2) ghostcrate tests::ghost
error: test run failed
";
    let lines = format!(
        "       START [         ] (1/1) bait tests::nx\n\nrunning 1 test\n{noise}test tests::nx ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 4 filtered out; finished in 0.00s\n\n        PASS [   0.006s] (1/1) bait tests::nx\n"
    );
    assert_eq!(
        brief(run(1, &lines, "1 test run: 1 passed, 4 skipped")),
        "pass\n"
    );
}

#[test]
fn totals_have_the_last_word() {
    // Not indented output cannot be told from statuses by its columns.
    let lines = "        PASS [   0.012s] bait tests::prints
── stdout ──

        FAIL [   0.003s] ghostcrate tests::ghost
";
    assert_eq!(
        brief(run(1, lines, "1 test run: 1 passed, 0 skipped")),
        "pass\n"
    );
}

#[test]
fn a_flaky_test_may_count_as_failed() {
    let lines = "  TRY 1 FAIL [   0.011s] (───) hive tests::flaps
  stderr ───

    thread 'tests::flaps' (32718) panicked at src/lib.rs:4:128:
    wings not ready

  TRY 2 PASS [   0.005s] (1/1) hive tests::flaps
           - test configured to fail if flaky
";
    let list = " FLKY-FL 2/3 [   0.005s] (1/1) hive tests::flaps\n";
    for list in [list, ""] {
        let scan = scan(run(
            1,
            lines,
            &format!("1 test run: 0 passed, 1 failed, 8 skipped\n{list}error: test run failed"),
        ));
        assert!(scan.has_failed(), "{:?}", scan.failures);
        assert!(scan.notes.is_empty(), "{:?}", scan.notes);
        let failure = &scan.failures[0];
        assert_eq!((failure.attempts, failure.passed_on_retry), (2, false));
        assert_eq!(failure.message, "wings not ready");
        assert_eq!(failure.classification.class, ftc_fingerprint::Class::Flaky);
    }
}

#[test]
fn retries_name_signals_by_their_short_names() {
    let lines = "  TRY 1 ABRT [   0.028s] (───) hive boom
  stdout ───

    running 1 test
    some words

    (test aborted with signal 6: SIGABRT)

  TRY 2 ABRT [   0.022s] (1/1) hive boom
";
    let totals = "1 test run: 0 passed, 1 failed, 0 skipped
  TRY 2 ABRT [   0.022s] (1/1) hive boom
error: test run failed";
    let failure = only_failure(run(1, lines, totals));
    assert_eq!((failure.kind, failure.attempts), (Kind::Crash, 2));
    assert_eq!(failure.message, "test aborted with SIGABRT");
}

/// The output of one failed test, without a status above it.
fn nameless(test: &str, message: &str) -> String {
    format!(
        "  stdout ───\n\n    running 1 test\n    test {test} ... FAILED\n\n    failures:\n\n    failures:\n        {test}\n\n    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.00s\n\n  stderr ───\n\n    thread '{test}' (7) panicked at tests/{message}.rs:1:1:\n    {message}\n    note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n\n"
    )
}

#[test]
fn output_without_statuses_is_given_to_the_tests_that_the_totals_list() {
    let lines = [nameless("closes", "shed"), nameless("closes", "yard")].concat();
    let totals = "4 tests run: 2 passed, 2 failed, 1 skipped
        FAIL [   0.012s] (2/4) hive::shed closes
        FAIL [   0.011s] (4/4) hive::yard closes
error: test run failed";
    let scan = scan(run(4, &lines, totals));
    let said: Vec<_> = scan
        .failures
        .iter()
        .map(|failure| (failure.suite.as_deref(), failure.message.as_str()))
        .collect();
    assert_eq!(
        said,
        [(Some("hive::shed"), "shed"), (Some("hive::yard"), "yard")]
    );
}

#[test]
fn output_alone_names_the_failed_tests() {
    let lines = [
        nameless("opens", "lock"),
        nameless("closes", "shed"),
        nameless("closes", "yard"),
    ]
    .concat();
    let totals = "4 tests run: 1 passed, 3 failed, 1 skipped\nerror: test run failed";
    assert_snapshot!(brief(run(4, &lines, totals)), @r"
    unknown
    opens | panic | lock
    closes | panic | shed
    closes | panic | yard
    ");
}

#[test]
fn a_process_that_exits_is_no_failed_assertion() {
    let lines = "        FAIL [   0.005s] (1/1) hive tests::exits
  stdout ───

    running 1 test
  stderr ───
    keeper left

    (test failed with exit code 7)

";
    let totals = "1 test run: 0 passed, 1 failed, 5 skipped\nerror: test run failed";
    assert_snapshot!(brief(run(1, lines, totals)), @r"
    unknown
    tests::exits | crash | test failed with exit code 7
    ");
}

#[test]
fn a_session_on_a_terminal_is_read_like_a_log() {
    const WIDTH: usize = 80;
    let drawn = |text: &str| {
        text.lines().fold(String::new(), |mut drawn, line| {
            let columns = line.chars().count();
            let rows = columns.div_ceil(WIDTH).max(1);
            drawn.push_str(line);
            drawn.push_str(&" ".repeat(rows * WIDTH - columns));
            drawn
        })
    };
    let bars =
        drawn("     Running [ 00:00:00] 0/2: 1 running\n             [ 00:00:00] hive closes\n");
    let erase = "\u{1b}[1A\r\u{1b}[2K\u{1b}[1B\r\u{1b}[2K\u{1b}[1A";
    let lines = format!(
        "        FAIL [   0.005s] hive closes\n{}        PASS [   0.005s] hive opens\n",
        nameless("closes", "shed")
    );
    let log = drawn(&run(
        2,
        &lines,
        "2 tests run: 1 passed, 1 failed, 0 skipped\n        FAIL [   0.005s] hive closes",
    ));
    let (banner, rest) = log.split_at(log.find("        FAIL").expect("a test failed"));
    let session = |redrawn: usize| {
        let waiting = format!("{bars}{erase}").repeat(redrawn);
        format!(
            "    Finished `test` profile\r\n{waiting}{banner}{waiting}{rest}{bars}{erase}error: test run failed\r\n"
        )
    };
    assert_snapshot!(brief(session(2)), @r"
    unknown
    closes | panic | shed
    ");
    // Two times 2 MiB in what is one line, fed in pieces.
    let scan = scan_in_pieces(session(12_000).as_bytes(), 100_000);
    assert!(scan.notes.is_empty(), "{:?}", scan.notes);
    assert_eq!(scan.failures.len(), 1, "{:?}", scan.failures);
    assert_eq!(scan.failures[0].message, "shed");
}

#[test]
fn cargo_test_may_follow_a_run() {
    let log = format!(
        "{}   Doc-tests hive\n\nrunning 1 test\ntest src/lib.rs - frames (line 3) ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.79s\n",
        run(
            1,
            "        PASS [   0.005s] (1/1) hive opens\n",
            "1 test run: 1 passed, 0 skipped"
        )
    );
    let scan = scan(log);
    let evidence: Vec<_> = scan.evidence.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(evidence, ["1 passed in nextest", "1 passed in cargo test"]);
}
