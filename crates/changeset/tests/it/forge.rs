//! Writes to a forge.

use ftc_changeset::{Facts, ForgeWrite, GateVerdict, Policy, WriteGate};
use jiff::SignedDuration;

use crate::support::{now, open_policy};

fn judge(policy: &Policy, write: &ForgeWrite) -> Vec<String> {
    let decision = WriteGate::evaluate_forge(policy, write, &Facts::new(now()));
    assert_eq!(
        decision.verdict,
        if decision.findings.is_empty() {
            GateVerdict::Allow
        } else {
            GateVerdict::Deny
        }
    );
    assert_eq!(decision.policy_digest, policy.digest());
    let findings = decision.findings.into_iter();
    findings
        .filter_map(|finding| finding.policy_pointer)
        .collect()
}

fn guarded() -> Policy {
    open_policy(
        "forge:
  repositories: ['example/*']
  operations: [push_branch, upsert_comment]
  branches: ['ftc/**']
  rate: {max: 2, per: 1h}",
    )
}

fn push(branch: &str) -> ForgeWrite {
    let mut write = ForgeWrite::new("example/project", "push_branch");
    write.branch = Some(branch.to_owned());
    write.earlier = Some(Vec::new());
    write
}

#[test]
fn without_a_section_nothing_is_written() {
    let policy = open_policy("");
    assert!(!policy.has_forge_rules());
    assert_eq!(judge(&policy, &push("ftc/a")), ["/forge"]);
    assert!(guarded().has_forge_rules());
}

#[test]
fn only_what_is_listed_is_written() {
    let policy = guarded();
    assert_eq!(judge(&policy, &push("ftc/fix/1")), [] as [&str; 0]);
    for branch in ["main", "ftc", "FTC/x", "x/ftc/y"] {
        assert_eq!(
            judge(&policy, &push(branch)),
            ["/forge/branches"],
            "{branch}"
        );
    }
    let mut write = push("ftc/a");
    write.repository = "other/project".to_owned();
    assert_eq!(judge(&policy, &write), ["/forge/repositories"]);
    let mut write = push("main");
    write.operation = "merge".to_owned();
    write.repository = "example/a/b".to_owned();
    assert_eq!(
        judge(&policy, &write),
        [
            "/forge/repositories",
            "/forge/operations",
            "/forge/branches"
        ]
    );
    let empty = open_policy("forge: {}");
    assert_eq!(judge(&empty, &push("a")).len(), 3);
}

#[test]
fn so_many_writes_in_so_much_time() {
    let policy = guarded();
    let mut write = push("ftc/a");
    let ago = |minutes| now() - SignedDuration::from_mins(minutes);
    write.earlier = Some(vec![ago(5), ago(60)]);
    assert_eq!(judge(&policy, &write), [] as [&str; 0]);
    write.earlier = Some(vec![ago(5), ago(59)]);
    assert_eq!(judge(&policy, &write), ["/forge/rate"]);
    write.earlier = None;
    assert_eq!(judge(&policy, &write), ["/forge/rate"]);
}
