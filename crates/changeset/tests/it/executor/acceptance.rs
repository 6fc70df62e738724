//! The five cases by which governed execution is accepted.

use ftc_changeset::{
    AuthorizeError, BlobError, BlobStore, ChangeSet, ChangeSetError, ExecError, Facts, GateVerdict,
    Mode, OldFile, Outcome, Policy, WriteGate,
};
use ftc_durable::Digest;
use jiff::Timestamp;

use super::concurrency;
use super::support::{Change, POLICY, Site, five_operations, path};

#[test]
fn executor_concurrent() {
    concurrency::increments_by_processes(4, 2);
}

#[test]
fn executor_duplicate() {
    let site = Site::new();
    let change = five_operations(&site);
    let first = site.apply(&change).unwrap();
    let after = site.snapshot();
    let second = site.apply(&change).unwrap();
    assert_eq!(first.outcome, Outcome::Applied);
    assert_eq!(second.outcome, Outcome::AlreadyApplied);
    assert_eq!(second.execution_id, first.execution_id);
    assert_eq!(second.files, first.files);
    assert_eq!(site.snapshot(), after);
}

/// The original left the first file changed when the second one failed, and said that it had rolled back.
#[test]
fn executor_partial_failure() {
    let site = Site::new();
    site.write("a", "old").write("b", "old").write("c", "old");
    let old = OldFile::regular(b"old");
    let change = Change::new(|builder| {
        builder
            .modify(path("a"), old, b"new a", None)
            .modify(path("b"), old, b"new b", None)
            .modify(path("c"), old, b"new c", None)
    });
    let store = EditsOnSecondFetch {
        change: &change,
        of: Digest::of_content(b"new c"),
        fetched: std::cell::Cell::new(0),
        site: &site,
    };
    let error = site.apply_with(&change, &store).unwrap_err();
    assert!(matches!(error, ExecError::RolledBack { .. }), "{error:?}");
    assert_eq!(site.read("a"), b"old");
    assert_eq!(site.read("b"), b"theirs");
    assert_eq!(site.read("c"), b"old");
}

/// Edits `b` after it was staged.
struct EditsOnSecondFetch<'a> {
    change: &'a Change,
    of: Digest,
    fetched: std::cell::Cell<u32>,
    site: &'a Site,
}

impl BlobStore for EditsOnSecondFetch<'_> {
    fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, BlobError> {
        if *digest == self.of {
            self.fetched.set(self.fetched.get() + 1);
            if self.fetched.get() == 2 {
                self.site.write("b", "theirs");
            }
        }
        self.change.blobs.get(digest)
    }

    fn put(&self, bytes: &[u8]) -> Result<Digest, BlobError> {
        self.change.blobs.put(bytes)
    }
}

/// A store that gives out other bytes than were asked for.
struct Liar;

impl BlobStore for Liar {
    fn get(&self, _: &Digest) -> Result<Option<Vec<u8>>, BlobError> {
        Ok(Some(b"evil".to_vec()))
    }

    fn put(&self, bytes: &[u8]) -> Result<Digest, BlobError> {
        Ok(Digest::of_content(bytes))
    }
}

#[test]
fn executor_tampering() {
    let site = Site::new();
    site.write("file", "old");
    let before = site.snapshot();
    let change = Change::rewrite("file", "old", "new");

    // Another content.
    let error = site.apply_with(&change, &Liar).unwrap_err();
    assert!(matches!(error, ExecError::BlobMismatch { .. }), "{error:?}");
    let empty = ftc_changeset::MemoryBlobs::new();
    let error = site.apply_with(&change, &empty).unwrap_err();
    assert!(matches!(error, ExecError::BlobMissing { .. }), "{error:?}");

    // Another ChangeSet under the old checksum.
    let other = change.set.to_json().replace("\"file\"", "\"evil\"");
    let error = ChangeSet::from_json(&other).unwrap_err();
    assert!(
        matches!(error, ChangeSetError::ChecksumMismatch { .. }),
        "{error:?}"
    );

    // The decision on one change given for another, and under another policy.
    let policy = Policy::parse(POLICY, "test policy").unwrap();
    let now = Timestamp::now();
    let facts = Facts::new(now);
    let blobs = change.blobs.as_ref();
    let decision = WriteGate::evaluate(&policy, &change.plan, &change.set, &facts, blobs);
    let evil = Change::of(change.plan.clone(), |builder| {
        builder.create(path("evil"), b"evil", Mode::Executable)
    });
    let error = WriteGate::authorize(&policy, &change.plan, &evil.set, &decision, &[], now);
    assert!(
        matches!(error, Err(AuthorizeError::Stale { .. })),
        "{error:?}"
    );
    let laxer = Policy::parse(&format!("{POLICY}# laxer\n"), "test policy").unwrap();
    let error = WriteGate::authorize(&laxer, &change.plan, &change.set, &decision, &[], now);
    assert!(
        matches!(error, Err(AuthorizeError::Stale { .. })),
        "{error:?}"
    );
    assert_eq!(site.snapshot(), before);
}

#[test]
fn executor_boundary() {
    let site = Site::new();
    site.write(".env", "secret").write("sub/.env", "secret");
    let policy = Policy::parse(POLICY, "test policy").unwrap();
    let now = Timestamp::now();
    for at in [".env", "sub/.env", ".ENV"] {
        let change = Change::new(|builder| builder.create(path(at), b"x", Mode::Regular));
        let facts = Facts::new(now);
        let blobs = change.blobs.as_ref();
        let decision = WriteGate::evaluate(&policy, &change.plan, &change.set, &facts, blobs);
        assert_eq!(decision.verdict, GateVerdict::Deny, "{at}");
        // Refused twice: without the right there is nothing that could be given to the executor.
        let refused = WriteGate::authorize(&policy, &change.plan, &change.set, &decision, &[], now);
        assert!(matches!(refused, Err(AuthorizeError::Denied(_))), "{at}");
    }
    assert_eq!(site.read(".env"), b"secret");
}
