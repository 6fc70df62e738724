use ftc_changeset::{
    Base, Blob, BlobStore as _, ChangeSet, ChangeSetError, FileOp, JsonError, MemoryBlobs, Mode,
    OldFile, OpKind, PlanId, State,
};
use ftc_durable::Digest;

use crate::support::{Case, path, plan};

fn every_operation() -> Case {
    Case::new(|builder| {
        builder
            .rename(
                path("r/from"),
                path("r/to"),
                OldFile::executable(b"moved"),
                Some(b"moved and changed"),
                Some(Mode::Regular),
            )
            .set_mode(path("run.sh"), OldFile::regular(b"#!"), Mode::Executable)
            .create(path("new"), b"\0\xff", Mode::Executable)
            .modify(path("m"), OldFile::executable(b"1"), b"2", None)
            .modify(
                path("n"),
                OldFile::regular(b"3"),
                b"4",
                Some(Mode::Executable),
            )
            .delete(path("gone"), OldFile::regular(b"bye"))
            .rename(path("s"), path("t"), OldFile::regular(b"s"), None, None)
    })
}

#[test]
fn operations_are_sorted_by_path_whatever_order_they_come_in() {
    let case = every_operation();
    let paths: Vec<_> = case
        .change_set
        .ops()
        .iter()
        .map(|op| op.path().as_str())
        .collect();
    assert_eq!(paths, ["gone", "m", "n", "new", "r/from", "run.sh", "s"]);
    let mut ops = case.change_set.ops().to_vec();
    ops.reverse();
    let (id, base) = (case.plan.id.clone(), case.plan.base.clone());
    assert_eq!(ChangeSet::new(id, base, ops).unwrap(), case.change_set);
}

#[test]
fn the_bytes_old_and_new_are_in_the_store() {
    let case = every_operation();
    for op in case.change_set.ops() {
        let old = op.before().map(|(_, state)| state.blob());
        for blob in old.into_iter().chain(op.new_blob()) {
            let bytes = case.blobs.get(&blob.sha256).unwrap().unwrap();
            assert_eq!(Blob::of(&bytes), blob);
        }
    }
}

#[test]
fn an_operation_says_what_is_there_before_and_after() {
    let case = every_operation();
    let find = |kind| {
        let mut ops = case.change_set.ops().iter();
        ops.find(|op| op.kind() == kind).unwrap()
    };
    let create = find(OpKind::Create);
    assert_eq!(create.before(), None);
    assert_eq!(
        create.after(),
        Some((&path("new"), State::of(b"\0\xff", Mode::Executable)))
    );
    let modify = find(OpKind::Modify);
    assert_eq!(
        modify.before(),
        Some((&path("m"), &State::of(b"1", Mode::Executable)))
    );
    assert_eq!(
        modify.after(),
        Some((&path("m"), State::of(b"2", Mode::Executable)))
    );
    assert_eq!(find(OpKind::Delete).after(), None);
    let rename = find(OpKind::Rename);
    assert_eq!(
        rename.paths().collect::<Vec<_>>(),
        [&path("r/from"), &path("r/to")]
    );
    assert_eq!(
        rename.after(),
        Some((
            &path("r/to"),
            State::of(b"moved and changed", Mode::Regular)
        ))
    );
    assert_eq!(
        find(OpKind::SetMode).after(),
        Some((&path("run.sh"), State::of(b"#!", Mode::Executable)))
    );
}

#[test]
fn the_inverse_of_the_inverse_is_the_changeset() {
    let case = every_operation();
    let undo = plan();
    let inverse = case.change_set.inverse(&undo).unwrap();
    assert_eq!(inverse.plan_id(), &undo.id);
    assert_ne!(inverse.checksum(), case.change_set.checksum());
    for (op, back) in case.change_set.ops().iter().map(|op| (op, op.inverse())) {
        let before = op.before().map(|(path, state)| (path, *state));
        assert_eq!(back.after(), before, "{op:?}");
        let after = back.before().map(|(path, state)| (path, *state));
        assert_eq!(after, op.after(), "{op:?}");
    }
    assert_eq!(inverse.inverse(&case.plan).unwrap(), case.change_set);
}

