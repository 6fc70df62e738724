//! How fast logs are read, against a bare search for line ends over the same bytes in the same run.
//!
//! `cargo bench -p ftc-fingerprint --bench scan` prints throughput and ratio, the median of paired runs.

use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use ftc_fingerprint::{Options, Scanner};

const PIECE: usize = 256 * 1024;
const BYTES: usize = 64 << 20;
const PAIRS: usize = 9;

/// Build output without any anchor.
const CLEAN: &str =
    "   Downloaded serde_json v1.0.154 in 12 ms from the registry, 171 kilobytes of source text\n";

/// What a verbose passing Go run prints.
const VERBOSE: &str = "=== RUN   TestLease/renew\n[info] lease granted to node 7 for 9 s\n--- PASS: TestLease/renew (0.01s)\n";

/// A failing Go test.
const FAILING: &str = "--- FAIL: TestLease (0.01s)\n    lease_test.go:41: lease 8bc85a0b-9136-45c0-af75-03633152ccf4 lost\nFAIL\nFAIL\texample.com/lease\t0.014s\n";

fn main() {
    let mut clean_and_failing = CLEAN.repeat(2000);
    clean_and_failing.push_str(FAILING);
    for (name, pattern) in [
        ("clean", CLEAN),
        ("verbose, passing", VERBOSE),
        ("one failure in 2000 lines", &clean_and_failing),
    ] {
        let log = pattern.repeat(BYTES / pattern.len());
        report(name, log.as_bytes());
    }
}

fn report(name: &str, log: &[u8]) {
    let mut pairs: Vec<(Duration, Duration)> = (0..PAIRS)
        .map(|_| (timed(|| scan(log)), timed(|| line_ends(log))))
        .collect();
    pairs.sort_by(|a, b| {
        (a.0.as_secs_f64() / a.1.as_secs_f64()).total_cmp(&(b.0.as_secs_f64() / b.1.as_secs_f64()))
    });
    let (scanned, bare) = pairs[PAIRS / 2];
    #[expect(clippy::cast_precision_loss, reason = "sizes here are far below 2^52")]
    let gigabytes = log.len() as f64 / 1e9;
    writeln!(
        std::io::stdout(),
        "{name:28} {:6.2} GB/s   {:6.1}x the time of a bare search for line ends ({:.1} GB/s)",
        gigabytes / scanned.as_secs_f64(),
        scanned.as_secs_f64() / bare.as_secs_f64(),
        gigabytes / bare.as_secs_f64(),
    )
    .expect("standard output can be written");
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

fn scan(log: &[u8]) -> usize {
    let mut scanner = Scanner::new(&Options::default());
    log.chunks(PIECE).for_each(|piece| scanner.feed(piece));
    scanner.finish().failures.len()
}

fn line_ends(log: &[u8]) -> usize {
    log.chunks(PIECE)
        .map(|piece| memchr::memchr_iter(b'\n', piece).count())
        .sum()
}
