//! Plans, policies and changes to judge.

use ftc_changeset::{
    Actor, Base, ChangePlan, ChangeSet, ChangeSetBuilder, Decision, Facts, GateVerdict,
    HealthCheck, HealthCheckKind, MemoryBlobs, Mode, OldFile, Policy, RepoPath, WriteGate,
};
use jiff::Timestamp;

/// A policy that allows everything and asks for nothing.
pub const OPEN: &str = r#"
version: 1
executor:
  allowed_paths: ["**"]
  review_defaults: false
  require_health_checks_for_risk: []
  require_verification_for_risk: []
"#;

pub fn policy(text: &str) -> Policy {
    Policy::parse(text, "ftc-policy.yaml").unwrap_or_else(|error| panic!("{error}"))
}

/// [`OPEN`] with more lines: those that are indented belong to the `executor` section.
pub fn open_policy(more: &str) -> Policy {
    policy(&format!("{OPEN}{more}\n"))
}

pub fn path(text: &str) -> RepoPath {
    RepoPath::new(text).expect("tests give good paths")
}

pub fn now() -> Timestamp {
    at("2026-11-02T10:00:00Z")
}

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("tests give good times")
}

pub fn actor(name: &str) -> Actor {
    Actor::new(name).expect("tests give good names")
}

/// A plan of LOW risk that may touch everything.
pub fn plan() -> ChangePlan {
    let base = Base::new("example/project").at_commit("0123456789abcdef0123456789abcdef01234567");
    let mut plan = ChangePlan::new("mend the race", actor("robot"), base, now());
    plan.scope = vec!["**".to_owned()];
    plan
}

pub fn health_check() -> HealthCheck {
    let argv = vec!["true".to_owned()];
    let success = vec![0];
    HealthCheck::new("alive", HealthCheckKind::Command { argv, success })
}

/// One plan with one ChangeSet and its blobs.
pub struct Case {
    pub plan: ChangePlan,
    pub change_set: ChangeSet,
    pub blobs: MemoryBlobs,
    pub facts: Facts,
}

impl Case {
    pub fn new(fill: impl FnOnce(ChangeSetBuilder) -> ChangeSetBuilder) -> Self {
        Self::of_plan(plan(), fill)
    }

    pub fn of_plan(
        plan: ChangePlan,
        fill: impl FnOnce(ChangeSetBuilder) -> ChangeSetBuilder,
    ) -> Self {
        let blobs = MemoryBlobs::new();
        let change_set = fill(ChangeSet::builder(&plan))
            .build(&blobs)
            .expect("tests give good operations");
        Self {
            plan,
            change_set,
            blobs,
            facts: Facts::new(now()),
        }
    }

    /// One line of one file changes.
    pub fn touching(paths: &[&str]) -> Self {
        Self::new(|builder| {
            paths.iter().fold(builder, |builder, text| {
                builder.modify(path(text), OldFile::regular(b"old\n"), b"new\n", None)
            })
        })
    }

    pub fn creating(text: &str, content: &[u8]) -> Self {
        Self::new(|builder| builder.create(path(text), content, Mode::Regular))
    }

    pub fn judge(&self, policy: &Policy) -> Decision {
        WriteGate::evaluate(
            policy,
            &self.plan,
            &self.change_set,
            &self.facts,
            &self.blobs,
        )
    }

    /// The findings as `VERDICT rule path`.
    pub fn found(&self, policy: &Policy) -> Vec<String> {
        found(&self.judge(policy))
    }
}

/// The findings as `VERDICT rule path`.
pub fn found(decision: &Decision) -> Vec<String> {
    let findings = decision.findings.iter();
    findings
        .map(|finding| {
            let path = finding.path.as_deref().unwrap_or("-");
            format!("{} {} {path}", finding.verdict, finding.rule_id)
        })
        .collect()
}

/// The verdict, after checking that it is the strictest of the findings.
pub fn verdict(decision: &Decision) -> GateVerdict {
    let strictest = decision
        .findings
        .iter()
        .map(|finding| finding.verdict)
        .max();
    assert_eq!(decision.verdict, strictest.unwrap_or(GateVerdict::Allow));
    decision.verdict
}
