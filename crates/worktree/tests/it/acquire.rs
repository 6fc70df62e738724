//! Leasing and giving back.

use std::fs;

use ftc_worktree::{
    AcquireError, Leftovers, OpenPoolError, Pool, PoolOptions, SlotState, TEXT_LIMIT_BYTES,
};

use crate::support::{Place, git, head, names, read, write};

#[test]
fn a_lease_is_a_clean_detached_checkout_that_git_protects() {
    let place = Place::new();
    let pool = place.pool();
    let lease = place.lease(&pool);

    assert_eq!(lease.path(), place.slot(1));
    assert_eq!(lease.commit(), place.first);
    assert_eq!(head(lease.path()), place.first);
    assert_eq!(read(lease.path(), "readme"), "one\n");
    assert_eq!(git(lease.path(), ["branch", "--show-current"]), "");
    assert_eq!(git(lease.path(), ["status", "--short", "--ignored"]), "");
    let [(path, Some(reason))] = &place.worktrees()[..] else {
        panic!("{:?}", place.worktrees());
    };
    assert_eq!(path, lease.path());
    assert!(reason.starts_with("ftc:"), "{reason}");
    lease.check().unwrap();
}

#[test]
fn isolation_the_pool_is_hidden_from_the_repository() {
    let place = Place::new();
    let lease = place.lease(&place.pool());
    write(lease.path(), "draft", "x");
    assert_eq!(git(&place.work(), ["status", "--short"]), "");
    git(&place.work(), ["add", "--all"]);
    assert_eq!(git(&place.work(), ["status", "--short"]), "");
}

#[test]
fn a_released_slot_is_used_again_at_any_commit_and_has_nothing_of_the_last_tenant() {
    let place = Place::new();
    let pool = place.pool();
    let lease = place.lease(&pool);
    write(lease.path(), "readme", "changed\n");
    write(lease.path(), "draft", "x");
    write(lease.path(), "run.log", "ignored");
    git(lease.path(), ["checkout", "-b", "tenant"]);
    lease.release().unwrap();
    assert_eq!(names(&place.slot(1)), [".gitignore", "readme"]);

    let mut request = place.request();
    request.commit = place.second;
    let lease = pool.acquire(&request).unwrap();
    assert_eq!(lease.path(), place.slot(1));
    assert_eq!(names(lease.path()), [".gitignore", "readme", "src"]);
    assert_eq!(head(lease.path()), place.second);
    assert_eq!(git(lease.path(), ["status", "--short", "--ignored"]), "");
}

#[test]
fn what_is_done_to_an_idle_slot_is_not_seen_by_the_next_tenant() {
    let place = Place::new();
    let pool = place.pool();
    place.lease(&pool).release().unwrap();
    write(&place.slot(1), "run.log", "somebody was here");
    let lease = place.lease(&pool);
    assert_eq!(names(lease.path()), [".gitignore", "readme"]);
}

#[test]
fn what_is_kept_survives_also_in_the_hands_of_others() {
    let place = Place::new();
    let options = PoolOptions {
        keep: vec!["target".to_owned()],
        ..PoolOptions::default()
    };
    let (pool, _) = place.open_with(options.clone());
    let lease = place.lease(&pool);
    write(lease.path(), "target/warm", "cache");
    write(lease.path(), "run.log", "ignored");
    let (id, epoch) = (*lease.id(), lease.epoch());
    let _token = lease.detach();

    // This process keeps nothing of its own, but knows what the tenant wanted.
    place.pool().release(&id, epoch).unwrap();
    assert_eq!(names(&place.slot(1)), [".gitignore", "readme", "target"]);
    let lease = place.lease(&pool);
    assert_eq!(read(lease.path(), "target/warm"), "cache");
    lease.release().unwrap();
    // Whoever wants nothing of others gets nothing.
    let lease = place.lease(&place.pool());
    assert_eq!(names(lease.path()), [".gitignore", "readme"]);
}

#[test]
fn a_full_pool_says_so_and_has_room_again_after_a_release() {
    let place = Place::new();
    let options = PoolOptions {
        capacity: 2,
        ..PoolOptions::default()
    };
    let (pool, _) = place.open_with(options);
    let first = place.lease(&pool);
    let second = place.lease(&pool);
    assert_ne!(first.path(), second.path());
    let error = pool.acquire(&place.request()).unwrap_err();
    assert!(
        matches!(
            error,
            AcquireError::PoolFull {
                capacity: 2,
                quarantined: 0,
                ..
            }
        ),
        "{error}"
    );
    assert!(error.is_retryable());

    first.release().unwrap();
    assert_eq!(place.lease(&pool).slot(), 1);
    drop(second);
    let states: Vec<_> = pool
        .list()
        .unwrap()
        .into_iter()
        .map(|slot| slot.state)
        .collect();
    assert_eq!(states, [SlotState::Idle, SlotState::Idle]);
}

