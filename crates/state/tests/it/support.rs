//! Records to store, and stores to put them in.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ftc_fingerprint::{Fingerprint, Kind, Options, Scanner};
use ftc_process::{Outcome, Spawn};
use ftc_state::{
    FailureRecord, KnownFingerprint, Occurrence, OccurrenceSource, Page, PageRequest,
    RepositoryName, Run, ScanRecord, SqliteStore, Store, StoreError,
};
use jiff::Timestamp;
use tempfile::TempDir;

pub fn repository() -> RepositoryName {
    RepositoryName::new("tikv/pd").expect("the name is plain")
}

/// `HH:MM` on one day.
pub fn at(clock: &str) -> Timestamp {
    format!("2026-11-02T{clock}:00Z")
        .parse()
        .expect("tests give hours and minutes")
}

pub fn source(run: u32) -> OccurrenceSource {
    OccurrenceSource::run(&format!("https://ci.example.com/runs/{run}"), 1, "unit.log")
}

pub fn fingerprint(id: u8) -> Fingerprint {
    Fingerprint([id; 32])
}

/// A failure of `TestN`, without a time.
pub fn failure(id: u8) -> FailureRecord {
    let mut failure = FailureRecord::new(fingerprint(id), Kind::Assertion);
    failure.test = Some(format!("Test{id}"));
    failure.framework = "gotestsum".to_owned();
    failure.framework_family = "go".to_owned();
    failure.message = format!("lease {id} expired");
    failure.excerpt = format!("lease_test.go:41: lease {id} expired");
    failure
}

pub fn failure_at(id: u8, clock: &str) -> FailureRecord {
    let mut failure = failure(id);
    failure.occurred_at = Some(at(clock));
    failure
}

pub fn scan(run: u32, failures: impl Into<Vec<FailureRecord>>) -> ScanRecord {
    let empty = Scanner::new(&Options::default()).finish();
    let mut record = ScanRecord::new(repository(), source(run), &empty);
    record.failures = failures.into();
    record
}

/// Everything that a store knows of the repository, walked in pages of `limit`.
#[derive(Debug, Clone, PartialEq)]
pub struct Dump {
    pub fingerprints: Vec<KnownFingerprint>,
    pub occurrences: Vec<Occurrence>,
    pub runs: Vec<Run>,
}

pub fn dump(store: &dyn Store) -> Dump {
    dump_by(store, 3)
}

pub fn dump_by(store: &dyn Store, limit: usize) -> Dump {
    let repository = repository();
    let fingerprints = walk(limit, |page| store.list_fingerprints(&repository, page));
    let occurrences = fingerprints
        .iter()
        .flat_map(|known| {
            walk(limit, |page| {
                store.list_occurrences(&repository, &known.fingerprint, page)
            })
        })
        .collect();
    let runs = walk(limit, |page| store.list_runs(&repository, page));
    Dump {
        fingerprints,
        occurrences,
        runs,
    }
}

pub fn walk<T>(
    limit: usize,
    list: impl Fn(&PageRequest) -> Result<Page<T>, StoreError>,
) -> Vec<T> {
    let mut rows = Vec::new();
    let mut request = PageRequest::first(limit);
    loop {
        let page = list(&request).expect("the store can be read");
        assert!(page.items.len() <= limit, "a page holds what was asked for");
        rows.extend(page.items);
        match page.next {
            Some(cursor) => request = PageRequest::first(limit).after(cursor),
            None => return rows,
        }
    }
}

/// The one row of a list that has to have one.
pub fn only<T>(rows: Vec<T>) -> T {
    let count = rows.len();
    let mut rows = rows.into_iter();
    match (rows.next(), rows.next()) {
        (Some(row), None) => row,
        _ => panic!("one row was expected, not {count}"),
    }
}

pub fn assert_sound(store: &dyn Store) {
    let report = store.check().expect("the store can be checked");
    assert_eq!(report.problems, [], "{report:?}");
}

/// A directory with a place for a store in it.
pub struct Place {
    pub directory: TempDir,
    pub path: PathBuf,
}

impl Place {
    pub fn new() -> Self {
        let directory = TempDir::new().expect("a temporary directory can be made");
        let path = directory.path().join("ftc.db");
        Self { directory, path }
    }

    pub fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.path).expect("the store opens")
    }
}

/// The example that records scans, which cargo builds together with the tests.
pub fn recorder() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let target = test
        .ancestors()
        .nth(2)
        .expect("a test lies two directories deep in the target directory");
    let recorder = target.join("examples").join("record");
    assert!(
        recorder.is_file(),
        "`{}` is missing: build the examples, as `cargo test -p ftc-state` does",
        recorder.display()
    );
    recorder
}

/// What to run to record the scans of runs `first..first + count` in the store at `path`.
pub fn recording(path: &Path, first: u32, count: u32) -> Vec<std::ffi::OsString> {
    vec![
        recorder().into(),
        path.into(),
        first.to_string().into(),
        count.to_string().into(),
    ]
}

pub fn run(argv: Vec<std::ffi::OsString>) -> Outcome {
    Spawn::new(argv)
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .timeout(Duration::from_secs(120))
        .run()
        .expect("the program starts")
}
