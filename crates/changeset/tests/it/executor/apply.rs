//! What a ChangeSet does to a tree, and what undoing it gives back.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use ftc_changeset::{
    ExecError, HealthCheck, HealthCheckKind, Mode, OldFile, Outcome, RollbackCause,
};

use super::support::{Change, Entry, Site, five_operations, path, plan};

#[test]
fn every_operation_is_applied_and_undone() {
    let site = Site::new();
    let change = five_operations(&site);
    let before = site.snapshot();

    let result = site.apply(&change).unwrap();
    assert_eq!(result.outcome, Outcome::Applied);
    assert_eq!(result.kept, None);
    let paths: Vec<_> = result.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "fresh/dir/new.txt",
            "gone/deep/last.txt",
            "name/old.txt",
            "other/new.txt",
            "src/lib.rs",
            "tool"
        ]
    );
    assert_eq!(site.read("fresh/dir/new.txt"), b"new\n");
    assert_eq!(site.read("src/lib.rs"), b"new content\n");
    assert_eq!(site.read("other/new.txt"), b"moved\n");
    assert_eq!(site.bits("tool"), 0o755);
    assert_eq!(site.bits("run.sh"), 0o755);
    let after = site.snapshot();
    // A directory goes with its last file, as in git.
    for gone in [
        "gone",
        "gone/deep",
        "gone/deep/last.txt",
        "name",
        "name/old.txt",
    ] {
        assert!(!after.contains_key(gone), "{gone}");
    }
    assert_eq!(after["untouched"], before["untouched"]);
    assert!(!site.has_transaction());

    let undone = site.apply(&change.inverse()).unwrap();
    assert_eq!(undone.outcome, Outcome::Applied);
    assert_eq!(site.snapshot(), before);
}

#[test]
fn the_permissions_of_a_file_are_kept() {
    for (old, mode, new) in [
        (0o600, None, 0o600),
        (0o640, None, 0o640),
        (0o755, None, 0o755),
        (0o700, None, 0o700),
        (0o640, Some(Mode::Executable), 0o750),
        (0o600, Some(Mode::Executable), 0o700),
        (0o754, Some(Mode::Regular), 0o644),
    ] {
        let site = Site::new();
        site.write("file", "old").chmod("file", old);
        let was = Mode::from_permission_bits(old);
        let change = Change::new(|builder| {
            builder.modify(path("file"), OldFile::new(b"old", was), b"new", mode)
        });
        site.apply(&change).unwrap();
        assert_eq!(site.bits("file"), new, "{old:o} {mode:?}");
        assert_eq!(site.read("file"), b"new");
    }
}

#[test]
fn the_attributes_of_a_file_are_kept() {
    use rustix::fs::{XattrFlags, getxattr, setxattr};

    let site = Site::new();
    site.write("file", "old").chmod("file", 0o640);
    let file = site.root().join("file");
    // Not every file system has them.
    if setxattr(&file, "user.origin", b"somewhere", XattrFlags::empty()).is_err() {
        return;
    }
    site.apply(&Change::rewrite("file", "old", "new")).unwrap();
    let mut value = [0; 32];
    let length = getxattr(&file, "user.origin", &mut value[..]).unwrap();
    assert_eq!(&value[..length], b"somewhere");
    assert_eq!(site.bits("file"), 0o640);
}

#[test]
fn set_mode_changes_no_byte_and_a_rename_takes_the_permissions_along() {
    let site = Site::new();
    site.write("tool", "x")
        .chmod("tool", 0o640)
        .write("a", "y")
        .chmod("a", 0o600);
    let change = Change::new(|builder| {
        builder
            .set_mode(path("tool"), OldFile::regular(b"x"), Mode::Executable)
            .rename(
                path("a"),
                path("b/c"),
                OldFile::regular(b"y"),
                Some(b"z"),
                None,
            )
    });
    site.apply(&change).unwrap();
    assert_eq!(site.bits("tool"), 0o750);
    assert_eq!(site.read("tool"), b"x");
    assert_eq!(site.bits("b/c"), 0o600);
    assert_eq!(site.read("b/c"), b"z");
}

