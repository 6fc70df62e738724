//! The program killed at every call that changes a file.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ftc_durable::{AppendLog, LogReader, SyncPolicy, remove_stale_temps, write_atomic};
use ftc_testkit::faults::{DURABILITY_SYSCALLS, KillSweep, SweepReport};
use tempfile::TempDir;

/// Where the swept copy of this program works.
const DIRECTORY: &str = "FTC_TEST_DIRECTORY";
const STEPS: usize = 4;

/// What step `step` writes; step 0 is what was there before. Longer than a page, so that half of it would be noticed.
fn content(step: usize) -> Vec<u8> {
    format!("step {step};").repeat(1_000).into_bytes()
}

fn record(step: usize) -> Vec<u8> {
    format!("record {step}").into_bytes()
}

/// The directory of the sweep, or a temporary one: the swept tests are tests in their own right.
fn directory() -> (PathBuf, Option<TempDir>) {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        return (directory.into(), None);
    }
    let temporary = tempfile::tempdir().expect("the test has a disk");
    (temporary.path().to_owned(), Some(temporary))
}

fn clear(directory: &Path) {
    for entry in fs::read_dir(directory).expect("the directory exists") {
        fs::remove_file(entry.expect("the entry is readable").path()).expect("the file is ours");
    }
}

fn assert_hit(report: &SweepReport, calls: &[&str], at_least: usize) {
    assert!(
        report.kills_of(calls) as usize >= at_least,
        "{calls:?}: {report:?}"
    );
}

#[test]
fn writes_a_file_step_by_step() {
    let (directory, _temporary) = directory();
    let path = directory.join("file");
    for step in 1..=STEPS {
        write_atomic(&path, &content(step)).unwrap();
    }
    assert_eq!(fs::read(&path).unwrap(), content(STEPS));
}

#[test]
#[ignore = "needs strace"]
fn a_killed_write_leaves_old_or_new_and_the_next_one_works() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    let seen = RefCell::new(BTreeSet::new());
    let stale = RefCell::new(0);
    let report = KillSweep::this_test("kill_sweep::writes_a_file_step_by_step")
        .env(DIRECTORY, directory.path())
        .syscalls(DURABILITY_SYSCALLS)
        .run(
            || {
                clear(directory.path());
                fs::write(&path, content(0)).unwrap();
            },
            |run| {
                let bytes = fs::read(&path).unwrap();
                let step = (0..=STEPS).find(|step| bytes == content(*step));
                let step = step.unwrap_or_else(|| panic!("{run}: neither old nor new"));
                assert!(run.killed || step == STEPS, "{run}: step {step}");
                seen.borrow_mut().insert(step);

                *stale.borrow_mut() += remove_stale_temps(directory.path()).unwrap();
                let names = fs::read_dir(directory.path()).unwrap().count();
                assert_eq!(names, 1, "{run}: only the file is left");
                write_atomic(&path, b"next").unwrap();
                assert_eq!(fs::read(&path).unwrap(), b"next", "{run}");
            },
        )
        .unwrap();
    // Every step was the last one that took effect, and some kills came between creation and rename.
    assert_eq!(*seen.borrow(), (0..=STEPS).collect());
    assert!(*stale.borrow() >= STEPS);
    assert_hit(&report, &["write", "pwrite64"], STEPS);
    // The file and the directory, in each step.
    assert_hit(&report, &["fsync", "fdatasync"], 2 * STEPS);
    assert_hit(&report, &["rename", "renameat", "renameat2"], STEPS);
}

#[test]
fn appends_record_by_record() {
    let (directory, _temporary) = directory();
    let path = directory.join("log");
    for step in 1..=STEPS {
        // Opened anew each time, so that creation and repair are swept, too.
        let mut log = AppendLog::open(&path, SyncPolicy::EachRecord).unwrap();
        assert_eq!(log.append(&record(step)).unwrap(), step as u64);
    }
    assert_eq!(LogReader::open(&path).unwrap().count(), STEPS);
}

#[test]
#[ignore = "needs strace"]
fn a_killed_append_leaves_whole_records_and_the_next_one_works() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    let seen = RefCell::new(BTreeSet::new());
    let report = KillSweep::this_test("kill_sweep::appends_record_by_record")
        .env(DIRECTORY, directory.path())
        .syscalls(DURABILITY_SYSCALLS)
        .run(
            || clear(directory.path()),
            |run| {
                let mut log = AppendLog::open(&path, SyncPolicy::EachRecord).unwrap();
                let next = log.append(b"next").unwrap();
                let written = usize::try_from(next).unwrap() - 1;
                let records: Vec<_> = LogReader::open(&path)
                    .unwrap()
                    .map(|record| record.unwrap().payload)
                    .collect();
                let mut expected: Vec<_> = (1..=written).map(record).collect();
                expected.push(b"next".to_vec());
                assert_eq!(records, expected, "{run}");
                assert!(run.killed || written == STEPS, "{run}: {written} records");
                seen.borrow_mut().insert(written);
            },
        )
        .unwrap();
    assert_eq!(*seen.borrow(), (0..=STEPS).collect());
    // The header and every record.
    assert_hit(&report, &["write", "pwrite64"], STEPS + 1);
    assert_hit(&report, &["fsync", "fdatasync"], STEPS + 1);
}
