//! Killed at every call that changes a file: nothing is lost, nothing is given twice, nothing has to be mended by hand.

use std::cell::Cell;
use std::fs;
use std::path::PathBuf;

use ftc_testkit::faults::{DURABILITY_SYSCALLS, KillSweep};
use ftc_worktree::{Leftovers, PoolOptions, SlotState};

use crate::support::{Place, git, names, open, write};

/// The repository that the swept copy of this program works with.
const REPOSITORY: &str = "FTC_TEST_SWEPT_REPOSITORY";

#[test]
fn leases_and_gives_back() {
    let Some(work) = std::env::var_os(REPOSITORY).map(PathBuf::from) else {
        return;
    };
    let root = work.join(".worktrees");
    let (pool, _) = ftc_worktree::Pool::open(&open(&work), &root, PoolOptions::default()).unwrap();
    let process = ftc_process::ProcessIdentity::current().unwrap();
    let request = ftc_worktree::Request::new(crate::support::head(&work), "swept", "", process);
    // A new slot with work to save, and the same slot again.
    let lease = pool.acquire(&request).unwrap();
    write(lease.path(), "draft", "precious");
    lease.release_with(Leftovers::Save).unwrap().unwrap();
    pool.acquire(&request).unwrap().release().unwrap();
}

#[test]
#[ignore = "needs strace"]
fn isolation_a_kill_at_any_call_is_mended_by_the_next_open() {
    let place = Place::new();
    let saved = Cell::new(0);
    let report = KillSweep::this_test("crash::leases_and_gives_back")
        .env(REPOSITORY, place.work())
        .syscalls(
            DURABILITY_SYSCALLS
                .iter()
                .chain(&["mkdir", "mkdirat", "rmdir"]),
        )
        .run(
            || {
                let _ = fs::remove_dir_all(place.root());
                let _ = fs::remove_dir_all(place.work().join(".git/worktrees"));
                for line in git(
                    &place.work(),
                    ["for-each-ref", "--format=%(refname)", "refs/ftc"],
                )
                .lines()
                {
                    git(&place.work(), ["update-ref", "-d", line]);
                }
            },
            |run| {
                let (pool, recovery) = place.open();
                assert!(recovery.quarantined.is_empty(), "{run}: {recovery:?}");
                let slots = pool.list().unwrap();
                assert!(
                    slots.iter().all(|slot| slot.state == SlotState::Idle),
                    "{run}: {slots:?}"
                );
                let refs = git(
                    &place.work(),
                    ["for-each-ref", "--format=%(refname)", "refs/ftc"],
                );
                for line in refs.lines() {
                    let draft = git(&place.work(), ["show", &format!("{line}:draft")]);
                    // The tenant itself may have been killed after it had made the file.
                    assert!(["", "precious"].contains(&draft.as_str()), "{run}: {draft}");
                    saved.set(saved.get() + usize::from(!draft.is_empty()));
                }
                let lease = place.lease(&pool);
                assert_eq!(names(lease.path()), [".gitignore", "readme"], "{run}");
                assert_eq!(
                    git(lease.path(), ["status", "--short", "--ignored"]),
                    "",
                    "{run}"
                );
                lease.release().unwrap();
                assert!(place.open().1.is_empty(), "{run}");
            },
        )
        .unwrap();
    assert!(
        report.kills_of(&["rename", "renameat", "renameat2"]) > 10,
        "{report:?}"
    );
    assert!(saved.get() > 10, "{report:?}");
}
