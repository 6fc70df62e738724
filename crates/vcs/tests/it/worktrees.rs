//! Worktrees come, are listed and go.

use std::fs;
use std::os::unix::fs::symlink;

use ftc_vcs::{Repository, WorktreeError};

use crate::support::{Fixture, git, git_program, write};

#[test]
fn git_knows_a_worktree_that_we_made() {
    let fixture = Fixture::new();
    let path = fixture.beside("slots/1");
    let head = fixture.head();
    fixture
        .repository
        .add_worktree(&path, head, "ftc:pool:1:7")
        .unwrap();
    let listed = fixture.git(["worktree", "list", "--porcelain"]);
    let real = fs::canonicalize(&path).unwrap();
    let expected = format!(
        "worktree {}\nHEAD {head}\ndetached\nlocked ftc:pool:1:7",
        real.display()
    );
    assert!(listed.contains(&expected), "{listed}");
    assert_eq!(git(&path, ["status", "--porcelain", "--ignored"]), "");
    assert_eq!(git(&path, ["rev-parse", "HEAD"]), head.to_string());
    assert_eq!(
        git(&path, ["rev-parse", "--show-toplevel"]),
        real.to_str().unwrap()
    );
    // Locked: git's own cleaning leaves it alone although the folder is gone.
    fs::remove_dir_all(&path).unwrap();
    fixture.git(["worktree", "prune", "--expire=now"]);
    assert_eq!(fixture.repository.worktrees().unwrap().len(), 1);
}

