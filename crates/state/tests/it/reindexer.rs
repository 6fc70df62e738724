//! A process of its own that reindexes, killed at every system call that changes a file.

use std::fs;

use ftc_fingerprint::Masks;
use ftc_state::{ReindexRequest, Store, StoreUrl, open};
use ftc_testkit::faults::{DURABILITY_SYSCALLS, KillSweep};

use crate::support::{Dump, Place, assert_sound, at, dump, failure, fill_ledger, ledger, scan};

const STORE: &str = "FTC_TEST_STORE";
const NAME: &str = "reindexer::reindexes";

/// Six failures of two tests by older rules, in two runs, one with a lifecycle.
fn fill(store: &dyn Store) {
    for run in 1..3 {
        let failures: Vec<_> = [7, 8, 9, 70, 80, 90]
            .map(|id: u8| {
                let mut failure = failure(id);
                "f1".clone_into(&mut failure.fingerprint_version);
                failure.test = Some(format!("Test{}", id % 2));
                "lease lost".clone_into(&mut failure.message);
                failure
            })
            .into();
        store
            .record_scan(&scan(run, failures), at("09:00"))
            .expect("the scan is recorded");
    }
    fill_ledger(store);
}

/// Reindexes the store that the variable names, two fingerprints at a time.
#[test]
fn reindexes() {
    let Some(path) = std::env::var_os(STORE) else {
        let place = Place::new();
        fill(&place.open());
        reindex(&place.open());
        assert_eq!(dump(&place.open()).fingerprints.len(), 2);
        return;
    };
    let store = open(&StoreUrl::sqlite(path)).unwrap_or_else(|error| panic!("{error}\n{error:?}"));
    reindex(&*store);
}

fn reindex(store: &dyn Store) {
    let mut request = ReindexRequest::new(Masks::default());
    request.limit = 2;
    loop {
        let batch = store.reindex(&request, at("12:00"));
        request.after = batch.unwrap_or_else(|error| panic!("{error}")).next;
        if request.after.is_none() {
            return;
        }
    }
}

fn total(known: &Dump) -> usize {
    known.occurrences.len()
}

#[test]
#[ignore = "needs strace"]
fn a_store_killed_while_it_is_reindexed_is_reindexed_again() {
    let before = Place::new();
    fill(&before.open());
    let (old, expected) = {
        let place = Place::new();
        fs::copy(&before.path, &place.path).expect("the store can be copied");
        let store = place.open();
        let old = dump(&store);
        reindex(&store);
        (old, (dump(&store), ledger(&store)))
    };
    assert_eq!((total(&old), total(&expected.0)), (12, 4));
    let place = Place::new();
    let report = KillSweep::this_test(NAME)
        .env(STORE, &place.path)
        .syscalls(DURABILITY_SYSCALLS)
        .run(
            || {
                let entries = fs::read_dir(place.directory.path());
                for entry in entries.expect("the directory can be read") {
                    let entry = entry.expect("the entry can be read");
                    fs::remove_file(entry.path()).expect("the file can be removed");
                }
                fs::copy(&before.path, &place.path).expect("the store can be copied");
            },
            |run| {
                let store = place.open();
                assert_sound(&store);
                assert_eq!(ledger(&store).lifecycles.len(), 1, "{run}");
                reindex(&store);
                assert_sound(&store);
                assert_eq!((dump(&store), ledger(&store)), expected, "{run}");
            },
        )
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(report.kills_of(&["write", "pwrite64"]) > 10, "{report:?}");
}
