//! Laws that hold for every log.

use ftc_fingerprint::Scan;
use proptest::prelude::*;

use crate::fixtures;
use crate::support::{essence, gh_view, github, scan, scan_in_pieces};

/// What must not depend on how the input is cut.
fn whole(scan: &Scan) -> String {
    format!("{scan:#?}")
}

#[test]
fn the_cut_of_the_input_makes_no_difference() {
    for fixture in fixtures::logs() {
        let expected = whole(&scan(&fixture.bytes));
        let size = fixtures::choice(&fixture, 0, &[1, 7, 64, 4096]);
        assert_eq!(
            whole(&scan_in_pieces(&fixture.bytes, size)),
            expected,
            "{} in pieces of {size}",
            fixture.name
        );
    }
}

#[test]
fn the_envelope_makes_no_difference() {
    let mut wrapped = 0;
    for fixture in fixtures::plain_logs() {
        let expected = scan(&fixture.bytes);
        let failures = essence(&expected);
        let wrap = fixtures::choice(&fixture, 1, &[github as fn(&[u8]) -> Vec<u8>, gh_view]);
        let found = scan(wrap(&fixture.bytes));
        assert_eq!(essence(&found), failures, "{}", fixture.name);
        assert_eq!(found.class, expected.class, "{}", fixture.name);
        assert!(found.time.is_some(), "{}", fixture.name);
        wrapped += 1;
    }
    assert!(wrapped >= 60, "{wrapped} forms were compared");
}

#[test]
fn lines_before_a_log_only_move_its_places() {
    let padding = "downloading module 3 of 17\n".repeat(17);
    for fixture in fixtures::plain_logs() {
        let expected = scan(&fixture.bytes);
        let padded = scan([padding.as_bytes(), &fixture.bytes].concat());
        assert_eq!(essence(&padded), essence(&expected), "{}", fixture.name);
        for (moved, there) in padded.failures.iter().zip(&expected.failures) {
            assert_eq!(
                moved.span.first_line,
                there.span.first_line + 17,
                "{}",
                fixture.name
            );
            assert_eq!(
                moved.span.start,
                there.span.start + padding.len() as u64,
                "{}",
                fixture.name
            );
        }
    }
}

#[test]
fn spans_point_at_the_failure() {
    for fixture in fixtures::logs() {
        for failure in scan(&fixture.bytes).failures {
            let span = failure.span;
            assert!(
                span.first_line >= 1 && span.first_line <= span.last_line,
                "{}: {span:?}",
                fixture.name
            );
            assert!(
                span.start < span.end && span.end <= fixture.bytes.len() as u64,
                "{}: {span:?}",
                fixture.name
            );
            let start = usize::try_from(span.start).expect("fixtures are small");
            let before = fixture.bytes[..start].split(|&byte| byte == b'\n').count() as u64;
            assert_eq!(
                before, span.first_line,
                "{}: line and offset agree",
                fixture.name
            );
        }
    }
}

/// Lines that look like the tools', in any order: nothing may panic, and cutting makes no difference.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let tools = prop::sample::select(vec![
        "=== RUN   TestA",
        "=== CONT  TestA/b",
        "--- FAIL: TestA (0.00s)",
        "    --- FAIL: TestA/b (0.00s)",
        "    a_test.go:3: got",
        "panic: x",
        "goroutine 1 [running]:",
        "WARNING: DATA RACE",
        "==================",
        "FAIL\ta\t0.1s",
        "ok  \ta\t0.1s",
        "# a/b",
        "b.go:1:2: bad",
        "running 3 tests",
        "test a::b ... FAILED",
        "test a::b ... ",
        "failures:",
        "---- a::b stdout ----",
        "thread 'a::b' panicked at src/a.rs:1:2:",
        "test result: FAILED. 1 passed; 2 failed; 0 ignored",
        "error[E0308]: bad",
        " --> src/a.rs:1:2",
        "error: could not compile `a`",
        "error: test failed, to rerun pass `--lib`",
        "Caused by:",
        " Nextest run ID 1",
        "        FAIL [   0.005s] (1/2) a b::c",
        "  TRY 2 PASS [   0.005s] a b::c",
        "  stderr ───",
        "     Summary [   0.1s] 2 tests run: 1 passed, 1 failed, 0 skipped",
        "=== FAILURES ===",
        "=========== FAILURES ===========",
        "____ test_a ____",
        "E   ValueError: x",
        "a.py:3: ValueError",
        "FAILED a.py::test_a - x",
        "===== short test summary info =====",
        "== 1 failed, 1 passed in 0.1s ==",
        "a.py::test_a RERUN",
        "Fatal Python error: Aborted",
        "##[group]Run x",
        "##[endgroup]",
        "##[error]Process completed with exit code 1.",
        "DONE 2 tests, 1 failure in 0.1s",
        "=== FAIL: a TestA (re-run 1) (0.00s)",
        "{\"Action\":\"fail\",\"Package\":\"a\",\"Test\":\"TestA\"}",
        "{\"Action\":\"output\",\"Package\":\"a\",\"Output\":\"panic: x\\n\"}",
        "",
    ])
    .prop_map(|text: &str| text.as_bytes().to_vec());
    prop_oneof![8 => tools, 1 => prop::collection::vec(any::<u8>(), 0..40)]
}

proptest! {
    #[test]
    fn any_lines_are_read_the_same_however_cut(lines in prop::collection::vec(line(), 0..60), size in 1_usize..97) {
        let log = lines.join(&b'\n');
        prop_assert_eq!(whole(&scan_in_pieces(&log, size)), whole(&scan(&log)));
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let found = scan(&bytes);
        prop_assert_eq!(found.bytes, bytes.len() as u64);
    }
}
