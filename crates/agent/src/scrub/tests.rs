use proptest::prelude::*;

use super::{Scrubber, Secrets, scrub};

fn secrets(values: &[&str]) -> Secrets {
    Secrets::among(values.iter().map(|value| ("API_KEY", *value)))
}

fn scrub_in_pieces(bytes: &[u8], size: usize, secrets: &Secrets) -> String {
    let mut scrubbed = String::new();
    let mut scrubber = Scrubber::new(secrets);
    for piece in bytes.chunks(size) {
        scrubber.push(piece, &mut scrubbed);
    }
    scrubber.finish(&mut scrubbed);
    scrubbed
}

#[test]
fn of_overlapping_secrets_the_longest_goes() {
    let secrets = secrets(&["plain word", "plain words here"]);
    for size in 1..40 {
        let text = scrub_in_pieces(b"plain words here, plain words, plain word", size, &secrets);
        let mark = "[redacted credential]";
        assert_eq!(text, format!("{mark}, {mark}s, {mark}"), "{size}");
    }
}

#[test]
fn short_values_and_harmless_names_are_no_secrets() {
    let secrets = Secrets::among(
        [
            ("API_KEY", "short"),
            ("FOLDER", "/a/long/path"),
            ("my_token", "lower case counts"),
        ]
        .into_iter(),
    );
    assert_eq!(
        scrub(b"short /a/long/path lower case counts", &secrets),
        "short /a/long/path [redacted credential]"
    );
}

#[test]
fn control_characters_hide_no_secret() {
    let secrets = secrets(&["plain words here"]);
    for text in [
        "plain \u{1b}[1mwords\u{1b}[0m here",
        "plain wo\u{7}rds here",
    ] {
        for size in 1..text.len() {
            let scrubbed = scrub_in_pieces(text.as_bytes(), size, &secrets);
            assert_eq!(scrubbed, "[redacted credential]", "{size}");
        }
    }
}

#[test]
fn characters_may_come_in_parts() {
    let bytes = "aé€😀\u{1b}[1mz\r\n".as_bytes();
    for size in 1..bytes.len() {
        let text = scrub_in_pieces(bytes, size, &Secrets::default());
        assert_eq!(text, scrub(bytes, &Secrets::default()), "{size}");
        assert!(text.starts_with("aé€😀z"), "{text:?}");
    }
    assert_eq!(scrub(b"a\xf0\x9f\x98", &Secrets::default()), "a\u{fffd}");
    assert_eq!(
        scrub_in_pieces(b"a\xf0\x9fz\xff", 1, &Secrets::default()),
        "a\u{fffd}z\u{fffd}"
    );
}

proptest! {
    #[test]
    fn the_cut_does_not_matter_and_no_secret_stays(
        parts in prop::collection::vec(prop_oneof![
            Just(b"abcabcabd".to_vec()),
            Just(b"abcabcab".to_vec()),
            Just(b"cabcabca".to_vec()),
            Just(b"ab".to_vec()),
            Just("é\n".as_bytes().to_vec()),
            prop::collection::vec(any::<u8>(), 0..6),
        ], 0..20),
        size in 1usize..20,
    ) {
        let bytes = parts.concat();
        let secrets = secrets(&["abcabcabd", "cabcabca"]);
        let whole = scrub(&bytes, &secrets);
        prop_assert_eq!(&scrub_in_pieces(&bytes, size, &secrets), &whole);
        prop_assert!(!whole.contains("abcabcabd") && !whole.contains("cabcabca"));
    }
}
