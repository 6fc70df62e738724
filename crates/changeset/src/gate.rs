//! Judging a ChangeSet by a policy.

mod checks;
mod decision;
mod facts;
mod finding;
mod forge;
mod lines;
mod measure;
mod relax;

use std::collections::BTreeSet;

pub(crate) use decision::plan_digest;
pub use decision::{Decision, Required, Risk};
pub use facts::{Emergency, Facts, PolicySource, Refusal};
pub use finding::{Finding, GateVerdict};
pub use forge::{ForgeDecision, ForgeWrite};

use crate::{BlobStore, ChangePlan, ChangeSet, Policy, RiskLevel};
use measure::Measures;

/// Judges changes by a policy. Deterministic, without a clock, and without I/O but for reading blobs.
#[derive(Debug)]
#[non_exhaustive]
pub struct WriteGate;

impl WriteGate {
    /// Judges `change_set`. All findings are reported; the strictest decides.
    ///
    /// Every blob of the ChangeSet, old and new, is read from `blobs` and hashed; one that is missing or wrong is a DENY.
    /// Reads one file at a time into memory, at most 256 MiB of each.
    pub fn evaluate(
        policy: &Policy,
        plan: &ChangePlan,
        change_set: &ChangeSet,
        facts: &Facts,
        blobs: &dyn BlobStore,
    ) -> Decision {
        judge(policy, plan, change_set, facts, blobs, Clock::Given)
    }

    /// Judges a write to a forge by the policy's `forge` section. Without that section nothing may be written.
    pub fn evaluate_forge(policy: &Policy, write: &ForgeWrite, facts: &Facts) -> ForgeDecision {
        forge::judge(policy, write, facts)
    }
}

/// Whether the time in the facts counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    Given,
    /// For the policy's own tests that name no time: windows are open and exceptions last.
    Ignored,
}

/// What the checks look at.
struct Case<'a> {
    policy: &'a Policy,
    plan: &'a ChangePlan,
    change_set: &'a ChangeSet,
    facts: &'a Facts,
    measures: &'a Measures,
    clock: Clock,
}

pub(crate) fn judge(
    policy: &Policy,
    plan: &ChangePlan,
    change_set: &ChangeSet,
    facts: &Facts,
    blobs: &dyn BlobStore,
    clock: Clock,
) -> Decision {
    let (measures, mut findings) = Measures::take(change_set, blobs);
    let case = Case {
        policy,
        plan,
        change_set,
        facts,
        measures: &measures,
        clock,
    };
    checks::structure(&case, &mut findings);
    checks::plan(&case, &mut findings);
    checks::paths(&case, &mut findings);
    checks::limits(&case, &mut findings);
    checks::time(&case, &mut findings);
    let risk = checks::risk(&case, &mut findings);
    checks::requirements(&case, risk.computed, &mut findings);
    let excepted = relax::except(&case, &mut findings);
    relax::soften(&case, &mut findings);
    conclude(&case, risk, findings, excepted)
}

fn conclude(
    case: &Case<'_>,
    risk: Risk,
    findings: BTreeSet<Finding>,
    excepted: BTreeSet<Finding>,
) -> Decision {
    let rules = case.policy.rules();
    let verdict = strictest(&findings);
    let approvals = match verdict {
        GateVerdict::Allow => 0,
        _ => rules.approvals_at(risk.computed).max(1),
    };
    let needs = |levels: &BTreeSet<RiskLevel>| levels.contains(&risk.computed);
    let required = Required {
        approvals,
        roles: match approvals {
            0 => Vec::new(),
            _ => rules.roles_at(risk.computed).to_vec(),
        },
        health_checks: needs(&rules.health_checks_for),
        verification: needs(&rules.verification_for),
    };
    Decision::new(case, verdict, risk, findings, excepted, required)
}

fn strictest(findings: &BTreeSet<Finding>) -> GateVerdict {
    let verdicts = findings.iter().map(|finding| finding.verdict);
    verdicts.max().unwrap_or(GateVerdict::Allow)
}