#[test]
fn every_byte_is_written_as_it_is() {
    let contents: [&[u8]; 8] = [
        b"",
        b"one\r\ntwo\r\n",
        b"mixed\r\nends\n\rand\r",
        b"\xef\xbb\xbfwith a mark\n",
        b"nul \0 inside\0",
        b"caf\xe9 in latin-1\n",
        b"\xff\xfeu\0t\0f\0-\x001\x006\0",
        b"no newline at the end",
    ];
    for (number, content) in contents.iter().enumerate() {
        let site = Site::new();
        let old = contents[(number + 1) % contents.len()];
        site.write("file", old);
        let change = Change::new(|builder| {
            builder
                .modify(path("file"), OldFile::regular(old), content, None)
                .create(path("copy"), content, Mode::Regular)
        });
        site.apply(&change).unwrap();
        assert_eq!(site.read("file"), *content);
        assert_eq!(site.read("copy"), *content);
        site.apply(&change.inverse()).unwrap();
        assert_eq!(site.read("file"), old);
    }
}

#[test]
fn the_other_names_of_a_file_keep_the_old_content() {
    let site = Site::new();
    site.write("file", "old");
    let outside = site.directory().join("outside");
    fs::hard_link(site.root().join("file"), &outside).unwrap();
    site.apply(&Change::rewrite("file", "old", "new")).unwrap();
    assert_eq!(site.read("file"), b"new");
    assert_eq!(fs::read(&outside).unwrap(), b"old");
    assert_eq!(fs::metadata(&outside).unwrap().nlink(), 1);
}

#[test]
fn a_tree_is_changed_through_a_link_to_its_root() {
    let site = Site::new();
    site.write("file", "old");
    let link = site.directory().join("link");
    std::os::unix::fs::symlink(site.root(), &link).unwrap();
    let (executor, _) = ftc_changeset::Executor::open(&link, site.options()).unwrap();
    assert_eq!(executor.root(), fs::canonicalize(site.root()).unwrap());
    let change = Change::rewrite("file", "old", "new");
    change
        .authorized(|authorized| executor.execute(authorized, change.blobs.as_ref()))
        .unwrap();
    assert_eq!(site.read("file"), b"new");
}

#[test]
fn a_file_becomes_a_directory_and_a_file_again_in_two_changes() {
    let site = Site::new();
    site.write("a", "file");
    let before = site.snapshot();
    let remove = Change::new(|builder| builder.delete(path("a"), OldFile::regular(b"file")));
    let make = Change::new(|builder| builder.create(path("a/b/c"), b"deep", Mode::Regular));
    site.apply(&remove).unwrap();
    site.apply(&make).unwrap();
    assert_eq!(site.read("a/b/c"), b"deep");
    site.apply(&make.inverse()).unwrap();
    site.apply(&remove.inverse()).unwrap();
    assert_eq!(site.snapshot(), before);
}

fn with_check(check: HealthCheckKind, required: bool) -> Change {
    let mut plan = plan();
    let mut check = HealthCheck::new("works", check);
    check.required = required;
    check.timeout_ms = 20_000;
    plan.health_checks.push(check);
    Change::of(plan, |builder| {
        builder
            .modify(path("file"), OldFile::regular(b"old"), b"new", None)
            .create(path("made/for/it"), b"x", Mode::Regular)
            .delete(path("gone"), OldFile::regular(b"gone"))
    })
}

fn shell(script: &str) -> HealthCheckKind {
    HealthCheckKind::Command {
        argv: ["sh", "-c", script].map(str::to_owned).to_vec(),
        success: vec![0],
    }
}

