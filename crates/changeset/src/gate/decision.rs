//! What the gate decides.

use std::collections::BTreeSet;

use ftc_durable::{Digest, DomainHash};
use jiff::Timestamp;
use serde::Serialize;

use super::Case;
use crate::{Base, Checksum, Finding, GateVerdict, PlanId, RiskLevel};

/// What the gate decides about one ChangeSet: made only by [`WriteGate::evaluate`](crate::WriteGate::evaluate).
///
/// The fields can be read by everybody. A change of what it decides, or of what it is about, is noticed by
/// [`WriteGate::authorize`](crate::WriteGate::authorize).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Decision {
    /// The version of this format.
    pub schema: u32,
    /// Whether it may be written.
    pub verdict: GateVerdict,
    /// How much can go wrong.
    pub risk: Risk,
    /// Everything that was found, worst first.
    pub findings: Vec<Finding>,
    /// What an exception of the policy took out of the findings.
    pub excepted: Vec<Finding>,
    /// What is needed before it may be written.
    pub required: Required,
    /// The plan.
    pub plan_id: PlanId,
    /// The digest of the plan.
    pub plan_digest: Digest,
    /// The ChangeSet.
    pub checksum: Checksum,
    /// The policy.
    pub policy_digest: Digest,
    /// What the ChangeSet starts from.
    pub base: Base,
    /// The version of the rules that are built in.
    pub engine_version: &'static str,
    /// The time that was given to the gate.
    pub evaluated_at: Timestamp,
    #[serde(skip)]
    made: Digest,
}

impl Decision {
    /// The version of the format.
    pub const SCHEMA: u32 = 1;

    /// The version of the built-in rules. Another one makes another [digest](Decision::digest).
    pub const ENGINE_VERSION: &'static str = "1";

    pub(super) fn new(
        case: &Case<'_>,
        verdict: GateVerdict,
        risk: Risk,
        findings: BTreeSet<Finding>,
        excepted: BTreeSet<Finding>,
        required: Required,
    ) -> Self {
        let worst_first = |set: BTreeSet<Finding>| {
            let mut list: Vec<_> = set.into_iter().collect();
            // Stable: within one verdict the order of the set stays, which is by rule and path.
            list.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
            list
        };
        let mut decision = Self {
            schema: Self::SCHEMA,
            verdict,
            risk,
            findings: worst_first(findings),
            excepted: worst_first(excepted),
            required,
            plan_id: case.plan.id.clone(),
            plan_digest: plan_digest(case.plan),
            checksum: case.change_set.checksum(),
            policy_digest: case.policy.digest(),
            base: case.change_set.base().clone(),
            engine_version: Self::ENGINE_VERSION,
            evaluated_at: case.facts.now,
            made: Digest::from_bytes([0; 32]),
        };
        decision.made = decision.digest();
        decision
    }

    /// The digest that it was made with; another than [`Decision::digest`] if somebody changed it.
    pub(crate) fn made(&self) -> Digest {
        self.made
    }

    /// The digest that approvals are bound to: of the verdict, the risk, which rules found what where, and what was judged
    /// by what. Words for people, numbers observed and the time take no part: an approval stays good when the same change is
    /// judged again with the same outcome.
    pub fn digest(&self) -> Digest {
        let hash = DomainHash::new("ftc.decision.v1")
            .field(self.engine_version.as_bytes())
            .field(self.verdict.as_str().as_bytes())
            .field(self.risk.claimed.as_str().as_bytes())
            .field(self.risk.computed.as_str().as_bytes())
            .field(self.plan_digest.as_bytes())
            .field(self.checksum.digest().as_bytes())
            .field(self.policy_digest.as_bytes())
            .field(&self.required.approvals.to_be_bytes())
            .field(&[
                u8::from(self.required.health_checks),
                u8::from(self.required.verification),
            ]);
        let hash = self.required.roles.iter().fold(
            hash.field(&(self.required.roles.len() as u64).to_be_bytes()),
            |hash, role| hash.field(role.as_bytes()),
        );
        let hash = hash_findings(hash, &self.findings);
        hash_findings(hash, &self.excepted).finish()
    }
}

/// Base and plan id are bound through the checksum.
fn hash_findings(hash: DomainHash, findings: &[Finding]) -> DomainHash {
    let what = |finding: &Finding| {
        (
            finding.verdict,
            finding.rule_id.clone(),
            finding.path.clone(),
        )
    };
    // The same finding may stand there once for each of two patterns, in an order that their places in the policy decide.
    let what: BTreeSet<_> = findings.iter().map(what).collect();
    let hash = hash.field(&(what.len() as u64).to_be_bytes());
    what.into_iter()
        .fold(hash, |hash, (verdict, rule_id, path)| {
            hash.field(verdict.as_str().as_bytes())
                .field(rule_id.as_bytes())
                .field(path.unwrap_or_default().as_bytes())
        })
}

/// A plan that has no digest is denied anyhow, see `plan.invalid`.
pub(crate) fn plan_digest(plan: &crate::ChangePlan) -> Digest {
    plan.digest()
        .unwrap_or_else(|_| DomainHash::new("ftc.plan.v1/none").finish())
}

/// How much can go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Risk {
    /// What the plan says.
    pub claimed: RiskLevel,
    /// What the gate says: never less.
    pub computed: RiskLevel,
    /// The rules that say more than the plan, by id.
    pub why: Vec<String>,
}

/// What is needed before a ChangeSet may be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Required {
    /// How many people must approve.
    pub approvals: u32,
    /// The roles of which each approver must have one; empty if any will do.
    pub roles: Vec<String>,
    /// Whether a plan of this risk must name health checks.
    pub health_checks: bool,
    /// Whether a plan of this risk must name gates for verification.
    pub verification: bool,
}
