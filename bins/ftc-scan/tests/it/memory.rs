//! Memory does not grow with the input.

use std::io::Write as _;
use std::process::Stdio;

use crate::support::{PASSING, Place};

/// Bytes that the program may hold at any time.
const LIMIT_BYTES: u64 = 64 * 1024 * 1024;

#[test]
fn a_log_larger_than_the_limit_is_scanned_within_it() {
    let place = Place::new();
    let mut child = place
        .command(&["-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let piece = PASSING.repeat(10_000);
    let mut written = 0;
    while written < LIMIT_BYTES * 5 / 4 {
        stdin.write_all(piece.as_bytes()).unwrap();
        written += piece.len() as u64;
    }
    // All but what the pipe holds has been read by now, and the program waits for more.
    let peak = peak_bytes(child.id());
    drop(stdin);
    assert!(child.wait().unwrap().success());
    assert!(peak <= LIMIT_BYTES, "{peak} bytes at its peak");
}

/// The most memory that a process has had at once.
fn peak_bytes(process: u32) -> u64 {
    let status =
        std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process runs");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("the kernel tells");
    let kibibytes: u64 = line
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .expect("it is a number");
    kibibytes * 1024
}
