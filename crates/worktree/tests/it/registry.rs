//! The registry: old, torn, foreign and lost.

use std::fs;

use ftc_worktree::{AcquireError, OpenPoolError, Pool, PoolOptions, RegistryError, SlotState};
use serde_json::{Value, json};

use crate::support::{Place, dead_process, git, read, write};

/// Opens the pool, which must fail and must leave the registry as it is.
#[track_caller]
fn refused(place: &Place) -> RegistryError {
    let before = fs::read(place.index()).expect("it is there");
    let opened = Pool::open(&place.repository, &place.root(), PoolOptions::default());
    let error = opened.expect_err("it is refused");
    assert_eq!(fs::read(place.index()).expect("it is there"), before);
    match error {
        OpenPoolError::Registry(error) => error,
        other => panic!("{other}"),
    }
}

#[test]
fn the_registry_of_version_1_reads_as_it_is_documented() {
    let place = Place::new();
    place.pool();
    let document = json!({
        "version": 1,
        "pool": "3f1c9a40b7d24f58",
        "boot_id": place.registry()["boot_id"],
        "epoch": 7,
        "slots": [{
            "slot": 1,
            "epoch": 7,
            "commit": place.first,
            "keep": ["target"],
            "state": {
                "name": "leased",
                "lease": {
                    "id": "0198c2f4-6f0e-7d32-9a51-3c5be0d4a7f1",
                    "epoch": 7,
                    "owner": "ci",
                    "purpose": "",
                    "process": {"pid": 1, "start_ticks": 1, "boot_id": "b", "host": "elsewhere"},
                    "commit": place.first,
                    "acquired_at": "2026-09-01T10:00:00Z",
                    "expires_at": null
                }
            }
        }],
        "worktrees": [{"name": "feature", "status": "kept"}]
    });
    fs::write(place.index(), document.to_string()).unwrap();
    let pool = place.pool();
    let slots = pool.list().unwrap();
    assert_eq!(slots[0].state, SlotState::Leased);
    assert_eq!(slots[0].lease.as_ref().unwrap().owner, "ci");
    assert_eq!(slots[0].path, place.slot(1));

    // What is written is what was read, with what has happened since.
    let lease = place.lease(&pool);
    let registry = place.registry();
    assert_eq!(registry["slots"][0]["slot"], 1);
    for field in ["epoch", "commit", "keep"] {
        assert_eq!(
            registry["slots"][0][field], document["slots"][0][field],
            "{field}"
        );
    }
    assert_eq!(
        registry["slots"][0]["state"]["lease"]["id"],
        document["slots"][0]["state"]["lease"]["id"]
    );
    assert_eq!(registry["worktrees"], document["worktrees"]);
    assert_eq!(registry["pool"], document["pool"]);
    assert_eq!(lease.slot(), 2);
    assert!(lease.epoch() > 7);
}

#[test]
fn a_registry_without_a_version_is_taken_over() {
    let place = Place::new();
    fs::create_dir(place.root()).unwrap();
    let worktrees = json!([{
        "name": "auth", "path": ".worktrees/auth", "branch": "wt/auth", "task_id": 1, "status": "active", "created_at": 1.5
    }]);
    fs::write(place.index(), json!({"worktrees": worktrees}).to_string()).unwrap();
    let pool = place.pool();
    assert!(pool.list().unwrap().is_empty());
    place.lease(&pool).release().unwrap();
    assert_eq!(place.registry()["worktrees"], worktrees);
    assert_eq!(place.registry()["version"], 1);
}

#[test]
fn a_later_version_is_left_to_the_program_that_knows_it() {
    let place = Place::new();
    place.pool();
    place.edit_registry(|registry| registry["version"] = json!(2));
    let error = refused(&place);
    assert!(
        matches!(
            error,
            RegistryError::Newer {
                version: 2,
                known: 1,
                ..
            }
        ),
        "{error}"
    );
}

/// Spoils a registry.
type Edit = fn(&mut Value);

#[test]
fn what_is_json_but_no_registry_is_refused_and_kept() {
    let place = Place::new();
    let pool = place.pool();
    drop((place.lease(&pool), place.lease(&pool)));
    let good = place.registry();
    let edits: [(&str, Edit); 9] = [
        ("a list", |registry| *registry = json!([])),
        ("another object", |registry| {
            *registry = json!({"name": "x"});
        }),
        ("version", |registry| registry["version"] = json!("1")),
        ("unknown field", |registry| registry["color"] = json!("red")),
        ("unknown state", |registry| {
            registry["slots"][0]["state"]["name"] = json!("lost");
        }),
        ("slot 0", |registry| registry["slots"][0]["slot"] = json!(0)),
        ("a slot twice", |registry| {
            registry["slots"][1]["slot"] = json!(1);
        }),
        ("an epoch ahead", |registry| {
            registry["slots"][0]["epoch"] = json!(1_u64 << 40);
        }),
        ("a pool that is a path", |registry| {
            registry["pool"] = json!("../x");
        }),
    ];
    for (name, edit) in edits {
        fs::write(place.index(), good.to_string()).unwrap();
        place.edit_registry(edit);
        let error = refused(&place);
        assert!(
            matches!(error, RegistryError::Malformed { .. }),
            "{name}: {error}"
        );
        assert!(!error.is_retryable());
        assert!(!error.hints().is_empty());
        // Whoever has it open does nothing either.
        assert!(matches!(
            pool.acquire(&place.request()),
            Err(AcquireError::Registry(RegistryError::Malformed { .. }))
        ));
    }
    fs::write(place.index(), good.to_string()).unwrap();
    assert!(place.open().1.is_empty());
}

