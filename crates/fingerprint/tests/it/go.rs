//! Shapes of Go output that the fixtures do not show.

use ftc_fingerprint::Kind;
use insta::assert_snapshot;

use crate::support::{brief, only_failure, scan};

#[test]
fn go_before_1_14_indents_messages_by_a_tab() {
    assert_snapshot!(brief("\
--- FAIL: TestOne (0.02 seconds)
\tone_test.go:7: got 1, want 2
FAIL
exit status 1
FAIL\tpackage/one\t0.151s
"), @r"
    unknown
    TestOne | assertion | got 1, want 2
    ");
}

#[test]
fn benchmarks_fail_without_a_time() {
    assert_snapshot!(brief("\
goos: linux
--- FAIL: BenchmarkParse
    parse_test.go:10: cannot parse
FAIL
exit status 1
FAIL\tpackage/parse\t0.010s
"), @r"
    unknown
    BenchmarkParse | assertion | cannot parse
    ");
}

#[test]
fn parallel_tests_keep_their_own_messages() {
    assert_snapshot!(brief("\
=== RUN   TestA
=== PAUSE TestA
=== RUN   TestB
=== PAUSE TestB
=== CONT  TestA
=== CONT  TestB
    b_test.go:5: b is wrong
=== NAME  TestA
    a_test.go:9: a is wrong
        second line of a
--- FAIL: TestB (0.00s)
--- FAIL: TestA (0.01s)
FAIL
FAIL\texample.com/x\t0.013s
"), @r"
    unknown
    TestB | assertion | b is wrong
    TestA | assertion | a is wrong / second line of a
    ");
}

#[test]
fn the_same_test_in_two_packages_is_two_failures() {
    let log = |package: &str, message: &str| {
        format!(
            "--- FAIL: TestOpen (0.00s)\n    open_test.go:3: {message}\nFAIL\nFAIL\texample.com/{package}\t0.1s\n"
        )
    };
    let scan = scan(log("a", "cannot open a") + &log("b", "cannot open b"));
    let found: Vec<_> = scan
        .failures
        .iter()
        .map(|f| (f.suite.as_deref().unwrap_or("-"), f.message.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("example.com/a", "cannot open a"),
            ("example.com/b", "cannot open b")
        ]
    );
}

#[test]
fn a_log_line_before_the_error_is_not_the_message() {
    let failure = only_failure(
        "\
--- FAIL: TestA (0.00s)
    a_test.go:3: starting server
    a_test.go:9: got 3 leases, want 4
    a_test.go:12: stopping server
FAIL
FAIL\texample.com/a\t0.1s
",
    );
    assert_eq!(failure.message, "got 3 leases, want 4");
    assert_eq!((failure.span.first_line, failure.span.last_line), (1, 4));
}

#[test]
fn a_panic_in_a_goroutine_belongs_to_the_test_that_started_it() {
    let failure = only_failure(
        "\
=== RUN   TestBefore
--- PASS: TestBefore (0.00s)
=== RUN   TestWorkers
=== RUN   TestWorkers/two
panic: queue is closed

goroutine 9 [running]:
example.com/q.(*Queue).Push(...)
\t/src/q/queue.go:12
example.com/q.TestWorkers.func1.1()
\t/src/q/queue_test.go:20 +0x1d
created by example.com/q.TestWorkers.func1 in goroutine 8
\t/src/q/queue_test.go:19 +0x2e
FAIL\texample.com/q\t0.005s
FAIL
",
    );
    assert_eq!(failure.test.as_deref(), Some("TestWorkers/two"));
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (Kind::Panic, "queue is closed")
    );
}

#[test]
fn of_several_hanging_tests_the_longest_running_is_guilty() {
    assert_snapshot!(brief("\
panic: test timed out after 10m0s
\trunning tests:
\t\tTestIdle (3s)
\t\tTestStuck (9m58s)
\t\tTestStuck/inner (9m58s)

goroutine 17 [running]:
testing.(*M).startAlarm.func1()
\t/usr/local/go/src/testing/testing.go:2366 +0x385
FAIL\texample.com/s\t600.020s
FAIL
"), @r"
    unknown
    TestStuck/inner | timeout | test timed out after 10m0s
    ");
}

#[test]
fn a_deadlock_is_a_crash_and_says_so() {
    let failure = only_failure(
        "\
=== RUN   TestChannel
fatal error: all goroutines are asleep - deadlock!

goroutine 1 [chan receive]:
testing.(*T).Run(0xc0, {0x1, 0x2}, 0x3)
\t/usr/local/go/src/testing/testing.go:1751 +0x3ab
exit status 2
FAIL\texample.com/c\t0.003s
",
    );
    assert_eq!(failure.test.as_deref(), Some("TestChannel"));
    assert_eq!(
        (failure.kind, failure.detail.as_deref()),
        (Kind::Crash, Some("deadlock"))
    );
}

#[test]
fn gotestsums_totals_are_compared() {
    let log = |declared: u32| {
        format!(
            "=== Failed\n=== FAIL: pay TestPay (0.00s)\n    pay_test.go:3: got 1, want 2\n\nDONE 7 tests, {declared} failures in 0.2s\n"
        )
    };
    assert!(scan(log(1)).notes.is_empty());
    assert_eq!(
        scan(log(3)).notes[0].text,
        "gotestsum says 3 failed, 1 were found: a person should look"
    );
    assert!(
        scan(log(3)).confidence < scan(log(1)).confidence,
        "a doubtful reading is less sure"
    );
}

#[test]
fn an_event_stream_brings_its_own_time() {
    let scan = scan("\
{\"Time\":\"2026-11-20T15:16:16.308Z\",\"Action\":\"run\",\"Package\":\"a\",\"Test\":\"TestA\"}
{\"Time\":\"2026-11-20T15:16:17.5Z\",\"Action\":\"output\",\"Package\":\"a\",\"Test\":\"TestA\",\"Output\":\"    a_test.go:3: got \"}
{\"Time\":\"2026-11-20T15:16:17.5Z\",\"Action\":\"output\",\"Package\":\"a\",\"Test\":\"TestA\",\"Output\":\"1, want 2\\n\"}
{\"Time\":\"2026-11-20T15:16:18Z\",\"Action\":\"fail\",\"Package\":\"a\",\"Test\":\"TestA\",\"Elapsed\":1.2}
{\"Time\":\"2026-11-20T15:16:19Z\",\"Action\":\"fail\",\"Package\":\"a\",\"Elapsed\":1.3}
");
    let (first, last) = scan.time.expect("the events carry times");
    assert_eq!(
        (first.to_string().as_str(), last.to_string().as_str()),
        ("2026-11-20T15:16:16.308Z", "2026-11-20T15:16:19Z")
    );
    let failure = &scan.failures[0];
    assert_eq!(
        (failure.test.as_deref(), failure.message.as_str()),
        (Some("TestA"), "got 1, want 2")
    );
    assert_eq!(
        failure.time.map(|time| time.to_string()).as_deref(),
        Some("2026-11-20T15:16:17.5Z"),
        "when it said why"
    );
}

#[test]
fn a_new_race_report_in_one_test_does_not_make_a_second_failure() {
    let report = |function: &str| {
        format!(
            "==================\nWARNING: DATA RACE\nRead at 0x00c0 by goroutine 8:\n  example.com/r.{function}()\n      /src/r.go:3 +0x1\n  example.com/r.TestR()\n      /src/r_test.go:5 +0x1\n==================\n"
        )
    };
    let log = format!(
        "=== RUN   TestR\n{}{}    testing.go:1398: race detected during execution of test\n--- FAIL: TestR (0.00s)\nFAIL\nFAIL\texample.com/r\t0.1s\n",
        report("one"),
        report("two"),
    );
    assert_eq!(brief(log), "unknown\nTestR | race | data race in r.one\n");
}

/// A verbose run whose tests pass, one of which prints whatever a tool could print.
const PRINTS: &str = "\
=== RUN   TestPrinter
--- FAIL: TestGhost (0.00s)
    ghost_test.go:4: boo
FAIL
FAIL\texample.com/ghost\t0.1s
panic: not a real one

goroutine 1 [running]:
main.main()
\t/a/b.go:3 +0x1
# example.com/ghost
./a.go:3:4: undefined: ghost
FAIL\texample.com/ghost [build failed]
WARNING: DATA RACE
running 1 test
test tests::ghost ... FAILED

failures:
    tests::ghost

test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out
error[E0308]: mismatched types
 --> src/x.rs:1:1
FAILED t/test_ghost.py::test_ghost - boo
=== 1 failed in 0.10s ===
";

#[test]
fn what_a_passing_test_prints_is_no_failure() {
    let log =
        format!("{PRINTS}--- PASS: TestPrinter (0.00s)\nPASS\nok  \texample.com/printer\t0.002s\n");
    assert_eq!(brief(log), "pass\n");
}

#[test]
fn what_a_failing_test_prints_is_no_other_failure() {
    let log = format!(
        "{PRINTS}    printer_test.go:9: got 1, want 2\n--- FAIL: TestPrinter (0.00s)\nFAIL\nFAIL\texample.com/printer\t0.002s\n"
    );
    assert_eq!(
        brief(log),
        "unknown\nTestPrinter | assertion | got 1, want 2\n"
    );
}

#[test]
fn in_an_event_stream_only_events_tell_what_failed() {
    let event = |output: &str| {
        let output = serde_json::Value::from(format!("{output}\n"));
        format!(
            "{{\"Action\":\"output\",\"Package\":\"p\",\"Test\":\"TestPrinter\",\"Output\":{output}}}\n"
        )
    };
    let printed: String = PRINTS.lines().skip(1).map(event).collect();
    let log = format!(
        "{{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"TestPrinter\"}}\n{printed}\
         {{\"Action\":\"pass\",\"Package\":\"p\",\"Test\":\"TestPrinter\"}}\n{{\"Action\":\"pass\",\"Package\":\"p\"}}\n"
    );
    assert_eq!(brief(log), "pass\n");
}

#[test]
fn a_report_behind_words_without_a_line_end_is_read() {
    assert_snapshot!(brief("\
--- FAIL: TestFirst (0.00s)
    a_test.go:3: got 1, want 2
no newline at end--- FAIL: TestGlued (0.00s)
    a_test.go:9: tail is wrong
FAIL
FAIL\texample.com/a\t0.008s
"), @r"
    unknown
    TestFirst | assertion | got 1, want 2
    TestGlued | assertion | tail is wrong
    ");
}

#[test]
fn a_package_that_dies_outside_of_its_tests_is_a_crash() {
    assert_snapshot!(brief("\
--- PASS: TestX (0.00s)
PASS
leaked 2 hives
FAIL\texample.com/leak\t0.004s
cannot open the shed
exit status 3
FAIL\texample.com/shed\t0.003s
FAIL
"), @r"
    unknown
    - | crash | the test process of example.com/leak ended early: no exit status
    - | crash | the test process of example.com/shed ended early: exit status 3
    ");
}

#[test]
fn a_log_that_lacks_the_tests_invents_none() {
    let scan = scan("FAIL\nFAIL\texample.com/hive\t0.008s\nFAIL\n");
    assert!(scan.failures.is_empty());
    assert_eq!(
        scan.evidence[0].text,
        "package example.com/hive failed and the log does not say which test"
    );
}

#[test]
fn a_test_that_was_not_run_again_has_not_passed_on_retry() {
    let scan = scan(
        "\
=== RUN   TestJar/a=b_(c)
    p_test.go:3: jar is short
--- FAIL: TestJar/a=b_(c) (0.00s)
FAIL paren.TestJar/a=b_(c) (0.00s)
=== RUN   TestJar
--- FAIL: TestJar (0.00s)
FAIL paren.TestJar (0.00s)
FAIL paren

DONE 2 tests, 2 failures in 0.526s

PASS paren.TestJar (re-run 1) (0.00s)
PASS paren

=== Failed
=== FAIL: paren TestJar/a=b_(c) (0.00s)
    p_test.go:3: jar is short

=== FAIL: paren TestJar (0.00s)

DONE 2 runs, 3 tests, 2 failures in 0.778s
",
    );
    assert_eq!(scan.failures.len(), 1);
    assert_eq!(scan.failures[0].test.as_deref(), Some("TestJar/a=b_(c)"));
    assert!(scan.has_failed());
}

#[test]
fn an_example_says_what_it_printed() {
    let failure = only_failure(
        "\
--- FAIL: ExampleCount (0.00s)
got:
3 bees
want:
4 bees
FAIL
FAIL\texample.com/hive\t0.008s
",
    );
    assert_eq!(
        (failure.test.as_deref(), failure.message.as_str()),
        (Some("ExampleCount"), "got:\n3 bees\nwant:\n4 bees")
    );
}

#[test]
fn many_failures_at_once_are_the_environments_only_for_one_reason() {
    use std::fmt::Write as _;
    let log = |message: &dyn Fn(usize) -> String| {
        let mut log = String::from("=== Failed\n");
        for number in 0..22 {
            writeln!(
                log,
                "=== FAIL: pay Test{number} (0.00s)\n    pay_test.go:3: {}\n",
                message(number)
            )
            .expect("writing to a string cannot fail");
        }
        log + "DONE 25 tests, 22 failures in 0.2s\n"
    };
    let one_reason = scan(log(&|_| "cannot reach the database".to_owned()));
    assert_eq!(one_reason.class, ftc_fingerprint::Class::Infra);
    assert_eq!(
        one_reason.evidence[0].text,
        "22 of 25 tests failed at once, 22 for one reason"
    );
    let many = scan(log(&|number| format!("got {number}, want 99")));
    assert_eq!(many.class, ftc_fingerprint::Class::Unknown);
}

#[test]
fn a_log_cut_off_in_a_stack_still_names_the_running_test() {
    let failure = only_failure(
        "\
=== RUN   TestGates/one
panic: test timed out after 2m0s

goroutine 58 [running]:
testing.(*M).startAlarm.func1()
\t/usr/local/go/src/testing/testing.go:1377 +0x11c
created by time.goFunc
",
    );
    assert_eq!(failure.test.as_deref(), Some("TestGates/one"));
}

#[test]
fn a_panic_line_without_anything_of_the_runtime_is_not_go() {
    let shell = "\
+ ./configure
panic: this script is being dramatic
+ make check
all 14 checks passed
";
    assert_snapshot!(brief(shell), @"unknown");
    let bats = "\
1..2
ok 1 prints
panic: printed by a C program
ok 2 quiet
";
    assert_snapshot!(brief(bats), @"pass");
}

#[test]
fn a_program_that_panics_without_a_stack_is_known_by_its_end() {
    assert_snapshot!(brief("\
panic: cannot open database: file is locked
exit status 2
"), @r"
    unknown
    - | panic | cannot open database: file is locked
    ");
}

#[test]
fn a_fatal_error_of_two_threads_at_once_is_one() {
    let stack = "
goroutine 8 [running]:
example.org/ferry.TestMap.func1()
\t/home/ci/ferry/map_test.go:6 +0x34
FAIL\texample.org/ferry\t0.006s
";
    let line = "fatal error: concurrent map writes\n";
    let once = only_failure(format!("{line}{stack}"));
    let twice = only_failure(format!("{line}{line}{stack}"));
    assert_eq!(twice.message, "concurrent map writes");
    assert_eq!(once.keys.exact, twice.keys.exact);
}

#[test]
fn a_verbose_log_that_begins_within_a_package_names_all_that_failed() {
    assert_snapshot!(brief("\
=== CONT  TestTariff/child/half
    pier_test.go:11: got 10, want 6
--- FAIL: TestTariff (0.00s)
    --- PASS: TestTariff/adult (0.00s)
    --- FAIL: TestTariff/#00 (0.00s)
    --- FAIL: TestTariff/child/half (0.00s)
FAIL
FAIL\texample.org/ferry/pier\t0.013s
"), @r"
    unknown
    TestTariff/child/half | assertion | got 10, want 6
    TestTariff/#00 | assertion |
    ");
}
