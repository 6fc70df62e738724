//! Shapes of the JVM's output that the fixtures do not show.

mod gradle;
mod maven;
mod scala;

use insta::assert_snapshot;

use crate::support::{brief, only_failure, scan};

const STACK: &str = "\
java.lang.IllegalStateException: cart is not usable
\tat com.shop.CartTest.pays(CartTest.java:51)
Caused by: java.io.IOException: till answered with status 503
\tat com.shop.Till.ask(Till.java:49)
\t... 12 more
";

/// One failure as each of the tools that run JUnit prints it.
fn everywhere() -> Vec<String> {
    let frames: Vec<&str> = STACK.lines().collect();
    let indented = |depth: &str| {
        let mut text = String::new();
        for line in &frames {
            text.push_str(depth);
            text.push_str(&line.replace('\t', "    "));
            text.push('\n');
        }
        text
    };
    let escaped = STACK.replace('\t', "&#9;").replace('\n', "&#10;");
    vec![
        format!(
            "[INFO] Running com.shop.CartTest\n[ERROR] Tests run: 1, Failures: 0, Errors: 1, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! - in com.shop.CartTest\n[ERROR] pays(com.shop.CartTest)  Time elapsed: 0.038 s  <<< ERROR!\n{STACK}\n[INFO] \n[INFO] Results:\n[INFO] \n[ERROR] Errors: \n[ERROR]   CartTest.pays:51 » IllegalState cart is not usa...\n[INFO] \n[ERROR] Tests run: 1, Failures: 0, Errors: 1, Skipped: 0\n"
        ),
        format!(
            "[INFO] Running com.shop.CartTest\n[ERROR] Tests run: 1, Failures: 0, Errors: 1, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! -- in com.shop.CartTest\n[ERROR] com.shop.CartTest.pays -- Time elapsed: 0.038 s <<< ERROR!\n{STACK}\n[INFO] \n[INFO] Results:\n[INFO] \n[ERROR] Errors: \n[ERROR]   CartTest.pays:51 » IllegalState cart is not usable\n[INFO] \n[ERROR] Tests run: 1, Failures: 0, Errors: 1, Skipped: 0\n"
        ),
        format!(
            "Running com.shop.CartTest\nTests run: 1, Failures: 0, Errors: 1, Skipped: 0, Time elapsed: 0.1 sec <<< FAILURE!\npays(com.shop.CartTest)  Time elapsed: 0.038 sec  <<< ERROR!\n{STACK}\n\nResults :\n\nTests in error: \n  pays(com.shop.CartTest): cart is not usable\n\nTests run: 1, Failures: 0, Errors: 1, Skipped: 0\n"
        ),
        format!(
            "> Task :test FAILED\n\nCartTest > pays() FAILED\n{}\n1 test completed, 1 failed\n\nBUILD FAILED in 3s\n",
            indented("    ")
        ),
        format!(
            "JUnit version 4.13.2\n.E\nTime: 0.1\nThere was 1 failure:\n1) pays(com.shop.CartTest)\n{STACK}\nFAILURES!!!\nTests run: 1,  Failures: 1\n\n"
        ),
        format!(
            "\nFailures (1):\n  JUnit Jupiter:CartTest:pays()\n    MethodSource [className = 'com.shop.CartTest', methodName = 'pays', methodParameterTypes = '']\n    => {}\nTest run finished after 31 ms\n",
            indented("       ").trim_start()
        ),
        format!(
            "FAILED: pays\n{STACK}\n\n===============================================\nCommand line suite\nTotal tests run: 1, Failures: 1, Skips: 0\n===============================================\n"
        ),
        format!(
            "[error] Test com.shop.CartTest.pays failed: java.lang.IllegalStateException: cart is not usable, took 0.031 sec\n[error]     at com.shop.CartTest.pays(CartTest.java:51)\n[error]     ...\n[error] Caused by: java.io.IOException: till answered with status 503\n[error]     at com.shop.Till.ask(Till.java:49)\n[error] Failed: Total 1, Failed 1, Errors 0, Passed 0\n"
        ),
        format!(
            "<testsuite name=\"com.shop.CartTest\" tests=\"1\" errors=\"1\"><testcase name=\"pays\" classname=\"com.shop.CartTest\" time=\"0.1\"><error message=\"cart is not usable\" type=\"java.lang.IllegalStateException\">{escaped}</error></testcase></testsuite>"
        ),
        format!(
            "<testsuite name=\"com.shop.CartTest\" tests=\"1\" failures=\"1\"><testcase name=\"pays()\" classname=\"com.shop.CartTest\" time=\"0.1\"><failure message=\"java.lang.IllegalStateException: cart is not usable\" type=\"java.lang.IllegalStateException\">{escaped}</failure></testcase></testsuite>"
        ),
    ]
}

