use std::borrow::Cow;

use ftc_redact::{Redactor, clean, scrub, strip_controls};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::support::{key, named, planted_named, planted_tokens, stream, tokens};

/// Pieces that secrets and what is mistaken for them are made of, so that random texts come near to every rule.
fn fragment() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "password",
        "token",
        "secret",
        "api_key",
        "Authorization",
        "Bearer ",
        "Basic ",
        "_auth",
        "pwd",
        "--",
        "=",
        "==",
        ": ",
        ":",
        " = ",
        "=>",
        "\"",
        "'",
        "\\\"",
        " ",
        "\t",
        "\n",
        "&",
        ";",
        ",",
        ".",
        "/",
        "://",
        "@",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "<",
        ">",
        "</",
        "***",
        "$",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "-----END",
        "MIIEowIBAAKCAQEA",
        "eyJ",
        "AKIA",
        "AIza",
        "ghp_",
        "github_pat_",
        "xoxb-",
        "npm_",
        "pypi-",
        "hooks.slack.com/services/",
        "[redacted credential]",
        "[redacted github]",
        "[redacted",
        "redacted",
        "hunter2",
        "must",
        "x",
        "12",
        "é",
        "\x1b[1m",
        "\x1b]",
        "\u{202e}",
        "\r",
        "\u{9b}",
    ];
    prop_oneof![
        8 => select(PIECES).prop_map(str::to_owned),
        1 => select(tokens()),
        1 => select(named()).prop_map(|(text, _)| text),
        1 => "[ -~]{0,8}",
        1 => "\\PC{0,4}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(fragment(), 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn scrubbing_twice_is_scrubbing_once(text in text()) {
        let once = scrub(&text).into_owned();
        prop_assert_eq!(scrub(&once), once.as_str());
    }

    #[test]
    fn cleaning_twice_is_cleaning_once(text in text(), max in 0usize..120) {
        let once = clean(&text, max).into_owned();
        prop_assert!(once.len() <= max);
        prop_assert_eq!(clean(&once, max), once.as_str());
        prop_assert_eq!(scrub(&once), once.as_str());
        prop_assert_eq!(strip_controls(&once), once.as_str());
    }

    #[test]
    fn every_way_of_cutting_gives_the_same(text in text(), cuts in prop::collection::vec(any::<Index>(), 0..8)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
        cuts.sort_unstable();
        prop_assert_eq!(stream(Redactor::new(), &text, &cuts), scrub(&text));
        let cleaned = scrub(&strip_controls(&text)).into_owned();
        prop_assert_eq!(stream(Redactor::cleaning(), &text, &cuts), cleaned);
    }

    #[test]
    fn a_planted_token_never_survives(before in text(), (token, needle) in select(planted_tokens()), after in text()) {
        let planted = format!("{before}{token}{after}");
        let scrubbed = scrub(&planted);
        prop_assert!(!scrubbed.contains(needle), "{:?}", scrubbed);
    }

    #[test]
    fn a_planted_named_secret_never_survives(before in text(), (named, secret) in select(planted_named()), after in text()) {
        // A gap before and after: glued to either, the text is another name or another value.
        let planted = format!("{before}\n{named} {after}");
        let scrubbed = scrub(&planted);
        prop_assert!(!scrubbed.contains(&secret), "{:?}", scrubbed);
    }

    #[test]
    fn a_planted_private_key_never_survives(before in text(), prefix in select(vec!["", "2026-01-01 ", "  "]), length in 2usize..=5, after in text()) {
        let lines = key(prefix)[..length].join("\n");
        let planted = format!("{before}\n{lines}\n{after}");
        let scrubbed = scrub(&planted);
        prop_assert!(!scrubbed.contains("x7VnPq3kz8JmT1rYw5uB2"), "{:?}", scrubbed);
    }

    #[test]
    fn text_without_any_beginning_of_a_secret_is_borrowed(text in "[a-fh-ln-or-suv-z0-9 .,;\n]{0,200}") {
        prop_assert!(matches!(scrub(&text), Cow::Borrowed(same) if same == text.as_str()));
        prop_assert!(matches!(clean(&text, 1_000), Cow::Borrowed(same) if same == text.as_str()));
    }
}
