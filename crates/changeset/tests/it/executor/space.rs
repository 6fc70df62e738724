//! Disks that are full, and files that cannot be changed.

use std::fs;

use ftc_changeset::{ExecError, Mode, OldFile, RollbackCause};
use ftc_process::{ParentEnv, Spawn};

use super::support::{Change, Site, path};

fn command(argv: &[&str]) {
    let outcome = Spawn::new(argv)
        .inherit_from(&ParentEnv::capture())
        .run()
        .unwrap();
    assert!(outcome.success(), "{argv:?}: {}", outcome.stderr.to_text());
}

/// A small disk of its own, gone with the value.
struct Disk(Site, tempfile::TempDir);

impl Disk {
    fn of_pages(pages: u32) -> Self {
        let place = tempfile::tempdir().unwrap();
        let options = format!("size={}k", pages * 4);
        let at = place.path().to_str().unwrap();
        command(&["mount", "-t", "tmpfs", "-o", &options, "tmpfs", at]);
        Self(Site::at(place.path()), place)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        command(&["umount", "-l", self.1.path().to_str().unwrap()]);
    }
}

#[test]
#[ignore = "needs root"]
fn a_full_disk_leaves_the_tree_as_it_was() {
    let (mut applied, mut refused) = (0, 0);
    let old = vec![b'o'; 20 << 10];
    let new = vec![b'n'; 40 << 10];
    for pages in 20..70 {
        let disk = Disk::of_pages(pages);
        let site = &disk.0;
        site.write("a", &old).write("b", &old);
        let before = site.snapshot();
        let Ok((executor, _)) = ftc_changeset::Executor::open(&site.root(), site.options()) else {
            continue;
        };
        let change = Change::new(|builder| {
            builder
                .create(path("deep/new"), &old, Mode::Regular)
                .modify(path("a"), OldFile::regular(&old), &new, None)
                .delete(path("b"), OldFile::regular(&old))
        });
        let result =
            change.authorized(|authorized| executor.execute(authorized, change.blobs.as_ref()));
        match result {
            Ok(_) => {
                applied += 1;
                assert_eq!(site.read("a"), new);
            }
            Err(ExecError::Unfinished { .. }) => {
                assert_eq!(site.read("a"), new, "{pages} pages");
            }
            Err(error) => {
                refused += 1;
                let fine = matches!(error, ExecError::Stage(_) | ExecError::RolledBack { .. });
                assert!(fine, "{pages} pages: {error:?}");
                assert_eq!(site.snapshot(), before, "{pages} pages: {error:?}");
                assert!(!site.has_transaction(), "{pages} pages: {error:?}");
            }
        }
    }
    assert!(applied > 5 && refused > 5, "{applied} {refused}");
}

/// Makes a file or directory one that not even root can change, until the value is gone.
struct Immutable(String);

impl Immutable {
    fn new(site: &Site, name: &str) -> Self {
        let at = site.root().join(name).to_str().unwrap().to_owned();
        command(&["chattr", "+i", &at]);
        Self(at)
    }
}

impl Drop for Immutable {
    fn drop(&mut self) {
        command(&["chattr", "-i", &self.0]);
    }
}

#[test]
#[ignore = "needs root"]
fn a_file_or_directory_that_cannot_be_changed_takes_everything_back() {
    for stuck in ["b", "dir"] {
        let site = Site::new();
        site.write("a", "old")
            .write("b", "old")
            .write("dir/c", "old");
        let before = site.snapshot();
        let old = OldFile::regular(b"old");
        let change = Change::new(|builder| {
            builder
                .create(path("new/file"), b"x", Mode::Regular)
                .modify(path("a"), old, b"new", None)
                .modify(path("b"), old, b"new", None)
                .delete(path("dir/c"), old)
        });
        {
            let _immutable = Immutable::new(&site, stuck);
            let error = site.apply(&change).unwrap_err();
            let ExecError::RolledBack {
                cause, left_alone, ..
            } = &error
            else {
                panic!("{error:?}");
            };
            assert!(
                matches!(cause.as_ref(), RollbackCause::Step { .. }),
                "{cause:?}"
            );
            assert!(left_alone.is_empty());
            assert_eq!(site.snapshot(), before);
            assert!(!site.has_transaction());
        }
        site.apply(&change).unwrap();
        assert_eq!(site.read("b"), b"new");
        assert!(!site.root().join("dir").exists());
    }
}

#[test]
#[ignore = "needs root"]
fn a_mount_point_in_the_tree_is_not_entered() {
    let site = Site::new();
    fs::create_dir(site.root().join("mounted")).unwrap();
    let at = site.root().join("mounted");
    command(&[
        "mount",
        "-t",
        "tmpfs",
        "-o",
        "size=64k",
        "tmpfs",
        at.to_str().unwrap(),
    ]);
    let change = Change::new(|builder| builder.create(path("mounted/file"), b"x", Mode::Regular));
    let result = site.apply(&change);
    command(&["umount", "-l", at.to_str().unwrap()]);
    let Err(ExecError::Conflict { conflicts }) = result else {
        panic!("{result:?}");
    };
    assert_eq!(conflicts[0].found, ftc_changeset::Found::OtherFileSystem);
}
