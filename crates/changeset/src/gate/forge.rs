//! Judging writes to a forge.

use ftc_durable::Digest;
use jiff::Timestamp;
use serde::Serialize;

use super::checks::count_in;
use crate::policy::{ForgeRules, Rate};
use crate::{Facts, Finding, GateVerdict, Policy};

/// A write to a forge, as far as a policy can judge it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForgeWrite {
    /// The repository, `owner/name`.
    pub repository: String,
    /// The operation, such as `push_branch` or `upsert_comment`.
    pub operation: String,
    /// The branch that it writes, if it writes one.
    pub branch: Option<String>,
    /// When earlier writes were made, as far as known. `None`: not known, which a policy with a rate does not accept.
    pub earlier: Option<Vec<Timestamp>>,
}

impl ForgeWrite {
    /// A write that touches no branch, with unknown earlier writes.
    pub fn new(repository: impl Into<String>, operation: impl Into<String>) -> Self {
        Self {
            repository: repository.into(),
            operation: operation.into(),
            branch: None,
            earlier: None,
        }
    }
}

/// What the gate decides about a write to a forge. There is no approval of single writes: it is ALLOW or DENY.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ForgeDecision {
    /// Whether it may be made.
    pub verdict: GateVerdict,
    /// Everything that was found.
    pub findings: Vec<Finding>,
    /// The policy.
    pub policy_digest: Digest,
}

pub(super) fn judge(policy: &Policy, write: &ForgeWrite, facts: &Facts) -> ForgeDecision {
    let findings = match &policy.rules().forge {
        None => vec![denied("", "the policy has no `forge` section".to_owned())],
        Some(rules) => findings(rules, write, facts.now),
    };
    let verdicts = findings.iter().map(|finding| finding.verdict);
    ForgeDecision {
        verdict: verdicts.max().unwrap_or(GateVerdict::Allow),
        findings,
        policy_digest: policy.digest(),
    }
}

fn findings(rules: &ForgeRules, write: &ForgeWrite, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !rules.repositories.is_match_text(&write.repository) {
        let shown = write.repository.escape_debug();
        findings.push(denied(
            "/repositories",
            format!("repository `{shown}` is not allowed"),
        ));
    }
    if !rules.operations.contains(&write.operation) {
        let shown = write.operation.escape_debug();
        findings.push(denied(
            "/operations",
            format!("operation `{shown}` is not allowed"),
        ));
    }
    if let Some(branch) = &write.branch
        && !rules.branches.is_match_text(branch)
    {
        let shown = branch.escape_debug();
        findings.push(denied(
            "/branches",
            format!("branch `{shown}` is not allowed"),
        ));
    }
    findings.extend(rules.rate.and_then(|rate| too_many(rate, write, now)));
    findings
}

fn too_many(rate: Rate, write: &ForgeWrite, now: Timestamp) -> Option<Finding> {
    let Some(earlier) = &write.earlier else {
        let message = "it is not known how many writes were made before";
        return Some(denied("/rate", message.to_owned()));
    };
    let count = count_in(earlier, now, rate.per);
    (count >= rate.max).then(|| {
        let seconds = rate.per.as_secs();
        denied(
            "/rate",
            "too many writes were made a short time ago".to_owned(),
        )
        .observed(count, format_args!("{} in {seconds} s", rate.max))
    })
}

fn denied(place: &str, message: String) -> Finding {
    Finding::of_policy(
        GateVerdict::Deny,
        "forge",
        format!("/forge{place}"),
        message,
    )
}
