//! What a crash leaves, in each state, and what becomes of it.

use std::fs;

use ftc_process::ProcessIdentity;
use ftc_worktree::{AcquireError, Pool, PoolOptions, ReclaimReason, SlotState};
use serde_json::{Value, json};

use crate::support::{Place, commit_all, dead_process, git, names, open, read, write};

fn dead() -> Value {
    serde_json::to_value(dead_process()).expect("it is data")
}

fn living() -> Value {
    let process = ProcessIdentity::current().expect("this process is known");
    serde_json::to_value(process).expect("it is data")
}

/// Leases slot 1 for a process that has ended.
fn abandon(place: &Place, pool: &Pool) -> String {
    let mut request = place.request();
    request.process = dead_process();
    let token = pool.acquire(&request).expect("there is a slot").detach();
    assert_eq!(token.slot, 1);
    token.lease.to_string()
}

#[test]
fn isolation_uncommitted_work_is_saved_before_a_scrub() {
    let place = Place::new();
    let pool = place.pool();
    let lease = abandon(&place, &pool);
    let slot = place.slot(1);
    write(&slot, "readme", "changed\n");
    write(&slot, "draft", "new\n");
    write(&slot, "staged", "staged\n");
    git(&slot, ["add", "staged"]);
    fs::remove_file(slot.join(".gitignore")).unwrap();

    let (_, recovery) = place.open();
    let [reclaimed] = &recovery.reclaimed[..] else {
        panic!("{recovery:?}");
    };
    assert_eq!(reclaimed.slot, 1);
    assert_eq!(reclaimed.lease.to_string(), lease);
    assert_eq!(reclaimed.owner, "tester");
    assert_eq!(reclaimed.reason, ReclaimReason::OwnerGone);
    let salvage = reclaimed.salvage.as_ref().unwrap();
    assert_eq!(salvage.reference, format!("refs/ftc/salvage/{lease}"));
    let work = place.work();
    assert_eq!(
        git(
            &work,
            [
                "diff",
                "--name-status",
                &place.first.to_string(),
                &salvage.reference
            ]
        ),
        "D\t.gitignore\nA\tdraft\nM\treadme\nA\tstaged\n"
    );
    assert_eq!(
        git(
            &work,
            ["show", "--no-patch", "--format=%B%P", &salvage.reference]
        ),
        format!(
            "Save the work of lease {lease}\n\nSlot: 1\nOwner: tester\nPurpose: a test\n{}\n",
            place.first
        )
    );
    assert_eq!(names(&slot), [".gitignore", "readme"]);
    assert_eq!(git(&slot, ["status", "--short", "--ignored"]), "");
    assert!(place.events().contains(&"slot.salvaged".to_owned()));
    assert!(place.open().1.is_empty());
}

#[test]
fn commits_that_only_the_slot_has_are_saved() {
    let place = Place::new();
    let pool = place.pool();
    abandon(&place, &pool);
    write(&place.slot(1), "draft", "committed\n");
    let commit = commit_all(&place.slot(1), "Work");
    let recovery = place.open().1;
    let salvage = recovery.reclaimed[0].salvage.as_ref().unwrap();
    assert_eq!(salvage.commit, commit);
    assert_eq!(
        git(&place.work(), ["rev-parse", &salvage.reference]).trim(),
        commit.to_string()
    );
}

#[test]
fn commits_are_saved_even_if_the_folder_is_gone() {
    let place = Place::new();
    let pool = place.pool();
    abandon(&place, &pool);
    write(&place.slot(1), "draft", "committed\n");
    let commit = commit_all(&place.slot(1), "Work");
    fs::remove_dir_all(place.slot(1)).unwrap();
    let recovery = place.open().1;
    let salvage = recovery.reclaimed[0].salvage.as_ref().unwrap();
    assert_eq!(salvage.commit, commit);
    assert!(place.worktrees().is_empty());
    assert!(pool.list().unwrap().is_empty());
}

#[test]
fn a_tenant_without_changes_leaves_nothing_to_save() {
    let place = Place::new();
    let pool = place.pool();
    abandon(&place, &pool);
    // An older commit has nothing that the repository does not have.
    write(&place.slot(1), "run.log", "ignored");
    let recovery = place.open().1;
    assert_eq!(recovery.reclaimed[0].salvage, None);
    assert_eq!(git(&place.work(), ["for-each-ref", "refs/ftc"]), "");
}

#[test]
fn leases_and_steps_of_living_processes_are_not_touched() {
    let place = Place::new();
    let pool = place.pool();
    let lease = place.lease(&pool);
    write(lease.path(), "draft", "mine");
    for state in [
        json!({"name": "scrubbing", "worker": living(), "lease": null, "unsaved": true}),
        json!({"name": "creating", "worker": living()}),
        json!({"name": "removing", "worker": living()}),
    ] {
        place.edit_registry(|registry| registry["slots"][0]["state"] = state);
        let before = place.registry();
        assert!(place.open().1.is_empty());
        assert_eq!(place.registry(), before);
        assert_eq!(read(lease.path(), "draft"), "mine");
    }
    // None of this is a lease.
    drop(lease);
    assert_eq!(read(&place.slot(1), "draft"), "mine");
}

