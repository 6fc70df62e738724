use std::borrow::Cow;

use ftc_redact::{cap, cap_marked};
use proptest::prelude::*;

#[test]
fn a_cut_is_between_characters() {
    assert_eq!(cap("aé", 2), "a");
    assert_eq!(cap("aé", 3), "aé");
    assert_eq!(cap("👍", 3), "");
    assert_eq!(cap("abc", 0), "");
}

#[test]
fn a_mark_says_what_is_missing() {
    assert_eq!(cap_marked("0123456789", 10), "0123456789");
    // The mark for at most 100 bytes has 19 characters, so that 21 of 40 are left for the text and 79 of 100 go.
    assert_eq!(
        cap_marked(&"x".repeat(100), 40),
        format!("{}... [79 bytes cut]", "x".repeat(21))
    );
    assert!(matches!(
        cap_marked("0123456789abcdef", 5),
        Cow::Borrowed("01234")
    ));
}

proptest! {
    #[test]
    fn no_cap_is_exceeded(text in "\\PC{0,60}", max in 0usize..80) {
        let capped = cap(&text, max);
        prop_assert!(capped.len() <= max && text.starts_with(capped));
        prop_assert!(text.len() <= max || capped.len() + 4 > max);
        let marked = cap_marked(&text, max);
        prop_assert!(marked.len() <= max);
        if let Some((kept, rest)) = marked.split_once("... [")
            && marked.len() < text.len()
        {
            let cut: usize = rest.strip_suffix(" bytes cut]").unwrap().parse().unwrap();
            prop_assert_eq!(kept.len() + cut, text.len());
        }
    }
}