#[test]
fn fences_grow_over_slots_tenants_and_openings() {
    let place = Place::new();
    let mut last = 0;
    for _ in 0..3 {
        let pool = place.pool();
        let leases = [place.lease(&pool), place.lease(&pool)];
        for lease in leases {
            assert!(lease.epoch() > last, "{} after {last}", lease.epoch());
            last = lease.epoch();
        }
    }
}

#[test]
fn a_place_that_is_taken_by_others_is_left_to_them() {
    let place = Place::new();
    let pool = place.pool();
    write(&place.slot(1), "notes", "mine");
    let lease = place.lease(&pool);
    assert_eq!(lease.slot(), 2);
    assert_eq!(read(&place.slot(1), "notes"), "mine");
}

#[test]
fn a_commit_that_is_not_there_takes_no_slot() {
    let place = Place::new();
    let pool = place.pool();
    let mut request = place.request();
    request.commit = "1".repeat(40).parse().unwrap();
    let error = pool.acquire(&request).unwrap_err();
    assert!(
        matches!(error, AcquireError::UnknownCommit { .. }),
        "{error}"
    );
    assert!(!error.is_retryable());
    assert!(pool.list().unwrap().is_empty());
}

#[test]
fn owners_and_purposes_are_short_lines() {
    let place = Place::new();
    let pool = place.pool();
    let cases = [
        ("", "", "the owner of the lease is empty"),
        (" ", "", "the owner of the lease is empty"),
        ("a\nb", "", "the owner of the lease has control characters"),
        (
            "a",
            "\u{1b}[2J",
            "the purpose of the lease has control characters",
        ),
    ];
    for (owner, purpose, message) in cases {
        let mut request = place.request();
        (request.owner, request.purpose) = (owner.to_owned(), purpose.to_owned());
        assert_eq!(pool.acquire(&request).unwrap_err().to_string(), message);
    }
    let mut request = place.request();
    request.purpose = "x".repeat(TEXT_LIMIT_BYTES + 1);
    assert_eq!(
        pool.acquire(&request).unwrap_err().to_string(),
        "the purpose of the lease is longer than 200 bytes"
    );
    request.purpose.pop();
    pool.acquire(&request).unwrap().release().unwrap();
}

#[test]
fn what_cannot_work_is_refused_at_open() {
    let place = Place::new();
    let open = |options| Pool::open(&place.repository, &place.root(), options).unwrap_err();
    let none = PoolOptions {
        capacity: 0,
        ..PoolOptions::default()
    };
    assert!(matches!(open(none), OpenPoolError::NoCapacity));
    for pattern in ["", "a/b", "/"] {
        let options = PoolOptions {
            keep: vec![pattern.to_owned()],
            ..PoolOptions::default()
        };
        assert!(
            matches!(open(options), OpenPoolError::Keep { .. }),
            "{pattern}"
        );
    }
    assert!(!place.root().exists());
}

#[test]
fn work_is_saved_where_the_tenant_wants_it_and_when_a_lease_is_dropped() {
    let place = Place::new();
    let pool = place.pool();
    let lease = place.lease(&pool);
    write(lease.path(), "draft", "mine");
    let id = *lease.id();
    let salvage = lease.release_with(Leftovers::Save).unwrap().unwrap();
    assert_eq!(salvage.reference, format!("refs/ftc/salvage/{id}"));
    let shown = git(
        &place.work(),
        ["show", &format!("{}:draft", salvage.reference)],
    );
    assert_eq!(shown, "mine");

    let lease = place.lease(&pool);
    write(lease.path(), "draft", "dropped");
    let reference = format!("refs/ftc/salvage/{}", lease.id());
    drop(lease);
    let shown = git(&place.work(), ["show", &format!("{reference}:draft")]);
    assert_eq!(shown, "dropped");

    let lease = place.lease(&pool);
    assert_eq!(lease.release_with(Leftovers::Save).unwrap(), None);
    let lease = place.lease(&pool);
    write(lease.path(), "draft", "unwanted");
    lease.release().unwrap();
    let saved = git(&place.work(), ["for-each-ref", "refs/ftc"]);
    assert_eq!(saved.lines().count(), 2, "{saved}");
}

#[test]
fn a_worktree_that_cannot_be_made_leaves_no_slot() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = Place::new();
    let pool = place.pool();
    // Root may write anywhere, so the place of the slots is made a file instead of being made read-only.
    let slots = place.root().join("s");
    fs::remove_dir(&slots).unwrap();
    fs::write(&slots, "in the way").unwrap();
    fs::set_permissions(&slots, fs::Permissions::from_mode(0o644)).unwrap();
    let error = pool.acquire(&place.request()).unwrap_err();
    assert!(matches!(error, AcquireError::Create { .. }), "{error}");
    fs::remove_file(&slots).unwrap();
    fs::create_dir(&slots).unwrap();
    let pool = place.open().0;
    assert_eq!(place.lease(&pool).slot(), 1);
    assert!(
        place
            .events()
            .contains(&"worktree.create.failed".to_owned())
    );
}
