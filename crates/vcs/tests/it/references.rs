//! References and compare-and-swap.

use std::sync::atomic::{AtomicUsize, Ordering};

use ftc_vcs::{Expected, ObjectId, RefError};

use crate::support::Fixture;

struct Two {
    fixture: Fixture,
    first: ObjectId,
    second: ObjectId,
}

fn two() -> Two {
    let fixture = Fixture::new();
    let first = fixture.head();
    let second = fixture.commit("second");
    Two {
        fixture,
        first,
        second,
    }
}

#[test]
fn made_moved_and_deleted_as_expected() {
    let Two {
        fixture,
        first,
        second,
    } = two();
    let repository = &fixture.repository;
    let name = "refs/ftc/lease/1";
    assert_eq!(repository.reference(name).unwrap(), None);
    repository
        .update_ref(name, Some(first), Expected::Absent)
        .unwrap();
    assert_eq!(fixture.git(["rev-parse", name]), first.to_string());
    repository
        .update_ref(name, Some(second), Expected::At(first))
        .unwrap();
    assert_eq!(repository.reference(name).unwrap(), Some(second));
    repository
        .update_ref(name, None, Expected::At(second))
        .unwrap();
    assert_eq!(repository.reference(name).unwrap(), None);
    repository.update_ref(name, None, Expected::Any).unwrap();
    repository.update_ref(name, None, Expected::Absent).unwrap();
    repository
        .update_ref(name, Some(first), Expected::Any)
        .unwrap();
    repository
        .update_ref(name, Some(second), Expected::Any)
        .unwrap();
}

#[test]
fn a_reference_that_moved_is_not_changed() {
    let Two {
        fixture,
        first,
        second,
    } = two();
    let repository = &fixture.repository;
    for packed in [false, true] {
        if packed {
            fixture.git(["pack-refs", "--all"]);
        }
        for (new, expected) in [
            (Some(first), Expected::At(first)),
            (Some(first), Expected::Absent),
            (None, Expected::At(first)),
            (None, Expected::Absent),
        ] {
            let error = repository
                .update_ref("refs/heads/main", new, expected)
                .unwrap_err();
            assert!(
                matches!(&error, RefError::Moved { found, .. } if *found == Some(second)),
                "{error:?}"
            );
            assert!(error.is_moved() && !error.is_retryable());
        }
    }
    let error = repository
        .update_ref("refs/heads/none", Some(first), Expected::At(second))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("reference `refs/heads/none` is nothing, not {second}")
    );
    assert_eq!(
        repository.reference("refs/heads/main").unwrap(),
        Some(second)
    );
}

#[test]
fn packed_references_are_moved_and_deleted() {
    let Two {
        fixture,
        first,
        second,
    } = two();
    fixture.git(["branch", "topic"]);
    fixture.git(["pack-refs", "--all"]);
    let repository = &fixture.repository;
    repository
        .update_ref("refs/heads/topic", Some(first), Expected::At(second))
        .unwrap();
    assert_eq!(fixture.git(["rev-parse", "topic"]), first.to_string());
    repository
        .update_ref("refs/heads/topic", None, Expected::At(first))
        .unwrap();
    assert_eq!(fixture.git(["branch", "--list", "topic"]), "");
}

#[test]
fn of_many_at_once_exactly_one_wins() {
    let Two { fixture, first, .. } = two();
    let wins = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let repository = fixture.repository.clone();
            let wins = &wins;
            scope.spawn(move || {
                match repository.update_ref("refs/ftc/race", Some(first), Expected::Absent) {
                    Ok(()) => {
                        wins.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(RefError::Moved { .. } | RefError::Locked { .. }) => {}
                    Err(error) => panic!("{error:?}"),
                }
            });
        }
    });
    assert_eq!(wins.into_inner(), 1);
}

#[test]
fn a_lock_of_another_program_is_retryable() {
    let Two { fixture, first, .. } = two();
    fixture.write(".git/refs/heads/main.lock", "");
    let error = fixture
        .repository
        .update_ref("refs/heads/main", Some(first), Expected::Any)
        .unwrap_err();
    assert!(matches!(error, RefError::Locked { .. }), "{error:?}");
    assert!(error.is_retryable());
}

#[test]
fn names_that_are_not_allowed() {
    let Two { fixture, first, .. } = two();
    for name in [
        "main",
        "HEAD",
        "refs/heads/a..b",
        "refs/heads/x.lock",
        "../x",
        "refs/../../x",
        "refs/heads/",
        "",
    ] {
        let error = fixture
            .repository
            .update_ref(name, Some(first), Expected::Any)
            .unwrap_err();
        assert!(matches!(error, RefError::Name { .. }), "{name}: {error}");
    }
    assert_eq!(
        fixture.repository.reference("HEAD").unwrap(),
        Some(fixture.head())
    );
    fixture.repository.reference("main").unwrap_err();
}

#[test]
fn symbolic_references_are_read_and_not_changed() {
    let Two {
        fixture,
        first,
        second,
    } = two();
    let name = "refs/remotes/origin/HEAD";
    fixture.git(["symbolic-ref", name, "refs/heads/main"]);
    assert_eq!(fixture.repository.reference(name).unwrap(), Some(second));
    let error = fixture
        .repository
        .update_ref(name, Some(first), Expected::Any)
        .unwrap_err();
    assert!(matches!(error, RefError::Symbolic { .. }), "{error}");
    fixture.git(["symbolic-ref", name, "refs/heads/nowhere"]);
    assert_eq!(fixture.repository.reference(name).unwrap(), None);
}

#[test]
fn a_reference_to_nothing_is_not_made() {
    let fixture = Fixture::new();
    let absent = "1234567890123456789012345678901234567890".parse().unwrap();
    let error = fixture
        .repository
        .update_ref("refs/heads/x", Some(absent), Expected::Any)
        .unwrap_err();
    assert!(matches!(error, RefError::NoObject { .. }), "{error}");
}

#[test]
fn lists_are_sorted_and_tags_are_followed() {
    let Two {
        fixture,
        first,
        second,
    } = two();
    fixture.git(["tag", "-a", "-m", "x", "v1", &first.to_string()]);
    fixture.git(["branch", "a/b"]);
    fixture.git(["pack-refs", "--all"]);
    fixture.git(["branch", "a/a", &first.to_string()]);
    let all = fixture.repository.references("refs/").unwrap();
    assert_eq!(
        all,
        [
            ("refs/heads/a/a".to_owned(), first),
            ("refs/heads/a/b".to_owned(), second),
            ("refs/heads/main".to_owned(), second),
            ("refs/tags/v1".to_owned(), first),
        ]
    );
    let some = fixture.repository.references("refs/heads/a/").unwrap();
    assert_eq!(some, all[..2]);
    assert!(
        fixture
            .repository
            .references("refs/none/")
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_repository_that_logs_its_references_keeps_a_log() {
    let Two {
        fixture,
        first,
        second,
    } = two();
    fixture
        .repository
        .update_ref("refs/heads/main", Some(first), Expected::At(second))
        .unwrap();
    let log = fixture.git(["reflog", "main"]);
    assert!(log.lines().next().unwrap().contains("ftc"), "{log}");
}
