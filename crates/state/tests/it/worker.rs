//! A process of its own that works on a failure until it waits for a person: this test program, of which only the tests
//! below run. Killed at every system call that changes a file, it goes on where it was.

#![expect(
    clippy::unwrap_used,
    reason = "what a test shares with the process that it starts is a test's body too"
)]

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ftc_state::LifecycleState::{Discovered, IssueOpen, Triaged, WaitingForSignal};
use ftc_state::{
    Lifecycle, LifecycleState, OutboxDone, OutboxDraft, OutboxEntry, OutboxFilter, Store, StoreUrl,
    Transition, open,
};
use ftc_testkit::faults::{DURABILITY_SYSCALLS, KillSweep};

use crate::support::{
    Ledger, Place, assert_sound, at, fingerprint, ledger, only, repository, walk,
};

const DIRECTORY: &str = "FTC_TEST_DIRECTORY";
const NAME: &str = "worker::works_on_a_failure";

/// Works in the directory that its variable names; without it, in one of its own.
#[test]
fn works_on_a_failure() {
    let place = Place::new();
    let own = place.directory.path().to_owned();
    let directory = std::env::var_os(DIRECTORY).map_or(own, PathBuf::from);
    work(&directory);
    work(&directory);
    let path = directory.join("ftc.db");
    assert_done(
        &ledger(&*open(&StoreUrl::sqlite(path)).unwrap()),
        &directory,
    );
}

/// Makes what is to be made, then takes the next step, until there is none.
fn work(directory: &Path) {
    let url = StoreUrl::sqlite(directory.join("ftc.db"));
    let store = open(&url).unwrap_or_else(|error| panic!("{error}\n{error:?}"));
    let begun = store.begin_lifecycle(&repository(), &fingerprint(7), "seen", at("09:00"));
    begun.unwrap_or_else(|error| panic!("{error}\n{error:?}"));
    loop {
        let filter = OutboxFilter::pending();
        for entry in walk(5, |page| store.list_outbox(&repository(), &filter, page)) {
            make(&*store, &entry, &directory.join("forge"));
        }
        let lifecycle = store
            .load_lifecycle(&repository(), &fingerprint(7))
            .unwrap();
        let Some(step) = next(&lifecycle.expect("it was begun")) else {
            return;
        };
        store.transition(&step, at("10:00")).unwrap();
    }
}

fn next(lifecycle: &Lifecycle) -> Option<Transition> {
    let (to, write) = match lifecycle.state {
        Discovered => (IssueOpen, Some("issue")),
        IssueOpen => (Triaged, Some("comment")),
        Triaged => (WaitingForSignal, None),
        _ => return None,
    };
    let drafts = write.map(|key| OutboxDraft::new(key, format!("{{\"make\":\"{key}\"}}")));
    Some(Transition::new(lifecycle, to, "next").with_outbox(drafts))
}

/// Writes to a forge of one file per write, which is found again by its name.
fn make(store: &dyn Store, entry: &OutboxEntry, forge: &Path) {
    fs::create_dir_all(forge).unwrap();
    match fs::File::create_new(forge.join(&entry.key)) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => panic!("{error}"),
    }
    let mut done = OutboxDone::new("made");
    done.issue = (entry.key == "issue").then_some(12);
    store.complete_outbox(entry.id, &done, at("11:00")).unwrap();
}

fn assert_done(known: &Ledger, directory: &Path) {
    let (lifecycle, journal) = only(known.lifecycles.clone());
    assert_eq!(lifecycle.state, WaitingForSignal);
    assert_eq!((lifecycle.version, lifecycle.issue), (4, Some(12)));
    let states: Vec<LifecycleState> = journal.iter().map(|entry| entry.to).collect();
    assert_eq!(states, [Discovered, IssueOpen, Triaged, WaitingForSignal]);
    let writes: Vec<_> = known
        .outbox
        .iter()
        .map(|entry| {
            (
                entry.key.as_str(),
                entry.revision,
                entry.attempts,
                entry.is_pending(),
            )
        })
        .collect();
    assert_eq!(writes, [("issue", 1, 1, false), ("comment", 1, 1, false)]);
    let mut forge: Vec<_> = fs::read_dir(directory.join("forge"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    forge.sort();
    assert_eq!(forge, ["comment", "issue"]);
}

/// What a killed worker left behind: each transition with its write, or neither; each write that is done is on the forge.
fn assert_consistent(known: &Ledger, directory: &Path, how: &str) {
    let Some((lifecycle, _)) = known.lifecycles.first() else {
        assert_eq!(known.outbox, [], "{how}");
        return;
    };
    let keys: Vec<&str> = known
        .outbox
        .iter()
        .map(|entry| entry.key.as_str())
        .collect();
    let expected: &[&str] = match lifecycle.state {
        Discovered => &[],
        IssueOpen => &["issue"],
        _ => &["issue", "comment"],
    };
    assert_eq!(keys, expected, "{how}");
    for entry in &known.outbox {
        let made = directory.join("forge").join(&entry.key).exists();
        assert!(made || entry.is_pending(), "{how}: {entry:?}");
    }
    let told = known
        .outbox
        .first()
        .is_some_and(|entry| !entry.is_pending());
    assert_eq!(lifecycle.issue.is_some(), told, "{how}: {lifecycle:?}");
}

#[test]
#[ignore = "needs strace"]
fn work_survives_a_kill_at_every_write() {
    // The store is there already; that making one survives is tested elsewhere.
    let (place, before) = (Place::new(), Place::new());
    drop(before.open());
    let directory = place.directory.path();
    let report = KillSweep::this_test(NAME)
        .env(DIRECTORY, directory)
        .syscalls(DURABILITY_SYSCALLS)
        .run(
            || {
                fs::remove_dir_all(directory).expect("the directory can be removed");
                fs::create_dir(directory).expect("the directory can be made");
                fs::copy(&before.path, &place.path).expect("the store can be copied");
            },
            |run| {
                let how = run.to_string();
                let store = place.open();
                assert_sound(&store);
                assert_consistent(&ledger(&store), directory, &how);
                drop(store);
                work(directory);
                let store = place.open();
                assert_sound(&store);
                assert_done(&ledger(&store), directory);
                // Begin, three transitions and two writes, each with its entry, however often it was killed.
                assert_eq!(store.check().unwrap().audit_entries, 6, "{how}");
            },
        )
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(report.kills_of(&["write", "pwrite64"]) > 10, "{report:?}");
    assert!(report.kills_of(&["fsync", "fdatasync"]) > 5, "{report:?}");
}
