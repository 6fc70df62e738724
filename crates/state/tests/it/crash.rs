//! Killed at every system call that changes a file, and starved of disk space at every one that needs it.

use std::fs;
use std::path::Path;

use ftc_process::{End, Spawn};
use ftc_state::{SqliteStore, Store};
use ftc_testkit::faults::DURABILITY_SYSCALLS;

use crate::recorder::{record, run, spawn, spawn_as, sweep};
use crate::support::{Dump, Place, assert_sound, dump};

/// Few, since every one of them is done once per system call.
const RUNS: u32 = 3;

/// The store is sound, what it holds is the first runs, each whole, and recording everything again gives `expected`.
fn assert_recovers(path: &Path, expected: &Dump, how: &str) {
    if path.exists() {
        let store = SqliteStore::open(path).unwrap_or_else(|error| panic!("{how}: {error}"));
        assert_sound(&store);
        let found = dump(&store);
        assert_eq!(found.occurrences.len(), 2 * found.runs.len(), "{how}");
        for run in &found.runs {
            assert!(expected.runs.contains(run), "{how}: {run:?}");
        }
    }
    record(path, 0, RUNS);
    let store = SqliteStore::open(path).expect("the store opens");
    assert_sound(&store);
    assert_eq!(&dump(&store), expected, "{how}");
}

/// What the store knows when nothing went wrong.
fn undisturbed() -> Dump {
    let place = Place::new();
    record(&place.path, 0, RUNS);
    let known = dump(&place.open());
    assert_eq!(known.runs.len(), 3);
    assert_eq!(known.occurrences.len(), 6);
    known
}

fn clear(directory: &Path) {
    for entry in fs::read_dir(directory).expect("the directory can be read") {
        let path = entry.expect("the entry can be read").path();
        fs::remove_file(path).expect("the file can be removed");
    }
}

#[test]
#[ignore = "needs strace"]
fn a_store_survives_a_kill_at_every_write() {
    let expected = undisturbed();
    let place = Place::new();
    let report = sweep(&place.path, 0, RUNS)
        .syscalls(DURABILITY_SYSCALLS)
        .run(
            || clear(place.directory.path()),
            |run| assert_recovers(&place.path, &expected, &run.to_string()),
        )
        .unwrap_or_else(|error| panic!("{error}"));
    // Each of the runs is at least one write and one sync, besides those of making the store.
    assert!(report.kills_of(&["write", "pwrite64"]) > 10, "{report:?}");
    assert!(report.kills_of(&["fsync", "fdatasync"]) > 3, "{report:?}");
    assert!(report.kills_of(&["unlink", "unlinkat"]) > 0, "{report:?}");
}

#[test]
#[ignore = "needs strace"]
fn a_store_killed_while_it_is_reopened_survives() {
    let expected = undisturbed();
    let place = Place::new();
    let before = Place::new();
    record(&before.path, 0, 1);
    let report = sweep(&place.path, 1, 2)
        .syscalls(DURABILITY_SYSCALLS)
        .run(
            || {
                clear(place.directory.path());
                fs::copy(&before.path, &place.path).expect("the store can be copied");
            },
            |run| {
                let store = place.open();
                let known = dump(&store).runs;
                let first = known
                    .iter()
                    .any(|run| run.source.run_url().is_some_and(|url| url.ends_with("/0")));
                assert!(first, "{run}: what was stored before is kept");
                drop(store);
                assert_recovers(&place.path, &expected, &run.to_string());
            },
        )
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(report.kills_of(&["write", "pwrite64"]) > 4, "{report:?}");
}

/// SQLite takes up space by this call alone; from the Nth on, each says that there is none.
#[test]
#[ignore = "needs strace"]
fn a_full_disk_is_named_and_the_store_opens_afterwards() {
    let expected = undisturbed();
    let program = std::env::current_exe().unwrap();
    let mut starved = 0;
    loop {
        let place = Place::new();
        let inject = format!("inject=pwrite64:error=ENOSPC:when={}+", starved + 1);
        let trace = "trace=pwrite64";
        let strace = [
            "strace",
            "-f",
            "-o",
            "/dev/null",
            "-e",
            trace,
            "-e",
            &inject,
            "--",
        ];
        let outcome = run(&spawn_as(&strace, &program, &place.path, 0, RUNS));
        let text = outcome.stderr.to_text();
        assert_recovers(
            &place.path,
            &expected,
            &format!("starved at {}", starved + 1),
        );
        if outcome.end == End::Exited(0) {
            break;
        }
        starved += 1;
        assert!(
            text.contains("no space is left for the store") && text.contains("ftc.db"),
            "{starved}: {text}"
        );
    }
    assert!(starved > 10, "{starved}");
}

/// The same on a file system that is really full.
#[test]
#[ignore = "needs root"]
fn a_small_disk_fills_and_the_store_opens_afterwards() {
    let place = Place::new();
    let disk = place.directory.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let command = |words: &[&str]| {
        let path = "/usr/sbin:/usr/bin:/sbin:/bin";
        run(&Spawn::new(words).env("PATH", path).arg(&disk))
    };
    let outcome = command(&["mount", "-t", "tmpfs", "-o", "size=2m", "none"]);
    assert!(outcome.success(), "{}", outcome.stderr.to_text());
    let path = disk.join("ftc.db");
    let outcome = run(&spawn(&path, 0, 10_000));
    let found = SqliteStore::open(&path).map(|store| (store.check(), dump(&store).runs.len()));
    assert!(command(&["umount"]).success());

    let text = outcome.stderr.to_text();
    assert_eq!(outcome.end, End::Exited(101), "{text}");
    assert!(text.contains("no space is left for the store"), "{text}");
    let (report, runs) = found.unwrap();
    assert_eq!(report.unwrap().problems, []);
    assert!(runs > 10, "{runs}");
}
