//! Records scans of made-up runs in an SQLite store: `record STORE FIRST COUNT`.
//!
//! Run N has two failures: one that every run has, and one that every fourth run has. The times follow from N, so the same
//! arguments always record the same. The tests kill this program, starve it of disk space and run many of it at once.

use std::env;
use std::error::Error;

use ftc_fingerprint::{Fingerprint, Kind, Options, Scanner};
use ftc_state::{FailureRecord, OccurrenceSource, RepositoryName, ScanRecord, StoreUrl, open};
use jiff::{SignedDuration, Timestamp};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let path = arguments.next().ok_or("the path of a store is missing")?;
    let mut number = || -> Result<u32, Box<dyn Error>> {
        let argument = arguments.next().ok_or("a number is missing")?;
        Ok(argument.to_string_lossy().parse()?)
    };
    let (first, count) = (number()?, number()?);
    let store = open(&StoreUrl::sqlite(path)).map_err(explain)?;
    for run in first..first + count {
        let record = made_up(run)?;
        let now = time_of(run)? + SignedDuration::from_hours(24);
        store.record_scan(&record, now).map_err(explain)?;
    }
    Ok(())
}

fn made_up(run: u32) -> Result<ScanRecord, Box<dyn Error>> {
    let url = format!("https://ci.example.com/runs/{run}");
    let source = OccurrenceSource::run(&url, 1, "unit.log");
    let scan = Scanner::new(&Options::default()).finish();
    let mut record = ScanRecord::new(RepositoryName::new("tikv/pd")?, source, &scan);
    for id in [7, 100 + u8::try_from(run % 4)?] {
        let mut failure = FailureRecord::new(Fingerprint([id; 32]), Kind::Assertion);
        failure.test = Some(format!("Test{id}"));
        failure.message = format!("lease of test {id} expired");
        failure.excerpt = "    lease_test.go:41: lease expired\n".repeat(20);
        failure.occurred_at = Some(time_of(run)?);
        record.failures.push(failure);
    }
    Ok(record)
}

fn time_of(run: u32) -> Result<Timestamp, jiff::Error> {
    Timestamp::from_second(1_780_000_000 + i64::from(run))
}

/// Shows the whole chain and the hints; `main` prints only the debug form.
fn explain(error: impl Error) -> Box<dyn Error> {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text.into()
}
