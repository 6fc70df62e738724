//! Stores that older programs made.

use std::fs;
use std::path::Path;
use std::thread;

use ftc_state::{Lifecycles, SqliteStore, Store};
use ftc_testkit::faults::DURABILITY_SYSCALLS;
use rusqlite::Connection;

use crate::recorder::{record, sweep};
use crate::support::{
    Dump, Place, assert_sound, at, dump, fill_ledger, fingerprint, ledger, repository, scan,
};

/// Puts a store of schema version 1 at `path`.
fn make_version_1(path: &Path) {
    let connection = Connection::open(path).expect("the file opens");
    connection
        .execute_batch(include_str!("data/version_1.sql"))
        .expect("the statements run");
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .expect("the mode can be set");
    connection.close().expect("the file closes");
}

fn version(path: &Path) -> i64 {
    let connection = Connection::open(path).expect("the file opens");
    connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .expect("a file has a version")
}

/// What `version_1.sql` says.
fn assert_is_kept(known: &Dump) {
    let seen: Vec<_> = known
        .fingerprints
        .iter()
        .map(|known| (known.test.as_deref(), known.times_seen))
        .collect();
    assert_eq!(seen, [(Some("TestOther"), 1), (Some("TestLease"), 2)]);
    assert_eq!(known.occurrences.len(), 3);
    assert_eq!(known.runs.len(), 2);
}

#[test]
fn a_store_of_version_1_is_brought_up_to_date() {
    let place = Place::new();
    make_version_1(&place.path);
    let store = place.open();
    assert_sound(&store);
    assert_is_kept(&dump(&store));
    assert_eq!(version(&place.path), 3);
    assert_eq!(store.list_audit(0, 10).unwrap().len(), 3);

    // It is as good as a new one.
    fill_ledger(&store);
    store.record_scan(&scan(1, []), at("10:00")).unwrap();
    drop(store);
    let store = place.open();
    assert_sound(&store);
    let loaded = store.load_lifecycle(&repository(), &fingerprint(7));
    assert_eq!(loaded.unwrap().unwrap().issue, Some(12));
    assert_eq!(ledger(&store).outbox.len(), 2);
}

#[test]
fn many_may_bring_it_up_to_date_at_once() {
    let place = Place::new();
    make_version_1(&place.path);
    thread::scope(|scope| {
        for process in 0..4 {
            let path = &place.path;
            scope.spawn(move || record(path, process, 1));
        }
    });
    let store = place.open();
    assert_sound(&store);
    assert_eq!(dump(&store).runs.len(), 6);
}

#[test]
#[ignore = "needs strace"]
fn a_store_killed_while_it_is_brought_up_to_date_survives() {
    let (place, before) = (Place::new(), Place::new());
    make_version_1(&before.path);
    // It records nothing.
    let report = sweep(&place.path, 1, 0)
        .syscalls(DURABILITY_SYSCALLS)
        .run(
            || {
                for entry in
                    fs::read_dir(place.directory.path()).expect("the directory can be read")
                {
                    let entry = entry.expect("the entry can be read");
                    fs::remove_file(entry.path()).expect("the file can be removed");
                }
                fs::copy(&before.path, &place.path).expect("the store can be copied");
            },
            |run| {
                let found = version(&place.path);
                assert!(found == 1 || found == 3, "{run}: {found}");
                let store = SqliteStore::open(&place.path);
                let store = store.unwrap_or_else(|error| panic!("{run}: {error}"));
                assert_sound(&store);
                assert_is_kept(&dump(&store));
            },
        )
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(report.kills_of(&["write", "pwrite64"]) > 2, "{report:?}");
}
