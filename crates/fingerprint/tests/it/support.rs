//! Helpers of the tests.

use std::fmt::Write as _;

use ftc_fingerprint::{Failure, Options, Scan, Scanner};

/// Scans a whole text at once.
pub fn scan(log: impl AsRef<[u8]>) -> Scan {
    let mut scanner = Scanner::new(&Options::default());
    scanner.feed(log.as_ref());
    scanner.finish()
}

/// Scans a text in pieces of `size` bytes.
pub fn scan_in_pieces(log: &[u8], size: usize) -> Scan {
    let mut scanner = Scanner::new(&Options::default());
    log.chunks(size).for_each(|piece| scanner.feed(piece));
    scanner.finish()
}

/// The one failure of a log that must have exactly one.
#[track_caller]
pub fn only_failure(log: impl AsRef<[u8]>) -> Failure {
    let mut scan = scan(log);
    assert_eq!(scan.failures.len(), 1, "{:#?}", scan.failures);
    scan.failures.remove(0)
}

/// `class; test kind "message"` of each failure, a line each: what most cases compare.
pub fn brief(log: impl AsRef<[u8]>) -> String {
    let scan = scan(log);
    let mut text = format!("{}\n", scan.class);
    for failure in &scan.failures {
        let test = failure.test.as_deref().unwrap_or("-");
        let retry = if failure.passed_on_retry {
            " retried"
        } else {
            ""
        };
        writeln!(
            text,
            "{test} | {}{retry} | {}",
            failure.kind,
            failure.message.replace('\n', " / ")
        )
        .expect("writing to a string cannot fail");
    }
    for note in &scan.notes {
        writeln!(text, "note: {}", note.text).expect("writing to a string cannot fail");
    }
    text
}

/// The log as GitHub hands it out: byte order mark, a time stamp before each line, groups around.
pub fn github(log: &[u8]) -> Vec<u8> {
    let mut wrapped = "\u{feff}".as_bytes().to_vec();
    let mut second = 0;
    let mut line = |text: &[u8]| {
        second += 1;
        let stamp = format!(
            "2026-03-0{}T{:02}:{:02}:{:02}.1234567Z ",
            1 + second / 86_400,
            second / 3600 % 24,
            second / 60 % 60,
            second % 60
        );
        wrapped.extend_from_slice(stamp.as_bytes());
        wrapped.extend_from_slice(text);
        wrapped.push(b'\n');
    };
    line(b"##[group]Run make test");
    line(b"\x1b[36;1mmake test\x1b[0m");
    line(b"env:");
    line(b"  TEST_TIMEOUT: 10m");
    line(b"##[endgroup]");
    log.strip_suffix(b"\n")
        .unwrap_or(log)
        .split(|&byte| byte == b'\n')
        .for_each(&mut line);
    line(b"Post job cleanup.");
    wrapped
}

/// The log as `gh run view --log` prints it.
pub fn gh_view(log: &[u8]) -> Vec<u8> {
    let mut wrapped = Vec::new();
    for line in github(log)
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        wrapped.extend_from_slice(b"test (1)\tRun tests\t");
        wrapped.extend_from_slice(line);
        wrapped.push(b'\n');
    }
    wrapped
}

/// What has to stay the same however a log is wrapped.
pub fn essence(scan: &Scan) -> Vec<(Option<String>, String, String, bool)> {
    let mut list: Vec<_> = scan
        .failures
        .iter()
        .map(|f| {
            (
                f.test.clone(),
                f.kind.to_string(),
                f.keys.exact.to_string(),
                f.passed_on_retry,
            )
        })
        .collect();
    list.sort();
    list
}
