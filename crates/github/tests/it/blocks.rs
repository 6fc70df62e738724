//! Blocks in bodies that people edit too.

use ftc_github::blocks::{block, escape, read, read_all, replace};
use proptest::prelude::*;

const OLD: &str =
    "Hello\n\n<!-- FTC:SUMMARY_START -->\nold\n<!-- FTC:SUMMARY_END -->\n\nA person's words.\n";

#[test]
fn a_block_is_replaced_and_nothing_else() {
    assert_eq!(
        replace(OLD, "SUMMARY", "new"),
        "Hello\n\n<!-- FTC:SUMMARY_START -->\nnew\n<!-- FTC:SUMMARY_END -->\n\nA person's words.\n"
    );
    assert_eq!(read(OLD, "SUMMARY"), Some("old"));
    assert_eq!(read(OLD, "EVIDENCE"), None);
}

#[test]
fn a_missing_block_is_added_at_the_end() {
    let block = "<!-- FTC:A_START -->\nx\n<!-- FTC:A_END -->";
    for (body, expected) in [
        ("", block.to_owned()),
        ("text", format!("text\n\n{block}")),
        ("text\n", format!("text\n\n{block}")),
        ("text\n\n\n", format!("text\n\n\n{block}")),
    ] {
        assert_eq!(replace(body, "A", "x"), expected);
    }
}

#[test]
fn damaged_markers_cost_nobody_his_text() {
    let start = "<!-- FTC:A_START -->";
    let end = "<!-- FTC:A_END -->";
    let block = format!("{start}\nnew\n{end}");
    for (body, expected) in [
        // A lost end, a lost start, both the wrong way round.
        (format!("a {start} b"), format!("a  b\n\n{block}")),
        (format!("a {end} b"), format!("a  b\n\n{block}")),
        (
            format!("a {end} b {start} c"),
            format!("a  b  c\n\n{block}"),
        ),
        // Two blocks: the first is the block, the text of the second is a person's from now on.
        (
            format!("{start}\n1\n{end} mid {start}\n2\n{end} tail"),
            format!("{block} mid \n2\n tail"),
        ),
        // A second start: the block is the last start before an end.
        (
            format!("{start} x {start}\n1\n{end}"),
            format!(" x {block}"),
        ),
        // Another block inside is not swallowed.
        (
            format!("{start} x <!-- FTC:B_START -->\ny\n<!-- FTC:B_END --> {end}"),
            format!(" x <!-- FTC:B_START -->\ny\n<!-- FTC:B_END --> \n\n{block}"),
        ),
        // Not quite a marker.
        (
            "<!-- ftc:A_START -->".to_owned(),
            format!("<!-- ftc:A_START -->\n\n{block}"),
        ),
    ] {
        let replaced = replace(&body, "A", "new");
        assert_eq!(replaced, expected, "{body}");
        assert_eq!(replace(&replaced, "A", "new"), replaced, "{body}");
        assert_eq!(read(&replaced, "A"), Some("new"), "{body}");
    }
}

#[test]
fn the_line_ends_of_a_web_page_change_nothing() {
    let body = OLD.replace('\n', "\r\n");
    assert_eq!(read(&body, "SUMMARY"), Some("old"));
    assert_eq!(replace(&body, "SUMMARY", "old"), body);
    let two = replace("", "A", "one\ntwo").replace('\n', "\r\n");
    assert_eq!(replace(&two, "A", "one\ntwo"), two);
}

#[test]
fn a_block_holds_no_marker_of_ours_inside() {
    let text = "x <!-- FTC:A_END --> y <!--ftc:v1 kind=issue key=1 --> <!--\n Ftc:B_START --> <!-- other -->";
    let body = block("A", text);
    assert_eq!(
        read(&body, "A"),
        Some(
            "x &lt;!-- FTC:A_END --> y &lt;!--ftc:v1 kind=issue key=1 --> &lt;!--\n Ftc:B_START --> <!-- other -->"
        )
    );
}

