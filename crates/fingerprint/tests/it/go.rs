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