#[test]
fn a_failure_has_one_fingerprint_whoever_runs_the_test() {
    let first = only_failure(&everywhere()[0]);
    assert_eq!(first.test.as_deref(), Some("com.shop.CartTest.pays"));
    assert_eq!(
        first.message,
        "java.lang.IllegalStateException: cart is not usable\nCaused by: java.io.IOException: till answered with status 503"
    );
    for log in everywhere() {
        let failure = only_failure(&log);
        assert_eq!(
            (&failure.test, &failure.message, failure.keys.exact),
            (&first.test, &first.message, first.keys.exact),
            "{log}"
        );
        let notes = scan(&log).notes;
        assert!(notes.is_empty(), "{notes:?}\n{log}");
    }
}

#[test]
fn a_cause_tells_failures_apart() {
    let log = |status: u32| everywhere()[0].replace("503", &status.to_string());
    assert_ne!(
        only_failure(log(503)).keys.exact,
        only_failure(log(404)).keys.exact
    );
}

#[test]
fn exceptions_tell_the_kind() {
    let log = |thrown: &str| {
        format!(
            "JUnit version 4.13.2\n.E\nTime: 0.1\nThere was 1 failure:\n1) pays(com.shop.CartTest)\n{thrown}\n\tat com.shop.CartTest.pays(CartTest.java:51)\n\nFAILURES!!!\nTests run: 1,  Failures: 1\n\n"
        )
    };
    for (thrown, kind) in [
        ("java.lang.AssertionError", "assertion"),
        (
            "org.opentest4j.AssertionFailedError: expected: <1> but was: <2>",
            "assertion",
        ),
        (
            "org.junit.ComparisonFailure: expected:<[a]> but was:<[b]>",
            "assertion",
        ),
        (
            "org.mockito.exceptions.verification.WantedButNotInvoked: ",
            "assertion",
        ),
        (
            "org.awaitility.core.ConditionTimeoutException: not fulfilled within 5 seconds.",
            "assertion",
        ),
        ("java.lang.NullPointerException", "panic"),
        ("java.net.SocketTimeoutException: Read timed out", "panic"),
        (
            "org.junit.runners.model.TestTimedOutException: test timed out after 60 milliseconds",
            "timeout",
        ),
        (
            "java.util.concurrent.TimeoutException: pays() timed out after 80 milliseconds",
            "timeout",
        ),
        (
            "org.opentest4j.AssertionFailedError: execution exceeded timeout of 10 ms by 5 ms",
            "timeout",
        ),
        ("java.lang.Error: Unresolved compilation problem: ", "build"),
    ] {
        assert_eq!(only_failure(log(thrown)).kind.to_string(), kind, "{thrown}");
    }
}

#[test]
fn a_message_of_many_lines_ends_where_the_stack_begins() {
    assert_snapshot!(brief("\
JUnit version 4.13.2
.E
Time: 0.1
There was 1 failure:
1) pays(com.shop.CartTest)
org.opentest4j.AssertionFailedError: [total]
Expecting actual:
  7

to be equal to:
  6
\tat java.base/jdk.internal.reflect.NativeMethodAccessorImpl.invoke0(Native Method)
\tat app//com.shop.CartTest.pays(CartTest.java:51)
\tSuppressed: java.lang.IllegalStateException: closed twice

FAILURES!!!
Tests run: 1,  Failures: 1

"), @r"
    unknown
    com.shop.CartTest.pays | assertion | org.opentest4j.AssertionFailedError: [total] / Expecting actual: / 7 / to be equal to: / 6
    ");
}

#[test]
fn phpunits_heading_begins_no_list_of_junit() {
    assert_snapshot!(brief("\
There was 1 failure:

1) CartTest::testAdds
Failed asserting that 7 matches expected 6.

/home/me/tests/CartTest.php:12

FAILURES!
Tests: 1, Assertions: 1, Failures: 1.
").lines().filter(|line| line.contains("java")).collect::<String>(), @"");
}

#[test]
fn a_class_that_cannot_be_set_up_is_named() {
    assert_snapshot!(brief("\
Thanks for using JUnit!

Failures (1):
  JUnit Jupiter:CartTest
    ClassSource [className = 'com.shop.CartTest', filePosition = null]
    => java.lang.IllegalStateException: no till
       com.shop.CartTest.open(CartTest.java:9)
       [...]

Test run finished after 31 ms
[         3 containers found      ]
[         0 containers skipped    ]
[         3 containers started    ]
[         0 containers aborted    ]
[         2 containers successful ]
[         1 containers failed     ]
[         4 tests found           ]
[         0 tests skipped         ]
[         0 tests started         ]
[         0 tests aborted         ]
[         0 tests successful      ]
[         0 tests failed          ]
"), @r"
    unknown
    com.shop.CartTest | panic | java.lang.IllegalStateException: no till
    ");
}
