use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use ftc_durable::{FileLock, LockError, LockMode, Owner};

fn owner(pid: u32) -> Owner {
    Owner {
        pid,
        host: "builder".to_owned(),
        since: "2026-01-02T03:04:05Z".to_owned(),
    }
}

fn holder(path: &Path, mode: LockMode) -> Option<String> {
    match FileLock::try_acquire(path, mode, &owner(9)) {
        Err(LockError::Held { holder, .. }) => holder,
        other => panic!("expected the lock to be held, got {other:?}"),
    }
}

#[test]
fn the_refused_learn_who_holds_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    let lock = FileLock::try_acquire(&path, LockMode::Exclusive, &owner(41)).unwrap();
    assert_eq!(
        (lock.path(), lock.mode()),
        (path.as_path(), LockMode::Exclusive)
    );
    for mode in [LockMode::Exclusive, LockMode::Shared] {
        let error = FileLock::try_acquire(&path, mode, &owner(42)).unwrap_err();
        assert!(error.is_retryable());
        assert_eq!(
            error.to_string(),
            format!(
                "lock `{}` is held by pid 41 on builder since 2026-01-02T03:04:05Z",
                path.display()
            )
        );
    }
}

#[test]
fn dropping_and_releasing_free_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    drop(FileLock::try_acquire(&path, LockMode::Exclusive, &owner(1)).unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
    let lock = FileLock::acquire(&path, LockMode::Exclusive, &owner(2)).unwrap();
    assert!(fs::read_to_string(&path).unwrap().starts_with("pid 2 "));
    lock.release().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
    FileLock::try_acquire(&path, LockMode::Shared, &owner(3))
        .unwrap()
        .release()
        .unwrap();
}

#[test]
fn shared_holders_exclude_only_the_exclusive() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    let first = FileLock::try_acquire(&path, LockMode::Shared, &owner(1)).unwrap();
    let second = FileLock::try_acquire(&path, LockMode::Shared, &owner(2)).unwrap();
    assert_eq!(holder(&path, LockMode::Exclusive), None);
    drop(first);
    assert_eq!(holder(&path, LockMode::Exclusive), None);
    drop(second);
    drop(FileLock::try_acquire(&path, LockMode::Exclusive, &owner(3)).unwrap());
}

#[test]
fn neither_existence_nor_text_of_the_file_is_a_lock() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    // What a killed holder leaves.
    fs::write(&path, "pid 7 on builder since 2020-01-01T00:00:00Z\n").unwrap();
    let shared = FileLock::try_acquire(&path, LockMode::Shared, &owner(1)).unwrap();
    // The dead holder must not be blamed for what the shared one holds.
    assert_eq!(holder(&path, LockMode::Exclusive), None);
    shared.release().unwrap();
    fs::write(&path, "x".repeat(5000)).unwrap();
    let lock = FileLock::try_acquire(&path, LockMode::Exclusive, &owner(1)).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        format!("{}\n", owner(1))
    );
    drop(lock);
}

#[test]
fn a_hostile_owner_cannot_write_to_the_terminal() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    let lock = FileLock::try_acquire(&path, LockMode::Exclusive, &owner(1)).unwrap();
    fs::write(&path, b"evil\x1b]0;title\x07 \xff\nsecond line").unwrap();
    assert_eq!(
        holder(&path, LockMode::Exclusive).unwrap(),
        "evil]0;title \u{fffd}"
    );
    drop(lock);
}

#[test]
fn a_lock_whose_file_was_removed_is_not_taken() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    let orphan = FileLock::try_acquire(&path, LockMode::Exclusive, &owner(1)).unwrap();
    fs::remove_file(&path).unwrap();
    // A new file, a new lock: the holder of the old one is told nothing, but nobody shares the new one.
    let lock = FileLock::try_acquire(&path, LockMode::Exclusive, &owner(2)).unwrap();
    assert!(
        holder(&path, LockMode::Exclusive)
            .unwrap()
            .starts_with("pid 2 ")
    );
    drop(orphan);
    assert!(
        holder(&path, LockMode::Exclusive)
            .unwrap()
            .starts_with("pid 2 ")
    );
    drop(lock);
}

#[test]
fn a_waiter_gets_it_after_the_release() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    let counter = directory.path().join("counter");
    fs::write(&counter, "0").unwrap();
    std::thread::scope(|scope| {
        for pid in 0..4 {
            let (path, counter) = (&path, &counter);
            scope.spawn(move || {
                for _ in 0..25 {
                    let lock = FileLock::acquire(path, LockMode::Exclusive, &owner(pid)).unwrap();
                    let count: u32 = fs::read_to_string(counter).unwrap().parse().unwrap();
                    fs::write(counter, (count + 1).to_string()).unwrap();
                    lock.release().unwrap();
                }
            });
        }
    });
    assert_eq!(fs::read_to_string(&counter).unwrap(), "100");
}

#[test]
fn links_and_missing_directories_are_errors() {
    let directory = tempfile::tempdir().unwrap();
    let link = directory.path().join("link");
    symlink(directory.path().join("target"), &link).unwrap();
    for path in [link, directory.path().join("missing/lock")] {
        let error = FileLock::try_acquire(&path, LockMode::Exclusive, &owner(1)).unwrap_err();
        assert!(matches!(error, LockError::Open { .. }), "{error:?}");
        assert!(!error.is_retryable());
    }
    assert!(!directory.path().join("target").exists());
}