#[test]
fn the_list_says_what_git_says() {
    let fixture = Fixture::new();
    let ours = fixture.worktree("a");
    let theirs = fixture.beside("b");
    fixture.git([
        "worktree",
        "add",
        "-q",
        "-b",
        "topic",
        theirs.to_str().unwrap(),
    ]);
    let gone = fixture.worktree("c");
    fs::remove_dir_all(&gone).unwrap();
    let list = fixture.repository.worktrees().unwrap();
    let lines: Vec<String> = list
        .iter()
        .map(|entry| {
            format!(
                "{} {} {:?} {:?} {}",
                entry.path.file_name().unwrap().display(),
                entry.head == Some(fixture.head()),
                entry.branch,
                entry.lock_reason,
                entry.missing
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            r#"a true None Some("test") false"#,
            r#"b true Some("refs/heads/topic") None false"#,
            r#"c true None Some("test") true"#,
        ]
    );
    assert_eq!(list[0].path, fs::canonicalize(ours).unwrap());
}

#[test]
fn names_that_are_taken_or_odd() {
    let fixture = Fixture::new();
    for name in ["x/1", "y/1", "z/.lock", "w/caf\u{e9} 1"] {
        let path = fixture.beside(name);
        fixture
            .repository
            .add_worktree(&path, fixture.head(), "test")
            .unwrap();
        assert_eq!(git(&path, ["status", "--porcelain"]), "");
    }
    assert_eq!(fixture.repository.worktrees().unwrap().len(), 4);
}

#[test]
fn an_empty_folder_is_used_and_a_full_one_refused() {
    let fixture = Fixture::new();
    let empty = fixture.beside("empty");
    fs::create_dir(&empty).unwrap();
    fixture
        .repository
        .add_worktree(&empty, fixture.head(), "test")
        .unwrap();
    let full = fixture.beside("full");
    write(&full.join("precious"), "x");
    let link = fixture.beside("link");
    symlink(&full, &link).unwrap();
    for path in [&full, &link] {
        let error = fixture
            .repository
            .add_worktree(path, fixture.head(), "test")
            .unwrap_err();
        assert!(matches!(error, WorktreeError::Exists { .. }), "{error}");
    }
    let error = fixture
        .repository
        .add_worktree(&empty, fixture.head(), "test")
        .unwrap_err();
    assert!(matches!(error, WorktreeError::Registered { .. }), "{error}");
    assert_eq!(fixture.repository.worktrees().unwrap().len(), 1);
}

#[test]
fn a_failure_leaves_nothing() {
    let fixture = Fixture::new();
    let path = fixture.beside("slot");
    let absent = "1234567890123456789012345678901234567890".parse().unwrap();
    fixture
        .repository
        .add_worktree(&path, absent, "test")
        .unwrap_err();
    assert!(!path.exists());
    assert!(fixture.repository.worktrees().unwrap().is_empty());
    let error = fixture
        .repository
        .add_worktree(&path, fixture.head(), "two\nlines")
        .unwrap_err();
    assert!(matches!(error, WorktreeError::Text { .. }), "{error}");
}

#[test]
fn removal_can_be_repeated_from_any_half() {
    let fixture = Fixture::new();
    let path = fixture.worktree("slot");
    write(&path.join("untracked"), "x");
    fixture.repository.remove_worktree(&path).unwrap();
    assert!(!path.exists());
    assert!(fixture.repository.worktrees().unwrap().is_empty());
    assert_eq!(fixture.git(["worktree", "list"]).lines().count(), 1);
    fixture.repository.remove_worktree(&path).unwrap();

    fixture.worktree("slot");
    fs::remove_dir_all(&path).unwrap();
    fixture.repository.remove_worktree(&path).unwrap();
    assert!(fixture.repository.worktrees().unwrap().is_empty());
}

#[test]
fn removal_touches_nothing_that_is_not_a_worktree() {
    let fixture = Fixture::new();
    let stranger = fixture.beside("stranger");
    write(&stranger.join("precious"), "x");
    let error = fixture.repository.remove_worktree(&stranger).unwrap_err();
    assert!(
        matches!(error, WorktreeError::NotAWorktree { .. }),
        "{error}"
    );
    let error = fixture
        .repository
        .remove_worktree(&fixture.path())
        .unwrap_err();
    assert!(
        matches!(error, WorktreeError::MainWorktree { .. }),
        "{error}"
    );
    // A worktree that was replaced by a link: the link goes, what it points to stays.
    let path = fixture.worktree("slot");
    fs::remove_dir_all(&path).unwrap();
    symlink(&stranger, &path).unwrap();
    fixture.repository.remove_worktree(&path).unwrap();
    assert!(fs::symlink_metadata(&path).is_err());
    assert!(stranger.join("precious").exists());
}

#[test]
fn from_within_a_linked_worktree_and_a_bare_repository() {
    let fixture = Fixture::new();
    let (_, origin) = fixture.origin();
    let path = fixture.beside("of-origin");
    origin.add_worktree(&path, fixture.head(), "test").unwrap();
    assert_eq!(git(&path, ["status", "--porcelain"]), "");
    let linked = Repository::open(&path.join("src"), &git_program()).unwrap();
    assert_eq!(linked.common_dir(), origin.common_dir());
    assert_eq!(
        linked.work_dir(),
        Some(fs::canonicalize(&path).unwrap().as_path())
    );
    let second = fixture.beside("second");
    linked
        .add_worktree(&second, fixture.head(), "test")
        .unwrap();
    assert!(linked.is_clean(&second).unwrap());
    assert!(linked.is_clean(&path).unwrap());
    linked.reset_worktree(&second, fixture.head(), &[]).unwrap();
    origin.remove_worktree(&second).unwrap();
    assert_eq!(origin.worktrees().unwrap().len(), 1);
}

#[test]
fn a_worktree_that_git_made_is_reset_and_removed() {
    let fixture = Fixture::new();
    let path = fixture.beside("theirs");
    fixture.git([
        "worktree",
        "add",
        "-q",
        "-b",
        "topic",
        path.to_str().unwrap(),
    ]);
    write(&path.join("new"), "x");
    fixture
        .repository
        .reset_worktree(&path, fixture.head(), &[])
        .unwrap();
    assert_eq!(git(&path, ["status", "--porcelain"]), "");
    fixture.repository.remove_worktree(&path).unwrap();
    assert_eq!(fixture.git(["worktree", "list"]).lines().count(), 1);
}

#[test]
fn eight_at_once_get_eight_worktrees() {
    let fixture = Fixture::new();
    let head = fixture.head();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let repository = fixture.repository.clone();
            // All folders have one name, so that they compete for one registration.
            let path = fixture.beside(&format!("{number}/slot"));
            scope.spawn(move || {
                repository.add_worktree(&path, head, "test").unwrap();
                assert!(repository.is_clean(&path).unwrap());
            });
        }
    });
    assert_eq!(fixture.repository.worktrees().unwrap().len(), 8);
}
