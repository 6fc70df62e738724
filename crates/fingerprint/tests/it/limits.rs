//! Input that is empty, broken, huge or hostile.

use ftc_fingerprint::Class;

use crate::support::{only_failure, scan, scan_in_pieces};

const FAILURE: &str =
    "--- FAIL: TestA (0.00s)\n    a_test.go:3: got 1, want 2\nFAIL\nFAIL\texample.com/a\t0.1s\n";

fn rules(log: impl AsRef<[u8]>) -> Vec<&'static str> {
    scan(log).notes.iter().map(|note| note.rule).collect()
}

#[test]
fn an_empty_input_is_unknown_and_says_so() {
    let scan = scan("");
    assert_eq!((scan.class, scan.lines, scan.bytes), (Class::Unknown, 0, 0));
    assert_eq!(rules(""), ["empty-input"]);
}

#[test]
fn text_without_any_tool_is_unknown() {
    let scan = scan("hello\nworld\n");
    assert_eq!((scan.class, scan.lines), (Class::Unknown, 2));
    assert!(scan.notes.is_empty());
}

#[test]
fn invalid_utf8_is_scanned_and_noted() {
    let mut log = FAILURE.as_bytes().to_vec();
    let at = FAILURE.find("got").expect("the message is there");
    log.splice(at..at, *b"\xff\xfe ");
    let failure = only_failure(&log);
    assert!(
        failure.message.ends_with("got 1, want 2"),
        "{}",
        failure.message
    );
    assert_eq!(rules(&log), ["invalid-utf8"]);
}

#[test]
fn a_line_of_many_megabytes_is_cut_and_noted() {
    let mut log = b"x".repeat(3 << 20);
    log.push(b'\n');
    log.extend_from_slice(FAILURE.as_bytes());
    for size in [1 << 10, 256 << 10, log.len()] {
        let scan = scan_in_pieces(&log, size);
        assert_eq!(scan.failures[0].span.first_line, 2, "pieces of {size}");
        assert_eq!(
            scan.failures[0].span.start,
            (3 << 20) + 1,
            "pieces of {size}"
        );
        assert_eq!(scan.bytes, log.len() as u64);
    }
    let mut marked = b"--- FAIL: TestLong (0.00s)".to_vec();
    marked.extend(b"y".repeat(2 << 20));
    marked.push(b'\n');
    marked.extend_from_slice(FAILURE.as_bytes());
    assert_eq!(rules(&marked), ["line-too-long"]);
}

#[test]
fn a_last_line_without_its_end_counts() {
    let scan = scan(FAILURE.trim_end());
    assert_eq!((scan.lines, scan.failures.len()), (4, 1));
}

#[test]
fn line_endings_of_windows_make_no_difference() {
    let (unix, windows) = (
        only_failure(FAILURE),
        only_failure(FAILURE.replace('\n', "\r\n")),
    );
    assert_eq!(
        (unix.test, unix.message, unix.keys),
        (windows.test, windows.message, windows.keys)
    );
}

#[test]
fn more_failures_than_are_kept_are_counted() {
    use std::fmt::Write as _;
    let mut log = String::new();
    for number in 0..10_500 {
        writeln!(
            log,
            "--- FAIL: Test{number} (0.00s)\n    a_test.go:3: got {number}, want 2"
        )
        .expect("writing to a string cannot fail");
    }
    log.push_str("FAIL\nFAIL\texample.com/a\t0.1s\n");
    let scan = scan(&log);
    assert_eq!(scan.failures.len(), 10_000);
    assert_eq!(
        scan.notes[0].text,
        "500 more failures were found than are kept"
    );
}

#[test]
fn a_secret_in_a_message_is_not_in_the_result() {
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let log = FAILURE.replace("got 1", &format!("token {token} refused"));
    let found = format!("{:?}", scan(&log));
    assert!(!found.contains(&token), "{found}");
    assert!(found.contains("refused"));
}

#[test]
fn escape_codes_in_a_message_are_not_in_the_result() {
    let log = FAILURE.replace(
        "got 1",
        "\u{1b}]0;title\u{7}got \u{1b}[31m1\u{1b}[0m\u{202e}",
    );
    let failure = only_failure(&log);
    assert_eq!(failure.message, "got 1, want 2");
}

#[test]
fn the_lines_of_an_excerpt_are_numbered_as_in_the_input() {
    // Since Go 1.14 what a test says stands before its result.
    let log = "start\n=== RUN   TestLease\n    lease_test.go:41: lease expired\n--- FAIL: TestLease (0.01s)\nFAIL\nFAIL\texample.com/lease\t0.014s\n";
    let scan = crate::support::scan(log);
    let excerpt = &scan.failures[0].excerpt;
    assert_eq!(
        excerpt.text,
        "--- FAIL: TestLease (0.01s)\n    lease_test.go:41: lease expired"
    );
    assert_eq!(excerpt.line_numbers, [4, 3]);
}