#[test]
fn a_failing_health_check_takes_everything_back() {
    let site = Site::new();
    site.write("file", "old")
        .write("gone", "gone")
        .chmod("file", 0o640);
    let before = site.snapshot();
    // It sees the new tree, and its secrets do not get into the message.
    let script = "cat file made/for/it; test ! -e gone && echo password=hunter2hunter2; exit 3";
    let error = site.apply(&with_check(shell(script), true)).unwrap_err();
    let ExecError::RolledBack {
        cause, left_alone, ..
    } = &error
    else {
        panic!("{error:?}");
    };
    let RollbackCause::Unhealthy { id, detail } = cause.as_ref() else {
        panic!("{cause:?}");
    };
    assert_eq!(id, "works");
    assert!(detail.starts_with("exit code 3: newx"), "{detail}");
    assert!(
        detail.contains("password=") && !detail.contains("hunter2"),
        "{detail}"
    );
    assert!(left_alone.is_empty());
    assert_eq!(site.snapshot(), before);
    assert!(!site.has_transaction());
}

#[test]
fn a_health_check_that_is_not_required_is_only_recorded() {
    let site = Site::new();
    site.write("file", "old").write("gone", "gone");
    let result = site.apply(&with_check(shell("exit 1"), false)).unwrap();
    assert_eq!(result.outcome, Outcome::Applied);
    assert_eq!(result.health.len(), 1);
    assert!(!result.health[0].passed);
    assert_eq!(result.health[0].detail, "exit code 1");
}

#[test]
fn a_file_check_looks_at_the_new_tree() {
    for (exists, at, fine) in [
        (true, "made/for/it", true),
        (false, "gone", true),
        (true, "gone", false),
        (false, "file", false),
    ] {
        let site = Site::new();
        site.write("file", "old").write("gone", "gone");
        let check = HealthCheckKind::File {
            path: path(at),
            exists,
            sha256: None,
        };
        let result = site.apply(&with_check(check, true));
        assert_eq!(result.is_ok(), fine, "{exists} {at}: {result:?}");
        assert_eq!(site.read("file"), if fine { b"new" } else { b"old" });
    }
}

#[test]
fn what_a_health_check_writes_is_not_taken_for_ours() {
    let site = Site::new();
    site.write("file", "old").write("gone", "gone");
    let error = site
        .apply(&with_check(shell("echo edited > file"), true))
        .unwrap_err();
    let ExecError::RolledBack {
        cause, left_alone, ..
    } = &error
    else {
        panic!("{error:?}");
    };
    assert!(
        matches!(cause.as_ref(), RollbackCause::Conflict(conflict) if conflict.path == path("file"))
    );
    assert_eq!(left_alone.len(), 1, "{left_alone:?}");
    // The edit stays, everything else is as it was.
    assert_eq!(site.read("file"), b"edited\n");
    assert_eq!(site.read("gone"), b"gone");
    assert!(!site.snapshot().contains_key("made"));
    assert!(!site.has_transaction());
}

#[test]
fn a_dry_run_tells_and_writes_nothing() {
    let site = Site::new();
    let change = five_operations(&site);
    let before = site.snapshot();
    let preview = change
        .authorized(|authorized| {
            ftc_changeset::Executor::preview(&site.root(), &authorized, change.blobs.as_ref())
        })
        .unwrap();
    assert_eq!(preview.files.len(), 6);
    assert!(preview.conflicts.is_empty());
    assert!(!preview.already_applied);
    assert_eq!(site.snapshot(), before);
    assert!(!site.root().join(ftc_changeset::STATE_DIR).exists());

    site.write("tool", "edited\n");
    let (executor, _) = site.open();
    let preview = change
        .authorized(|authorized| executor.dry_run(&authorized, change.blobs.as_ref()))
        .unwrap();
    assert_eq!(preview.conflicts.len(), 1);
    assert_eq!(preview.conflicts[0].path, path("tool"));
    assert!(matches!(site.snapshot()["tool"], Entry::File(..)));
}
