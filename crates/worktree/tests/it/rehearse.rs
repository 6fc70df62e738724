//! What would be leased is what is leased.

use std::fs;

use ftc_worktree::{AcquireError, Pool, PoolOptions, Request};
use serde_json::{Value, json};

use crate::support::{Place, dead_process, write};

fn options(capacity: usize) -> PoolOptions {
    PoolOptions {
        capacity,
        ..PoolOptions::default()
    }
}

/// Rehearses, insists that nothing changed, and then leases. Both have to be the same slot, or the same refusal.
#[track_caller]
fn check(place: &Place, capacity: usize, request: &Request) -> Option<u32> {
    let before = (fs::read(place.index()).ok(), place.worktrees());
    let pool = Pool::look(&place.repository, &place.root(), options(capacity))
        .expect("a pool can be looked at");
    let rehearsed = pool.rehearse_acquire(request);
    assert_eq!((fs::read(place.index()).ok(), place.worktrees()), before);

    let (pool, _) = place.open_with(options(capacity));
    match (rehearsed, pool.acquire(request)) {
        (Ok(rehearsed), Ok(lease)) => {
            assert_eq!(rehearsed.slot, lease.slot());
            assert_eq!(rehearsed.path, lease.path());
            let slot = lease.slot();
            let _token = lease.detach();
            Some(slot)
        }
        (
            Err(AcquireError::PoolFull {
                quarantined: foreseen,
                ..
            }),
            Err(AcquireError::PoolFull { quarantined, .. }),
        ) => {
            assert_eq!(foreseen, quarantined);
            None
        }
        (rehearsed, leased) => panic!("{rehearsed:?} and {leased:?}"),
    }
}

fn edit_slot(place: &Place, edit: impl FnOnce(&mut Value)) {
    place.edit_registry(|registry| edit(&mut registry["slots"][0]));
}

#[test]
fn a_pool_that_does_not_exist() {
    let place = Place::new();
    assert_eq!(check(&place, 1, &place.request()), Some(1));
    assert_eq!(check(&place, 1, &place.request()), None);
    assert_eq!(check(&place, 2, &place.request()), Some(2));
}

#[test]
fn a_slot_at_the_same_commit_comes_first() {
    let place = Place::new();
    let pool = place.pool();
    let first = place.lease(&pool);
    let mut request = place.request();
    request.commit = place.second;
    let second = pool.acquire(&request).unwrap();
    first.release().unwrap();
    second.release().unwrap();
    assert_eq!(check(&place, 4, &request), Some(2));
    assert_eq!(check(&place, 4, &request), Some(1));
}

#[test]
fn what_the_dead_have_left() {
    let place = Place::new();
    let mut request = place.request();
    request.process = dead_process();
    place.pool().acquire(&request).unwrap().detach();
    write(&place.slot(1), "draft", "new\n");
    assert_eq!(check(&place, 1, &place.request()), Some(1));

    let dead = serde_json::to_value(dead_process()).unwrap();
    for name in ["creating", "removing"] {
        let state = json!({"name": name, "worker": dead});
        edit_slot(&place, |slot| slot["state"] = state);
        assert_eq!(check(&place, 1, &place.request()), Some(1), "{name}");
    }
}

#[test]
fn what_is_under_quarantine_is_not_given_away() {
    let place = Place::new();
    place.lease(&place.pool()).detach();
    let state = json!({"name": "quarantined", "reason": "x", "lease": null});
    edit_slot(&place, |slot| slot["state"] = state);
    assert_eq!(check(&place, 1, &place.request()), None);
    assert_eq!(check(&place, 2, &place.request()), Some(2));

    // A lost registry: what git knows is put under quarantine.
    let place = Place::new();
    place.lease(&place.pool()).release().unwrap();
    fs::remove_file(place.index()).unwrap();
    assert_eq!(check(&place, 1, &place.request()), None);
    assert_eq!(check(&place, 2, &place.request()), Some(2));
}

#[test]
fn a_folder_that_is_gone_is_made_anew() {
    let place = Place::new();
    place.lease(&place.pool()).release().unwrap();
    fs::remove_dir_all(place.slot(1)).unwrap();
    assert_eq!(check(&place, 1, &place.request()), Some(1));
}
