//! Where a pool is.

use std::fs;
use std::os::unix::fs::symlink;

use ftc_process::ParentEnv;
use ftc_vcs::{GitProgram, Repository};
use ftc_worktree::{OpenPoolError, Pool, PoolOptions};

use crate::support::{Place, git, open};

#[test]
fn a_pool_of_a_linked_worktree_is_that_of_the_main_one_unless_it_has_its_own() {
    let place = Place::new();
    let linked = place.outside("linked");
    git(
        &place.work(),
        [
            "worktree",
            "add",
            "--quiet",
            "-b",
            "side",
            linked.to_str().unwrap(),
        ],
    );
    let repository = open(&linked);
    assert_eq!(Pool::default_root(&repository), Some(place.root()));

    let (main, _) = Pool::open(&repository, &place.root(), PoolOptions::default()).unwrap();
    let lease = place.lease(&main);
    assert_eq!(lease.path(), place.slot(1));
    assert_eq!(git(&place.work(), ["status", "--short"]), "");

    // A pool of its own shares nothing but the repository.
    let own = linked.join(".worktrees");
    let (pool, recovery) = Pool::open(&repository, &own, PoolOptions::default()).unwrap();
    assert!(recovery.is_empty(), "{recovery:?}");
    let other = place.lease(&pool);
    assert_eq!(other.path(), own.join("s/1"));
    assert_eq!(git(&linked, ["status", "--short"]), "");
    other.release().unwrap();
    lease.check().unwrap();
}

#[test]
fn a_slot_knows_its_pool() {
    let place = Place::new();
    let lease = place.lease(&place.pool());
    assert_eq!(Pool::default_root(&open(lease.path())), Some(place.root()));
}

#[test]
fn a_bare_repository_has_its_pool_where_somebody_says() {
    let place = Place::new();
    let hub = place.outside("hub.git");
    git(
        &place.work(),
        ["clone", "--quiet", "--bare", ".", hub.to_str().unwrap()],
    );
    let program = GitProgram::find(&ParentEnv::capture()).unwrap();
    let repository = Repository::open(&hub, &program).unwrap();
    assert_eq!(Pool::default_root(&repository), None);
    let root = place.outside("pool");
    let (pool, _) = Pool::open(&repository, &root, PoolOptions::default()).unwrap();
    let lease = place.lease(&pool);
    assert_eq!(lease.path(), root.join("s/1"));
    lease.release().unwrap();
}

#[test]
fn a_link_in_the_place_of_the_pool_is_not_followed() {
    let place = Place::new();
    let elsewhere = place.outside("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let open = || Pool::open(&place.repository, &place.root(), PoolOptions::default());

    symlink(&elsewhere, place.root()).unwrap();
    assert!(matches!(open(), Err(OpenPoolError::NotAFolder { .. })));
    fs::remove_file(place.root()).unwrap();

    fs::create_dir(place.root()).unwrap();
    symlink(&elsewhere, place.root().join("s")).unwrap();
    assert!(matches!(open(), Err(OpenPoolError::NotAFolder { .. })));
    fs::remove_file(place.root().join("s")).unwrap();

    // A pool whose files are links would write where the repository wants.
    for name in ["index.json", "events.jsonl", "pool.lock"] {
        let target = place.outside("target");
        let _ = fs::remove_file(place.root().join(name));
        symlink(&target, place.root().join(name)).unwrap();
        assert!(matches!(open(), Err(OpenPoolError::Registry(_))), "{name}");
        assert!(!target.exists(), "{name}");
        fs::remove_file(place.root().join(name)).unwrap();
    }
    open().unwrap();
}

#[test]
fn the_worktree_itself_is_no_place_for_a_pool() {
    let place = Place::new();
    let error = Pool::open(&place.repository, &place.work(), PoolOptions::default()).unwrap_err();
    assert!(matches!(error, OpenPoolError::IsWorktree { .. }), "{error}");
    let missing = place.outside("no/such/folder");
    let error = Pool::open(&place.repository, &missing, PoolOptions::default()).unwrap_err();
    assert!(matches!(error, OpenPoolError::Root { .. }), "{error}");
}

#[test]
fn a_root_with_a_strange_name_is_hidden_too() {
    let place = Place::new();
    let root = place.work().join("a [b] *c? \\d");
    let (pool, _) = Pool::open(&place.repository, &root, PoolOptions::default()).unwrap();
    let _lease = place.lease(&pool);
    fs::write(place.work().join("b"), "not hidden").unwrap();
    assert_eq!(git(&place.work(), ["status", "--short"]), "?? b\n");
}
