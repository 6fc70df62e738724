//! Recording against its floor: the same rows in the same tables by prepared statements and nothing else.
//!
//! Both write a run, fifty new occurrences, fifty fingerprints and an audit entry per transaction, in WAL mode with
//! `synchronous=FULL`. The floor does not redact, merge, read, hash or check anything. Runs alternate, and the ratio of
//! each pair counts, so that what slows the machine down for a while slows both.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use ftc_fingerprint::{Fingerprint, Kind, Options, Scanner};
use ftc_state::{FailureRecord, OccurrenceSource, RepositoryName, ScanRecord, SqliteStore, Store};
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior, params};

const PAIRS: usize = 7;
const SCANS: u32 = 100;
const FAILURES: u32 = 50;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut ratios = Vec::new();
    for pair in 0..PAIRS {
        let directory = tempfile::tempdir()?;
        let floor = floor(&directory.path().join("floor.db"))?;
        let store = store(&directory.path().join("store.db"))?;
        let ratio = floor.as_secs_f64() / store.as_secs_f64();
        println!("pair {pair}: floor {floor:?}, store {store:?}, {ratio:.2} of the floor's speed");
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    println!("median: {:.2} of the floor's speed", ratios[PAIRS / 2]);
    Ok(())
}

fn fingerprint(scan: u32, failure: u32) -> Fingerprint {
    let mut bytes = [0; 32];
    // Hashes are spread over the whole range; a multiplication by an odd number spreads as well and keeps them distinct.
    let id = u64::from(scan * FAILURES + failure).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bytes[..8].copy_from_slice(&id.to_be_bytes());
    Fingerprint(bytes)
}

fn message(failure: u32) -> String {
    format!("assertion failed: lease {failure} expired before it was renewed")
}

fn excerpt() -> String {
    "    lease_test.go:41: lease expired before it was renewed\n".repeat(10)
}

fn store(path: &Path) -> Outcome<Duration> {
    let store = SqliteStore::open(path)?;
    let empty = Scanner::new(&Options::default()).finish();
    let mut records = Vec::new();
    for scan in 0..SCANS {
        let url = format!("https://ci.example.com/runs/{scan}");
        let source = OccurrenceSource::run(&url, 1, "unit.log");
        let mut record = ScanRecord::new(RepositoryName::new("tikv/pd")?, source, &empty);
        for failure in 0..FAILURES {
            let mut one = FailureRecord::new(fingerprint(scan, failure), Kind::Assertion);
            one.test = Some(format!("TestLease{failure}"));
            one.message = message(failure);
            one.excerpt = excerpt();
            one.occurred_at = Some(Timestamp::from_second(i64::from(scan))?);
            record.failures.push(one);
        }
        records.push(record);
    }
    let now = Timestamp::from_second(1_800_000_000)?;
    let started = Instant::now();
    for record in &records {
        store.record_scan(record, now)?;
    }
    Ok(started.elapsed())
}

const RUN: &str = "INSERT INTO runs VALUES \
    (?1, ?2, 'u', 1, 'f', NULL, 'unknown', 0, '[]', '[]', NULL, NULL, NULL, NULL, NULL, NULL, 50, 0, 1, 1, 1, 1)";
const OCCURRENCE: &str = "INSERT INTO occurrences VALUES \
    (?1, ?2, ?3, 'f1', ?3, 0, ?4, NULL, 'assertion', NULL, '', '', 'unknown', 0, '[]', 0, 1, 0, 0, ?5, 1, 1, ?6, ?7)";
const FINGERPRINT: &str = "INSERT INTO fingerprints VALUES \
    (?1, ?3, 'f1', ?4, NULL, 'assertion', NULL, '', '', ?3, 0, ?6, 'unknown', 0, '[]', 1, ?5, ?5, 1, 1, ?2, ?4, ?5, ?2, ?4)";
const AUDIT: &str = "INSERT INTO audit_log VALUES (?1, 1, 'scan.record', 't', 'done', 'd', ?2, ?2)";

fn floor(path: &Path) -> Outcome<Duration> {
    drop(SqliteStore::open(path)?);
    let mut connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")?;
    let rows: Vec<_> = (0..FAILURES)
        .map(|failure| (format!("TestLease{failure}"), message(failure), excerpt()))
        .collect();
    let started = Instant::now();
    for scan in 0..SCANS {
        let source = format!("{scan:064x}");
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction
            .prepare_cached(RUN)?
            .execute(params!["tikv/pd", source])?;
        {
            let mut occurrence = transaction.prepare_cached(OCCURRENCE)?;
            let mut known = transaction.prepare_cached(FINGERPRINT)?;
            for (failure, (test, message, excerpt)) in (0..FAILURES).zip(&rows) {
                let id = fingerprint(scan, failure).to_string();
                let values = params![
                    "tikv/pd",
                    source,
                    id,
                    test,
                    i64::from(scan),
                    message,
                    excerpt
                ];
                occurrence.execute(values)?;
                known.execute(&values[..6])?;
            }
        }
        transaction
            .prepare_cached(AUDIT)?
            .execute(params![scan + 1, source])?;
        transaction.commit()?;
    }
    Ok(started.elapsed())
}
