//! ScalaTest, MUnit, specs2, sbt. The outputs follow the tools' sources, since none of them can be installed here.

use insta::assert_snapshot;

use crate::support::{brief, only_failure};

const SCALATEST: &str = "\
CartSpec:
A cart
- should add two
- should add three *** FAILED ***
  7 did not equal 6 (CartSpec.scala:14)
- should throw *** FAILED ***
  java.lang.IllegalStateException: boom
  at com.shop.CartSpec.$anonfun$new$5(CartSpec.scala:22)
  ...
  when empty
  - is empty
  - has no total *** FAILED ***
    0 was not equal to 1 (CartSpec.scala:31)
TillSuite:
- opens *** FAILED ***
  Expected exception java.io.IOException to be thrown, but no exception was thrown (TillSuite.scala:9)
Run completed in 300 milliseconds.
Total number of tests run: 6
Suites: completed 2, aborted 0
Tests: succeeded 2, failed 4, canceled 0, ignored 0, pending 0
*** 4 TESTS FAILED ***
";

#[test]
fn scalatests_names_hold_suite_and_scopes() {
    assert_snapshot!(brief(SCALATEST), @r"
    unknown
    CartSpec: A cart should add three | assertion | 7 did not equal 6
    CartSpec: A cart should throw | panic | java.lang.IllegalStateException: boom
    CartSpec: A cart when empty has no total | assertion | 0 was not equal to 1
    TillSuite: opens | assertion | Expected exception java.io.IOException to be thrown, but no exception was thrown
    ");
}

#[test]
fn scalatest_is_the_same_under_sbt() {
    let under_sbt: Vec<String> = SCALATEST
        .lines()
        .map(|line| format!("[\u{1b}[0minfo\u{1b}[0m] \u{1b}[31m{line}\u{1b}[0m\n"))
        .collect();
    let under_sbt = under_sbt.concat();
    assert_eq!(brief(under_sbt), brief(SCALATEST));
}

#[test]
fn scalatests_report_gives_the_same_fingerprint() {
    let console = only_failure(
        "CartSpec:\nA cart\n- should add three *** FAILED ***\n  7 did not equal 6 (CartSpec.scala:14)\nTests: succeeded 0, failed 1, canceled 0, ignored 0, pending 0\n",
    );
    let report = only_failure(
        "<testsuite name=\"com.shop.CartSpec\" tests=\"1\" failures=\"1\"><testcase name=\"A cart should add three\" classname=\"com.shop.CartSpec\"><failure message=\"7 did not equal 6\" type=\"org.scalatest.exceptions.TestFailedException\">org.scalatest.exceptions.TestFailedException: 7 did not equal 6&#10;&#9;at com.shop.CartSpec.x(CartSpec.scala:14)</failure></testcase></testsuite>",
    );
    assert_eq!(console.keys.exact, report.keys.exact);
}

#[test]
fn an_aborted_suite_is_a_failure() {
    assert_snapshot!(brief("\
com.shop.CartSpec *** ABORTED ***
  java.lang.IllegalStateException: no till
  at com.shop.CartSpec.<init>(CartSpec.scala:9)
  ...
Run completed in 300 milliseconds.
Total number of tests run: 0
Suites: completed 1, aborted 1
Tests: succeeded 0, failed 0, canceled 0, ignored 0, pending 0
*** 1 SUITE ABORTED ***
"), @r"
    unknown
    com.shop.CartSpec | panic | java.lang.IllegalStateException: no till
    ");
}

#[test]
fn munit_and_specs2_are_read() {
    assert_snapshot!(brief("\
[info] com.shop.CartSuite:
[info]   + adds two 0.01s
[error] ==> X com.shop.CartSuite.adds three  0.023s munit.ComparisonFailException: /home/ci/src/CartSuite.scala:10
[error] 9:  test(\"adds three\") {
[error] 10:    assertEquals(cart.total, 6)
[error] 11:  }
[error] values are not the same
[error] => Obtained
[error] 7
[error] => Diff (- expected, + obtained)
[error] -6
[error] +7
[error]     at munit.FunSuite.assertEquals(FunSuite.scala:11)
[error] Failed: Total 2, Failed 1, Errors 0, Passed 1
"), @r"
    unknown
    com.shop.CartSuite.adds three | assertion | values are not the same / => Obtained / 7 / => Diff (- expected, + obtained) / -6 / +7
    ");
    assert_snapshot!(brief("\
[info] CartSpecification
[info] 
[info] A cart should
[info]   + add two
[error]   x add three
[error]    7 != 6 (CartSpecification.scala:14)
[error]   ! throw
[error]    java.lang.IllegalStateException: boom (Cart.scala:3)
[error] com.shop.Cart.add(Cart.scala:3)
[info] Total for specification CartSpecification
[info] Finished in 50 ms
[info] 3 examples, 1 failure, 1 error
"), @r"
    unknown
    A cart should add three | assertion | 7 != 6
    A cart should throw | panic | java.lang.IllegalStateException: boom
    ");
}

#[test]
fn passing_runs_pass() {
    for log in [
        "Tests: succeeded 2, failed 0, canceled 0, ignored 0, pending 0\nAll tests passed.\n",
        "[info] Passed: Total 3, Failed 0, Errors 0, Passed 3\n[success] Total time: 4 s\n",
        "[info] 3 examples, 0 failure, 0 error\n",
    ] {
        assert_eq!(brief(log), "pass\n", "{log}");
    }
}
