//! What cannot be read to its end: the cases before are kept, and the error says where.

use ftc_report::junit::{Outcome, ReportError};

use crate::support::read;

#[test]
fn a_truncated_report_keeps_the_cases_before() {
    let read = read("<testsuite>\n<testcase name='a'/>\n<testcase name='b'>\n<system-out>x");
    assert_eq!(read.names(), ["a"]);
    assert_eq!(
        read.error().to_string(),
        "report ends at line 4 inside element `system-out`"
    );
    assert_eq!(read.error().hints().len(), 1);
    assert!(!read.error().is_retryable());
}

#[test]
fn a_failure_read_whole_is_kept_though_its_case_is_cut() {
    let read = read("<testsuite><testcase name='a'><failure message='m'>t</failure><system-out>x");
    assert_eq!(read.names(), ["a"]);
    assert!(matches!(read.cases[0].outcome, Outcome::Failed(_)));
    assert!(matches!(read.error(), ReportError::Truncated { .. }));
}

#[test]
fn a_failure_that_is_itself_cut_is_not() {
    let read = read("<testsuite><testcase name='a'><failure message='m'>t");
    assert_eq!(read.names(), [""; 0]);
}

#[test]
fn the_error_names_the_construct_that_was_open() {
    for (report, inside) in [
        ("<testsuite><testcase name='a", "a tag"),
        ("<testsuite><!-- ", "a comment"),
        (
            "<testsuite><testcase><system-out><![CDATA[x]]",
            "a CDATA section",
        ),
        ("<?xml ", "a processing instruction"),
        ("<!DOCTYPE x [", "a document type declaration"),
        ("<testsuite>", "element `testsuite`"),
    ] {
        let expected = format!("report ends at line 1 inside {inside}");
        assert_eq!(read(report).error().to_string(), expected, "{report}");
    }
}

#[test]
fn an_end_tag_that_closes_something_else_stops_the_reading() {
    let read = read(
        "<testsuite><testcase name='a'/>\n<testcase name='b'></testsuite><testcase name='c'/>",
    );
    assert_eq!(read.names(), ["a"]);
    assert_eq!(
        read.error().to_string(),
        "end tag `testsuite` at line 2 does not close element `testcase`"
    );
    let read = crate::support::read("<testsuite/></testsuite>");
    assert_eq!(
        read.error().to_string(),
        "end tag `testsuite` at line 1 does not close anything"
    );
}

#[test]
fn other_xml_is_no_report() {
    let read = read(
        "<?xml version='1.0'?>\n<coverage><testsuite><testcase name='a'/></testsuite></coverage>",
    );
    assert_eq!(
        read.error().to_string(),
        "root element `coverage` at line 2 is not a JUnit report"
    );
    assert_eq!(read.names(), [""; 0]);
}

#[test]
fn nothing_at_all_is_no_report() {
    for report in ["", "  \n", "<!-- nothing -->", "just text"] {
        assert_eq!(*read(report).error(), ReportError::NoRoot, "{report:?}");
    }
}

#[test]
fn utf_16_is_refused_with_advice() {
    let utf16: Vec<u8> = "<testsuite/>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let marked = [b"\xff\xfe".as_slice(), &utf16].concat();
    let big: Vec<u8> = "<testsuite/>"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    for report in [utf16, marked, big] {
        let read = read(&report);
        assert_eq!(
            read.error().to_string(),
            "encoding `UTF-16` is not supported"
        );
        assert_eq!(read.error().hints(), ["convert the report to UTF-8"]);
    }
}

#[test]
fn an_encoding_nobody_reads_is_named() {
    let read = read("<?xml version='1.0' encoding='EBCDIC-CP-US'?><testsuite/>");
    assert_eq!(
        read.error().to_string(),
        "encoding `EBCDIC-CP-US` is not supported"
    );
}
