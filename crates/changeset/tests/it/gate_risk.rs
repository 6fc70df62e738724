//! Risk, review, and what a plan of some risk must have.

use ftc_changeset::{GateVerdict, Mode, OldFile, Policy, RiskLevel};

use crate::support::{Case, found, health_check, open_policy, path, policy, verdict};

/// The computed risk and what raised it.
fn risk(case: &Case, policy: &Policy) -> (RiskLevel, Vec<String>) {
    let decision = case.judge(policy);
    assert_eq!(decision.risk.claimed, case.plan.risk);
    assert!(decision.risk.computed >= decision.risk.claimed);
    (decision.risk.computed, decision.risk.why)
}

#[test]
fn every_condition_of_a_rule_must_hold() {
    let policy = open_policy(
        "  risk:
    rules:
      - {id: deps, when: {paths: ['Cargo.lock', '*.toml']}, at_least: MEDIUM}
      - {id: removal, when: {operations: [delete]}, at_least: MEDIUM}
      - {id: removed-source, when: {operations: [delete], paths: ['src/**']}, at_least: HIGH}
      - {id: large, when: {patch_lines_over: 3}, at_least: HIGH}
      - {id: wide, when: {files_over: 2, bytes_over: 10}, at_least: CRITICAL}",
    );
    let none: Vec<String> = Vec::new();
    assert_eq!(
        risk(&Case::touching(&["src/a.rs"]), &policy),
        (RiskLevel::Low, none)
    );
    assert_eq!(
        risk(&Case::touching(&["sub/cargo.lock"]), &policy),
        (RiskLevel::Medium, vec!["deps".to_owned()])
    );
    let old = OldFile::regular(b"x\n");
    let removal = Case::new(|builder| builder.delete(path("docs/a"), old));
    assert_eq!(
        risk(&removal, &policy),
        (RiskLevel::Medium, vec!["removal".to_owned()])
    );
    // One operation must meet both conditions: a deletion here and a touched source there do not.
    let apart = Case::new(|builder| {
        builder
            .delete(path("docs/a"), old)
            .modify(path("src/b"), old, b"y\n", None)
    });
    assert_eq!(
        risk(&apart, &policy),
        (RiskLevel::Medium, vec!["removal".to_owned()])
    );
    let source = Case::new(|builder| builder.delete(path("src/a"), old));
    assert_eq!(
        risk(&source, &policy),
        (
            RiskLevel::High,
            vec!["removal".to_owned(), "removed-source".to_owned()]
        )
    );
    let large = Case::creating("a", b"1\n2\n3\n4\n");
    assert_eq!(
        risk(&large, &policy),
        (RiskLevel::High, vec!["large".to_owned()])
    );
    assert_eq!(
        risk(&Case::creating("a", b"1\n2\n3\n"), &policy).0,
        RiskLevel::Low
    );
    // Three files of four bytes each.
    let wide = Case::touching(&["a", "b", "c"]);
    assert_eq!(risk(&wide, &policy).0, RiskLevel::Critical);
    assert_eq!(
        risk(&Case::touching(&["a", "b"]), &policy).0,
        RiskLevel::High
    );
}

#[test]
fn the_plan_can_raise_the_risk_but_not_lower_it() {
    let policy =
        open_policy("  risk: {rules: [{id: docs, when: {paths: ['docs/**']}, at_least: MEDIUM}]}");
    let mut case = Case::touching(&["docs/a"]);
    assert_eq!(
        risk(&case, &policy),
        (RiskLevel::Medium, vec!["docs".to_owned()])
    );
    case.plan.risk = RiskLevel::Critical;
    assert_eq!(risk(&case, &policy), (RiskLevel::Critical, Vec::new()));
}

#[test]
fn the_risk_decides_how_many_must_approve_and_in_what_role() {
    let approvals = |more: &str, level| {
        let mut case = Case::touching(&["a"]);
        case.plan.risk = level;
        let decision = case.judge(&open_policy(more));
        assert_eq!(
            verdict(&decision) == GateVerdict::NeedApproval,
            decision.required.approvals > 0
        );
        (
            decision.required.approvals,
            decision.required.roles.join(" "),
        )
    };
    let expect = |count, roles: &str| (count, roles.to_owned());
    assert_eq!(approvals("", RiskLevel::Low), expect(0, ""));
    assert_eq!(approvals("", RiskLevel::Medium), expect(0, ""));
    assert_eq!(approvals("", RiskLevel::High), expect(1, ""));
    assert_eq!(approvals("", RiskLevel::Critical), expect(2, ""));
    let more = "  risk: {approvals: {LOW: 0, MEDIUM: 3, HIGH: 1}}
  approval: {roles: {MEDIUM: [maintainer, owner], CRITICAL: [owner]}}";
    assert_eq!(approvals(more, RiskLevel::Low), expect(0, ""));
    assert_eq!(
        approvals(more, RiskLevel::Medium),
        expect(3, "maintainer owner")
    );
    // A higher risk never asks for less.
    assert_eq!(
        approvals(more, RiskLevel::High),
        expect(3, "maintainer owner")
    );
    assert_eq!(approvals(more, RiskLevel::Critical), expect(3, "owner"));
}

