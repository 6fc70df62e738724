//! The defects of the original flaky-test cleaner that lie in extraction, identity and classification.

use ftc_fingerprint::{Class, Kind};

use crate::support::{github, only_failure, scan};

const TIMEOUT: &str = "\
=== RUN   TestOther
--- PASS: TestOther (0.00s)
=== RUN   TestSlow
panic: test timed out after 1m0s
running tests:
\tTestSlow (1m0s)

goroutine 33 [running]:
testing.(*M).startAlarm.func1()
\t/usr/local/go/src/testing/testing.go:2366 +0x385
created by time.goFunc
\t/usr/local/go/src/time/sleep.go:177 +0x2d
FAIL\texample.com/lease\t60.011s
FAIL
";

const RACE: &str = "\
==================
WARNING: DATA RACE
Write at 0x00c00001a258 by goroutine 8:
  example.com/lease.(*store).heartbeat()
      /home/me/lease/store.go:22 +0xbc
  example.com/lease.TestWatch.func1()
      /home/me/lease/store_test.go:29 +0x26

Previous read at 0x00c00001a258 by goroutine 7:
  example.com/lease.(*store).stats()
      /home/me/lease/store.go:23 +0x144
  example.com/lease.TestWatch()
      /home/me/lease/store_test.go:30 +0x131
==================
--- FAIL: TestWatch (0.00s)
    testing.go:1319: race detected during execution of test
FAIL
FAIL\texample.com/lease\t0.029s
FAIL
";

#[test]
fn cleaner_w01_prefixed_lines_are_recognised() {
    for log in [TIMEOUT, RACE] {
        let plain = only_failure(log);
        let wrapped = only_failure(github(log.as_bytes()));
        assert_eq!(
            (&plain.test, plain.kind, plain.keys),
            (&wrapped.test, wrapped.kind, wrapped.keys)
        );
    }
    let detail = "--- FAIL: TestA (0.00s)\n    a_test.go:3: lease is lost\nFAIL\nFAIL\ta\t0.1s\n";
    assert_eq!(
        only_failure(github(detail.as_bytes())).message,
        "lease is lost",
        "the indented detail survives the stamp"
    );
}

#[test]
fn cleaner_w02_timeout_names_the_test_that_hung() {
    let failure = only_failure(TIMEOUT);
    assert_eq!(failure.test.as_deref(), Some("TestSlow"));
    assert_eq!(failure.kind, Kind::Timeout);
    // The same where nothing but the list tells, and the test that was printed last is another one.
    let quiet = TIMEOUT.replace("=== RUN   TestSlow\n", "");
    assert_eq!(only_failure(quiet).test.as_deref(), Some("TestSlow"));
}

#[test]
fn cleaner_w03_one_race_is_one_failure() {
    let failure = only_failure(RACE);
    assert_eq!(failure.kind, Kind::Race);
    assert_eq!(failure.test.as_deref(), Some("TestWatch"));
    assert_eq!(
        failure.message,
        "data race between lease.(*store).heartbeat and lease.(*store).stats"
    );
}

#[test]
fn cleaner_w03_a_parents_own_failure_is_kept() {
    let log = "\
--- FAIL: TestCart (0.00s)
    cart_test.go:9: total is wrong: got 3, want 4
    --- FAIL: TestCart/empty (0.00s)
        cart_test.go:20: unexpected discount
FAIL
FAIL\texample.com/cart\t0.003s
";
    let tests: Vec<_> = scan(log)
        .failures
        .into_iter()
        .map(|f| (f.test.unwrap_or_default(), f.message))
        .collect();
    assert_eq!(
        tests,
        [
            (
                "TestCart".to_owned(),
                "total is wrong: got 3, want 4".to_owned()
            ),
            (
                "TestCart/empty".to_owned(),
                "unexpected discount".to_owned()
            ),
        ]
    );
    let silent = log.replace("    cart_test.go:9: total is wrong: got 3, want 4\n", "");
    assert_eq!(
        only_failure(silent).test.as_deref(),
        Some("TestCart/empty"),
        "a parent that says nothing is no failure of its own"
    );
}

#[test]
fn cleaner_w04_volatile_values_do_not_split_a_failure() {
    let log = |goroutine: u32, took: &str, uuid: &str, dir: &str, pid: u32| {
        format!(
            "--- FAIL: TestA (0.00s)\n    a_test.go:{goroutine}: goroutine {goroutine} of pid {pid} took {took} for {uuid} in {dir}\nFAIL\nFAIL\ta\t0.1s\n"
        )
    };
    let one = only_failure(log(
        123,
        "1m30s",
        "0c2f5fb4-9136-45c0-af75-03633152ccf4",
        "/tmp/TestX123/001",
        7,
    ));
    let other = only_failure(log(
        9,
        "15µs",
        "1bb24ee7-caff-472a-816f-92fec3ef0939",
        "/tmp/TestX9/004",
        812,
    ));
    assert_eq!(
        one.keys.exact, other.keys.exact,
        "{} / {}",
        one.template, other.template
    );
}

