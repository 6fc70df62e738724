//! Opening: what is made, what is refused, and that a refused file is left alone.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use ftc_state::{OpenError, SqliteStore, Store};
use insta::assert_snapshot;
use rusqlite::Connection;

use crate::support::{Place, assert_sound, at, dump, failure, scan};

/// The refusal of the file at `path`, after which everything in its directory is as before.
fn refusal(path: &Path) -> OpenError {
    let directory = path.parent().expect("the path is in a directory");
    let before = contents(directory);
    let error = SqliteStore::open(path).expect_err("the file is refused");
    assert_eq!(contents(directory), before, "{error}");
    assert!(!error.is_retryable());
    error
}

fn contents(directory: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    fs::read_dir(directory)
        .expect("the directory can be read")
        .map(|entry| {
            let path = entry.expect("the entry can be read").path();
            // A directory has no content of its own.
            let content = path.is_file().then(|| fs::read(&path));
            (
                path,
                content.map(|bytes| bytes.expect("the file can be read")),
            )
        })
        .collect()
}

/// Message and hints, with the temporary directory taken out.
fn told(error: &OpenError, place: &Place) -> String {
    let text = format!("{error}\n{}", error.hints().join("\n"));
    text.replace(&place.directory.path().display().to_string(), "DIR")
}

#[test]
fn a_new_store_is_made_and_found_again() {
    let place = Place::new();
    place
        .open()
        .record_scan(&scan(1, [failure(7)]), at("09:00"))
        .unwrap();
    let store = place.open();
    assert_eq!(dump(&store).occurrences.len(), 1);
    assert_sound(&store);
}

#[test]
fn an_empty_file_becomes_a_store() {
    let place = Place::new();
    fs::File::create(&place.path).unwrap();
    assert_sound(&place.open());
}

#[test]
fn only_the_last_directory_is_made() {
    let place = Place::new();
    let path = place.directory.path().join("new").join("ftc.db");
    assert_sound(&SqliteStore::open(&path).unwrap());
    let error = refusal_of_missing(
        &place
            .directory
            .path()
            .join("no")
            .join("such")
            .join("ftc.db"),
    );
    assert_snapshot!(told(&error, &place), @"
    the store `DIR/no/such/ftc.db` cannot be made: `DIR/no` does not exist
    make that directory, or name another place
    ");
    assert!(!place.directory.path().join("no").exists());
}

fn refusal_of_missing(path: &Path) -> OpenError {
    SqliteStore::open(path).expect_err("there is no place for the file")
}

#[test]
fn names_that_mean_something_to_sqlite_are_names() {
    let place = Place::new();
    for name in [
        "a?mode=memory",
        "a#b",
        "a%3fb",
        "a b",
        ":memory:",
        "file:x?mode=ro",
    ] {
        let path = place.directory.path().join(name);
        for run in 1..3 {
            let store = SqliteStore::open(&path).unwrap();
            store.record_scan(&scan(run, []), at("09:00")).unwrap();
        }
        assert!(path.is_file(), "{name}");
        assert_eq!(dump(&SqliteStore::open(&path).unwrap()).runs.len(), 2);
    }
    let path = place.directory.path().join(OsStr::from_bytes(b"\xff.db"));
    assert_sound(&SqliteStore::open(&path).unwrap());
    assert_sound(&SqliteStore::open(&path).unwrap());
}

#[test]
fn a_directory_is_refused() {
    let place = Place::new();
    fs::create_dir(&place.path).unwrap();
    assert_snapshot!(told(&refusal(&place.path), &place), @"
    the store `DIR/ftc.db` is a directory
    name a file in it, such as `ftc.db`
    ");
}

#[test]
fn a_device_is_refused() {
    let error = SqliteStore::open(Path::new("/dev/null")).unwrap_err();
    assert!(matches!(error, OpenError::NotAFile { .. }), "{error}");
}

#[test]
fn a_file_of_something_else_is_refused() {
    let place = Place::new();
    for content in [
        "x".to_owned(),
        "<testsuite/>\n".to_owned(),
        "x".repeat(100_000),
    ] {
        fs::write(&place.path, content).unwrap();
        assert_eq!(
            told(&refusal(&place.path), &place),
            "the store `DIR/ftc.db` is not an SQLite file\nname another file; this one was left as it is"
        );
    }
}

#[test]
fn the_database_of_another_program_is_refused() {
    let place = Place::new();
    let other = Connection::open(&place.path).unwrap();
    other.execute_batch("CREATE TABLE t (a)").unwrap();
    assert_snapshot!(told(&refusal(&place.path), &place), @"
    the SQLite file `DIR/ftc.db` belongs to another program (application id 0x00000000)
    name another file; this one was left as it is
    ");
    other
        .execute_batch("PRAGMA application_id = 0x0f055112")
        .unwrap();
    assert!(matches!(
        refusal(&place.path),
        OpenError::ForeignApplication {
            application_id: 0x0f05_5112,
            ..
        }
    ));
    // Also while its owner has it open with content that is not in the main file yet.
    other
        .execute_batch("PRAGMA journal_mode = WAL; INSERT INTO t VALUES (1)")
        .unwrap();
    let error = refusal(&place.path);
    assert!(
        matches!(error, OpenError::ForeignApplication { .. }),
        "{error}"
    );
}

#[test]
fn a_newer_store_is_refused_by_name() {
    let place = Place::new();
    drop(place.open());
    let newer = Connection::open(&place.path).unwrap();
    newer.execute_batch("PRAGMA user_version = 99").unwrap();
    // In the log only: the header of the main file still says 1.
    let error = SqliteStore::open(&place.path).unwrap_err();
    assert!(
        matches!(error, OpenError::Newer { found: 99, .. }),
        "{error}"
    );
    let log = place.directory.path().join("ftc.db-wal");
    assert!(log.metadata().unwrap().len() > 0, "the log was not moved");

    newer.close().unwrap();
    assert_snapshot!(told(&refusal(&place.path), &place), @"
    the store `DIR/ftc.db` has schema version 99, but this program supports up to 3
    update this program, or name another store
    ");
}

#[test]
fn a_store_of_another_build_is_refused() {
    let place = Place::new();
    drop(place.open());
    let other = Connection::open(&place.path).unwrap();
    other
        .execute_batch("UPDATE schema_migrations SET checksum = 'else'")
        .unwrap();
    other.close().unwrap();
    let error = SqliteStore::open(&place.path).unwrap_err();
    assert_snapshot!(told(&error, &place), @"
    the store `DIR/ftc.db` was made by another build: its migration 1 `record` differs
    use the program that made it, or name another store
    ");
}

#[test]
fn two_stores_of_one_process_share_a_file() {
    let place = Place::new();
    let (one, two) = (place.open(), place.open());
    one.record_scan(&scan(1, [failure(7)]), at("09:00"))
        .unwrap();
    two.record_scan(&scan(2, [failure(7)]), at("09:00"))
        .unwrap();
    // Opening and closing a third one must not drop the locks of the first two.
    drop(place.open());
    one.record_scan(&scan(3, [failure(7)]), at("09:00"))
        .unwrap();
    assert_eq!(dump(&one), dump(&two));
    assert_eq!(dump(&two).occurrences.len(), 3);
}
