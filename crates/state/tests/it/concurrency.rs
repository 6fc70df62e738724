//! Many processes at once.

use std::thread;

use ftc_state::Store;

use crate::recorder::record;
use crate::support::{Place, assert_sound, at, dump, failure, fingerprint, repository, scan};

#[test]
fn processes_lose_and_double_nothing() {
    const RUNS: u32 = 40;
    // No store is there, so they also make it at the same time. Each run is recorded by two of them.
    let place = Place::new();
    thread::scope(|scope| {
        for process in 0..6 {
            let path = &place.path;
            scope.spawn(move || record(path, process * RUNS / 2, RUNS));
        }
    });
    // 0 to 40, 20 to 60, .. 100 to 140.
    let runs = 140;
    let store = place.open();
    assert_sound(&store);
    assert_eq!(dump(&store).runs.len(), runs);
    let everywhere = store
        .load_fingerprint(&repository(), &fingerprint(7))
        .unwrap()
        .unwrap();
    assert_eq!(everywhere.times_seen, runs as u64);
    let report = store.check().unwrap();
    assert_eq!(report.occurrences, 2 * runs as u64);
    assert_eq!(report.audit_entries, 6 * u64::from(RUNS));
}

#[test]
fn threads_with_a_store_each_lose_and_double_nothing() {
    let place = Place::new();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for run in 0..20 {
                    let store = place.open();
                    let record = scan(run, [failure(7)]);
                    store
                        .record_scan(&record, at("09:00"))
                        .expect("the scan is recorded");
                }
            });
        }
    });
    let store = place.open();
    assert_sound(&store);
    assert_eq!(dump(&store).occurrences.len(), 20);
    assert_eq!(store.check().unwrap().audit_entries, 80);
}
