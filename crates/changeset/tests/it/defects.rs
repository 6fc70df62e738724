//! Defects of the governed executor that this crate was written against, by their numbers (`w` for weakness).

use std::collections::BTreeSet;

use ftc_changeset::{
    Approval, ApprovalProof, AuthorizeError, GateVerdict, HealthCheck, HealthCheckKind, Mode,
    OldFile, RepoPath, RiskLevel, WriteGate,
};

use crate::support::{Case, actor, found, now, open_policy, path, policy, verdict};

/// The decision of another plan, ChangeSet or policy was accepted.
#[test]
fn governed_w2_a_decision_counts_only_for_what_it_is_about() {
    let policy = open_policy("");
    let harmless = Case::touching(&["docs/a.md"]);
    let harmful = Case::touching(&["docs/b.md"]);
    let allow = harmless.judge(&policy);
    assert_eq!(allow.verdict, GateVerdict::Allow);
    let given = WriteGate::authorize(
        &policy,
        &harmful.plan,
        &harmful.change_set,
        &allow,
        &[],
        now(),
    );
    assert!(matches!(given, Err(AuthorizeError::Stale { .. })));
    // The checksum covers the plan's id: the same operations of another plan are another ChangeSet.
    let twin = Case::touching(&["docs/a.md"]);
    assert_ne!(twin.change_set.checksum(), harmless.change_set.checksum());
}

/// Absolute paths, `..` and paths beyond the plan were written.
#[test]
fn governed_w3_nothing_beyond_the_root_or_the_plan_can_be_written() {
    for text in ["/etc/passwd", "../x", "a/../../x"] {
        assert!(RepoPath::new(text).is_err());
    }
    let mut case = Case::touching(&["src/a.rs"]);
    case.plan.scope = vec!["docs/**".to_owned()];
    assert_eq!(
        case.found(&open_policy("")),
        ["DENY op.outside_plan src/a.rs"]
    );
}

/// Each of these was ALLOW with low risk.
#[test]
fn governed_w4_no_spelling_goes_round_a_forbidden_path() {
    let policy = policy(
        "version: 1\nexecutor:\n  allowed_paths: ['apps/**', 'a/**', 'docs/**']\n  \
         forbidden_paths: ['.env', 'build', 'docs/security/**']\n  \
         require_verification_for_risk: []",
    );
    for text in [
        "./.env",
        "x/../.env",
        "sub/.git/config",
        "./agent/policies/default.yaml",
    ] {
        assert!(RepoPath::new(text).is_err(), "{text}");
    }
    for text in [
        "a/.env",
        "a/.ENV",
        "docs/security/a.md",
        "Docs/Security/a.md",
        "build/x",
        "Makefile",
    ] {
        let decision = Case::touching(&[text]).judge(&policy);
        assert_eq!(verdict(&decision), GateVerdict::Deny, "{text}");
    }
    // And this one was DENY, but only because `.git` is a prefix of it.
    let workflow = Case::touching(&[".github/workflows/ci.yml"])
        .judge(&open_policy("  forbidden_paths: [.gitx]"));
    assert_eq!(verdict(&workflow), GateVerdict::Allow);
}

/// A link in the place of a file was replaced, or written through.
#[test]
fn governed_w5_a_changeset_cannot_say_link() {
    assert!("symlink".parse::<Mode>().is_err());
    assert!(serde_json::from_str::<Mode>("\"link\"").is_err());
}

/// The agent said how many lines it changed, and the limit on files was never read.
#[test]
fn governed_w6_sizes_are_measured_and_risk_is_computed() {
    let many = "x\n".repeat(100_000);
    let case = Case::creating("a", many.as_bytes());
    assert_eq!(case.found(&open_policy("")), ["DENY max_patch_lines -"]);
    let wide = Case::new(|builder| {
        (0..500).fold(builder, |builder, number| {
            builder.create(path(&format!("f{number}")), b"", Mode::Regular)
        })
    });
    assert_eq!(wide.found(&open_policy("")), ["DENY max_files_touched -"]);
    // Health checks are asked for by the computed risk, not by the plan's.
    let policy = policy(
        "version: 1\nexecutor:\n  allowed_paths: ['**']\n  require_verification_for_risk: []\n  \
         risk: {rules: [{id: sql, when: {paths: ['*.sql']}, at_least: MEDIUM}]}",
    );
    assert_eq!(
        Case::touching(&["m.sql"]).found(&policy),
        ["NEED_APPROVAL require_health_checks_for_risk -"]
    );
}

/// Prose passed as a check, a shell ran the agent's text, and an empty plan passed.
#[test]
fn governed_w7_prose_proves_nothing() {
    let policy = policy("version: 1\nexecutor: {allowed_paths: ['**']}");
    let mut case = Case::touching(&["a"]);
    case.facts.known_gates = Some(BTreeSet::from(["unit".to_owned()]));
    case.plan.verification = vec!["Check core-api health endpoints".to_owned()];
    assert_eq!(case.found(&policy), ["DENY plan.unknown_gate -"]);
    // A health check is a list of arguments, and one without a program is refused.
    let argv = Vec::new();
    let success = vec![0];
    case.plan.verification = vec!["unit".to_owned()];
    case.plan.health_checks = vec![HealthCheck::new(
        "health",
        HealthCheckKind::Command { argv, success },
    )];
    assert_eq!(case.found(&policy), ["DENY plan.invalid -"]);
    let empty = Case::new(|builder| builder);
    assert!(empty.found(&policy).contains(&"DENY op.empty -".to_owned()));
}

/// A change that needed an approval could never be made, approval or not.
#[test]
fn governed_w8_an_approved_change_can_be_made() {
    let policy = open_policy("");
    let mut case = Case::touching(&["a"]);
    case.plan.risk = RiskLevel::High;
    let decision = case.judge(&policy);
    assert_eq!(found(&decision), ["NEED_APPROVAL risk_approvals -"]);
    let proof = ApprovalProof::Forge {
        reference: "issues/1".to_owned(),
    };
    let approval = Approval::new(&decision, actor("ada"), proof, now());
    let given = WriteGate::authorize(
        &policy,
        &case.plan,
        &case.change_set,
        &decision,
        &[approval],
        now(),
    );
    assert_eq!(given.unwrap().approvals().len(), 1);
}

/// Only UTF-8 text could be changed, line endings were rewritten, and empty content had no hash.
#[test]
fn governed_w9_contents_are_bytes() {
    let case = Case::new(|builder| {
        builder
            .modify(path("crlf"), OldFile::regular(b"a\r\n"), b"b\r\n", None)
            .modify(path("latin"), OldFile::executable(b"\xe9"), b"\xe8", None)
            .create(path("empty"), b"", Mode::Regular)
    });
    assert_eq!(case.found(&open_policy("")), [] as [&str; 0]);
    let (_, state) = case.change_set.ops()[1].after().unwrap();
    assert_eq!(
        state.sha256.to_string(),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
}
