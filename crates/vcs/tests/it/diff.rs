//! Differences, against plain git.

use std::fs;
use std::os::unix::fs::symlink;

use ftc_vcs::{ChangeKind, FileMode, ObjectId};

use crate::support::{Fixture, listed, set_mode, write};

/// `git diff-tree` in the words of `listed`.
fn by_git(fixture: &Fixture, old: ObjectId, new: ObjectId) -> String {
    let raw = fixture.git([
        "diff-tree",
        "-r",
        "--no-renames",
        "--raw",
        "--no-abbrev",
        &old.to_string(),
        &new.to_string(),
    ]);
    let mut lines: Vec<(String, String)> = Vec::new();
    for line in raw.lines() {
        let (fields, path) = line.split_once('\t').unwrap();
        let fields: Vec<&str> = fields.split(' ').collect();
        let kind = match fields[4] {
            "A" => "added",
            "D" => "deleted",
            _ if fields[2] == fields[3] => "modechanged",
            _ => "modified",
        };
        lines.push((path.to_owned(), format!("{kind} {path}")));
    }
    lines.sort();
    let lines: Vec<String> = lines.into_iter().map(|line| line.1).collect();
    lines.join("\n")
}

#[test]
fn every_sort_of_change() {
    let fixture = Fixture::new();
    let old = fixture.head();
    let path = fixture.path();
    fixture.write("README.md", "changed\n");
    fixture.write("new", "new\n");
    fs::remove_file(path.join("src/lib.rs")).unwrap();
    set_mode(&path.join("run.sh"), 0o644);
    fs::remove_dir_all(path.join("src/deep")).unwrap();
    fixture.write("src/deep", "a file now\n");
    fs::remove_file(path.join("link")).unwrap();
    fixture.write("link/inside", "a directory now\n");
    let new = fixture.commit("second");
    let changes = fixture.repository.diff_trees(old, new).unwrap();
    assert_eq!(
        listed(&changes),
        "modified README.md\n\
         deleted link\n\
         added link/inside\n\
         added new\n\
         modechanged run.sh\n\
         added src/deep\n\
         deleted src/deep/er/mod.rs\n\
         deleted src/lib.rs"
    );
    assert_eq!(listed(&changes), by_git(&fixture, old, new));
    let run = &changes[4];
    assert_eq!(run.old.unwrap().mode, FileMode::Executable);
    assert_eq!(run.new.unwrap().mode, FileMode::Regular);
    assert_eq!(changes[1].old.unwrap().mode, FileMode::Link);
    let back = fixture.repository.diff_trees(new, old).unwrap();
    assert_eq!(listed(&back), by_git(&fixture, new, old));
}

#[test]
fn a_file_that_becomes_a_link_is_modified() {
    let fixture = Fixture::new();
    let old = fixture.head();
    fs::remove_file(fixture.path().join("README.md")).unwrap();
    symlink("elsewhere", fixture.path().join("README.md")).unwrap();
    let new = fixture.commit("second");
    let changes = fixture.repository.diff_trees(old, new).unwrap();
    assert_eq!(changes[0].kind(), ChangeKind::Modified);
    assert_eq!(changes[0].new.unwrap().mode, FileMode::Link);
}

#[test]
fn against_the_empty_tree_and_against_itself() {
    let fixture = Fixture::new();
    let head = fixture.head();
    let all = fixture
        .repository
        .diff_trees(ObjectId::EMPTY_TREE, head)
        .unwrap();
    assert_eq!(all.len(), 6);
    assert!(all.iter().all(|change| change.kind() == ChangeKind::Added));
    assert!(
        fixture
            .repository
            .diff_trees(head, head)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn commits_without_files() {
    let fixture = Fixture::new();
    let before = fixture.head();
    let after = fixture.commit("nothing changed");
    assert_ne!(before, after);
    assert!(
        fixture
            .repository
            .diff_trees(before, after)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_submodule_is_one_entry() {
    let fixture = Fixture::new();
    let old = fixture.head();
    let module = Fixture::new();
    fixture.git([
        "submodule",
        "add",
        "-q",
        module.path().to_str().unwrap(),
        "module",
    ]);
    let new = fixture.commit("with a submodule");
    let changes = fixture.repository.diff_trees(old, new).unwrap();
    assert_eq!(listed(&changes), "added .gitmodules\nadded module");
    let state = changes[1].new.unwrap();
    assert_eq!((state.mode, state.id), (FileMode::Submodule, module.head()));
}

/// The fix loop of the originals looked at `git diff`, which does not show new files: a fix that only adds files looked like
/// none.
#[test]
fn loop_w01_fix_that_only_adds_files() {
    let fixture = Fixture::new();
    let worktree = fixture.worktree("slot");
    write(&worktree.join("tests/retry.rs"), "#[test]\n");
    write(&worktree.join("target/out"), "ignored\n");
    let changes = fixture
        .repository
        .diff_worktree(fixture.head(), &worktree)
        .unwrap();
    assert_eq!(listed(&changes), "added tests/retry.rs");
    let id = changes[0].new.unwrap().id;
    assert_eq!(fixture.repository.read_blob(id).unwrap(), b"#[test]\n");
}

#[test]
fn what_the_agent_committed_or_staged_is_seen_too() {
    let fixture = Fixture::new();
    let base = fixture.head();
    let worktree = fixture.worktree("slot");
    write(&worktree.join("committed"), "x");
    crate::support::git(&worktree, ["add", "-A"]);
    crate::support::git(&worktree, ["commit", "-q", "-m", "by the agent"]);
    write(&worktree.join("staged"), "x");
    crate::support::git(&worktree, ["add", "-A"]);
    fs::remove_file(worktree.join("README.md")).unwrap();
    write(&worktree.join("target/forced"), "x");
    crate::support::git(&worktree, ["add", "-f", "target/forced"]);
    let changes = fixture.repository.diff_worktree(base, &worktree).unwrap();
    assert_eq!(
        listed(&changes),
        "deleted README.md\nadded committed\nadded staged\nadded target/forced"
    );
}

#[test]
fn a_new_ignore_file_does_not_hide_what_the_base_has() {
    let fixture = Fixture::new();
    let worktree = fixture.worktree("slot");
    write(&worktree.join(".gitignore"), "*\n");
    fs::remove_file(worktree.join("src/lib.rs")).unwrap();
    write(&worktree.join("README.md"), "changed\n");
    let changes = fixture
        .repository
        .diff_worktree(fixture.head(), &worktree)
        .unwrap();
    assert_eq!(
        listed(&changes),
        "modified .gitignore\nmodified README.md\ndeleted src/lib.rs"
    );
}
