//! Commits, against plain git.

use ftc_vcs::{CommitError, ObjectId, Signature};

use crate::support::{Fixture, git, new_commit};

#[test]
fn git_reads_what_we_wrote() {
    let fixture = Fixture::new();
    let head = fixture.head();
    let tree = fixture.repository.tree_of(head).unwrap();
    let mut commit = new_commit(tree, vec![head], "Fix the race\n\nIt was a race.\n");
    commit.author.name = "J\u{f6}rg M\u{fc}ller".to_owned();
    commit.author.offset_minutes = -210;
    let id = fixture.repository.commit_tree(&commit).unwrap();
    let raw = fixture.git(["cat-file", "commit", &id.to_string()]);
    assert_eq!(
        raw,
        format!(
            "tree {tree}\nparent {head}\n\
             author J\u{f6}rg M\u{fc}ller <ann@example.com> 1700000000 -0330\n\
             committer Ann Example <ann@example.com> 1700000000 +0000\n\n\
             Fix the race\n\nIt was a race."
        )
    );
    assert_eq!(fixture.git(["fsck", "--strict", "--no-dangling"]), "");
    assert_eq!(fixture.repository.commit_tree(&commit).unwrap(), id);
    assert_eq!(fixture.head(), head);
}

#[test]
fn the_same_words_make_the_same_commit_as_git() {
    let fixture = Fixture::new();
    let head = fixture.head();
    let tree = fixture.repository.tree_of(head).unwrap();
    let by_git = fixture.git([
        "commit-tree",
        &tree.to_string(),
        "-p",
        &head.to_string(),
        "-m",
        "words",
    ]);
    let mut commit = new_commit(tree, vec![head], "words\n");
    commit.author = Signature::new("A", "a@example.com", 1_700_000_000);
    commit.committer = Signature::new("C", "c@example.com", 1_700_000_000);
    assert_eq!(
        fixture.repository.commit_tree(&commit).unwrap().to_string(),
        by_git
    );
}

#[test]
fn a_first_commit_without_files() {
    let temporary = tempfile::tempdir().unwrap();
    let repository =
        ftc_vcs::Repository::init_bare(temporary.path(), "main", &crate::support::git_program())
            .unwrap();
    let commit = new_commit(ObjectId::EMPTY_TREE, Vec::new(), "start\n");
    let id = repository.commit_tree(&commit).unwrap();
    repository
        .update_ref("refs/heads/main", Some(id), ftc_vcs::Expected::Absent)
        .unwrap();
    assert_eq!(git(temporary.path(), ["fsck", "--strict"]), "");
    assert_eq!(git(temporary.path(), ["ls-tree", "main"]), "");
    assert_eq!(repository.tree_of(id).unwrap(), ObjectId::EMPTY_TREE);
}

#[test]
fn what_cannot_stand_in_a_commit_is_refused() {
    let fixture = Fixture::new();
    let head = fixture.head();
    let tree = fixture.repository.tree_of(head).unwrap();
    for name in ["a\nb", "a <b>", " padded", "nul\0"] {
        let mut commit = new_commit(tree, vec![head], "x");
        commit.author.name = name.to_owned();
        let error = fixture.repository.commit_tree(&commit).unwrap_err();
        assert!(matches!(error, CommitError::Signature { .. }), "{error}");
        let mut commit = new_commit(tree, vec![head], "x");
        commit.committer.email = name.to_owned();
        fixture.repository.commit_tree(&commit).unwrap_err();
    }
    let error = fixture
        .repository
        .commit_tree(&new_commit(tree, vec![head], "nul \0"))
        .unwrap_err();
    assert!(matches!(error, CommitError::Message), "{error}");
    for (tree, parent) in [(head, head), (tree, tree), (ObjectId::EMPTY_TREE, tree)] {
        let error = fixture
            .repository
            .commit_tree(&new_commit(tree, vec![parent], "x"))
            .unwrap_err();
        assert!(matches!(error, CommitError::Read(_)), "{error}");
    }
}
