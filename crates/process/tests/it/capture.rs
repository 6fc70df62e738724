use std::fs;

use proptest::prelude::*;

use crate::support::{run, shell};

#[test]
fn both_outputs_at_once_do_not_block() {
    let outcome = run(&shell(
        "head -c 20000000 /dev/zero & head -c 20000000 /dev/zero >&2; wait",
    ));
    assert!(outcome.success());
    for stream in [&outcome.stdout, &outcome.stderr] {
        assert_eq!(stream.total_bytes(), 20_000_000);
        assert_eq!(stream.omitted_bytes(), 20_000_000 - (2 << 20));
        assert_eq!(stream.to_bytes().len(), 2 << 20);
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
