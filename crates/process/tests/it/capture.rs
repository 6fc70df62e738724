use std::fs;

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::support::{run, shell};

#[test]
fn both_outputs_at_once_do_not_block() {
    let outcome = run(&shell(
        "head -c 20000000 /dev/zero & head -c 20000000 /dev/zero >&2; wait",
    ));
    assert!(outcome.success());
    for stream in [&outcome.stdout, &outcome.stderr] {
        assert_eq!(stream.total_bytes(), 20_000_000);
        assert_eq!(stream.omitted_bytes(), 20_000_000 - (512 << 10));
        assert_eq!(stream.to_bytes().len(), 512 << 10);
        assert_eq!(stream.head().len(), 256 << 10);
    }
}

#[test]
fn the_beginning_and_the_end_are_kept() {
    let outcome = run(&shell("seq 1 100000").capture_limit(20));
    // 588,895 bytes in all: 9 x 2 + 90 x 3 + 900 x 4 + 9,000 x 5 + 90,000 x 6 + 7.
    assert_eq!(
        outcome.stdout.to_text(),
        "1\n2\n3\n4\n5\n\n[588875 bytes omitted]\n99\n100000\n"
    );
    assert!(outcome.stdout.truncated());
    assert!(!outcome.stderr.truncated());
    assert_eq!(outcome.stderr.to_text(), "");
}

#[test]
fn bytes_that_are_no_text_are_kept_as_bytes() {
    let outcome = run(&shell("printf '\\377ok'"));
    assert_eq!(outcome.stdout.to_bytes(), b"\xffok");
    assert_eq!(outcome.stdout.to_text(), "\u{fffd}ok");
}

#[test]
fn little_is_kept_where_little_is_asked_for() {
    for (limit, head, tail) in [(0, "", ""), (1, "", "g"), (2, "a", "g"), (3, "a", "fg")] {
        let captured = run(&shell("printf abcdefg").capture_limit(limit)).stdout;
        assert_eq!(
            (captured.head(), captured.tail()),
            (head.as_bytes(), tail.as_bytes())
        );
        assert_eq!(captured.omitted_bytes(), 7 - limit as u64);
        assert_eq!(captured.to_bytes(), format!("{head}{tail}").into_bytes());
        assert_eq!(captured.into_bytes(), format!("{head}{tail}").into_bytes());
    }
    let zeros = run(&shell("printf '\\0\\0'")).stdout;
    assert_eq!(zeros.to_bytes(), [0, 0]);
}

#[test]
fn output_without_a_line_end_is_output() {
    let outcome = run(&shell("tr '\\0' x </dev/zero | head -c 67108864").digest());
    assert_eq!(outcome.stdout.total_bytes(), 64 << 20);
    assert!(outcome.stdout.to_bytes().iter().all(|byte| *byte == b'x'));
    assert_eq!(outcome.stdout.to_bytes().len(), 512 << 10);
    let expected: [u8; 32] = Sha256::digest(vec![b'x'; 64 << 20]).into();
    assert_eq!(outcome.stdout.sha256(), Some(expected));
}

#[test]
fn digests_are_of_all_that_was_read() {
    let outcome = run(&shell("printf abc").digest().capture_limit(1));
    // FIPS 180-2, appendix B.1; and the digest of nothing.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(outcome.stdout.sha256_hex().as_deref(), Some(abc));
    assert_eq!(outcome.stderr.sha256_hex().as_deref(), Some(nothing));
    assert_eq!(run(&shell("printf abc")).stdout.sha256(), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_limit_keeps_what_it_says(bytes in prop::collection::vec(any::<u8>(), 0..300_000), limit in 0usize..200_000) {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("in"), &bytes).unwrap();
        let captured = run(&shell("cat in").directory(directory.path()).capture_limit(limit)).stdout;
        let expected = if bytes.len() <= limit {
            bytes.clone()
        } else {
            let head = limit / 2;
            [&bytes[..head], &bytes[bytes.len() - (limit - head)..]].concat()
        };
        prop_assert_eq!(captured.truncated(), bytes.len() > limit);
        prop_assert_eq!(captured.total_bytes(), bytes.len() as u64);
        prop_assert!(captured.to_bytes() == expected);
    }
}