#[test]
fn cleaner_w04_words_are_not_eaten() {
    let message = |word: &str| {
        format!(
            "--- FAIL: TestA (0.00s)\n    a_test.go:3: facade {word} unexpectedly\nFAIL\nFAIL\ta\t0.1s\n"
        )
    };
    let (effaced, defaced) = (
        only_failure(message("effaced")),
        only_failure(message("defaced")),
    );
    assert!(effaced.template.contains("effaced") && defaced.template.contains("defaced"));
    assert_ne!(effaced.keys.exact, defaced.keys.exact);
}

#[test]
fn cleaner_w05_the_runner_is_not_part_of_identity() {
    let log =
        |image: &str| github(format!("Image: {image}\nVersion: 20240810.1.0\n{RACE}").as_bytes());
    let keys: Vec<_> = ["ubuntu-22.04", "ubuntu-latest", "self-hosted"]
        .map(|image| only_failure(log(image)).keys)
        .to_vec();
    assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn cleaner_w05_fields_cannot_run_into_each_other() {
    // Name and message joined by a bar would be the same text.
    let log = |test: &str, message: &str| {
        format!(
            "test {test} ... FAILED\n\nfailures:\n\n---- {test} stdout ----\nError: {message}\n\n\nfailures:\n    {test}\n\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n"
        )
    };
    let run = |test, message| only_failure(format!("running 1 test\n{}", log(test, message)));
    let (one, other) = (run("a", "b|c"), run("a|assertion|Error: b", "c"));
    assert_ne!(one.keys.exact, other.keys.exact);
}

/// Each content that the original judged wrongly, and what it is.
#[test]
fn cleaner_w06_words_alone_decide_nothing() {
    let passing = |noise: &str| {
        format!(
            "=== RUN   TestA\n{noise}\n--- PASS: TestA (0.00s)\nPASS\nok  \texample.com/a\t0.1s\n"
        )
    };
    for noise in [
        "recompiled config in 3ms",
        "dial tcp 127.0.0.1:2379: connect: connection refused (retrying)",
        "cannot find leader yet",
        "context deadline exceeded",
    ] {
        let scan = scan(passing(noise));
        assert_eq!(
            (scan.class, scan.failures.len()),
            (Class::Pass, 0),
            "{noise}"
        );
        let failing = format!(
            "=== RUN   TestA\n{noise}\n    a_test.go:3: got 1, want 2\n--- FAIL: TestA (0.00s)\nFAIL\nFAIL\texample.com/a\t0.1s\n"
        );
        assert_eq!(
            only_failure(&failing).classification.class,
            Class::Unknown,
            "{noise}"
        );
        assert_eq!(self::scan(&failing).class, Class::Unknown, "{noise}");
    }
}

#[test]
fn cleaner_w06_a_deterministic_panic_is_not_called_flaky() {
    let log = "\
--- FAIL: TestA (0.00s)
panic: assignment to entry in nil map [recovered]
\tpanic: assignment to entry in nil map

goroutine 7 [running]:
testing.tRunner.func1.2({0x1, 0x2})
\t/usr/local/go/src/testing/testing.go:1632 +0x230
example.com/a.TestA(0xc0)
\t/src/a_test.go:5 +0x9c
testing.tRunner(0xc0, 0x56)
\t/usr/local/go/src/testing/testing.go:1690 +0xf4
FAIL\texample.com/a\t0.004s
";
    let failure = only_failure(log);
    assert_eq!(
        (failure.kind, failure.classification.class),
        (Kind::Panic, Class::Unknown)
    );
    assert!(
        !failure.classification.evidence.is_empty(),
        "an abstention says why"
    );
}

#[test]
fn cleaner_w06_fail_then_pass_on_the_same_code_is_flaky() {
    let log = "\
PASS gateway.TestCharge (0.00s)
=== RUN   TestTill
    till_test.go:44: till gave up
--- FAIL: TestTill (0.00s)
FAIL gateway.TestTill (0.00s)
FAIL gateway

DONE 2 tests, 1 failure in 0.500s

PASS gateway.TestTill (re-run 1) (0.00s)
PASS gateway

=== Failed
=== FAIL: gateway TestTill (0.00s)
    till_test.go:44: till gave up

DONE 2 runs, 3 tests, 1 failure in 0.992s
";
    let scan = scan(log);
    assert_eq!(scan.class, Class::Flaky);
    assert!(!scan.has_failed());
    assert_eq!(
        scan.failures[0].classification.evidence[0].text,
        "failed, then passed on attempt 2"
    );
}
