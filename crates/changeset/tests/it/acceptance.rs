//! Two of the five acceptance cases of the governed executor, as far as they are the gate's: tampering and boundary.

use ftc_changeset::{
    ChangeSet, GateVerdict, MemoryBlobs, Mode, OldFile, Refusal, RepoPath, WriteGate,
};

use crate::support::{Case, found, now, path, plan, policy, verdict};

const POLICY: &str = "
version: 1
executor:
  allowed_paths: ['**']
  forbidden_paths: ['.env', '.env.*', '*.pem']
  require_verification_for_risk: []
";

#[test]
fn governed_tampering() {
    let policy = policy(POLICY);
    let case = Case::touching(&["src/a.rs"]);
    let text = case.change_set.to_json();
    // In the file: another path under the old checksum.
    let tampered = text.replace("src/a.rs", "src/b.rs");
    assert!(ChangeSet::from_json(&tampered).unwrap_err().is_tampering());
    // With a new checksum it is another ChangeSet, which the decision is not about.
    let other = ChangeSet::builder(&case.plan)
        .modify(path("src/b.rs"), OldFile::regular(b"old\n"), b"new\n", None)
        .build(&case.blobs)
        .unwrap();
    let decision = case.judge(&policy);
    assert_eq!(verdict(&decision), GateVerdict::Allow);
    assert!(WriteGate::authorize(&policy, &case.plan, &other, &decision, &[], now()).is_err());
    // In the blob store: content that is gone or replaced.
    let decision = WriteGate::evaluate(
        &policy,
        &case.plan,
        &case.change_set,
        &case.facts,
        &MemoryBlobs::new(),
    );
    assert_eq!(verdict(&decision), GateVerdict::Deny);
}

#[test]
fn governed_boundary() {
    let policy = policy(POLICY);
    for text in [
        ".env",
        "a/.env",
        ".ENV",
        "config/.env.local",
        "keys/Server.PEM",
    ] {
        let decision = Case::touching(&[text]).judge(&policy);
        assert_eq!(found(&decision), [format!("DENY forbidden_paths {text}")]);
    }
    for text in [
        "./.env",
        "x/../.env",
        "/etc/passwd",
        "../x",
        "sub/.git/config",
        ".env\0",
    ] {
        let mut case = Case::new(|builder| builder);
        let error = RepoPath::new(text).unwrap_err();
        case.facts.refusals.push(Refusal::Path(error));
        assert_eq!(verdict(&case.judge(&policy)), GateVerdict::Deny, "{text:?}");
    }
}

/// The path that is judged is the path that is written: there is one spelling, and reading it back changes nothing.
#[test]
fn the_path_that_is_judged_is_the_path_that_is_written() {
    let spellings = [
        ".env",
        "a/.env",
        ".ENV",
        "ﬁle.pem",
        "KEY.PEM",
        "cafe\u{301}/x",
        "CON.pem",
        "a b/.env.x",
    ];
    for text in spellings {
        let plan = plan();
        let blobs = MemoryBlobs::new();
        let set = ChangeSet::builder(&plan)
            .create(path(text), b"", Mode::Regular)
            .build(&blobs)
            .unwrap();
        let written = ChangeSet::from_json(&set.to_json()).unwrap();
        let (target, _) = written.ops()[0].after().unwrap();
        assert_eq!(target.as_str(), text);
        assert_eq!(target.as_path().to_str(), Some(text));
        let mut case = Case::new(|builder| builder);
        (case.plan, case.change_set, case.blobs) = (plan, written, blobs);
        let decision = case.judge(&policy(POLICY));
        for finding in decision.findings {
            assert_eq!(finding.path.as_deref(), Some(text));
        }
    }
}
