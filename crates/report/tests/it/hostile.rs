//! Reports made to hurt.

use std::fmt::Write as _;

use ftc_report::junit::{NoteKind, Parser, ReportError};

use crate::support::{problem, read, read_in_pieces, read_in_suite};

#[test]
fn declared_entities_are_never_expanded() {
    let mut report = String::from(
        "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY file SYSTEM \"file:///etc/passwd\">",
    );
    for level in 1..10 {
        write!(
            report,
            "<!ENTITY lol{level} \"{}\">",
            format!("&lol{};", level - 1).repeat(10)
        )
        .unwrap();
    }
    report.push_str("]><testsuite name='&lol9;'><testcase name='&lol9;'><failure>&lol9;&file;</failure></testcase></testsuite>");
    let read = read(report);
    assert_eq!(problem(read.case("&lol9;")).1, "&lol9;&file;");
    assert_eq!(read.summary().suites[0].name, "&lol9;");
}

#[test]
fn a_long_text_keeps_both_ends() {
    let long = format!("first\n{}\nlast", "ü".repeat(300_000));
    let read = read_in_suite(&format!(
        "<testcase name='a'><failure>{long}</failure><system-out><![CDATA[{long}]]></system-out></testcase>"
    ));
    let case = read.case("a");
    for text in [
        &case.problem().unwrap().text,
        case.system_out.as_ref().unwrap(),
    ] {
        assert!(text.text.starts_with("first\nüü"), "the head");
        assert!(text.text.ends_with("üü\nlast"), "the tail");
        assert!(
            !text.text.contains('\u{fffd}'),
            "no character is cut in half"
        );
        assert!(
            text.text.contains("ü\n[... text left out ...]\nü"),
            "the gap shows"
        );
        assert!(text.text.len() <= 64 * 1024 + 32);
        let kept = (text.text.len() - "\n[... text left out ...]\n".len()) as u64;
        assert_eq!(text.omitted_bytes, long.len() as u64 - kept);
    }
}

#[test]
fn a_text_at_the_limit_is_whole() {
    let text = "x".repeat(64 * 1024);
    let read = read_in_suite(&format!(
        "<testcase name='a'><failure>{text}</failure></testcase>"
    ));
    assert_eq!(problem(read.case("a")).1, text);
    assert_eq!(read.case("a").problem().unwrap().text.omitted_bytes, 0);
}

#[test]
fn depth_is_bounded() {
    let read = read(format!("<testsuite>\n{}", "<testsuite>".repeat(300)));
    assert_eq!(
        *read.error(),
        ReportError::TooDeep {
            line: 2,
            limit: 256
        }
    );
}

#[test]
fn attributes_are_bounded() {
    let many = " a='x'".repeat(200_000);
    let read = read_in_suite(&format!("<testcase name='a'{many} classname='c'/>"));
    assert_eq!(
        read.case("a").classname,
        None,
        "it stands after too many others"
    );
    assert_eq!(
        read.notes(),
        [NoteKind::AttributesLeftOut, NoteKind::TagTooLong]
    );
}

#[test]
fn a_huge_tag_is_cut_and_the_case_stays() {
    let huge = "m".repeat(3 * 1024 * 1024);
    let read = read_in_suite(&format!(
        "<testcase name='a'><failure message=\"{huge}\" type='t'/></testcase><testcase name='b'/>"
    ));
    assert_eq!(read.names(), ["a", "b"]);
    let problem = read.case("a").problem().unwrap();
    assert!(problem.message.as_ref().unwrap().text.starts_with("mmm"));
    assert_eq!(problem.kind, None, "it stood behind the cut");
    assert_eq!(read.notes(), [NoteKind::TagTooLong]);
}

#[test]
fn where_a_huge_tag_is_cut_does_not_depend_on_the_pieces() {
    let report = format!(
        "<testsuite><testcase name='a'><failure x=\"{}\" message='{}'/></testcase></testsuite>",
        "x>".repeat(512 * 1024 - 20),
        "é".repeat(100)
    );
    let whole = read(&report);
    assert_eq!(whole.notes(), [NoteKind::TagTooLong]);
    for size in [1, 1000, 65_536, 1_048_576] {
        assert_eq!(
            read_in_pieces(report.as_bytes(), size),
            whole,
            "pieces of {size}"
        );
    }
}

#[test]
fn names_are_bounded() {
    let read = read_in_suite(&format!("<testcase name='{}'/>", "é".repeat(100_000)));
    assert_eq!(read.cases[0].name, "é".repeat(4096));
    assert_eq!(read.notes(), [NoteKind::NameTooLong]);
}

#[test]
fn reruns_are_bounded() {
    let read = read_in_suite(&format!(
        "<testcase name='a'>{}</testcase>",
        "<rerunFailure message='x'/>".repeat(50)
    ));
    assert_eq!(read.case("a").reruns.len(), 32);
    let note = read.summary().notes[0];
    assert_eq!((note.kind, note.count), (NoteKind::ProblemsLeftOut, 18));
}

#[test]
fn suites_are_bounded_and_their_cases_are_not() {
    let read = read(format!(
        "<testsuites tests='5000'>{}</testsuites>",
        "<testsuite><testcase name='a'/></testsuite>".repeat(5000)
    ));
    assert_eq!(read.cases.len(), 5000);
    assert_eq!(read.summary().suites.len(), 4096);
    assert_eq!(read.summary().counted.tests, 5000);
    assert!(read.summary().totals_agree());
    assert_eq!(read.notes(), [NoteKind::SuitesLeftOut]);
}

#[test]
fn control_characters_of_element_names_do_not_reach_errors() {
    let read = read("<evil\u{1b}[2J>");
    assert_eq!(
        read.error().to_string(),
        "root element `evil` at line 1 is not a JUnit report"
    );
}

#[test]
fn what_follows_an_error_is_ignored() {
    let mut parser = Parser::new();
    parser.feed(b"<html>");
    assert!(parser.error().is_some());
    parser.feed(b"<testsuite><testcase name='a'/></testsuite>");
    assert_eq!(parser.next_case(), None);
    assert!(matches!(parser.finish(), Err(ReportError::NotJunit { .. })));
}
