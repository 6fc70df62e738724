//! Fetching.

use ftc_vcs::{Expected, FetchError, PushUpdate, Repository};

use crate::support::{Fixture, git, git_program, new_commit};

const TRACKING: &str = "+refs/heads/*:refs/remotes/origin/*";

/// A bare repository that knows nothing yet.
fn hub(fixture: &Fixture) -> Repository {
    Repository::init_bare(&fixture.beside("hub.git"), "main", &git_program()).unwrap()
}

#[test]
fn branches_come_and_move_and_are_never_pruned() {
    let fixture = Fixture::new();
    let (url, _) = fixture.origin();
    let hub = hub(&fixture);
    hub.fetch(&url, &[TRACKING]).unwrap();
    assert_eq!(
        hub.references("refs/").unwrap(),
        [("refs/remotes/origin/main".to_owned(), fixture.head())]
    );
    fixture.git(["push", "-q", &url, "main:topic"]);
    fixture.git(["tag", "v1"]);
    fixture.git(["push", "-q", &url, "v1"]);
    let second = fixture.commit("second");
    fixture.git(["push", "-q", &url, "main"]);
    hub.fetch(&url, &[TRACKING]).unwrap();
    assert_eq!(
        hub.reference("refs/remotes/origin/main").unwrap(),
        Some(second)
    );
    assert_eq!(hub.references("refs/tags/").unwrap(), []);
    fixture.git(["push", "-q", &url, ":topic"]);
    hub.fetch(&url, &[TRACKING]).unwrap();
    assert!(
        hub.reference("refs/remotes/origin/topic")
            .unwrap()
            .is_some()
    );
    assert!(!hub.git_dir().join("FETCH_HEAD").exists());
    assert_eq!(git(hub.git_dir(), ["fsck"]), "");
}

#[test]
fn history_that_was_rewritten_needs_force() {
    let fixture = Fixture::new();
    let (url, _) = fixture.origin();
    let hub = hub(&fixture);
    hub.fetch(&url, &[TRACKING]).unwrap();
    let old = fixture.head();
    fixture.git(["commit", "-q", "--amend", "-m", "rewritten"]);
    fixture.git(["push", "-q", "-f", &url, "main"]);
    let error = hub
        .fetch(&url, &["refs/heads/*:refs/remotes/origin/*"])
        .unwrap_err();
    assert!(matches!(error, FetchError::Refused { .. }), "{error:?}");
    assert_eq!(
        hub.reference("refs/remotes/origin/main").unwrap(),
        Some(old)
    );
    hub.fetch(&url, &[TRACKING]).unwrap();
    assert_eq!(
        hub.reference("refs/remotes/origin/main").unwrap(),
        Some(fixture.head())
    );
}

#[test]
fn objects_alone() {
    let fixture = Fixture::new();
    let (url, _) = fixture.origin();
    let hub = hub(&fixture);
    hub.fetch(&url, &["refs/heads/main"]).unwrap();
    assert_eq!(hub.references("refs/").unwrap(), []);
    hub.tree_of(fixture.head()).unwrap();
}

#[test]
fn what_is_not_there() {
    let fixture = Fixture::new();
    let (url, _) = fixture.origin();
    let hub = hub(&fixture);
    let error = hub
        .fetch(&url, &["refs/heads/none:refs/heads/none"])
        .unwrap_err();
    assert!(matches!(error, FetchError::Refused { .. }), "{error:?}");
    assert!(!error.is_retryable());
    let error = hub
        .fetch(&format!("{url}-absent"), &[TRACKING])
        .unwrap_err();
    assert!(matches!(error, FetchError::Unreachable { .. }), "{error:?}");
    assert!(error.is_retryable());
    for refspec in ["--upload-pack=x", "a:b:c", "refs/heads/*:x"] {
        let error = hub.fetch(&url, &[refspec]).unwrap_err();
        assert!(matches!(error, FetchError::Text { .. }), "{error:?}");
    }
}

#[test]
fn the_references_of_another_repository() {
    let fixture = Fixture::new();
    let (url, _) = fixture.origin();
    let hub = hub(&fixture);
    fixture.git(["push", "-q", &url, "main:ai/fix/x", "main:refs/ftc/y"]);
    let head = fixture.head();
    assert_eq!(
        hub.remote_refs(&url, "refs/heads/").unwrap(),
        [
            ("refs/heads/ai/fix/x".to_owned(), head),
            ("refs/heads/main".to_owned(), head),
        ]
    );
    assert_eq!(hub.remote_refs(&url, "").unwrap().len(), 3);
    assert!(
        hub.remote_refs(&format!("{url}-absent"), "")
            .unwrap_err()
            .is_retryable()
    );
}

/// The originals made their hub with `git clone --mirror`: a push of one branch failed, and `fetch --prune` deleted the branch
/// that was checked out in a live worktree.
#[test]
fn cleaner_w12_mirror_push_and_prune() {
    let fixture = Fixture::new();
    let (url, origin) = fixture.origin();
    let mirror = fixture.beside("mirror.git");
    git(
        fixture.temporary.path(),
        ["clone", "-q", "--mirror", &url, mirror.to_str().unwrap()],
    );
    let hub = Repository::open(&mirror, &git_program()).unwrap();
    let worktree = fixture.beside("live");
    hub.add_worktree(&worktree, fixture.head(), "test").unwrap();
    git(&worktree, ["checkout", "-q", "-b", "ai/fix/x"]);

    // Everything that the origin has, and nothing that it does not have is deleted.
    hub.fetch(&url, &[TRACKING]).unwrap();
    hub.fetch(&url, &["+refs/heads/*:refs/heads/*"]).unwrap();
    assert_eq!(
        git(&worktree, ["rev-parse", "HEAD"]),
        fixture.head().to_string()
    );
    assert!(hub.reference("refs/heads/ai/fix/x").unwrap().is_some());

    // A branch that is checked out is not moved under its worktree either.
    git(&worktree, ["checkout", "-q", "main"]);
    fixture.commit("second");
    fixture.git(["push", "-q", &url, "main"]);
    let error = hub
        .fetch(&url, &["+refs/heads/*:refs/heads/*"])
        .unwrap_err();
    assert!(
        matches!(&error, FetchError::CheckedOut { name, .. } if name == "refs/heads/main"),
        "{error:?}"
    );
    assert_eq!(git(&worktree, ["status", "--porcelain"]), "");
    hub.fetch(&url, &[TRACKING]).unwrap();
    assert_eq!(
        hub.reference("refs/remotes/origin/main").unwrap(),
        Some(fixture.head())
    );

    // One branch is pushed, and the rest stays.
    let tree = hub.tree_of(fixture.head()).unwrap();
    let commit = hub
        .commit_tree(&new_commit(tree, vec![fixture.head()], "fix"))
        .unwrap();
    let update = PushUpdate::new("refs/heads/ai/fix/x", Some(commit), Expected::Absent);
    hub.push(&url, &[update]).unwrap();
    assert_eq!(
        origin.reference("refs/heads/ai/fix/x").unwrap(),
        Some(commit)
    );
    assert_eq!(
        origin.reference("refs/heads/main").unwrap(),
        Some(fixture.head())
    );
    assert_eq!(origin.references("refs/").unwrap().len(), 2);
}
