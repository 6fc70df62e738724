//! The defects of the cleaner that this project follows, as tests.

use ftc_redact::{clean, scrub};

#[test]
fn cleaner_w15_secrets_that_the_original_missed() {
    let fine_grained = format!("github_pat_11ABCDEFG0abcdefghijkl_{}", "a1B2".repeat(14));
    let oauth = format!("gho_{}", "a1B2c3".repeat(6));
    for (text, expected) in [
        (
            "Authorization: Bearer x".to_owned(),
            "Authorization: [redacted authorization]",
        ),
        (
            "2026-01-01T00:00:00.0000000Z ##[debug] > Authorization: Bearer x".to_owned(),
            "2026-01-01T00:00:00.0000000Z ##[debug] > Authorization: [redacted authorization]",
        ),
        (
            format!("    lib_test.go:7: {fine_grained}"),
            "    lib_test.go:7: [redacted github]",
        ),
        (format!("got {oauth}"), "got [redacted github]"),
        ("id=AKIAQ7ZT4XKDL2MPWB3R".to_owned(), "id=[redacted aws]"),
        (
            "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz".to_owned(),
            "AWS_SECRET_ACCESS_KEY=[redacted credential]",
        ),
        (
            "dial: password=hunter2".to_owned(),
            "dial: password=[redacted credential]",
        ),
        (
            "clone https://bot:hunter2@example.com/r.git".to_owned(),
            "clone https://bot:[redacted credential]@example.com/r.git",
        ),
    ] {
        assert_eq!(scrub(&text), expected);
        // Excerpt, signature, title: whatever is published goes through the same door.
        assert_eq!(clean(&text, 4096), expected);
    }
}
