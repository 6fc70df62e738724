//! Names, objects and history.

use std::fs;

use ftc_vcs::{ObjectId, ReadError, Repository, ResolveError};

use crate::support::{Fixture, git, git_program};

const ABSENT: &str = "1234567890123456789012345678901234567890";

fn absent() -> ObjectId {
    ABSENT.parse().unwrap()
}

#[test]
fn revisions_mean_what_they_mean_to_git() {
    let fixture = Fixture::new();
    fixture.commit("second");
    fixture.git(["tag", "light", "HEAD~1"]);
    fixture.git(["tag", "-a", "-m", "annotated", "heavy", "HEAD~1"]);
    fixture.git(["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
    let short = fixture.head().short();
    for revision in [
        "HEAD",
        "main",
        "refs/heads/main",
        "HEAD~1",
        "HEAD^",
        "light",
        "heavy",
        "origin/main",
        "@",
        &short,
        &fixture.head().to_string(),
        "heavy^{commit}",
        "HEAD^0",
    ] {
        let commit = format!("{revision}^{{commit}}");
        assert_eq!(
            fixture.repository.resolve(revision).unwrap().to_string(),
            fixture.git(["rev-parse", &commit]),
            "{revision}"
        );
    }
}

#[test]
fn revisions_that_name_nothing_or_something_else() {
    let fixture = Fixture::new();
    for revision in [
        "nothing",
        "refs/heads/nothing",
        ABSENT,
        "HEAD~5",
        "deadbeef",
        "nothing~1",
    ] {
        let error = fixture.repository.resolve(revision).unwrap_err();
        assert!(error.is_not_found(), "{revision}: {error:?}");
        assert!(error.to_string().contains(revision), "{error}");
    }
    for (revision, expected) in [("HEAD^{tree}", "tree"), ("HEAD:README.md", "blob")] {
        let error = fixture.repository.resolve(revision).unwrap_err();
        assert!(
            matches!(&error, ResolveError::NotACommit { kind, .. } if kind == expected),
            "{error:?}"
        );
    }
    for revision in ["", "HEAD..main", "HEAD^{/", "--help", "a\nb"] {
        fixture.repository.resolve(revision).unwrap_err();
    }
}

#[test]
fn a_prefix_that_fits_two_commits_is_ambiguous() {
    let fixture = Fixture::new();
    // Enough commits that two begin with the same four digits, which is the shortest prefix.
    let tree = fixture.repository.tree_of(fixture.head()).unwrap();
    let mut seen = std::collections::HashSet::new();
    let mut number = 0;
    let twice = loop {
        let commit = crate::support::new_commit(tree, Vec::new(), &format!("{number}"));
        let id = fixture.repository.commit_tree(&commit).unwrap();
        let prefix = id.to_string()[..4].to_owned();
        if !seen.insert(prefix.clone()) {
            break prefix;
        }
        number += 1;
    };
    let error = fixture.repository.resolve(&twice).unwrap_err();
    assert!(matches!(error, ResolveError::Ambiguous { .. }), "{error:?}");
}

#[test]
fn a_detached_head_and_a_shallow_clone() {
    let fixture = Fixture::new();
    let first = fixture.head();
    let second = fixture.commit("second");
    fixture.git(["checkout", "-q", "--detach", "HEAD~1"]);
    assert_eq!(fixture.repository.resolve("HEAD").unwrap(), first);
    fixture.git(["checkout", "-q", "main"]);

    let clone = fixture.beside("shallow");
    let url = format!("file://{}", fixture.path().display());
    git(
        fixture.temporary.path(),
        ["clone", "-q", "--depth=1", &url, clone.to_str().unwrap()],
    );
    let repository = Repository::open(&clone, &git_program()).unwrap();
    assert_eq!(repository.resolve("HEAD").unwrap(), second);
    assert!(repository.resolve("HEAD~1").unwrap_err().is_not_found());
    assert!(repository.is_clean(&clone).unwrap());
    assert!(repository.is_ancestor(second, second).unwrap());
    repository.merge_trees(second, second).unwrap();
}

#[test]
fn trees_blobs_and_files() {
    let fixture = Fixture::new();
    let repository = &fixture.repository;
    let head = fixture.head();
    fixture.git(["tag", "-a", "-m", "x", "heavy"]);
    let tag: ObjectId = fixture.git(["rev-parse", "heavy"]).parse().unwrap();
    let tree: ObjectId = fixture.git(["rev-parse", "HEAD^{tree}"]).parse().unwrap();
    for id in [head, tree, tag] {
        assert_eq!(repository.tree_of(id).unwrap(), tree);
    }
    assert_eq!(
        repository.tree_of(ObjectId::EMPTY_TREE).unwrap(),
        ObjectId::EMPTY_TREE
    );
    let blob: ObjectId = fixture
        .git(["rev-parse", "HEAD:README.md"])
        .parse()
        .unwrap();
    assert_eq!(repository.read_blob(blob).unwrap(), b"hello\n");
    assert_eq!(
        repository
            .read_file(head, "src/deep/er/mod.rs")
            .unwrap()
            .as_deref(),
        Some(b"mod er;\n".as_slice())
    );
    assert!(repository.read_file(head, "run.sh").unwrap().is_some());
    for path in [
        "absent",
        "src",
        "link",
        "README.md/x",
        "link/x",
        "",
        "/README.md",
        "src/../README.md",
    ] {
        assert_eq!(repository.read_file(head, path).unwrap(), None, "{path}");
    }
}

#[test]
fn objects_that_are_absent_or_of_another_kind() {
    let fixture = Fixture::new();
    let repository = &fixture.repository;
    let head = fixture.head();
    let blob: ObjectId = fixture
        .git(["rev-parse", "HEAD:README.md"])
        .parse()
        .unwrap();
    assert!(repository.tree_of(absent()).unwrap_err().is_not_found());
    assert!(repository.read_blob(absent()).unwrap_err().is_not_found());
    assert!(
        repository
            .read_file(absent(), "x")
            .unwrap_err()
            .is_not_found()
    );
    assert!(
        repository
            .merge_base(head, absent())
            .unwrap_err()
            .is_not_found()
    );
    let error = repository.read_blob(head).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("object `{head}` is a commit, not a blob")
    );
    assert!(matches!(
        repository.tree_of(blob),
        Err(ReadError::WrongKind { .. })
    ));
    assert!(matches!(
        repository.is_ancestor(blob, head),
        Err(ReadError::WrongKind { .. })
    ));
}

#[test]
fn history() {
    let fixture = Fixture::new();
    let repository = &fixture.repository;
    let base = fixture.head();
    let ours = fixture.commit("ours");
    fixture.git(["checkout", "-q", "-b", "other", &base.to_string()]);
    fixture.write("other", "x");
    let theirs = fixture.commit("theirs");
    fixture.git(["checkout", "-q", "--orphan", "alone"]);
    let alone = fixture.commit("alone");
    assert_eq!(repository.merge_base(ours, theirs).unwrap(), Some(base));
    assert_eq!(repository.merge_base(ours, alone).unwrap(), None);
    assert_eq!(repository.merge_base(ours, ours).unwrap(), Some(ours));
    for (ancestor, descendant, expected) in [
        (base, ours, true),
        (ours, base, false),
        (ours, ours, true),
        (ours, theirs, false),
        (base, alone, false),
    ] {
        assert_eq!(
            repository.is_ancestor(ancestor, descendant).unwrap(),
            expected
        );
    }
}

#[test]
fn replacements_and_cached_history_do_not_change_what_is_read() {
    let fixture = Fixture::new();
    let base = fixture.head();
    let head = fixture.commit("second");
    fixture.git(["commit-graph", "write", "--reachable"]);
    let graph = fixture.path().join(".git/objects/info/commit-graph");
    let mut bytes = fs::read(&graph).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0);
    fs::remove_file(&graph).unwrap();
    fs::write(&graph, bytes).unwrap();
    let real = fixture.git(["rev-parse", "HEAD:README.md"]);
    let other = fixture.git(["rev-parse", "HEAD:run.sh"]);
    fixture.git(["replace", "-f", &real, &other]);
    let repository = Repository::open(&fixture.path(), &git_program()).unwrap();
    assert_eq!(
        repository.read_blob(real.parse().unwrap()).unwrap(),
        b"hello\n"
    );
    assert!(repository.is_ancestor(base, head).unwrap());
    assert_eq!(repository.merge_base(base, head).unwrap(), Some(base));
}
