//! Trees that are not what a ChangeSet starts from.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use ftc_changeset::{Conflict, ExecError, Found, Mode, OldFile};

use super::support::{Change, Site, path};

#[track_caller]
fn conflicts(site: &Site, change: &Change) -> Vec<Conflict> {
    let before = site.snapshot();
    let error = site.apply(change).unwrap_err();
    assert_eq!(site.snapshot(), before, "nothing is touched");
    assert!(!site.has_transaction());
    match error {
        ExecError::Conflict { conflicts } => conflicts,
        other => panic!("{other:?}"),
    }
}

#[test]
fn all_conflicts_are_reported_and_nothing_is_touched() {
    let site = Site::new();
    site.write("same", "old")
        .write("differs", "edited")
        .write("exists", "x")
        .write("mode", "old");
    site.chmod("mode", 0o755);
    let old = OldFile::regular(b"old");
    let change = Change::new(|builder| {
        builder
            .modify(path("same"), old, b"new", None)
            .modify(path("differs"), old, b"new", None)
            .modify(path("mode"), old, b"new", None)
            .create(path("exists"), b"new", Mode::Regular)
            .delete(path("missing/file"), old)
            .rename(path("missing2"), path("free"), old, None, None)
    });
    let conflicts = conflicts(&site, &change);
    let paths: Vec<_> = conflicts
        .iter()
        .map(|conflict| conflict.path.as_str())
        .collect();
    assert_eq!(
        paths,
        ["differs", "exists", "missing/file", "missing2", "mode"]
    );
    assert!(matches!(conflicts[0].found, Found::File(state) if state.size == 6));
    assert_eq!(conflicts[1].expected, None);
    assert_eq!(conflicts[2].found, Found::Missing);
    assert!(matches!(conflicts[4].found, Found::File(state) if state.mode == Mode::Executable));
}

#[test]
fn whatever_else_is_at_a_path_is_named_and_left_alone() {
    let site = Site::new();
    site.write("real/file", "old").write("file", "old");
    fs::create_dir(site.root().join("directory")).unwrap();
    symlink("file", site.root().join("link")).unwrap();
    symlink("nowhere", site.root().join("dangling")).unwrap();
    symlink("real", site.root().join("linked")).unwrap();
    let _socket = UnixListener::bind(site.root().join("socket")).unwrap();
    for (at, found) in [
        ("directory", Found::Directory),
        ("link", Found::Link),
        ("dangling", Found::Link),
        ("socket", Found::Special),
        ("linked/file", Found::LinkInPath),
        ("file/below", Found::FileInPath),
    ] {
        let old = OldFile::regular(b"old");
        let all = [
            Change::new(|builder| builder.modify(path(at), old, b"new", None)),
            Change::new(|builder| builder.delete(path(at), old)),
            Change::new(|builder| builder.create(path(at), b"new", Mode::Regular)),
            Change::new(|builder| builder.set_mode(path(at), old, Mode::Executable)),
            Change::new(|builder| builder.rename(path(at), path("free"), old, None, None)),
            Change::new(|builder| builder.rename(path("file"), path(at), old, None, None)),
        ];
        // The gate denies a move of `file` to below itself.
        let possible = if at == "file/below" { 5 } else { 6 };
        for change in all.into_iter().take(possible) {
            let conflicts = conflicts(&site, &change);
            assert_eq!(conflicts[0].path, path(at), "{:?}", change.set.ops());
            assert_eq!(conflicts[0].found, found, "{:?}", change.set.ops());
        }
    }
}

#[test]
fn a_link_out_of_the_tree_is_not_followed() {
    let site = Site::new();
    let outside = site.directory().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("file"), "old").unwrap();
    symlink(&outside, site.root().join("absolute")).unwrap();
    symlink("../outside", site.root().join("relative")).unwrap();
    symlink(outside.join("file"), site.root().join("leaf")).unwrap();
    for at in ["absolute/file", "relative/file", "leaf"] {
        let change = Change::rewrite(at, "old", "new");
        assert_eq!(conflicts(&site, &change).len(), 1);
    }
    for at in ["absolute/new", "relative/new/deep"] {
        let change = Change::new(|builder| builder.create(path(at), b"new", Mode::Regular));
        assert_eq!(conflicts(&site, &change)[0].found, Found::LinkInPath);
    }
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
    assert_eq!(fs::read(outside.join("file")).unwrap(), b"old");
}

#[test]
fn an_edit_between_the_check_and_the_execution_is_left_alone() {
    let site = Site::new();
    site.write("file", "old");
    let change = Change::rewrite("file", "old", "new");
    let (executor, _) = site.open();
    let error = change
        .authorized(|authorized| {
            site.write("file", "edited");
            executor.execute(authorized, change.blobs.as_ref())
        })
        .unwrap_err();
    assert!(matches!(error, ExecError::Conflict { .. }), "{error:?}");
    assert_eq!(site.read("file"), b"edited");
}