#[test]
fn isolation_half_made_worktrees_are_removed_in_whatever_state() {
    let set_creating = |place: &Place| {
        place.edit_registry(|registry| {
            registry["slots"][0]["state"] = json!({"name": "creating", "worker": dead()});
        });
    };
    // Nothing but the word, a folder, and all but the last word.
    for half in ["nothing", "folder", "all"] {
        let place = Place::new();
        let pool = place.pool();
        drop(place.lease(&pool));
        set_creating(&place);
        if half != "all" {
            place.repository.remove_worktree(&place.slot(1)).unwrap();
        }
        if half == "folder" {
            fs::create_dir(place.slot(1)).unwrap();
        }
        let recovery = place.open().1;
        assert_eq!(recovery.removed, [1], "{half}");
        assert!(!place.slot(1).exists(), "{half}");
        assert!(place.worktrees().is_empty(), "{half}");
        assert_eq!(place.lease(&pool).slot(), 1, "{half}");
    }
}

#[test]
fn half_made_clean_slots_are_made_clean() {
    let place = Place::new();
    let pool = place.pool();
    drop(place.lease(&pool));
    let worker = dead();
    // It was on its way to another commit for somebody who never got it.
    place.edit_registry(|registry| {
        let row = &mut registry["slots"][0];
        row["commit"] = json!(place.second);
        row["state"] =
            json!({"name": "scrubbing", "worker": worker, "lease": null, "unsaved": false});
    });
    write(&place.slot(1), "src/half", "written");
    let recovery = place.open().1;
    assert_eq!(recovery.scrubbed, [1]);
    assert_eq!(names(&place.slot(1)), [".gitignore", "readme", "src"]);
    assert_eq!(names(&place.slot(1).join("src")), ["new"]);
    assert_eq!(pool.list().unwrap()[0].state, SlotState::Idle);
    assert_eq!(git(&place.work(), ["for-each-ref", "refs/ftc"]), "");
}

#[test]
fn a_scrub_that_had_not_saved_yet_saves_and_one_that_had_does_not_again() {
    for unsaved in [true, false] {
        let place = Place::new();
        let pool = place.pool();
        abandon(&place, &pool);
        write(&place.slot(1), "draft", "x");
        place.edit_registry(|registry| {
            let state = &mut registry["slots"][0]["state"];
            let lease = state["lease"].take();
            *state =
                json!({"name": "scrubbing", "worker": dead(), "lease": lease, "unsaved": unsaved});
        });
        let recovery = place.open().1;
        assert_eq!(
            recovery.reclaimed[0].reason,
            ReclaimReason::ScrubInterrupted
        );
        assert_eq!(recovery.reclaimed[0].salvage.is_some(), unsaved);
        assert_eq!(names(&place.slot(1)), [".gitignore", "readme"]);
    }
}

#[test]
fn slots_whose_folder_is_gone_are_forgotten() {
    let place = Place::new();
    let pool = place.pool();
    drop(place.lease(&pool));
    fs::remove_dir_all(place.slot(1)).unwrap();
    // A pool that is open finds out by itself.
    let lease = place.lease(&pool);
    assert_eq!(lease.slot(), 1 + u32::from(lease.path() != place.slot(1)));
    lease.release().unwrap();
    let (_, recovery) = place.open();
    assert!(recovery.quarantined.is_empty(), "{recovery:?}");
    let idle = pool.list().unwrap();
    assert!(idle.iter().all(|slot| slot.path.is_dir()), "{idle:?}");
    assert_eq!(place.worktrees().len(), idle.len());
}

#[test]
fn worktrees_of_others_are_never_touched() {
    let place = Place::new();
    let pool = place.pool();
    let work = place.work();
    let mine = place.outside("mine");
    let hooked = place.slot(3);
    for (path, branch) in [(&mine, "mine"), (&hooked, "hooked")] {
        git(
            &work,
            [
                "worktree",
                "add",
                "--quiet",
                "-b",
                branch,
                path.to_str().unwrap(),
            ],
        );
        write(path, "draft", branch);
    }
    // Locked in our manner, but for another pool, or for another slot.
    git(
        &work,
        [
            "worktree",
            "lock",
            "--reason",
            "ftc:other:3:1",
            hooked.to_str().unwrap(),
        ],
    );
    let leases: Vec<_> = (0..4).map(|_| place.lease(&pool)).collect();
    let slots: Vec<u32> = leases.iter().map(ftc_worktree::Lease::slot).collect();
    assert_eq!(slots, [1, 2, 4, 5]);
    drop(leases);
    assert!(place.open().1.is_empty());
    assert_eq!(read(&mine, "draft"), "mine");
    assert_eq!(read(&hooked, "draft"), "hooked");
    assert_eq!(place.worktrees().len(), 6);
}

