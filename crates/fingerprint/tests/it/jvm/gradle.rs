//! Gradle, and compilers under it.

use insta::assert_snapshot;

use crate::support::{brief, only_failure};

#[test]
fn nested_classes_and_parameters_are_named() {
    assert_snapshot!(brief("\
> Task :test

CartTest > Coupons > areStacked() FAILED
    org.opentest4j.AssertionFailedError: stacked ==> expected: <20> but was: <35>
        at app//com.shop.CartTest$Coupons.areStacked(CartTest.java:84)

CartTest > labels(String, String) > [2] ' ', nothing FAILED
    org.opentest4j.AssertionFailedError: expected: <nothing> but was: <unnamed>
        at app//com.shop.CartTest.labels(CartTest.java:73)

CartSpec > a cart adds three FAILED
    io.kotest.assertions.AssertionFailedError: expected:<6> but was:<7>
        at com.shop.CartSpec$1$1.invokeSuspend(CartSpec.kt:9)

5 tests completed, 3 failed

> Task :test FAILED

FAILURE: Build failed with an exception.

* What went wrong:
Execution failed for task ':test'.
> There were failing tests. See the report at: file:///home/ci/build/reports/tests/test/index.html

* Try:
> Run with --scan to get full insights.

BUILD FAILED in 3s
"), @r"
    unknown
    com.shop.CartTest$Coupons.areStacked | assertion | org.opentest4j.AssertionFailedError: stacked ==> expected: <20> but was: <35>
    com.shop.CartTest.labels(String, String) > [2] ' ', nothing | assertion | org.opentest4j.AssertionFailedError: expected: <nothing> but was: <unnamed>
    CartSpec.a cart adds three | assertion | io.kotest.assertions.AssertionFailedError: expected:<6> but was:<7>
    ");
}

#[test]
fn a_test_that_passed_when_it_was_run_again_is_flaky() {
    let log = |end: &str| {
        format!(
            "> Task :test\n\nCartTest > waits() FAILED\n    java.lang.AssertionError at CartTest.java:3\n\n{end}"
        )
    };
    let passed =
        log("CartTest > waits() PASSED\n\n2 tests completed, 1 failed\n\nBUILD SUCCESSFUL in 3s\n");
    assert_snapshot!(brief(passed), @r"
    flaky
    CartTest.waits | assertion retried | java.lang.AssertionError
    ");
    let ignored = log(
        "1 test completed, 1 failed\nThere were failing tests. See the report at: file:///x\n\nBUILD SUCCESSFUL in 3s\n",
    );
    assert_snapshot!(brief(ignored), @r"
    unknown
    CartTest.waits | assertion | java.lang.AssertionError
    ");
}

#[test]
fn the_short_form_of_new_releases_is_the_full_one() {
    let log = |thrown: &str| {
        format!(
            "CartTest > adds() FAILED\n    {thrown}\n\n1 test completed, 1 failed\nBUILD FAILED in 1s\n"
        )
    };
    let short = only_failure(log(
        "java.lang.AssertionError: expected:<6> at CartTest.java:9",
    ));
    let full = only_failure(log(
        "java.lang.AssertionError: expected:<6>\n        at com.lib.Assert.that(Assert.java:3)",
    ));
    assert_eq!(short.keys.exact, full.keys.exact);
}

#[test]
fn compilers_of_all_languages_are_read() {
    assert_snapshot!(brief("\
> Task :compileKotlin FAILED
e: file:///home/ci/work/shop/src/main/kotlin/Cart.kt:3:5 Unresolved reference 'total'.
e: /home/ci/work/shop/src/main/kotlin/Till.kt: (7, 12): Type mismatch: inferred type is String but Int was expected

FAILURE: Build failed with an exception.

* What went wrong:
Execution failed for task ':compileKotlin'.
> A failure occurred while executing org.jetbrains.kotlin.compilerRunner.GradleCompilerRunnerWithWorkers$GradleKotlinCompilerWorkAction
   > Compilation error. See log for more details

BUILD FAILED in 3s
"), @r"
    regression
    - | build | Unresolved reference 'total'.
    - | build | Type mismatch: inferred type is String but Int was expected
    ");
    assert_snapshot!(brief("\
    [javac] /home/ci/work/shop/src/Cart.java:7: error: cannot find symbol
    [javac]         return undefinedLimit;
    [javac]                ^
    [javac]   symbol:   variable undefinedLimit
    [javac]   location: class Cart
    [javac] 1 error

BUILD FAILED
"), @r"
    regression
    - | build | cannot find symbol symbol: variable undefinedLimit
    ");
    assert_snapshot!(brief("\
[error] /home/ci/work/shop/src/main/scala/Cart.scala:7:41: not found: value undefinedLimit
[error]   def total = undefinedLimit
[error]               ^
[error] one error found
[error] (Compile / compileIncremental) Compilation failed
"), @r"
    regression
    - | build | not found: value undefinedLimit
    ");
}

#[test]
fn a_symbol_is_missing_alike_under_maven_and_gradle() {
    let maven = only_failure(
        "[ERROR] COMPILATION ERROR : \n[INFO] ---\n[ERROR] /home/ci/src/Cart.java:[7,41] cannot find symbol\n  symbol:   class Tea\n  location: class com.shop.Cart\n[INFO] 1 error\n[INFO] BUILD FAILURE\n",
    );
    let gradle = only_failure(
        "/tmp/shop/src/Cart.java:12: error: cannot find symbol\n    Tea tea;\n    ^\n  symbol:   class Tea\n  location: class Cart\n1 error\n",
    );
    assert_eq!(maven.keys.exact, gradle.keys.exact);
}

#[test]
fn errors_that_a_passing_test_prints_are_no_failures() {
    assert_snapshot!(brief("\
CartTest > compiles() STANDARD_OUT
    /tmp/Fake.java:3: error: cannot find symbol

/tmp/Fake.java:3: error: cannot find symbol

CartTest > compiles() PASSED

BUILD SUCCESSFUL in 2s
"), @"pass");
}

#[test]
fn a_build_that_fails_for_another_reason_says_it() {
    let log = |said: &str| {
        format!(
            "FAILURE: Build failed with an exception.\n\n* What went wrong:\n{said}\n\n* Try:\n> Run with --info.\n\nBUILD FAILED in 3s\n"
        )
    };
    assert_snapshot!(brief(log("Execution failed for task ':test'.\n> Process 'Gradle Test Executor 1' finished with non-zero exit value 134")), @r"
    unknown
    - | crash | Execution failed for task ':test'. / Process 'Gradle Test Executor 1' finished with non-zero exit value 134
    ");
    let unreachable = only_failure(log(
        "Execution failed for task ':compileJava'.\n> Could not resolve all files for configuration ':compileClasspath'.\n   > Could not resolve com.tea:leaf:1.0.\n      > Could not GET 'https://repo.example.org/leaf-1.0.pom'. Received status code 503 from server: Service Unavailable",
    ));
    assert_eq!(unreachable.kind.as_str(), "infra");
    assert_snapshot!(brief(log("Execution failed for task ':checkstyleMain'.\n> Checkstyle rule violations were found. See the report at: file:///x")), @r"
    regression
    - | build | Execution failed for task ':checkstyleMain'. / Checkstyle rule violations were found.
    ");
}
