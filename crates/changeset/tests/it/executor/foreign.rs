//! Somebody else edits the tree while a change is being applied.

use std::cell::Cell;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use ftc_changeset::{BlobError, BlobStore, ExecError, Mode, OldFile, RollbackCause};
use ftc_durable::Digest;

use super::support::{Change, Entry, Site, path};

/// A store that edits the tree when the executor fetches the content `of` for the second time: the first time is before the
/// tree is checked, the second one after it, while the files before that one are already staged.
struct Meddler<'a> {
    change: &'a Change,
    of: Digest,
    fetched: Cell<u32>,
    edit: &'a dyn Fn(),
}

impl<'a> Meddler<'a> {
    fn new(change: &'a Change, of: &[u8], edit: &'a dyn Fn()) -> Self {
        Self {
            change,
            of: Digest::of_content(of),
            fetched: Cell::new(0),
            edit,
        }
    }
}

impl BlobStore for Meddler<'_> {
    fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, BlobError> {
        if *digest == self.of {
            self.fetched.set(self.fetched.get() + 1);
            if self.fetched.get() == 2 {
                (self.edit)();
            }
        }
        self.change.blobs.get(digest)
    }

    fn put(&self, bytes: &[u8]) -> Result<Digest, BlobError> {
        self.change.blobs.put(bytes)
    }
}

/// A tree and a change of which `c` is staged last but one, so that `a`, `b` and `new/file` can be edited after they were.
fn prepared() -> (Site, Change) {
    let site = Site::new();
    for name in ["a", "aa/b", "c", "gone"] {
        site.write(name, "old");
    }
    let old = OldFile::regular(b"old");
    let change = Change::new(|builder| {
        builder
            .create(path("new/file"), b"created", Mode::Regular)
            .modify(path("a"), old, b"a new", None)
            .modify(path("aa/b"), old, b"b new", None)
            .modify(path("c"), old, b"c new", None)
            .delete(path("gone"), old)
    });
    (site, change)
}

/// Applies with `edit` in the middle, insists on a rollback because of `at`, and that everything but the edit is as before.
#[track_caller]
fn rolled_back(at: &str, edit: impl Fn(&Path)) -> Site {
    let (site, change) = prepared();
    let mut before = site.snapshot();
    let error = {
        let edit = || edit(&site.root());
        let meddler = Meddler::new(&change, b"c new", &edit);
        site.apply_with(&change, &meddler).unwrap_err()
    };
    let ExecError::RolledBack { cause, .. } = &error else {
        panic!("{error:?}");
    };
    let RollbackCause::Conflict(conflict) = cause.as_ref() else {
        panic!("{cause:?}");
    };
    assert_eq!(conflict.path, path(at));
    assert!(!site.has_transaction());
    let after = site.snapshot();
    let top = at.split('/').next().unwrap();
    before.retain(|name, _| !name.starts_with(top));
    for (name, entry) in &before {
        assert_eq!(after.get(name), Some(entry), "{name}");
    }
    site
}

#[test]
fn a_file_replaced_in_one_step_is_put_back() {
    let site = rolled_back("a", |root| {
        fs::write(root.join("a.tmp"), "edited").unwrap();
        fs::rename(root.join("a.tmp"), root.join("a")).unwrap();
    });
    assert_eq!(site.read("a"), b"edited");
}

#[test]
fn a_file_edited_in_place_is_put_back() {
    let site = rolled_back("aa/b", |root| {
        fs::write(root.join("aa/b"), "edited").unwrap();
    });
    assert_eq!(site.read("aa/b"), b"edited");
    assert!(!site.state("conflict").exists(), "nothing had to be kept");
}

#[test]
fn a_file_removed_stays_removed() {
    let site = rolled_back("a", |root| fs::remove_file(root.join("a")).unwrap());
    assert!(!site.root().join("a").exists());
}

