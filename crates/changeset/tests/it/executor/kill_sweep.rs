//! The executor killed at every call that changes a file: after recovery the tree is old or new, exactly.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use ftc_changeset::{Executor, Outcome, RecoveryOutcome, verify_audit};
use ftc_testkit::faults::{DURABILITY_SYSCALLS, KillSweep};

use super::support::{Change, Entry, Site, five_changes, lay_five_files};

/// Where the swept copy of this program works.
const DIRECTORY: &str = "FTC_TEST_DIRECTORY";

/// The calls that change a directory, beside those that every durable write makes.
const CALLS: &[&str] = &[
    "link", "linkat", "mkdir", "mkdirat", "rmdir", "fchmod", "openat2",
];

/// The swept copy finds its files laid; on its own a test lays them itself.
fn apply_swept(lay: fn(&Site), change: fn() -> Change) {
    let site = if let Some(directory) = std::env::var_os(DIRECTORY) {
        Site::at(PathBuf::from(directory))
    } else {
        let site = Site::new();
        lay(&site);
        site
    };
    assert_eq!(site.apply(&change()).unwrap().outcome, Outcome::Applied);
}

fn lay_one_file(site: &Site) {
    site.write("file", "old");
}

fn one_change() -> Change {
    Change::rewrite("file", "old", "new")
}

#[test]
fn applies_one_file() {
    apply_swept(lay_one_file, one_change);
}

#[test]
fn applies_five_operations() {
    apply_swept(lay_five_files, five_changes);
}

type Tree = BTreeMap<String, Entry>;

fn sweep(test: &str, lay: fn(&Site), change: fn() -> Change) {
    // What old and new are, from a run that nobody disturbs.
    let reference = Site::new();
    lay(&reference);
    let old = reference.snapshot();
    reference.apply(&change()).unwrap();
    let new = reference.snapshot();

    let directory = tempfile::tempdir().unwrap();
    let seen: RefCell<BTreeSet<&str>> = RefCell::default();
    let report = KillSweep::this_test(test)
        .env(DIRECTORY, directory.path())
        .syscalls(DURABILITY_SYSCALLS.iter().chain(CALLS))
        .run(
            || {
                for entry in fs::read_dir(directory.path()).unwrap() {
                    fs::remove_dir_all(entry.unwrap().path()).unwrap();
                }
                lay(&Site::at(directory.path()));
            },
            |run| {
                let site = Site::at(directory.path());
                let preview = Executor::preview_recovery(&site.root(), &site.options()).unwrap();
                let (_, report) = site.open();
                for (previewed, done) in preview.transactions.iter().zip(&report.transactions) {
                    assert_eq!(previewed.outcome, done.outcome, "{run}");
                }
                let word = match report.transactions.as_slice() {
                    [] => "nothing",
                    [one] => {
                        assert!(
                            one.left_alone.is_empty() && one.kept.is_none(),
                            "{run}: {one:?}"
                        );
                        match &one.outcome {
                            RecoveryOutcome::Refused { reason } => panic!("{run}: {reason}"),
                            outcome => outcome.as_str(),
                        }
                    }
                    more => panic!("{run}: {more:?}"),
                };
                seen.borrow_mut().insert(word);
                let tree: Tree = site.snapshot();
                assert!(tree == old || tree == new, "{run}: {word}: {tree:#?}");
                assert!(run.killed || tree == new, "{run}");
                assert!(!site.has_transaction(), "{run}");
                assert!(
                    site.open().1.is_clean(),
                    "{run}: recovery left something to do"
                );
                verify_audit(&site.root(), &site.options()).unwrap();
                let markers =
                    fs::read_dir(site.directory().join("keys"))
                        .unwrap()
                        .filter(|entry| {
                            entry
                                .as_ref()
                                .unwrap()
                                .file_name()
                                .to_string_lossy()
                                .starts_with("open-")
                        });
                // A kill between the note and the journal, or between the removal of the two, leaves a note without a journal.
                assert!(markers.count() <= 1, "{run}");

                // What a person does next works.
                let (next, end) = if tree == old {
                    (change(), &new)
                } else {
                    (change().inverse(), &old)
                };
                assert_eq!(
                    site.apply(&next).unwrap().outcome,
                    Outcome::Applied,
                    "{run}"
                );
                assert_eq!(site.snapshot(), *end, "{run}");
            },
        )
        .unwrap();
    let seen = seen.into_inner();
    for outcome in [
        "nothing",
        "discarded",
        "rolled_back",
        "rolled_forward",
        "finished",
    ] {
        assert!(seen.contains(outcome), "{outcome} was never seen: {seen:?}");
    }
    assert!(report.kills_of(&["renameat2"]) >= 2, "{report:?}");
    assert!(report.kills_of(&["fsync", "fdatasync"]) >= 10, "{report:?}");
    assert!(report.kills_of(&["link", "linkat"]) >= 1, "{report:?}");
}

#[test]
#[ignore = "needs strace"]
fn a_killed_change_of_one_file_is_old_or_new() {
    sweep(
        "executor::kill_sweep::applies_one_file",
        lay_one_file,
        one_change,
    );
}

#[test]
#[ignore = "needs strace"]
fn a_killed_change_of_five_operations_is_old_or_new() {
    sweep(
        "executor::kill_sweep::applies_five_operations",
        lay_five_files,
        five_changes,
    );
}
