//! A line that holds nothing of interest costs no allocation. A test binary of its own, since the counter is the allocator.

use allocation_counter::measure;
use ftc_fingerprint::{Options, Scanner};

const PIECE: usize = 256 * 1024;

/// Lines of which none holds an anchor, though some hold words that are searched.
const CLEAN: &str = "\
   Downloaded serde_json v1.0.154 in 12 ms from the registry, 171 kilobytes of source text
copying build/lib/compass.py -> build/wheel/compass.py, with mirrors
\u{1b}[32m[ 63%] Building\u{1b}[0m CXX object src/CMakeFiles/compass.cc.o
";

/// Allocations while so many pieces of a log are read, its beginning not counted.
fn allocations(log: &str, pieces: usize) -> u64 {
    let log = log.repeat(PIECE / log.len() + 1);
    let piece = &log.as_bytes()[..PIECE];
    let mut scanner = Scanner::new(&Options::default());
    scanner.feed(piece);
    scanner.feed(piece);
    let counted = measure(|| {
        for _ in 0..pieces {
            scanner.feed(piece);
        }
    });
    scanner.finish();
    counted.count_total
}

#[test]
fn a_clean_line_costs_none() {
    let stamped: Vec<String> = CLEAN
        .lines()
        .map(|line| format!("2026-03-01T00:00:01.1234567Z {line}\n"))
        .collect();
    let labelled: Vec<String> = CLEAN
        .lines()
        .map(|line| format!("web-1  | {line}\n"))
        .collect();
    for log in [CLEAN, &stamped.concat(), &labelled.concat()] {
        assert_eq!(allocations(log, 1), allocations(log, 17), "{log}");
        assert_eq!(allocations(log, 17), 0, "{log}");
    }
}