#[test]
fn a_file_made_where_one_is_to_be_made_stays() {
    let site = rolled_back("new/file", |root| {
        fs::create_dir(root.join("new")).unwrap();
        fs::write(root.join("new/file"), "theirs").unwrap();
    });
    assert_eq!(site.read("new/file"), b"theirs");
}

#[test]
fn a_directory_in_the_place_of_a_file_stays() {
    let site = rolled_back("a", |root| {
        fs::remove_file(root.join("a")).unwrap();
        fs::create_dir(root.join("a")).unwrap();
        fs::write(root.join("a/theirs"), "x").unwrap();
    });
    assert_eq!(site.read("a/theirs"), b"x");
}

#[test]
fn a_link_in_the_place_of_a_file_stays_and_is_not_followed() {
    let site = rolled_back("a", |root| {
        fs::write(root.join("../outside"), "old").unwrap();
        fs::remove_file(root.join("a")).unwrap();
        symlink("../outside", root.join("a")).unwrap();
    });
    assert_eq!(site.snapshot()["a"], Entry::Link("../outside".into()));
    assert_eq!(fs::read(site.directory().join("outside")).unwrap(), b"old");
}

#[test]
fn a_directory_swapped_for_a_link_leads_nowhere() {
    let site = rolled_back("aa/b", |root| {
        fs::create_dir(root.join("../outside")).unwrap();
        fs::write(root.join("../outside/b"), "old").unwrap();
        fs::rename(root.join("aa"), root.join("../moved")).unwrap();
        symlink("../outside", root.join("aa")).unwrap();
    });
    assert_eq!(
        fs::read(site.directory().join("outside/b")).unwrap(),
        b"old"
    );
    assert_eq!(
        fs::read_dir(site.directory().join("outside"))
            .unwrap()
            .count(),
        1
    );
}

#[test]
fn an_edit_of_a_file_that_is_not_staged_yet_ends_it_before_it_begins() {
    let (site, change) = prepared();
    // Of the same size, so that only the content tells.
    let edit = || fs::write(site.root().join("gone"), "OLD").unwrap();
    let meddler = Meddler::new(&change, b"c new", &edit);
    let error = site.apply_with(&change, &meddler).unwrap_err();
    assert!(matches!(error, ExecError::Conflict { .. }), "{error:?}");
    assert_eq!(site.read("gone"), b"OLD");
    assert_eq!(site.read("a"), b"old");
    assert!(!site.has_transaction());
}

#[test]
fn a_writer_with_the_displaced_file_open_loses_nothing() {
    use std::io::Write as _;
    use std::process;

    let (site, mut change) = prepared();
    let mut open = fs::OpenOptions::new()
        .append(true)
        .open(site.root().join("a"))
        .unwrap();
    // While the health check runs the files are exchanged; its own process writes through our descriptor.
    let link = format!(
        "/proc/{}/fd/{}",
        process::id(),
        std::os::fd::AsRawFd::as_raw_fd(&open)
    );
    let mut plan = change.plan.clone();
    plan.id = ftc_changeset::PlanId::generate();
    plan.health_checks.push(ftc_changeset::HealthCheck::new(
        "writer",
        ftc_changeset::HealthCheckKind::Command {
            argv: ["sh", "-c", &format!("echo late >> {link}")]
                .map(str::to_owned)
                .to_vec(),
            success: vec![0],
        },
    ));
    let blobs = change.blobs.clone();
    change = Change {
        set: ftc_changeset::ChangeSet::new(
            plan.id.clone(),
            plan.base.clone(),
            change.set.ops().to_vec(),
        )
        .unwrap(),
        plan,
        blobs,
    };
    let result = site.apply(&change).unwrap();
    open.flush().unwrap();
    let kept = result.kept.expect("the edit is kept");
    let found = fs::read_dir(kept.join("new"))
        .unwrap()
        .any(|entry| fs::read(entry.unwrap().path()).unwrap() == b"oldlate\n");
    assert!(found);
    assert_eq!(site.read("a"), b"a new");
    assert!(!site.has_transaction());
}