#[test]
fn what_is_no_file_is_refused() {
    let place = Place::new();
    fs::create_dir_all(place.index()).unwrap();
    let error = Pool::open(&place.repository, &place.root(), PoolOptions::default()).unwrap_err();
    let OpenPoolError::Registry(error @ RegistryError::Read { .. }) = error else {
        panic!("{error}");
    };
    assert!(error.to_string().contains("index.json"), "{error}");
}

#[test]
fn a_torn_or_lost_registry_is_rebuilt_and_nobody_gets_what_was_there() {
    for damage in ["torn", "empty", "zeros", "lost"] {
        let place = Place::new();
        let pool = place.pool();
        let lease = place.lease(&pool);
        write(lease.path(), "draft", "mine");
        place.lease(&pool).release().unwrap();
        let last = place.registry()["epoch"].as_u64().unwrap();
        let name = place.registry()["pool"].clone();
        let whole = fs::read(place.index()).unwrap();
        match damage {
            "torn" => fs::write(place.index(), &whole[..whole.len() / 2]).unwrap(),
            "empty" => fs::write(place.index(), "").unwrap(),
            "zeros" => fs::write(place.index(), vec![0; whole.len()]).unwrap(),
            _ => fs::remove_file(place.index()).unwrap(),
        }
        // Whoever has it open stops.
        assert!(lease.check().is_err(), "{damage}");
        assert!(pool.acquire(&place.request()).is_err(), "{damage}");

        let (pool, _) = place.open();
        let slots = pool.list().unwrap();
        let states: Vec<_> = slots.iter().map(|slot| slot.state.name()).collect();
        assert_eq!(states, ["quarantined", "quarantined"], "{damage}");
        assert_eq!(slots[0].commit, Some(place.first));
        assert_eq!(place.registry()["pool"], name, "{damage}");
        assert!(lease.check().is_err(), "{damage}");
        let next = place.lease(&pool);
        assert_eq!(next.slot(), 3, "{damage}");
        assert!(
            next.epoch() > last + (1 << 20),
            "{damage}: {}",
            next.epoch()
        );
        drop(lease);
        assert_eq!(read(&place.slot(1), "draft"), "mine", "{damage}");
        let torn = place.root().join("index.json.torn");
        assert_eq!(torn.exists(), damage != "lost");
    }
}

#[test]
fn the_fence_is_remembered_by_events_when_all_else_is_lost() {
    let place = Place::new();
    let pool = place.pool();
    let lease = place.lease(&pool);
    let last = lease.epoch();
    lease.release().unwrap();
    place.repository.remove_worktree(&place.slot(1)).unwrap();
    fs::remove_file(place.index()).unwrap();
    assert!(place.lease(&place.pool()).epoch() > last + (1 << 20));
}

#[test]
fn after_a_boot_no_fence_of_the_last_one_is_given_again() {
    let place = Place::new();
    let pool = place.pool();
    let mut request = place.request();
    // Of this machine, but of a boot that is over.
    request.process.boot_id = "00000000-0000-0000-0000-000000000000".to_owned();
    let lease = pool.acquire(&request).unwrap().detach();
    place.edit_registry(|registry| registry["boot_id"] = json!("of the last boot"));
    let (pool, recovery) = place.open();
    assert_eq!(recovery.reclaimed[0].lease, lease.lease);
    assert!(place.lease(&pool).epoch() > lease.epoch + (1 << 20));
    let epoch = place.registry()["epoch"].as_u64().unwrap();
    place.pool();
    assert_eq!(place.registry()["epoch"], epoch, "once per boot");
}

#[test]
fn a_slot_that_only_git_knows_is_put_under_quarantine() {
    let place = Place::new();
    let pool = place.pool();
    let mut request = place.request();
    request.process = dead_process();
    let _token = pool.acquire(&request).unwrap().detach();
    write(&place.slot(1), "draft", "mine");
    place.edit_registry(|registry| registry["slots"] = json!([]));
    let (pool, recovery) = place.open();
    assert_eq!(recovery.quarantined[0].slot, 1);
    assert_eq!(place.lease(&pool).slot(), 2);
    assert_eq!(read(&place.slot(1), "draft"), "mine");
    assert!(place.open().1.is_empty());
}

#[test]
fn a_registry_that_came_with_the_repository_reaches_nothing() {
    let place = Place::new();
    // Tracked files in the place of a slot, and a registry that calls them a lease of a dead process.
    write(&place.work(), ".worktrees/s/1/precious", "tracked");
    let process = serde_json::to_value(dead_process()).unwrap();
    let lease = json!({
        "id": "0198c2f4-6f0e-7d32-9a51-3c5be0d4a7f1", "epoch": 1, "owner": "x", "purpose": "", "process": process,
        "commit": place.first, "acquired_at": "2026-09-01T10:00:00Z", "expires_at": null
    });
    let registry = json!({
        "version": 1, "pool": "x", "boot_id": "x", "epoch": 1,
        "slots": [{"slot": 1, "epoch": 1, "commit": place.first, "state": {"name": "leased", "lease": lease}}]
    });
    write(
        &place.work(),
        ".worktrees/index.json",
        &registry.to_string(),
    );
    git(&place.work(), ["add", "--force", ".worktrees"]);
    let (pool, recovery) = place.open();
    assert_eq!(recovery.quarantined.len(), 1);
    assert_eq!(read(&place.slot(1), "precious"), "tracked");
    assert_eq!(place.lease(&pool).slot(), 2);
}
