//! Texts made to be slow: each repeats what a rule has to look at, without ever being what it looks for.

use ftc_redact::scrub;

const UNITS: &[&str] = &[
    "password",
    "password=",
    "password=\"",
    "password='",
    "password=\\\"",
    "password=[",
    "password\\\\\\",
    "token:",
    "token: a",
    "--token ",
    "<password>",
    "_auth=",
    "authorization:",
    "authorization: a ",
    "bearer ",
    "eyJ",
    "eyJaaaaaaaaaa.",
    "ghp_",
    "npm_",
    "pypi-",
    "pypi-A1",
    "xoxb-",
    "xoxb-1",
    "ya29.",
    "AKIA",
    "hooks.slack.com/services/",
    "://",
    "://a:b/",
    "://a@",
    "-----BEGIN",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----MIIEowIBAAKCAQEA",
    "-----BEGIN PRIVATE KEY----- ",
    "[redacted credential]",
];

/// With quadratic work this test takes minutes instead of a second or two: a line of 256 KiB, many of a
/// kilobyte, and some that end in nothing but punctuation.
#[test]
fn hostile_text_is_scrubbed_to_a_fixed_point() {
    for unit in UNITS {
        let line = unit.repeat((1 << 18) / unit.len());
        let lines = format!("{}\n", unit.repeat(1024 / unit.len())).repeat(64);
        let punctuated =
            format!("{}{}", unit.repeat(30_000 / unit.len()), ")".repeat(30_000)).repeat(4);
        for text in [line, lines, punctuated] {
            let once = scrub(&text).into_owned();
            assert!(once.len() <= 24 * text.len(), "{unit}");
            assert_eq!(scrub(&once), once, "{unit}");
        }
    }
}