#[test]
fn somebody_elses_worktree_in_the_place_of_a_slot_is_put_under_quarantine() {
    let place = Place::new();
    let pool = place.pool();
    drop(place.lease(&pool));
    let slot = place.slot(1);
    place.repository.remove_worktree(&slot).unwrap();
    git(
        &place.work(),
        [
            "worktree",
            "add",
            "--quiet",
            "-b",
            "mine",
            slot.to_str().unwrap(),
        ],
    );
    write(&slot, "draft", "mine");
    // Neither by the pool that is open, nor by one that is opened.
    assert_eq!(place.lease(&pool).slot(), 2);
    let recovery = place.open().1;
    assert_eq!(recovery.quarantined.len(), 1);
    assert_eq!(read(&slot, "draft"), "mine");
    assert_eq!(git(&slot, ["branch", "--show-current"]), "mine\n");
}

#[test]
fn a_quarantine_ends_when_a_person_removes_the_folder() {
    let place = Place::new();
    let options = PoolOptions {
        capacity: 1,
        ..PoolOptions::default()
    };
    let (pool, _) = place.open_with(options.clone());
    drop(place.lease(&pool));
    // A folder that git does not know: nobody can tell what is in it.
    let slot = place.slot(1);
    place.repository.remove_worktree(&slot).unwrap();
    write(&slot, "draft", "whose?");
    let (pool, recovery) = place.open_with(options.clone());
    assert_eq!(recovery.quarantined[0].path, slot);
    let reason = "git does not know it as a worktree of this pool";
    assert_eq!(recovery.quarantined[0].reason, reason);
    let SlotState::Quarantined { reason: listed } = &pool.list().unwrap()[0].state else {
        panic!("{:?}", pool.list());
    };
    assert_eq!(listed, reason);
    let error = pool.acquire(&place.request()).unwrap_err();
    assert!(
        matches!(error, AcquireError::PoolFull { quarantined: 1, .. }),
        "{error}"
    );
    assert!(!error.is_retryable());
    assert!(place.open_with(options).1.is_empty());
    assert_eq!(read(&slot, "draft"), "whose?");

    fs::remove_dir_all(&slot).unwrap();
    assert_eq!(place.lease(&pool).slot(), 1);
}

#[test]
fn work_that_cannot_be_saved_is_left_where_it_is() {
    let unconvertible: fn(&Place) = |place| {
        let line = "draft text working-tree-encoding=UTF-16LE\n";
        write(&place.slot(1), ".gitattributes", line);
    };
    let headless: fn(&Place) = |place| {
        let head = place.work().join(".git/worktrees/1/HEAD");
        fs::write(&head, format!("{}\n", "1".repeat(40))).unwrap();
    };
    for spoil in [unconvertible, headless] {
        let place = Place::new();
        let pool = place.pool();
        abandon(&place, &pool);
        let slot = place.slot(1);
        write(&slot, "draft", "no UTF-16 has an odd length");
        spoil(&place);
        let recovery = place.open().1;
        assert_eq!(recovery.reclaimed, []);
        let [quarantined] = &recovery.quarantined[..] else {
            panic!("{recovery:?}");
        };
        let path = slot.display();
        let start = format!("failed to save the work in `{path}`: ");
        assert!(quarantined.reason.starts_with(&start), "{quarantined:?}");
        assert_eq!(read(&slot, "draft"), "no UTF-16 has an odd length");
        let slots = pool.list().unwrap();
        assert_eq!(slots[0].state.name(), "quarantined");
        assert_eq!(slots[0].lease.as_ref().unwrap().owner, "tester");
        assert!(place.open().1.is_empty());
    }
}

#[test]
fn a_pool_that_is_open_takes_back_what_the_dead_have_when_it_is_full() {
    let place = Place::new();
    let options = PoolOptions {
        capacity: 1,
        ..PoolOptions::default()
    };
    let (pool, _) = place.open_with(options);
    abandon(&place, &pool);
    write(&place.slot(1), "draft", "x");
    let lease = place.lease(&pool);
    assert_eq!(lease.slot(), 1);
    assert_eq!(names(lease.path()), [".gitignore", "readme"]);
    let saved = git(&place.work(), ["for-each-ref", "refs/ftc/salvage"]);
    assert_eq!(saved.lines().count(), 1);
}

#[test]
fn a_copied_repository_does_not_reach_into_the_original() {
    let place = Place::new();
    let pool = place.pool();
    let lease = abandon(&place, &pool);
    write(&place.slot(1), "draft", "original");
    let copy = place.outside("copy");
    let status = std::process::Command::new("cp")
        .arg("-a")
        .args([&place.work(), &copy])
        .status()
        .unwrap();
    assert!(status.success());

    let (_, recovery) = Pool::open(
        &open(&copy),
        &copy.join(".worktrees"),
        PoolOptions::default(),
    )
    .unwrap();
    assert_eq!(recovery.quarantined.len(), 1, "{recovery:?}");
    assert_eq!(read(&place.slot(1), "draft"), "original");
    assert_eq!(read(&copy.join(".worktrees/s/1"), "draft"), "original");
    let recovery = place.open().1;
    assert_eq!(recovery.reclaimed[0].lease.to_string(), lease);
}
