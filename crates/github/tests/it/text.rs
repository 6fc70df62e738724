//! Limits, and other people's text in ours.

use ftc_github::blocks::{read, read_all, replace};
use ftc_github::text::{BODY_LIMIT, TITLE_LIMIT, cell, code_block, fit_body, fit_title};
use proptest::prelude::*;

fn length(text: &str) -> usize {
    text.chars().count()
}

#[test]
fn a_title_is_one_line_and_fits() {
    assert_eq!(fit_title(" a\r\n b\tc "), "a b c");
    let fits = "é".repeat(TITLE_LIMIT);
    assert_eq!(fit_title(&fits), fits);
    let cut = fit_title(&"é".repeat(TITLE_LIMIT + 1));
    assert_eq!(cut, format!("{}…", "é".repeat(TITLE_LIMIT - 1)));
}

#[test]
fn a_body_that_fits_is_not_touched() {
    let body = "🦀".repeat(BODY_LIMIT);
    assert_eq!(fit_body(&body), body);
}

#[test]
fn the_last_block_is_shortened_between_lines() {
    let body = replace("head\n", "SUMMARY", "short");
    let lines: Vec<String> = (0..10_000)
        .map(|number| format!("line {number}\n"))
        .collect();
    let lines = lines.concat();
    let body = replace(&body, "EXCERPTS", &lines);
    let fitted = fit_body(&body);
    assert!(length(&fitted) <= BODY_LIMIT);
    assert_eq!(read(&fitted, "SUMMARY"), Some("short"));
    let excerpts = read(&fitted, "EXCERPTS").expect("its markers are whole");
    let (kept, note) = excerpts.rsplit_once('\n').unwrap();
    assert_eq!(note, "*(The rest was too long for this page.)*");
    assert!(lines.starts_with(kept.trim_end()));
    assert!(kept.trim_end().ends_with(|c: char| c.is_ascii_digit()));
    // Nothing is wasted either.
    assert!(length(&fitted) > BODY_LIMIT - 300, "{}", length(&fitted));
}

#[test]
fn a_shortened_block_closes_what_is_open() {
    let text = format!(
        "<details>\n\n````text\n{}````\n</details>",
        "x\n".repeat(60_000)
    );
    let fitted = fit_body(&replace("", "A", &text));
    let text = read(&fitted, "A").unwrap();
    assert_eq!(text.matches("````").count(), 2);
    assert_eq!(text.matches("<details>").count(), 1);
    assert_eq!(text.matches("</details>").count(), 1);
}

#[test]
fn a_cut_never_leaves_half_a_comment() {
    let body = format!(
        "{}<!-- ftc:v1 kind=a key=b -->",
        "x".repeat(BODY_LIMIT - 10)
    );
    assert_eq!(fit_body(&body), "x".repeat(BODY_LIMIT - 10));
}

#[test]
fn other_peoples_text_is_harmless_in_a_cell() {
    assert_eq!(
        cell("a|b `c`\n*d* [e](f) <b> @alice \\ <!-- FTC:A_START -->"),
        "a\\|b \\`c\\` \\*d\\* \\[e\\](f) &lt;b> @&#8203;alice \\\\ &lt;!-- FTC:A_START -->"
    );
}

#[test]
fn no_line_ends_a_code_block() {
    assert_eq!(code_block("x"), "```text\nx\n```");
    assert_eq!(code_block("a\n````\nb\n"), "`````text\na\n````\nb\n`````");
    assert_eq!(
        code_block("<!-- FTC:A_END -->"),
        "```text\n&lt;!-- FTC:A_END -->\n```"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_body_fits_and_keeps_its_blocks(
        sizes in proptest::collection::vec(0_usize..60_000, 1..4),
        between in 0_usize..70_000,
    ) {
        let mut body = "é".repeat(between);
        for (index, size) in sizes.iter().enumerate() {
            body = replace(&body, &format!("BLOCK{index}"), &"0123456\n".repeat(size / 8));
        }
        let fitted = fit_body(&body);
        prop_assert!(length(&fitted) <= BODY_LIMIT);
        prop_assert_eq!(read_all(&fitted).len(), sizes.len());
        prop_assert_eq!(fit_body(&fitted), fitted.clone());
    }
}