#[test]
fn two_operations_on_one_path_are_refused() {
    let old = OldFile::regular(b"x");
    let twice = ChangeSet::builder(&plan())
        .modify(path("a"), old, b"y", None)
        .delete(path("a"), old)
        .build(&MemoryBlobs::new());
    assert!(matches!(twice, Err(ChangeSetError::PathTwice { path: twice }) if twice == path("a")));
    let onto = ChangeSet::builder(&plan())
        .rename(path("a"), path("b"), old, None, None)
        .create(path("b"), b"z", Mode::Regular)
        .build(&MemoryBlobs::new());
    assert!(matches!(onto, Err(ChangeSetError::PathTwice { path: twice }) if twice == path("b")));
    let onto_itself = ChangeSet::builder(&plan())
        .rename(path("a"), path("a"), old, Some(b"y"), None)
        .build(&MemoryBlobs::new());
    assert!(matches!(onto_itself, Err(ChangeSetError::PathTwice { .. })));
}

#[test]
fn operations_that_change_nothing_are_refused() {
    let old = OldFile::regular(b"same");
    let same = [
        ChangeSet::builder(&plan()).modify(path("a"), old, b"same", None),
        ChangeSet::builder(&plan()).modify(path("a"), old, b"same", Some(Mode::Regular)),
        ChangeSet::builder(&plan()).set_mode(path("a"), old, Mode::Regular),
    ];
    for builder in same {
        let error = builder.build(&MemoryBlobs::new()).unwrap_err();
        assert!(matches!(error, ChangeSetError::NoChange { .. }));
        assert_eq!(error.to_string(), "the operation on `a` changes nothing");
    }
}

#[test]
fn a_size_that_canonical_json_cannot_carry_is_refused() {
    let op = FileOp::Create {
        path: path("a"),
        new: Blob {
            sha256: Digest::of_content(b""),
            size: 1 << 53,
        },
        mode: Mode::Regular,
    };
    let made = ChangeSet::new(PlanId::generate(), Base::new("r"), vec![op]);
    assert!(matches!(made, Err(ChangeSetError::Size { .. })));
}

/// Every text differs from a good one in one place.
#[test]
fn a_changeset_is_read_strictly() {
    let good = Case::touching(&["a", "b"]).change_set.to_json();
    let change = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        ChangeSet::from_json(&good.replacen(from, to, 1)).unwrap_err()
    };
    let syntax =
        |error: &ChangeSetError| matches!(error, ChangeSetError::Json(JsonError::Syntax(_)));
    let shape =
        |error: &ChangeSetError| matches!(error, ChangeSetError::Json(JsonError::Shape { .. }));
    // Duplicate keys, at the top and in an operation; also when both say the same.
    assert!(syntax(&change(
        "\"schema\": 1",
        "\"schema\": 1, \"schema\": 1"
    )));
    assert!(syntax(&change(
        "\"path\": \"a\"",
        "\"path\": \"a\", \"path\": \"../x\""
    )));
    assert!(syntax(&change(
        "\"op\": \"modify\"",
        "\"op\": \"modify\", \"op\": \"delete\""
    )));
    assert!(syntax(&change("}", "")));
    // Unknown fields, everywhere.
    assert!(shape(&change(
        "\"schema\": 1",
        "\"schema\": 1, \"note\": 1"
    )));
    assert!(shape(&change(
        "\"path\": \"a\"",
        "\"path\": \"a\", \"force\": true"
    )));
    assert!(shape(&change(
        "\"size\": 4",
        "\"size\": 4, \"kind\": \"text\""
    )));
    assert!(shape(&change(
        "\"repository\"",
        "\"branch\": \"x\", \"repository\""
    )));
    // Wrong values.
    assert!(shape(&change(
        "\"path\": \"a\"",
        "\"path\": \"/etc/passwd\""
    )));
    assert!(shape(&change(
        "\"path\": \"a\"",
        "\"path\": \".git/config\""
    )));
    assert!(shape(&change(
        "\"mode\": \"regular\"",
        "\"mode\": \"symlink\""
    )));
    assert!(shape(&change("\"op\": \"modify\"", "\"op\": \"symlink\"")));
    assert!(shape(&change("\"size\": 4", "\"size\": 4.0")));
    assert!(shape(&change("\"size\": 4", "\"size\": -4")));
    assert!(shape(&change("\"plan_", "\"../plan_")));
    // Another schema, order or checksum.
    assert!(matches!(
        change("\"schema\": 1", "\"schema\": 2"),
        ChangeSetError::Json(JsonError::Schema {
            found: 2,
            supported: 1,
            ..
        })
    ));
    assert!(matches!(
        change("\"path\": \"a\"", "\"path\": \"c\""),
        ChangeSetError::Unsorted
    ));
    let forged = change("\"path\": \"a\"", "\"path\": \"aa\"");
    assert!(forged.is_tampering(), "{forged}");
    assert!(!forged.is_retryable());
}
