//! Policies that are read, and what they then mean.

use std::time::Duration;

use ftc_changeset::{Durability, GateVerdict, LockScope, Policy, RiskLevel};

use crate::support::{Case, found, open_policy, policy, verdict};

/// Everything that a policy can say.
const WHOLE: &str = include_str!("../../testdata/whole-policy.yaml");

#[test]
fn a_policy_with_every_section_is_read_and_passes_its_own_tests() {
    let policy = policy(WHOLE);
    let settings = policy.settings();
    assert_eq!(settings.max_execution_time, Duration::from_secs(300));
    assert_eq!(settings.max_step_time, Duration::from_secs(60));
    assert_eq!(settings.lock_scope, LockScope::Worktree);
    assert_eq!(settings.lock_timeout, Duration::from_secs(600));
    assert_eq!(settings.cached_result_ttl, Duration::from_secs(3_600));
    assert_eq!(settings.durability, Durability::Fsync);
    assert!(policy.has_forge_rules());
}

#[test]
fn what_is_not_said_has_a_default() {
    let policy = policy("version: 1");
    let settings = policy.settings();
    assert_eq!(settings.max_execution_time, Duration::from_secs(300));
    assert_eq!(settings.max_step_time, Duration::from_secs(60));
    assert_eq!(settings.lock_scope, LockScope::Repository);
    assert_eq!(settings.lock_timeout, Duration::from_secs(600));
    assert_eq!(settings.cached_result_ttl, Duration::from_secs(3_600));
    assert_eq!(settings.durability, Durability::Auto);
    assert!(!policy.has_forge_rules());
    assert_eq!(
        verdict(&Case::touching(&["a"]).judge(&policy)),
        GateVerdict::Deny
    );
}

#[test]
fn the_digest_is_of_the_text() {
    assert_eq!(policy(WHOLE).digest(), policy(WHOLE).digest());
    assert_ne!(
        policy(WHOLE).digest(),
        policy(&format!("{WHOLE}# another line\n")).digest()
    );
    // printf '\0\0\0\0\0\0\0\15ftc.policy.v1\0\0\0\0\0\0\0\12version: 1' | sha256sum
    assert_eq!(
        policy("version: 1").digest().to_string(),
        "deb934f74019427d3f0287a9c8c7d032c2b15a12c7a1990544df7cc3360fcf9c"
    );
}

#[test]
fn tests_of_the_policy_say_how_they_fail() {
    let run = |test: &str| {
        let text = format!(
            "version: 1\nexecutor:\n  allowed_paths: ['src/**']\n  forbidden_paths: [.env]\n  risk: {{rules: [{{id: big, when: {{patch_lines_over: 9}}, at_least: HIGH}}]}}\ntime_windows: {{blocked: [{{days: [sun]}}]}}\ntests:\n  - {test}\n"
        );
        Policy::parse(&text, "p.yaml")
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    let passing = [
        "{name: a, touch: [src/x.rs], expect: ALLOW}",
        "{name: a, touch: [src/.env], expect: DENY, rule: forbidden_paths}",
        "{name: a, touch: [x], expect: DENY, rule: allowed_paths}",
        "{name: a, touch: ['../x'], expect: DENY, rule: path.traversal}",
        "{name: a, touch: [src/x], patch_lines: 10, expect: NEED_APPROVAL, expect_risk: HIGH}",
        "{name: a, touch: [src/x], patch_lines: 9, expect: ALLOW, expect_risk: LOW}",
        "{name: a, touch: [src/x], risk: CRITICAL, expect: NEED_APPROVAL, rule: risk_approvals}",
        "{name: a, touch: [src/x], verification: false, expect: NEED_APPROVAL}",
        "{name: a, touch: [src/x], risk: MEDIUM, health_checks: false, expect: NEED_APPROVAL}",
        "{name: a, touch: [src/x], operation: set_mode, expect: NEED_APPROVAL, rule: mode_change}",
        "{name: a, touch: [src/x, src/y], operation: delete, expect: ALLOW}",
        "{name: a, touch: [src/x], operation: rename, expect: ALLOW}",
        "{name: a, touch: [src/x], operation: create, expect: ALLOW}",
        "{name: a, touch: ['src/[x]{y}*'], expect: DENY, rule: windows_names}",
        "{name: a, touch: [src/x], at: '2026-11-01T12:00:00Z', expect: DENY, rule: time_windows}",
        "{name: a, touch: [src/x], at: '2026-11-02T12:00:00Z', expect: ALLOW}",
    ];
    for test in passing {
        assert_eq!(run(test), Ok(()), "{test}");
    }
    let failing = [
        (
            "{name: a, touch: [src/.env], expect: ALLOW}",
            "p.yaml:8:5: test `a` expects ALLOW, but the policy says DENY because of `forbidden_paths`",
        ),
        (
            "{name: b, touch: [src/x], expect: DENY}",
            "p.yaml:8:5: test `b` expects DENY, but the policy says ALLOW",
        ),
        (
            "{name: c, touch: [.env], expect: DENY, rule: max_deletes}",
            "p.yaml:8:5: test `c` expects rule `max_deletes`, but the policy says DENY because of `allowed_paths`, `forbidden_paths`",
        ),
        (
            "{name: d, touch: [src/x], expect: ALLOW, expect_risk: HIGH}",
            "p.yaml:8:5: test `d` expects HIGH risk, but the policy says LOW",
        ),
        (
            "{name: e, touch: [src/x, src/x], expect: ALLOW}",
            "p.yaml:8:5: test `e` makes no ChangeSet: path `src/x` is touched twice",
        ),
    ];
    for (test, message) in failing {
        assert_eq!(run(test), Err(message.to_owned()), "{test}");
    }
}

#[test]
fn the_policy_of_the_example_judges_as_it_reads() {
    let policy = policy(WHOLE);
    let mut case = Case::touching(&["packages/a/Cargo.lock"]);
    case.facts.history = Some(Vec::new());
    case.plan.verification = vec!["unit".to_owned()];
    let decision = case.judge(&policy);
    assert_eq!(decision.risk.computed, RiskLevel::Medium);
    assert_eq!(
        found(&decision),
        ["NEED_APPROVAL require_health_checks_for_risk -"]
    );
}

#[test]
fn a_decision_can_be_shown_as_json() {
    let decision = Case::touching(&["a.pem"]).judge(&open_policy("  forbidden_paths: ['*.pem']"));
    let json = serde_json::to_value(&decision).unwrap();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["verdict"], "DENY");
    assert_eq!(json["risk"]["claimed"], "LOW");
    assert_eq!(json["checksum"], decision.checksum.to_string());
    assert_eq!(
        json["findings"][0],
        serde_json::json!({
            "verdict": "DENY",
            "rule_id": "forbidden_paths",
            "path": "a.pem",
            "policy_pointer": "/executor/forbidden_paths/0",
            "message": "a pattern forbids this path",
        })
    );
}
