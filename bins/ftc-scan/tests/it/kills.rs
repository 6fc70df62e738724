//! The program is killed at each call that changes the store.

use ftc_state::{PageRequest, RepositoryName, Store, StoreUrl, open};
use ftc_testkit::faults::{KillSweep, SweepReport};

use crate::support::{FAILING, PASSING, Place};

/// Kills the scan of two logs into a store at every call that matters, and checks the store each time.
fn sweep(place: &Place, syscalls: &[&str]) -> SweepReport {
    place
        .write("logs/a.log", FAILING)
        .write("logs/b.log", FAILING)
        .write("logs/pass.log", PASSING);
    let arguments = [
        "--exit-zero",
        "--format",
        "jsonl",
        "--jobs",
        "1",
        "--store",
        "sqlite:store/scan.db",
        "logs",
    ];
    let sweep = KillSweep::new([env!("CARGO_BIN_EXE_ftc-scan")])
        .args(arguments)
        .directory(place.path(""))
        .env("HOME", place.path("home"))
        .syscalls(syscalls);
    let reset = || {
        let directory = place.path("store");
        if directory.exists() {
            std::fs::remove_dir_all(&directory).expect("the store of the last run can be removed");
        }
        std::fs::create_dir(directory).expect("a directory can be made");
    };
    let report = sweep.run(reset, |run| {
        let again = place.run(&arguments);
        assert_eq!(again.code, 0, "{run}: {}", again.stderr);
        let store = open(&StoreUrl::sqlite(place.path("store/scan.db"))).expect("the store opens");
        let report = store.check().expect("the store can be read");
        assert!(report.is_sound(), "{run}: {:?}", report.problems);
        assert_eq!(
            counts(store.as_ref()),
            (3, vec![2]),
            "{run}: each log once, and the failure in two of them"
        );
    });
    report.expect("the sweep can be made")
}

/// The number of runs, and how often each fingerprint was seen.
fn counts(store: &dyn Store) -> (usize, Vec<u64>) {
    let repository = RepositoryName::new("local").expect("it is a name");
    let page = PageRequest::default();
    let runs = store
        .list_runs(&repository, &page)
        .expect("runs can be listed")
        .items
        .len();
    let fingerprints = store
        .list_fingerprints(&repository, &page)
        .expect("fingerprints can be listed")
        .items;
    (
        runs,
        fingerprints.iter().map(|known| known.times_seen).collect(),
    )
}

#[test]
#[ignore = "needs strace"]
fn a_kill_at_any_write_leaves_a_store_that_takes_the_scan_again() {
    let report = sweep(&Place::new(), &["write", "pwrite64"]);
    assert!(report.kills_of(&["write", "pwrite64"]) > 0, "{report:?}");
}

#[test]
#[ignore = "needs strace"]
fn a_kill_at_any_sync_leaves_a_store_that_takes_the_scan_again() {
    let report = sweep(&Place::new(), &["fsync", "fdatasync"]);
    assert!(report.kills_of(&["fsync", "fdatasync"]) > 0, "{report:?}");
}

#[test]
#[ignore = "needs strace"]
fn a_kill_at_any_rename_or_removal_leaves_a_store_that_takes_the_scan_again() {
    let names = [
        "rename",
        "renameat",
        "renameat2",
        "ftruncate",
        "unlink",
        "unlinkat",
        "link",
        "linkat",
    ];
    let report = sweep(&Place::new(), &names);
    assert!(report.kills_of(&names) > 0, "{report:?}");
}