#[test]
fn names_are_brought_into_their_form() {
    assert_eq!(
        block("issue-agent", "x"),
        "<!-- FTC:ISSUE_AGENT_START -->\nx\n<!-- FTC:ISSUE_AGENT_END -->"
    );
    let body = replace("", "START_END", "x");
    assert_eq!(read(&body, "START_END"), Some("x"));
    assert_eq!(read_all(&body), [("START_END", "x")]);
}

#[test]
fn escaped_text_holds_no_comment() {
    assert_eq!(
        escape("a <!-- FTC:A_START --> <!--ftc:v1--> <![CDATA[ <b> x<"),
        "a &lt;!-- FTC:A_START --> &lt;!--ftc:v1--> &lt;![CDATA[ <b> x&lt;"
    );
    assert_eq!(escape("<<!!--"), "<&lt;!!--");
}

/// Text with much of what matters to markers in it.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("<!-- FTC:A_START -->".to_owned()),
        Just("<!-- FTC:A_END -->".to_owned()),
        Just("<!-- FTC:B_START -->".to_owned()),
        Just("<!-- FTC:B_END -->".to_owned()),
        Just("<!--".to_owned()),
        Just("\n".to_owned()),
        Just("<".to_owned()),
        Just("!-- FTC:A_END -->".to_owned()),
        "[a-z<>!é🦀 -]{0,6}",
    ];
    proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

/// Text with whole markers in it, and no parts that could come together as others.
fn simple_text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("<!-- FTC:A_START -->".to_owned()),
        Just("<!-- FTC:A_END -->".to_owned()),
        Just("<!-- FTC:B_START -->".to_owned()),
        Just("<!-- FTC:B_END -->".to_owned()),
        "[a-zé🦀\n -]{0,6}",
    ];
    proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

/// What a person would miss if it were gone: everything but markers and the white space that the markers stood on.
fn words(body: &str) -> String {
    let mut body = body.to_owned();
    for name in ["A", "B"] {
        for side in ["START", "END"] {
            body = body.replace(&format!("<!-- FTC:{name}_{side} -->"), "");
        }
    }
    body.split_whitespace().collect()
}

proptest! {
    #[test]
    fn what_is_put_in_comes_out(body in text(), new in "[a-zé\n ]{0,20}") {
        let replaced = replace(&body, "A", &new);
        prop_assert_eq!(read(&replaced, "A"), Some(new.as_str()));
        prop_assert_eq!(replace(&replaced, "A", &new), replaced);
    }

    #[test]
    fn no_word_outside_is_lost(body in simple_text()) {
        let inside = read(&body, "A").map(words).unwrap_or_default();
        let replaced = replace(&body, "A", "");
        prop_assert_eq!(words(&replaced).len(), words(&body).len() - inside.len());
    }

    #[test]
    fn one_block_does_not_touch_another(body in text()) {
        let body = replace(&body, "B", "of B");
        let replaced = replace(&body, "A", "of A");
        prop_assert_eq!(read(&replaced, "B"), Some("of B"));
    }

    #[test]
    fn escaping_twice_is_escaping_once(body in text(), before in text(), after in text()) {
        let escaped = escape(&body);
        prop_assert_eq!(escape(&escaped), escaped.clone());
        prop_assert!(!escaped.contains("<!"));
        // Nor does a comment come about at a seam.
        let joined = format!("{}{}{}", escape(&before), escaped, escape(&after));
        prop_assert!(!joined.contains("<!"));
    }

    #[test]
    fn hostile_text_in_a_block_stays_in_it(hostile in text()) {
        let body = replace("before", "A", &hostile);
        let body = replace(&body, "B", &hostile);
        prop_assert_eq!(read_all(&body).len(), 2);
        prop_assert!(body.starts_with("before\n\n<!-- FTC:A_START -->"));
        prop_assert!(body.ends_with("<!-- FTC:B_END -->"));
    }
}
