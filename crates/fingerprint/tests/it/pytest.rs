//! Shapes of pytest output that the fixtures do not show.

use insta::assert_snapshot;

use crate::support::{brief, only_failure, scan};

#[test]
fn the_summary_alone_is_enough() {
    assert_snapshot!(brief("\
============================= test session starts ==============================
collected 3 items

tests/test_a.py F.E                                                      [100%]

=========================== short test summary info ============================
FAILED tests/test_a.py::TestCart::test_total[a - b] - ValueError: no price
ERROR tests/test_a.py::test_db - OSError: cannot open
==================== 1 failed, 1 passed, 1 error in 0.12s ======================
"), @r"
    unknown
    tests/test_a.py::TestCart::test_total[a - b] | panic | ValueError: no price
    tests/test_a.py::test_db | panic | OSError: cannot open
    ");
}

#[test]
fn the_last_exception_of_a_chain_is_the_message() {
    let failure = only_failure(
        "\
=================================== FAILURES ===================================
__________________________________ test_load ___________________________________

    def test_load():
        try:
>           read()
E           FileNotFoundError: no such file

tests/test_load.py:5: FileNotFoundError

During handling of the above exception, another exception occurred:

    def test_load():
>           raise LoadError('prices are missing') from None
E           shop.errors.LoadError: prices are missing

tests/test_load.py:7: LoadError
=========================== short test summary info ============================
FAILED tests/test_load.py::test_load - shop.errors.LoadError: prices are missing
============================== 1 failed in 0.10s ===============================
",
    );
    assert_eq!(failure.message, "shop.errors.LoadError: prices are missing");
    assert_eq!(
        failure.test.as_deref(),
        Some("tests/test_load.py::test_load")
    );
}

#[test]
fn the_prefix_that_pytest_9_adds_makes_no_difference() {
    let log = |message: &str| {
        format!(
            "=================================== FAILURES ===================================\n___ test_a ___\n\n>   assert f() == 2\nE   {message}\n\nt/test_a.py:3: AssertionError\n=== 1 failed in 0.10s ===\n"
        )
    };
    let (old, new) = (
        only_failure(log("assert 1 == 2")),
        only_failure(log("AssertionError: assert 1 == 2")),
    );
    assert_eq!(old.keys.exact, new.keys.exact);
}

#[test]
fn a_bare_assertion_is_told_apart_by_its_explanation() {
    let log = |call: &str| {
        format!(
            "=================================== FAILURES ===================================\n___ test_a ___\n\n>   assert {call}\nE   assert False\nE    +  where False = {call}\n\nt/test_a.py:3: AssertionError\n=== 1 failed in 0.10s ===\n"
        )
    };
    let (one, other) = (
        only_failure(log("is_open()")),
        only_failure(log("is_shut()")),
    );
    assert_ne!(one.keys.exact, other.keys.exact);
    assert_eq!(one.message, "assert False\n+  where False = is_open()");
}

#[test]
fn output_that_a_test_captured_is_not_read() {
    let failure = only_failure(
        "\
=================================== FAILURES ===================================
____________________________________ test_a ____________________________________

>   raise ValueError('real')
E   ValueError: real

t/test_a.py:3: ValueError
----------------------------- Captured stdout call -----------------------------
E   ValueError: fake
t/test_fake.py:9: FakeError
=========================== short test summary info ============================
FAILED t/test_a.py::test_a - ValueError: real
=============================== 1 failed in 0.10s ==============================
",
    );
    assert_eq!(
        (failure.message.as_str(), failure.suite.as_deref()),
        ("ValueError: real", Some("t/test_a.py"))
    );
}

#[test]
fn the_same_test_name_in_two_files_is_two_failures() {
    assert_snapshot!(brief("\
=================================== FAILURES ===================================
____________________________________ test_a ____________________________________

>   assert x
E   NameError: name 'x' is not defined

one/test_a.py:3: NameError
____________________________________ test_a ____________________________________

>   assert x
E   NameError: name 'x' is not defined

two/test_a.py:3: NameError
=========================== short test summary info ============================
FAILED one/test_a.py::test_a - NameError: name 'x' is not defined
FAILED two/test_a.py::test_a - NameError: name 'x' is not defined
=============================== 2 failed in 0.10s ==============================
"), @r"
    unknown
    one/test_a.py::test_a | panic | NameError: name 'x' is not defined
    two/test_a.py::test_a | panic | NameError: name 'x' is not defined
    ");
}

#[test]
fn pytests_own_totals_are_compared() {
    let log = |failed: u32| {
        format!(
            "=========================== short test summary info ============================\nFAILED t/test_a.py::test_a - ValueError: x\n=== {failed} failed in 0.10s ===\n"
        )
    };
    assert!(scan(log(1)).notes.is_empty());
    assert_eq!(
        scan(log(4)).notes[0].text,
        "pytest says 4 failed, 1 were found: a person should look"
    );
}

#[test]
fn a_broken_conftest_is_a_build_failure() {
    assert_snapshot!(brief("\
ImportError while loading conftest '/home/me/shop/conftest.py'.
conftest.py:1: in <module>
    import shop_fixtures
E   ModuleNotFoundError: No module named 'shop_fixtures'
"), @r"
    regression
    - | build | ModuleNotFoundError: No module named 'shop_fixtures'
    ");
}

#[test]
fn tests_that_were_run_again_unseen_are_noted() {
    let scan = scan(
        "============================= test session starts ==============================\n\nt/test_a.py R.                                                           [100%]\n\n========================= 1 passed, 1 rerun in 1.62s ==========================\n",
    );
    assert_eq!(scan.notes[0].rule, "reruns-unnamed");
}