#[test]
fn a_person_always_looks_at_the_categories_of_the_policy() {
    let policy = open_policy(
        "  always_review_categories:
    - {id: schema, paths: ['**/*schema*']}
    - {id: security, paths: [security], at_least: HIGH}",
    );
    let decision = Case::touching(&["a/schema/x.rs", "b.rs"]).judge(&policy);
    assert_eq!(found(&decision), ["NEED_APPROVAL schema a/schema/x.rs"]);
    assert_eq!(decision.required.approvals, 1);
    assert_eq!(decision.risk.computed, RiskLevel::Low);
    let decision = Case::touching(&["src/Security/x.rs"]).judge(&policy);
    assert_eq!(
        found(&decision),
        [
            "NEED_APPROVAL risk_approvals -",
            "NEED_APPROVAL security src/Security/x.rs"
        ]
    );
    assert_eq!(decision.risk.why, ["security"]);
}

#[test]
fn a_person_looks_at_what_runs_by_itself_steers_agents_or_judges() {
    let policy = policy(
        "version: 1\nexecutor:\n  allowed_paths: ['**']\n  require_health_checks_for_risk: []\n  \
         require_verification_for_risk: []",
    );
    for (text, category, level) in [
        ("ftc-policy.yaml", "judges", RiskLevel::High),
        ("FTC-Policy.yaml", "judges", RiskLevel::High),
        ("gates.yaml", "judges", RiskLevel::High),
        ("ftc.toml", "judges", RiskLevel::High),
        (".gitattributes", "runs_by_itself", RiskLevel::Medium),
        ("sub/.gitattributes", "runs_by_itself", RiskLevel::Medium),
        (".gitmodules", "runs_by_itself", RiskLevel::Medium),
        (
            ".github/workflows/ci.yml",
            "runs_by_itself",
            RiskLevel::Medium,
        ),
        (".githooks/pre-commit", "runs_by_itself", RiskLevel::Medium),
        (".husky/pre-push", "runs_by_itself", RiskLevel::Medium),
        (".cargo/config.toml", "runs_by_itself", RiskLevel::Medium),
        ("crates/x/build.rs", "runs_by_itself", RiskLevel::Medium),
        (".envrc", "runs_by_itself", RiskLevel::Medium),
        (".mcp.json", "steers_agents", RiskLevel::Medium),
        ("AGENTS.md", "steers_agents", RiskLevel::Medium),
        ("docs/claude.md", "steers_agents", RiskLevel::Medium),
        (".claude/settings.json", "steers_agents", RiskLevel::Medium),
        (".codex/config.toml", "steers_agents", RiskLevel::Medium),
    ] {
        let decision = Case::touching(&[text]).judge(&policy);
        let expected = format!("NEED_APPROVAL {category} {text}");
        assert!(
            found(&decision).contains(&expected),
            "{:?}",
            found(&decision)
        );
        assert_eq!(decision.risk.computed, level, "{text}");
    }
    assert_eq!(
        Case::touching(&["src/main.rs"]).found(&policy),
        [] as [&str; 0]
    );
}

#[test]
fn a_risky_change_needs_checks_and_gates() {
    let policy = policy("version: 1\nexecutor: {allowed_paths: ['**']}");
    let mut case = Case::touching(&["a"]);
    assert_eq!(
        case.found(&policy),
        ["NEED_APPROVAL require_verification_for_risk -"]
    );
    case.plan.verification = vec!["unit".to_owned()];
    let decision = case.judge(&policy);
    assert_eq!(found(&decision), [] as [&str; 0]);
    assert!(decision.required.verification && !decision.required.health_checks);
    case.plan.risk = RiskLevel::Medium;
    assert_eq!(
        case.found(&policy),
        ["NEED_APPROVAL require_health_checks_for_risk -"]
    );
    // A check that is only recorded is no check.
    case.plan.health_checks = vec![health_check()];
    case.plan.health_checks[0].required = false;
    assert_eq!(case.judge(&policy).findings.len(), 1);
    case.plan.health_checks[0].required = true;
    assert_eq!(case.found(&policy), [] as [&str; 0]);
}

#[test]
fn only_listed_commands_are_run_as_health_checks_where_there_is_a_list() {
    let mut case = Case::touching(&["a"]);
    case.plan.health_checks = vec![health_check()];
    let none: [&str; 0] = [];
    assert_eq!(case.found(&open_policy("")), none);
    assert_eq!(
        case.found(&open_policy("  health_commands: [['true']]")),
        none
    );
    for list in ["[]", "[['true', '-x']]", "[['/bin/true']]"] {
        let policy = open_policy(&format!("  health_commands: {list}"));
        assert_eq!(case.found(&policy), ["DENY health_commands -"]);
    }
}

#[test]
fn an_executable_file_in_a_reviewed_folder_is_two_findings() {
    let policy = open_policy("  always_review_categories: [{id: tools, paths: [tools]}]");
    let case = Case::new(|builder| builder.create(path("tools/x"), b"", Mode::Executable));
    assert_eq!(
        case.found(&policy),
        [
            "NEED_APPROVAL mode_change tools/x",
            "NEED_APPROVAL tools tools/x"
        ]
    );
}
