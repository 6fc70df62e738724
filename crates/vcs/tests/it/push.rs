//! Pushing.

use ftc_vcs::{Expected, ObjectId, PushError, PushUpdate};

use crate::support::{Fixture, new_commit, set_mode, write};

fn commit(fixture: &Fixture, message: &str) -> ObjectId {
    let tree = fixture.repository.tree_of(fixture.head()).unwrap();
    fixture
        .repository
        .commit_tree(&new_commit(tree, vec![fixture.head()], message))
        .unwrap()
}

fn update(new: Option<ObjectId>, expected: Expected) -> PushUpdate {
    PushUpdate::new("refs/heads/ai/fix/x", new, expected)
}

#[test]
fn a_branch_is_made_moved_and_deleted() {
    let fixture = Fixture::new();
    let (url, origin) = fixture.origin();
    let (a, b) = (commit(&fixture, "a"), commit(&fixture, "b"));
    let push = |update| fixture.repository.push(&url, &[update]);
    push(update(Some(a), Expected::Absent)).unwrap();
    assert_eq!(origin.reference("refs/heads/ai/fix/x").unwrap(), Some(a));
    // Not a fast-forward: what is expected is all that counts.
    push(update(Some(b), Expected::At(a))).unwrap();
    push(update(Some(a), Expected::Any)).unwrap();
    assert_eq!(origin.reference("refs/heads/ai/fix/x").unwrap(), Some(a));
    push(update(None, Expected::At(a))).unwrap();
    assert_eq!(origin.reference("refs/heads/ai/fix/x").unwrap(), None);
    push(update(None, Expected::Any)).unwrap();
    push(update(None, Expected::Absent)).unwrap();
    assert_eq!(fixture.git(["branch", "--list", "ai/*"]), "");
    assert_eq!(
        fixture
            .git(["config", "--list", "--local", "--name-only"])
            .matches("remote")
            .count(),
        0
    );
}

#[test]
fn a_branch_that_moved_meanwhile_is_stale_and_stays() {
    let fixture = Fixture::new();
    let (url, origin) = fixture.origin();
    let (a, b) = (commit(&fixture, "a"), commit(&fixture, "b"));
    let theirs = commit(&fixture, "theirs");
    fixture
        .repository
        .push(&url, &[update(Some(theirs), Expected::Absent)])
        .unwrap();
    for (new, expected) in [
        (Some(b), Expected::At(a)),
        (Some(b), Expected::Absent),
        (None, Expected::At(a)),
        (None, Expected::Absent),
    ] {
        let error = fixture
            .repository
            .push(&url, &[update(new, expected)])
            .unwrap_err();
        assert!(error.is_stale() && !error.is_retryable(), "{error:?}");
        assert_eq!(
            origin.reference("refs/heads/ai/fix/x").unwrap(),
            Some(theirs)
        );
    }
    let absent = PushUpdate::new("refs/heads/none", None, Expected::At(a));
    assert!(
        fixture
            .repository
            .push(&url, &[absent])
            .unwrap_err()
            .is_stale()
    );
    let absent = PushUpdate::new("refs/heads/none", Some(b), Expected::At(a));
    assert!(
        fixture
            .repository
            .push(&url, &[absent])
            .unwrap_err()
            .is_stale()
    );
}

#[test]
fn a_repeated_push_succeeds() {
    let fixture = Fixture::new();
    let (url, _) = fixture.origin();
    let a = commit(&fixture, "a");
    for _ in 0..2 {
        fixture
            .repository
            .push(&url, &[update(Some(a), Expected::Absent)])
            .unwrap();
    }
    fixture.repository.push(&url, &[]).unwrap();
}

#[test]
fn all_or_none() {
    let fixture = Fixture::new();
    let (url, origin) = fixture.origin();
    let (a, b) = (commit(&fixture, "a"), commit(&fixture, "b"));
    let error = fixture
        .repository
        .push(
            &url,
            &[
                PushUpdate::new("refs/heads/a", Some(a), Expected::Absent),
                PushUpdate::new("refs/heads/main", Some(b), Expected::At(a)),
            ],
        )
        .unwrap_err();
    assert!(
        matches!(&error, PushError::Stale { reference, .. } if reference == "refs/heads/main"),
        "{error:?}"
    );
    assert_eq!(origin.reference("refs/heads/a").unwrap(), None);
}

#[test]
fn a_hook_of_the_other_side_may_refuse() {
    let fixture = Fixture::new();
    let (url, origin) = fixture.origin();
    let hook = origin.git_dir().join("hooks/update");
    write(&hook, "#!/bin/sh\necho 'not on a Friday' >&2\nexit 1\n");
    set_mode(&hook, 0o755);
    let a = commit(&fixture, "a");
    let error = fixture
        .repository
        .push(&url, &[update(Some(a), Expected::Absent)])
        .unwrap_err();
    assert!(
        matches!(&error, PushError::Rejected { reason, .. } if reason.contains("hook declined")),
        "{error:?}"
    );
    assert!(!error.is_retryable());
}

#[test]
fn a_file_url_and_a_path_and_nothing_there() {
    let fixture = Fixture::new();
    let (path, origin) = fixture.origin();
    let a = commit(&fixture, "a");
    fixture
        .repository
        .push(
            &format!("file://{path}"),
            &[update(Some(a), Expected::Absent)],
        )
        .unwrap();
    assert_eq!(origin.reference("refs/heads/ai/fix/x").unwrap(), Some(a));
    for url in [format!("{path}-absent"), format!("file://{path}-absent")] {
        let error = fixture
            .repository
            .push(&url, &[update(Some(a), Expected::Absent)])
            .unwrap_err();
        assert!(matches!(error, PushError::Unreachable { .. }), "{error:?}");
        assert!(error.is_retryable());
    }
}

#[test]
fn what_cannot_be_pushed_is_refused_before_anything_is_done() {
    let fixture = Fixture::new();
    let (url, _) = fixture.origin();
    let a = commit(&fixture, "a");
    for bad in ["", "--upload-pack=touch x", "ext::sh -c true", "a\nb"] {
        let error = fixture
            .repository
            .push(bad, &[update(Some(a), Expected::Any)])
            .unwrap_err();
        assert!(
            matches!(error, PushError::Text { what: "URL", .. }),
            "{error:?}"
        );
    }
    for bad in [
        "main",
        "refs/heads/a:b",
        "refs/heads/*",
        "+refs/heads/x",
        "",
    ] {
        let error = fixture
            .repository
            .push(&url, &[PushUpdate::new(bad, Some(a), Expected::Any)])
            .unwrap_err();
        assert!(
            matches!(
                error,
                PushError::Text {
                    what: "reference",
                    ..
                }
            ),
            "{error:?}"
        );
    }
    let absent = "1234567890123456789012345678901234567890".parse().unwrap();
    let error = fixture
        .repository
        .push(&url, &[update(Some(absent), Expected::Any)])
        .unwrap_err();
    assert!(matches!(error, PushError::NoObject { .. }), "{error:?}");
}

#[test]
fn a_password_in_the_url_is_not_told() {
    let fixture = Fixture::new();
    let a = commit(&fixture, "a");
    // Nothing listens on port 1 of this machine.
    let url = "http://ann:hunter2@127.0.0.1:1/x.git";
    let error = fixture
        .repository
        .push(url, &[update(Some(a), Expected::Any)])
        .unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.contains("http://127.0.0.1:1/x.git"), "{text}");
    assert!(error.is_retryable());
}
