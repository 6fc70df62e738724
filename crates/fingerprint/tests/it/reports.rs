//! JUnit reports.

use ftc_fingerprint::{Class, Kind};
use insta::assert_snapshot;

use crate::support::{brief, only_failure, scan, scan_in_pieces};

#[test]
fn a_report_of_an_unknown_tool_names_class_and_test() {
    assert_snapshot!(brief("\
<?xml version=\"1.0\"?>
<testsuite name=\"com.shop.CartTest\" tests=\"3\" failures=\"1\" errors=\"1\" timestamp=\"2026-03-01T10:00:00\">
  <testcase classname=\"com.shop.CartTest\" name=\"opens\"/>
  <testcase classname=\"com.shop.CartTest\" name=\"adds\"><failure message=\"expected: &lt;2&gt; but was: &lt;1&gt;\" type=\"AssertionFailedError\">trace</failure></testcase>
  <testcase classname=\"com.shop.CartTest\" name=\"pays\"><error message=\"no route\" type=\"java.io.IOException\">trace</error></testcase>
</testsuite>
"), @r"
    unknown
    com.shop.CartTest.adds | assertion | expected: <2> but was: <1>
    com.shop.CartTest.pays | panic | no route
    ");
}

#[test]
fn a_failure_has_one_fingerprint_in_the_log_and_in_the_report() {
    let log = only_failure(
        "--- FAIL: TestPay (0.00s)\n    pay_test.go:3: got 1, want 2\nFAIL\nFAIL\texample.com/pay\t0.1s\n",
    );
    let report = only_failure(
        "<testsuites><testsuite name=\"example.com/pay\" tests=\"1\" failures=\"1\"><testcase classname=\"example.com/pay\" name=\"TestPay\"><failure message=\"Failed\" type=\"\">=== RUN   TestPay&#xA;    pay_test.go:88: got 1, want 2&#xA;--- FAIL: TestPay (0.00s)&#xA;</failure></testcase></testsuite></testsuites>",
    );
    assert_eq!((log.keys.exact, log.test), (report.keys.exact, report.test));
}

#[test]
fn surefires_reruns_are_flaky() {
    let scan = scan(
        "<testsuite name=\"T\" tests=\"1\"><testcase classname=\"T\" name=\"waits\"><flakyFailure message=\"no event\" type=\"A\"><stackTrace>trace</stackTrace></flakyFailure></testcase></testsuite>",
    );
    assert_eq!((scan.class, scan.has_failed()), (Class::Flaky, false));
    assert_eq!(scan.failures[0].attempts, 2);
}

#[test]
fn a_cut_off_report_keeps_what_was_read() {
    let whole = "<testsuite name=\"T\" tests=\"2\">\n<testcase classname=\"T\" name=\"a\"><failure message=\"bad\"/></testcase>\n<testcase classname=\"T\" name=\"b\">";
    let scan = scan_in_pieces(whole.as_bytes(), 5);
    assert_eq!(scan.failures.len(), 1);
    assert_eq!(scan.failures[0].kind, Kind::Assertion);
    let note = scan
        .notes
        .iter()
        .find(|note| note.rule == "report-damaged")
        .expect("the damage is told");
    assert!(note.text.contains("line 3"), "{}", note.text);
}

#[test]
fn a_passing_report_passes() {
    assert_eq!(
        scan("<testsuite tests=\"1\"><testcase name=\"a\"/></testsuite>").class,
        Class::Pass
    );
}

#[test]
fn testngs_sets_of_parameters_are_no_reruns() {
    let report = |stamp: &str| {
        format!(
            "<testsuite name=\"com.shop.ShelfTest\" tests=\"2\" failures=\"1\" timestamp=\"{stamp}\"><testcase name=\"brews\" classname=\"com.shop.ShelfTest\"><failure type=\"java.lang.IllegalStateException\" message=\"no water\">java.lang.IllegalStateException: no water&#10;&#9;at com.shop.ShelfTest.brews(ShelfTest.java:8)</failure></testcase><testcase name=\"brews\" classname=\"com.shop.ShelfTest\"/></testsuite>"
        )
    };
    assert!(only_failure(report("2026-03-01T10:00:00")).passed_on_retry);
    assert!(!only_failure(report("2026-03-01T10:00:00 UTC")).passed_on_retry);
}
