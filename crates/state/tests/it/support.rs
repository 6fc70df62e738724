//! Records to store, and stores to put them in.

use std::path::PathBuf;
use std::time::Duration;

use ftc_fingerprint::{Fingerprint, Kind, Options, Scanner};
use ftc_state::{
    ClaimRequest, FailureRecord, KnownFingerprint, Lifecycle, LifecycleState, Occurrence,
    OccurrenceSource, OutboxDone, OutboxDraft, OutboxEntry, OutboxFilter, OutboxId, Page,
    PageRequest, RepositoryName, Run, ScanRecord, SqliteStore, Store, StoreError, Transition,
    TransitionEntry,
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
    failure.framework = String::from("gotestsum");
    failure.framework_family = String::from("go");
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

/// A lifecycle of failure `id`, moved along `path` from where it begins.
pub fn lifecycle(store: &dyn Store, id: u8, path: &[LifecycleState]) -> Lifecycle {
    let begun = store.begin_lifecycle(&repository(), &fingerprint(id), "seen twice", at("09:00"));
    path.iter()
        .fold(begun.expect("the lifecycle begins"), |lifecycle, to| {
            let step = Transition::new(&lifecycle, *to, format!("to {to}"));
            store
                .transition(&step, at("09:30"))
                .expect("the path is legal")
        })
}

/// One of each thing that a store keeps besides scans: a lifecycle, a write that was made, one that was not, a claim.
pub fn fill_ledger(store: &dyn Store) {
    let begun = lifecycle(store, 7, &[]);
    let writes = [
        OutboxDraft::new("issue 7", r#"{"title":"TestSeven is flaky"}"#),
        OutboxDraft::new("comment 7", r#"{"body":"seen twice"}"#),
    ];
    let open =
        Transition::new(&begun, LifecycleState::IssueOpen, "it is flaky").with_outbox(writes);
    store.transition(&open, at("09:30")).expect("it moves");
    let done = OutboxDone::new("created").with_issue(12);
    store
        .complete_outbox(OutboxId(1), &done, at("09:31"))
        .expect("the entry is there");
    let request = ClaimRequest::new("tikv/pd", "one", Duration::from_secs(60));
    store.claim(&request, at("09:00")).expect("nobody has it");
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
    mut list: impl FnMut(&PageRequest) -> Result<Page<T>, StoreError>,
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

/// Every lifecycle of the repository with its journal, and its outbox, walked in pages of two.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger {
    pub lifecycles: Vec<(Lifecycle, Vec<TransitionEntry>)>,
    pub outbox: Vec<OutboxEntry>,
}

pub fn ledger(store: &dyn Store) -> Ledger {
    let repository = repository();
    let lifecycles = walk(2, |page| store.list_lifecycles(&repository, page));
    let lifecycles = lifecycles.into_iter().map(|lifecycle| {
        let journal = walk(2, |page| {
            store.list_transitions(&repository, &lifecycle.fingerprint, page)
        });
        (lifecycle, journal)
    });
    Ledger {
        lifecycles: lifecycles.collect(),
        outbox: walk(2, |page| {
            store.list_outbox(&repository, &OutboxFilter::all(), page)
        }),
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
