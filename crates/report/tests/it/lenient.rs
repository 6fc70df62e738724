//! What is odd and is read over.

use std::time::Duration;

use ftc_report::junit::{NoteKind, Outcome};

use crate::support::{problem, read, read_in_suite};

#[test]
fn no_declaration_a_byte_order_mark_and_several_roots() {
    let read = read(
        "\u{feff}<testsuite name='a'><testcase name='x'/></testsuite>\n<?xml version='1.0'?>\n<testsuites tests='1'><testsuite name='b'><testcase name='y'/></testsuite></testsuites>",
    );
    assert_eq!(read.names(), ["x", "y"]);
    assert_eq!(read.summary().counted.tests, 2);
    assert_eq!(read.notes(), []);
    assert_eq!(read.case("x").start.offset, 23, "offsets count the mark");
}

#[test]
fn forbidden_characters_are_kept_and_noted() {
    let read = read_in_suite(
        "<testcase name='a'>\n<failure message='\u{1b}[31mred&#27;[0m'>\u{1b}[1mbold&#x1b;[0m\u{0}</failure></testcase>",
    );
    assert_eq!(
        problem(read.case("a")),
        ("\u{1b}[31mred\u{1b}[0m", "\u{1b}[1mbold\u{1b}[0m\0")
    );
    let [note] = read.summary().notes.as_slice() else {
        panic!("one kind of note: {:?}", read.summary().notes);
    };
    assert_eq!(
        (note.kind, note.count, note.first_line),
        (NoteKind::ForbiddenCharacter, 5, 2)
    );
    assert_eq!(
        note.to_string(),
        "character that XML forbids, first at line 2 (5 times)"
    );
}

#[test]
fn predefined_entities_and_references() {
    let read = read_in_suite(
        "<testcase name='&lt;&gt;&amp;&quot;&apos;&#65;&#x42;'><failure>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#x1F600;</failure></testcase>",
    );
    assert_eq!(problem(read.case("<>&\"'AB")).1, "<>&\"'AB\u{1f600}");
    assert_eq!(read.notes(), []);
}

#[test]
fn unknown_entities_and_bare_ampersands_stay_as_they_are() {
    let read = read_in_suite(
        "<testcase name='a&b &nbsp; &#x110000;'><failure>x && y &nbsp; &; &#-1; &#+65; &</failure></testcase>",
    );
    assert_eq!(
        problem(read.case("a&b &nbsp; &#x110000;")).1,
        "x && y &nbsp; &; &#-1; &#+65; &"
    );
    let note = read.summary().notes[0];
    assert_eq!((note.kind, note.count), (NoteKind::UnknownEntity, 10));
}

#[test]
fn a_less_than_that_opens_nothing_is_text() {
    let read = read_in_suite("<testcase name='a'><failure>1 < 2, 3 <= 4, <<-</failure></testcase>");
    assert_eq!(problem(read.case("a")).1, "1 < 2, 3 <= 4, <<-");
    assert_eq!(read.notes(), [NoteKind::StrayLessThan]);
}

#[test]
fn malformed_attributes_are_left_out() {
    let read = read_in_suite("<testcase disabled name='a' time=1 classname='c'/>");
    assert_eq!(read.case("a").classname.as_deref(), Some("c"));
    assert_eq!(read.notes(), [NoteKind::MalformedAttribute]);
}

#[test]
fn line_ends_are_normalized() {
    let read = read_in_suite(
        "<testcase name='a'><failure message='x&#13;&#10;y'>a\r\nb\rc&#13;\n</failure></testcase>",
    );
    assert_eq!(problem(read.case("a")), ("x\ny", "a\nb\nc\n"));
}

#[test]
fn latin_1_is_decoded_when_declared() {
    let report = b"<?xml version='1.0' encoding='ISO-8859-1'?><testsuite name='s'><testcase name='caf\xe9'><failure message='\x80'>\xfc&#233;\xff</failure></testcase></testsuite>";
    let read = read(report);
    assert_eq!(problem(read.case("café")), ("€", "üéÿ"));
    assert_eq!(read.notes(), []);
}

