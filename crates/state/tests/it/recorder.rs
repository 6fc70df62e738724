//! A process of its own that records scans: this test program, of which only the test below runs.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use ftc_process::{Outcome, Spawn};
use ftc_state::{ScanRecord, StoreUrl, open};
use ftc_testkit::faults::KillSweep;
use jiff::{SignedDuration, Timestamp};

use crate::support::{Place, assert_sound, dump, failure, scan};

const STORE: &str = "FTC_TEST_STORE";
const FIRST: &str = "FTC_TEST_FIRST";
const COUNT: &str = "FTC_TEST_COUNT";
const NAME: &str = "recorder::records_runs";

/// Records the runs that its variables name in the store that they name; without them, three runs in a store of its own.
#[test]
fn records_runs() {
    let place = Place::new();
    let path = std::env::var_os(STORE).unwrap_or_else(|| place.path.clone().into());
    let store = open(&StoreUrl::sqlite(path)).unwrap_or_else(|error| panic!("{error}\n{error:?}"));
    let (first, count) = (number(FIRST, 0), number(COUNT, 3));
    for run in first..first + count {
        let (record, scanned_at) = made_up(run);
        store
            .record_scan(&record, scanned_at)
            .unwrap_or_else(|error| panic!("{error}\n{error:?}"));
    }
    if std::env::var_os(STORE).is_none() {
        assert_sound(&*store);
        assert_eq!(dump(&*store).occurrences.len(), 6);
    }
}

fn number(name: &str, default: u32) -> u32 {
    std::env::var(name).map_or(default, |text| text.parse().expect("tests give numbers"))
}

/// Run N has two failures: one that every run has, and one that every fourth run has. All follows from N.
fn made_up(run: u32) -> (ScanRecord, Timestamp) {
    let time = Timestamp::from_second(1_780_000_000 + i64::from(run)).expect("runs are few");
    let rare = 100 + u8::try_from(run % 4).expect("four fits");
    let failures = [7, rare].map(|id| {
        let mut failure = failure(id);
        failure.excerpt = "    lease_test.go:41: lease expired\n".repeat(20);
        failure.occurred_at = Some(time);
        failure
    });
    (scan(run, failures), time + SignedDuration::from_hours(24))
}

/// Records `count` runs from `first` on in the store at `path`.
pub fn spawn(path: &Path, first: u32, count: u32) -> Spawn {
    let program = std::env::current_exe().expect("a test program can find itself");
    spawn_as(&[], &program, path, first, count)
}

/// The same with the words of `wrapper` before it, and a copy of this program.
pub fn spawn_as(wrapper: &[&str], program: &Path, path: &Path, first: u32, count: u32) -> Spawn {
    let mut argv: Vec<OsString> = wrapper.iter().map(Into::into).collect();
    argv.push(program.into());
    argv.extend(["--exact", NAME, "--test-threads=1", "--nocapture"].map(Into::into));
    Spawn::new(argv)
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .env("RUST_BACKTRACE", "0")
        .env(STORE, path)
        .env(FIRST, first.to_string())
        .env(COUNT, count.to_string())
        .timeout(Duration::from_secs(120))
}

/// The same, killed at every system call in turn.
pub fn sweep(path: &Path, first: u32, count: u32) -> KillSweep {
    KillSweep::this_test(NAME)
        .env(STORE, path)
        .env(FIRST, first.to_string())
        .env(COUNT, count.to_string())
}

/// Runs it.
pub fn run(spawn: &Spawn) -> Outcome {
    spawn.run().expect("the program starts")
}

/// Runs it, and insists that it works.
pub fn record(path: &Path, first: u32, count: u32) {
    let outcome = run(&spawn(path, first, count));
    assert!(
        outcome.success(),
        "{}{}",
        outcome.stdout.to_text(),
        outcome.stderr.to_text()
    );
}
