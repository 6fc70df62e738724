//! The state directory and the key must be ours alone.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};

use ftc_changeset::{Executor, ExecutorError, ExecutorOptions, STATE_DIR};

use super::support::{Change, Site};

#[test]
fn it_is_made_private_and_invisible_to_git() {
    let site = Site::new();
    site.open();
    assert_eq!(site.bits(STATE_DIR), 0o700);
    assert_eq!(fs::read(site.state(".gitignore")).unwrap(), b"*\n");
    let key = site.directory().join("keys/executor.key");
    let metadata = fs::metadata(key).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o7777, 0o600);
    assert_eq!(metadata.len(), 32);
}

#[track_caller]
fn refused(site: &Site, reason: &str) {
    let before = site.snapshot();
    for error in [
        Executor::open(&site.root(), site.options()).unwrap_err(),
        Executor::recover(&site.root(), site.options()).unwrap_err(),
        Executor::preview_recovery(&site.root(), &site.options()).unwrap_err(),
    ] {
        assert!(matches!(error, ExecutorError::StateDir { .. }), "{error:?}");
        assert!(error.to_string().ends_with(reason), "{error}");
        assert!(!error.hints().is_empty());
    }
    assert_eq!(site.snapshot(), before);
}

#[test]
fn one_that_may_be_of_somebody_else_is_refused() {
    let site = Site::new();
    let elsewhere = site.directory().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, site.root().join(STATE_DIR)).unwrap();
    refused(&site, "it is no directory of its own");
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);

    for bits in [0o755, 0o770, 0o701, 0o500, 0o2750] {
        let site = Site::new();
        fs::create_dir(site.root().join(STATE_DIR)).unwrap();
        fs::set_permissions(site.root().join(STATE_DIR), Permissions::from_mode(bits)).unwrap();
        refused(&site, "its mode is not 0700");
    }

    let site = Site::new();
    site.write(STATE_DIR, "a file");
    refused(&site, "it is no directory of its own");
}

#[test]
#[ignore = "needs root"]
fn one_that_belongs_to_another_user_is_refused() {
    let site = Site::new();
    site.open();
    std::os::unix::fs::chown(site.root().join(STATE_DIR), Some(12345), None).unwrap();
    refused(&site, "it belongs to another user");
}

#[test]
fn one_that_is_swapped_while_the_tree_is_open_is_refused() {
    let site = Site::new();
    site.write("file", "old");
    let (executor, _) = site.open();
    fs::rename(site.root().join(STATE_DIR), site.directory().join("away")).unwrap();
    fs::create_dir(site.root().join(STATE_DIR)).unwrap();
    fs::set_permissions(site.root().join(STATE_DIR), Permissions::from_mode(0o700)).unwrap();
    let change = Change::rewrite("file", "old", "new");
    let result =
        change.authorized(|authorized| executor.execute(authorized, change.blobs.as_ref()));
    assert!(result.is_err(), "{result:?}");
    assert_eq!(site.read("file"), b"old");
}

#[test]
fn a_key_that_others_can_read_or_that_lies_in_the_tree_is_refused() {
    let site = Site::new();
    site.open();
    let key = site.directory().join("keys/executor.key");
    fs::set_permissions(&key, Permissions::from_mode(0o640)).unwrap();
    let error = Executor::open(&site.root(), site.options()).unwrap_err();
    assert!(
        matches!(error, ExecutorError::NotPrivate { .. }),
        "{error:?}"
    );

    fs::remove_file(&key).unwrap();
    symlink("elsewhere", &key).unwrap();
    let error = Executor::open(&site.root(), site.options()).unwrap_err();
    assert!(
        matches!(error, ExecutorError::NotPrivate { .. }),
        "{error:?}"
    );

    fs::remove_file(&key).unwrap();
    fs::write(&key, "short").unwrap();
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    let error = Executor::open(&site.root(), site.options()).unwrap_err();
    assert!(matches!(error, ExecutorError::BadKey { .. }), "{error:?}");

    let inside = ExecutorOptions::new(site.root().join("keys"));
    let error = Executor::open(&site.root(), inside).unwrap_err();
    assert!(
        matches!(error, ExecutorError::KeyInTree { .. }),
        "{error:?}"
    );
}

#[test]
fn a_tree_that_is_not_there_is_named() {
    let site = Site::new();
    let missing = site.directory().join("missing");
    let error = Executor::open(&missing, site.options()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("failed to access `{}`", missing.display())
    );
    let file = site.directory().join("file");
    fs::write(&file, "").unwrap();
    assert!(Executor::open(&file, site.options()).is_err());
}

#[test]
fn recovery_of_a_tree_without_state_makes_none() {
    let site = Site::new();
    let report = Executor::recover(&site.root(), site.options()).unwrap();
    assert!(report.is_clean());
    assert!(
        Executor::preview_recovery(&site.root(), &site.options())
            .unwrap()
            .is_clean()
    );
    assert!(!site.root().join(STATE_DIR).exists());
    assert!(!site.directory().join("keys").exists());
}