#[test]
fn invalid_utf8_is_replaced_and_noted() {
    let read =
        read(b"<testsuite><testcase name='caf\xe9'><failure>\xff</failure></testcase></testsuite>");
    assert_eq!(problem(read.case("caf\u{fffd}")).1, "\u{fffd}");
    assert_eq!(read.notes(), [NoteKind::InvalidUtf8]);
}

#[test]
fn a_declared_utf_16_that_is_not_is_utf_8() {
    let read =
        read("<?xml version='1.0' encoding='utf-16'?><testsuite><testcase name='é'/></testsuite>");
    assert_eq!(read.names(), ["é"]);
}

#[test]
fn comments_instructions_and_a_document_type_are_skipped() {
    let read = read(
        "<!-- a -- <testsuite> ---><!DOCTYPE testsuite [ <!-- don't ]> --> <!ENTITY x \"]>\"> ]><?php echo '>' ?>\
         <testsuite><!----><testcase name='a'><!-- <failure/> --></testcase></testsuite>",
    );
    assert_eq!(read.names(), ["a"]);
    assert_eq!(read.case("a").outcome, Outcome::Passed);
}

#[test]
fn a_failure_of_a_suite_is_a_case_with_its_name() {
    let read = read(
        "<testsuite name='setup'><error message='no database'>refused</error><testcase name='a'/></testsuite>",
    );
    assert_eq!(read.names(), ["setup", "a"]);
    assert_eq!(problem(read.case("setup")), ("no database", "refused"));
    assert_eq!(read.notes(), [NoteKind::SuiteProblem]);
}

#[test]
fn elements_nobody_knows_are_passed_through_and_around() {
    let read = read_in_suite(
        "<group><testcase name='a'><properties><property name='failure'/></properties><x><failure/></x></testcase></group><system-out>FAIL</system-out>",
    );
    assert_eq!(
        read.case("a").outcome,
        Outcome::Passed,
        "a failure inside of something unknown is not the case's"
    );
    assert_eq!(read.case("a").system_out, None, "it was the suite's");
}

#[test]
fn names_with_a_namespace_prefix() {
    let read = read(
        "<j:testsuite xmlns:j='x'><j:testcase j:name='a'><j:failure/></j:testcase></j:testsuite>",
    );
    assert!(matches!(read.case("a").outcome, Outcome::Failed(_)));
}

#[test]
fn a_case_without_a_name_and_text_outside_are_noted() {
    let read = read("garbage\n<testsuite><testcase/></testsuite>\ndone\n");
    assert_eq!(read.names(), [""]);
    assert_eq!(read.notes(), [NoteKind::TextOutside, NoteKind::MissingName]);
}

#[test]
fn times_as_locales_write_them() {
    for (time, milliseconds) in [
        ("1.5", Some(1_500)),
        ("1,234.5", Some(1_234_500)),
        ("0,005", Some(5)),
        ("1,5", Some(1_500)),
        ("1,234", None),
        ("", None),
        ("-1", None),
        ("NaN", None),
        ("1e999", None),
        (" 2 ", Some(2_000)),
    ] {
        let read = read_in_suite(&format!("<testcase name='a' time='{time}'/>"));
        assert_eq!(
            read.case("a").time,
            milliseconds.map(Duration::from_millis),
            "{time:?}"
        );
    }
}

#[test]
fn the_failure_counts_more_than_a_skip_and_the_first_more_than_the_rest() {
    let read = read_in_suite(
        "<testcase name='a'><skipped/><failure message='one'/><error message='two'/></testcase>",
    );
    assert_eq!(problem(read.case("a")).0, "one");
    assert_eq!(read.case("a").also[0].message.as_ref().unwrap().text, "two");
    assert_eq!(read.summary().counted.failures, 1);
    assert_eq!(read.summary().counted.errors, 0);
}
