use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use ftc_testkit::faults::{KillSweep, SweepError};

/// Appends three bytes to `out`, one `write` each: `printf` is built into the shell.
const THREE_WRITES: &str = "for n in 1 2 3; do printf $n >>out; done";

#[test]
#[ignore = "needs strace"]
fn every_call_is_hit_and_every_state_seen() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out");
    let seen = RefCell::new(Vec::new());
    let resets = RefCell::new(0);
    let report = KillSweep::new(["sh", "-c", THREE_WRITES])
        .directory(directory.path())
        .syscalls(["write", "fsync", "no_such_call"])
        .run(
            || {
                *resets.borrow_mut() += 1;
                if out.exists() {
                    fs::remove_file(&out).unwrap();
                }
            },
            |run| {
                seen.borrow_mut()
                    .push((run.to_string(), fs::read_to_string(&out).unwrap()));
            },
        )
        .unwrap();
    let expected = [
        ("killed at write 1", ""),
        ("killed at write 2", "1"),
        ("killed at write 3", "12"),
        ("survived write 4", "123"),
        ("survived fsync 1", "123"),
        ("survived no_such_call 1", "123"),
    ];
    assert_eq!(
        *seen.borrow(),
        expected.map(|(run, text)| (run.to_owned(), text.to_owned()))
    );
    assert_eq!(*resets.borrow(), expected.len());
    assert_eq!(report.kills("write"), 3);
    assert_eq!(report.kills_of(&["write", "fsync"]), 3);
    assert_eq!(report.never_hit(), ["fsync", "no_such_call"]);
}

#[test]
#[ignore = "needs strace"]
fn a_kill_in_a_child_of_the_program_counts() {
    let directory = tempfile::tempdir().unwrap();
    let states = RefCell::new(BTreeSet::new());
    let script = format!("sh -c '{THREE_WRITES}' || true");
    let report = KillSweep::new(["sh", "-c", &script])
        .directory(directory.path())
        .syscalls(["write"])
        .run(
            || {
                fs::File::create(directory.path().join("out"))
                    .map(drop)
                    .unwrap();
            },
            |run| {
                let text = fs::read_to_string(directory.path().join("out")).unwrap();
                states.borrow_mut().insert((run.killed, text));
            },
        )
        .unwrap();
    assert!(report.kills("write") >= 3, "{report:?}");
    for text in ["", "1", "12"] {
        assert!(states.borrow().contains(&(true, text.to_owned())), "{text}");
    }
}

#[test]
#[ignore = "needs strace"]
fn a_program_that_fails_by_itself_is_an_error() {
    let error = KillSweep::new(["sh", "-c", "echo broken >&2; exit 3"])
        .syscalls(["fsync"])
        .run(|| (), |run| panic!("{run} cannot be checked"))
        .unwrap_err();
    assert!(
        matches!(error, SweepError::Failed { occurrence: 1, .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("exit code 3") && error.to_string().contains("broken"));
}

#[test]
#[ignore = "needs strace"]
fn the_test_program_itself_can_be_swept() {
    let directory = tempfile::tempdir().unwrap();
    let seen = RefCell::new(BTreeSet::new());
    let report = KillSweep::this_test("faults::leaves_two_directories")
        .env("FTC_TEST_DIRECTORY", directory.path())
        .syscalls(["mkdir", "mkdirat"])
        .run(
            || {
                for name in ["a", "b"] {
                    let path = directory.path().join(name);
                    if path.exists() {
                        fs::remove_dir(path).unwrap();
                    }
                }
            },
            |_| {
                let exists = |name| directory.path().join(name).exists();
                seen.borrow_mut().insert((exists("a"), exists("b")));
            },
        )
        .unwrap();
    assert_eq!(report.kills_of(&["mkdir", "mkdirat"]), 2);
    assert_eq!(
        *seen.borrow(),
        BTreeSet::from([(false, false), (true, false), (true, true)])
    );
}

#[test]
fn leaves_two_directories() {
    // In the sweep, a temporary directory of its own would be one more call to be killed at.
    let given = std::env::var_os("FTC_TEST_DIRECTORY").map(PathBuf::from);
    let temporary = given.is_none().then(|| tempfile::tempdir().unwrap());
    let directory = temporary.as_ref().map_or_else(
        || given.clone().unwrap(),
        |temporary| temporary.path().to_owned(),
    );
    for name in ["a", "b"] {
        fs::create_dir(directory.join(name)).unwrap();
    }
    assert!(directory.join("b").is_dir());
}
