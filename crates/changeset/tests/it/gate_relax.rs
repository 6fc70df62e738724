//! Exceptions and emergencies.

use ftc_changeset::{ApprovalProof, Emergency, GateVerdict, OldFile, Policy};
use jiff::SignedDuration;

use crate::support::{Case, actor, at, found, now, open_policy, path, verdict};

fn excepting(rule: &str, paths: &str) -> Policy {
    open_policy(&format!(
        "  forbidden_paths: [secrets, '*.pem']
read_only_paths: [vendor]
exceptions:
  - {{rule: {rule}, paths: ['{paths}'], reason: 'test fixtures', until: 2026-12-31, approved_by: ada}}"
    ))
}

#[test]
fn an_exception_takes_one_rule_from_some_paths_and_is_counted_apart() {
    let policy = excepting("forbidden_paths", "tests/**");
    let decision = Case::touching(&["tests/a.pem", "src/a.pem", "vendor/x"]).judge(&policy);
    assert_eq!(
        found(&decision),
        [
            "DENY forbidden_paths src/a.pem",
            "DENY read_only_paths vendor/x"
        ]
    );
    assert_eq!(decision.excepted.len(), 1);
    assert_eq!(decision.excepted[0].path.as_deref(), Some("tests/a.pem"));
    assert_eq!(
        decision.excepted[0].message,
        "a pattern forbids this path; excepted by `ada` until 2027-01-01T00:00:00Z: test fixtures"
    );
    let decision = Case::touching(&["tests/a.pem"]).judge(&policy);
    assert_eq!(verdict(&decision), GateVerdict::Allow);
}

#[test]
fn an_exception_ends() {
    let policy = excepting("forbidden_paths", "tests/**");
    let mut case = Case::touching(&["tests/a.pem"]);
    case.facts.now = at("2026-12-31T23:59:59Z");
    assert_eq!(case.judge(&policy).excepted.len(), 1);
    case.facts.now = at("2027-01-01T00:00:00Z");
    assert_eq!(case.found(&policy), ["DENY forbidden_paths tests/a.pem"]);
}

#[test]
fn an_exception_is_anchored_and_exact() {
    let policy = excepting("forbidden_paths", "tests");
    for text in ["tests/a.pem", "x/tests/a.pem"] {
        assert_eq!(
            Case::touching(&[text]).found(&policy),
            [format!("DENY forbidden_paths {text}")]
        );
    }
    let policy = excepting("forbidden_paths", "tests/**");
    assert_eq!(
        Case::touching(&["Tests/a.pem"]).found(&policy),
        ["DENY forbidden_paths Tests/a.pem"]
    );
}

#[test]
fn an_exception_never_reaches_a_built_in_rule() {
    let policy = excepting("forbidden_paths", "**");
    let mut case = Case::touching(&[".ftc/x"]);
    assert_eq!(case.found(&policy), ["DENY op.state_folder .ftc/x"]);
    case.plan.scope.clear();
    assert_eq!(case.judge(&policy).findings.len(), 2);
}

/// An exception for the old place of a file must not carry it somewhere else.
#[test]
fn an_exception_for_one_end_of_a_rename_does_not_cover_the_other() {
    let policy = excepting("binary", "tests/**");
    let old = OldFile::regular(b"a\0");
    let case = Case::new(|builder| {
        builder.rename(path("tests/x"), path("src/x"), old, Some(b"b\0"), None)
    });
    assert_eq!(case.found(&policy), ["NEED_APPROVAL binary src/x"]);
}

fn with_emergencies() -> Policy {
    open_policy(
        "  forbidden_paths: ['*.pem']
  constraints: {max_deletes: 0}
read_only_paths: [vendor]
time_windows: {blocked: [{}]}
frequency_limits: [{id: hourly, max: 1, per: 1h}]
emergency_overrides: {rules: [time_windows, hourly, max_deletes, read_only_paths], roles: [owner], max_age: 2h}",
    )
}

fn emergency() -> Emergency {
    let proof = ApprovalProof::Forge {
        reference: "issues/7".to_owned(),
    };
    let mut emergency = Emergency::new(actor("ada"), "the site is down", proof, now());
    emergency.roles = vec!["owner".to_owned()];
    emergency
}

fn closed_case() -> Case {
    let old = OldFile::regular(b"x");
    let mut case = Case::new(|builder| {
        builder
            .delete(path("vendor/a"), old)
            .modify(path("b.pem"), old, b"y", None)
    });
    case.facts.history = Some(vec![now()]);
    case
}

#[test]
fn an_emergency_lets_people_approve_what_the_policy_lists_and_nothing_else() {
    let mut case = closed_case();
    let denied = [
        "DENY forbidden_paths b.pem",
        "DENY hourly -",
        "DENY max_deletes -",
        "DENY read_only_paths vendor/a",
        "DENY time_windows -",
    ];
    assert_eq!(case.found(&with_emergencies()), denied);
    case.facts.emergency = Some(emergency());
    assert_eq!(
        case.found(&with_emergencies()),
        [
            "DENY forbidden_paths b.pem",
            "NEED_APPROVAL hourly -",
            "NEED_APPROVAL max_deletes -",
            "NEED_APPROVAL read_only_paths vendor/a",
            "NEED_APPROVAL time_windows -",
            "ALLOW emergency_overrides -",
        ]
    );
}

type Spoil = fn(&mut Emergency);

#[test]
fn an_emergency_that_does_not_count_says_why_and_changes_nothing() {
    let cases: [(Spoil, &str); 6] = [
        (
            |emergency| emergency.proof = ApprovalProof::Terminal,
            "it is not proved who declared it",
        ),
        (
            |emergency| emergency.proof = ApprovalProof::Unauthenticated,
            "it is not proved who declared it",
        ),
        (
            |emergency| emergency.roles.clear(),
            "whoever declared it lacks the role",
        ),
        (
            |emergency| emergency.reason = " ".to_owned(),
            "no reason is given",
        ),
        (
            |emergency| emergency.declared_at = now() + SignedDuration::from_secs(1),
            "it is declared for the future",
        ),
        (
            |emergency| emergency.declared_at = now() - SignedDuration::from_hours(2),
            "it was declared too long ago",
        ),
    ];
    let before = closed_case().found(&with_emergencies());
    for (spoil, reason) in cases {
        let mut case = closed_case();
        let mut emergency = emergency();
        spoil(&mut emergency);
        case.facts.emergency = Some(emergency);
        let decision = case.judge(&with_emergencies());
        let (note, rest) = decision.findings.split_last().unwrap();
        assert_eq!(
            note.message,
            format!("the declared emergency does not count: {reason}")
        );
        assert_eq!(found(&decision)[..rest.len()], before);
    }
    let mut case = closed_case();
    case.facts.emergency = Some(emergency());
    let decision = case.judge(&open_policy("time_windows: {blocked: [{}]}"));
    assert_eq!(found(&decision)[0], "DENY time_windows -");
}
