use std::borrow::Cow;

use ftc_redact::clean;

use crate::support::tokens;

#[test]
fn an_escape_code_cannot_hide_a_secret() {
    for token in tokens() {
        let middle = token.len() / 2;
        for code in ["\x1b[1m", "\u{202e}", "\x08", "\x1b]0;t\x07", "\u{9b}0m"] {
            let text = format!("a {}{code}{} b", &token[..middle], &token[middle..]);
            let cleaned = clean(&text, 1000);
            assert!(!cleaned.contains(&token[middle..]), "{text:?} -> {cleaned}");
        }
    }
}

#[test]
fn a_cap_cannot_leave_half_a_secret() {
    for token in tokens() {
        let text = format!("start {token}");
        for max in 0..text.len() + 30 {
            let cleaned = clean(&text, max);
            assert!(cleaned.len() <= max);
            let secret_part = cleaned.strip_prefix("start ").unwrap_or_default();
            let public_part = secret_part.starts_with("[redacted ")
                || secret_part.starts_with("hooks.slack.com/")
                || "hooks.slack.com/".starts_with(secret_part);
            assert!(public_part, "{max}: {cleaned}");
        }
    }
}

#[test]
fn a_cut_that_makes_prose_a_password_is_noticed() {
    let text = "password: must be long";
    assert_eq!(clean(text, 100), text);
    // `password: must` alone would be a password, and its mark does not fit.
    assert_eq!(clean(text, 14), "password: ");
}

#[test]
fn clean_text_is_borrowed() {
    let text = "nothing to hide\n\tat all";
    assert!(matches!(clean(text, 100), Cow::Borrowed(same) if same == text));
    assert!(matches!(clean(text, 7), Cow::Borrowed("nothing")));
}
