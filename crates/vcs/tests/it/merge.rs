//! Merges without a worktree, against plain git.

use ftc_vcs::{Merge, MergeError, ObjectId};

use crate::support::Fixture;

fn branches(ours: &[(&str, &str)], theirs: &[(&str, &str)]) -> (Fixture, ObjectId, ObjectId) {
    let fixture = Fixture::new();
    fixture.git(["branch", "other"]);
    for (name, text) in ours {
        fixture.write(name, text);
    }
    let ours = fixture.commit("ours");
    fixture.git(["checkout", "-q", "other"]);
    for (name, text) in theirs {
        fixture.write(name, text);
    }
    let theirs = fixture.commit("theirs");
    (fixture, ours, theirs)
}

#[test]
fn what_merges_by_itself() {
    let (fixture, ours, theirs) = branches(&[("README.md", "ours\n")], &[("new", "theirs\n")]);
    let Merge::Clean { tree } = fixture.repository.merge_trees(ours, theirs).unwrap() else {
        panic!("a conflict");
    };
    fixture.git(["merge", "-q", "--no-edit", "main"]);
    assert_eq!(tree.to_string(), fixture.git(["rev-parse", "HEAD^{tree}"]));
}

#[test]
fn conflicts_are_named() {
    let (fixture, ours, theirs) = branches(
        &[
            ("README.md", "ours\n"),
            ("src/lib.rs", "ours\n"),
            ("caf\u{e9} x", "ours\n"),
            ("fine", "x"),
        ],
        &[
            ("README.md", "theirs\n"),
            ("src/lib.rs", "theirs\n"),
            ("caf\u{e9} x", "theirs\n"),
        ],
    );
    let merge = fixture.repository.merge_trees(ours, theirs).unwrap();
    assert_eq!(
        merge,
        Merge::Conflicted {
            paths: vec![
                "README.md".into(),
                "caf\u{e9} x".into(),
                "src/lib.rs".into()
            ]
        }
    );
}

#[test]
fn an_ancestor_merges_to_the_descendant() {
    let fixture = Fixture::new();
    let base = fixture.head();
    fixture.write("new", "x");
    let head = fixture.commit("second");
    let tree = fixture.repository.tree_of(head).unwrap();
    assert_eq!(
        fixture.repository.merge_trees(base, head).unwrap(),
        Merge::Clean { tree }
    );
}

#[test]
fn unrelated_and_absent_commits() {
    let fixture = Fixture::new();
    let ours = fixture.head();
    fixture.git(["checkout", "-q", "--orphan", "alone"]);
    let alone = fixture.commit("alone");
    let error = fixture.repository.merge_trees(ours, alone).unwrap_err();
    assert!(matches!(error, MergeError::Unrelated { .. }), "{error}");
    let tree = fixture.repository.tree_of(ours).unwrap();
    let error = fixture.repository.merge_trees(ours, tree).unwrap_err();
    assert!(matches!(error, MergeError::Read(_)), "{error}");
}
