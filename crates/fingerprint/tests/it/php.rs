//! Shapes of PHP's tools that the fixtures do not show.

use insta::assert_snapshot;

use crate::support::brief;

#[test]
fn pest_names_the_class_and_the_sentence() {
    assert_snapshot!(brief("\
   FAIL  Tests\\Unit\\CartTest
  ⨯ it adds                                                              0.02s
  ⨯ it empties                                                           0.01s
  ────────────────────────────────────────────────────────────────────────────
   FAILED  Tests\\Unit\\CartTest > it adds
  Failed asserting that 4 is identical to 3.

  at tests/Unit/CartTest.php:4
      1▕ <?php
  ➜   4▕     expect(1 + 3)->toBe(3);

  ────────────────────────────────────────────────────────────────────────────
   FAILED  Tests\\Unit\\CartTest > it empties               RuntimeException
  the cart is locked

  at app/Cart.php:12

  Tests:    2 failed, 1 passed (3 assertions)
  Duration: 0.10s
"), @r"
    unknown
    Tests\Unit\CartTest::it adds | assertion | Failed asserting that 4 is identical to 3.
    Tests\Unit\CartTest::it empties | panic | RuntimeException: the cart is locked
    ");
}

#[test]
fn both_mentions_of_a_fatal_error_are_one_failure() {
    assert_snapshot!(brief("\
PHP Parse error:  syntax error, unexpected token \"}\" in /app/src/Cart.php on line 9

Parse error: syntax error, unexpected token \"}\" in /app/src/Cart.php on line 9
PHP Fatal error:  Uncaught Error: no till in /app/src/Till.php:4
Stack trace:
#0 {main}
"), @r#"
    regression
    - | build | Parse error: syntax error, unexpected token "}"
    - | panic | Uncaught Error: no till
    "#);
}

#[test]
fn a_whole_report_that_a_test_prints_is_not_read() {
    assert_snapshot!(brief("\
PHPUnit 11.2.0 by Sebastian Bergmann and contributors.

There was 1 failure:

1) FakeTest::testFake
Failed asserting that false is true.

FAILURES!
Tests: 1, Assertions: 1, Failures: 1.
.F                                                                  2 / 2 (100%)

Time: 00:00.004, Memory: 8.00 MB

There was 1 failure:

1) CartTest::testTotal with data set #1 (4, 'x (y)')
Failed asserting that 4 matches expected 3.

/app/tests/CartTest.php:12

FAILURES!
Tests: 2, Assertions: 2, Failures: 1.
"), @r"
    unknown
    CartTest::testTotal with data set #1 | assertion | Failed asserting that 4 matches expected 3.
    ");
}
