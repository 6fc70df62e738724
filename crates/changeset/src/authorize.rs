//! The right to write.

use std::fmt;
use std::time::Duration;

use ftc_durable::Digest;
use jiff::Timestamp;

use crate::gate::plan_digest;
use crate::{
    Approval, ApprovalProof, ChangePlan, ChangeSet, Decision, ExecutionSettings, GateVerdict,
    Policy, RiskLevel, WriteGate,
};

/// The right to write one ChangeSet: made only by [`WriteGate::authorize`], so that nothing is written without a decision.
#[derive(Debug, Clone)]
#[must_use]
pub struct Authorized<'a> {
    policy: &'a Policy,
    plan: &'a ChangePlan,
    change_set: &'a ChangeSet,
    decision: Decision,
    approvals: Vec<Approval>,
    given_at: Timestamp,
}

impl<'a> Authorized<'a> {
    /// What may be written.
    pub fn change_set(&self) -> &'a ChangeSet {
        self.change_set
    }

    /// What it is for.
    pub fn plan(&self) -> &'a ChangePlan {
        self.plan
    }

    /// The policy that judged it.
    pub fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// How the policy wants it carried out.
    pub fn settings(&self) -> &'a ExecutionSettings {
        self.policy.settings()
    }

    /// What the gate said.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// The approvals that were counted. Each may be used for one execution only; the executor sees to that.
    pub fn approvals(&self) -> &[Approval] {
        &self.approvals
    }

    /// When the right was given.
    pub fn authorized_at(&self) -> Timestamp {
        self.given_at
    }
}

impl WriteGate {
    /// Gives the right to write `change_set` if `decision` is about exactly this plan, ChangeSet and policy, allows it, and
    /// as many approvals count as it asks for.
    pub fn authorize<'a>(
        policy: &'a Policy,
        plan: &'a ChangePlan,
        change_set: &'a ChangeSet,
        decision: &Decision,
        approvals: &[Approval],
        now: Timestamp,
    ) -> Result<Authorized<'a>, AuthorizeError> {
        require_current(policy, plan, change_set, decision)?;
        if decision.verdict == GateVerdict::Deny {
            return Err(AuthorizeError::Denied(Box::new(decision.clone())));
        }
        let count = Count::of(policy, plan, decision, approvals, now);
        let needed = decision.required.approvals;
        if count.counted() < needed {
            return Err(AuthorizeError::NeedsApproval {
                needed,
                counted: count.counted(),
                shortfalls: count.shortfalls,
                decision: Box::new(decision.clone()),
            });
        }
        Ok(Authorized {
            policy,
            plan,
            change_set,
            decision: decision.clone(),
            approvals: count.approvals,
            given_at: now,
        })
    }
}

/// Whether the decision is about exactly this, and as the gate made it.
fn require_current(
    policy: &Policy,
    plan: &ChangePlan,
    change_set: &ChangeSet,
    decision: &Decision,
) -> Result<(), AuthorizeError> {
    let (made, found) = (decision.made(), decision.digest());
    if made != found {
        return Err(AuthorizeError::Forged { made, found });
    }
    let same = |what, decided: &dyn fmt::Display, present: &dyn fmt::Display| {
        let (decided, present) = (decided.to_string(), present.to_string());
        if decided == present {
            Ok(())
        } else {
            Err(AuthorizeError::Stale {
                what,
                decided,
                present,
            })
        }
    };
    same("ChangeSet", &decision.checksum, &change_set.checksum())?;
    same("plan", &decision.plan_digest, &plan_digest(plan))?;
    same("policy", &decision.policy_digest, &policy.digest())
}

/// The approvals that count, and why the others do not.
struct Count {
    approvals: Vec<Approval>,
    shortfalls: Vec<Shortfall>,
}

impl Count {
    fn of(
        policy: &Policy,
        plan: &ChangePlan,
        decision: &Decision,
        approvals: &[Approval],
        now: Timestamp,
    ) -> Self {
        let mut count = Self {
            approvals: Vec::new(),
            shortfalls: Vec::new(),
        };
        if decision.required.approvals == 0 {
            return count;
        }
        for approval in approvals {
            let problem = problem_of(approval, policy, plan, decision, now);
            match problem.or_else(|| count.repeated(approval)) {
                None => count.approvals.push(approval.clone()),
                Some(reason) => count.shortfalls.push(Shortfall {
                    approval_id: approval.id.clone(),
                    reason: reason.to_owned(),
                }),
            }
        }
        count
    }

    fn repeated(&self, approval: &Approval) -> Option<&'static str> {
        let same_person = |other: &Approval| other.approver == approval.approver;
        let repeated = self.approvals.iter().any(same_person);
        repeated.then_some("the same person has approved already")
    }

    fn counted(&self) -> u32 {
        u32::try_from(self.approvals.len()).unwrap_or(u32::MAX)
    }
}

/// Why an approval does not count.
fn problem_of(
    approval: &Approval,
    policy: &Policy,
    plan: &ChangePlan,
    decision: &Decision,
    now: Timestamp,
) -> Option<&'static str> {
    let rules = &policy.rules().approval;
    let roles = &decision.required.roles;
    let has_role = approval.roles.iter().any(|role| roles.contains(role));
    if approval.checksum != decision.checksum || approval.base != decision.base {
        Some("it is for another ChangeSet")
    } else if approval.policy_digest != decision.policy_digest {
        Some("it was given under another policy")
    } else if approval.decision_digest != decision.digest() {
        Some("the WriteGate said something else when it was given")
    } else if approval.approver == plan.author && !rules.self_approval {
        Some("nobody approves their own plan")
    } else if approval.proof == ApprovalProof::Unauthenticated {
        Some("nothing shows that it comes from the person it names")
    } else if decision.risk.computed >= RiskLevel::High && !approval.proof.is_proved() {
        Some("from HIGH risk up it must be proved by the forge or a signature")
    } else if !roles.is_empty() && !has_role {
        Some("the approver lacks the role that this risk asks for")
    } else {
        problem_of_time(approval, rules.ttl, now)
    }
}

fn problem_of_time(approval: &Approval, ttl: Duration, now: Timestamp) -> Option<&'static str> {
    if approval.granted_at > now {
        return Some("it is given for the future");
    }
    // An end beyond all times is no end.
    let end_by_policy = approval
        .granted_at
        .checked_add(ttl)
        .unwrap_or(Timestamp::MAX);
    let end = approval
        .expires_at
        .map_or(end_by_policy, |end| end.min(end_by_policy));
    (now >= end).then_some("it has expired")
}

/// Why the right to write was not given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizeError {
    /// The gate denied it. No approval helps.
    #[error("the WriteGate denies the change")]
    Denied(Box<Decision>),
    /// Approvals are missing.
    #[error("the change needs {needed} approvals and has {counted} that count")]
    NeedsApproval {
        /// How many are needed.
        needed: u32,
        /// How many of those given count.
        counted: u32,
        /// Why the others do not.
        shortfalls: Vec<Shortfall>,
        /// What the gate said.
        decision: Box<Decision>,
    },
    /// The decision is about something else: judge again.
    #[error("the decision is about another {what}: it says `{decided}`, this is `{present}`")]
    Stale {
        /// What differs: `ChangeSet`, `plan` or `policy`.
        what: &'static str,
        /// What the decision is about.
        decided: String,
        /// What there is.
        present: String,
    },
    /// The decision was changed after it was made.
    #[error("the decision was changed after the WriteGate made it")]
    Forged {
        /// The digest that it was made with.
        made: Digest,
        /// The digest that it has.
        found: Digest,
    },
}

impl AuthorizeError {
    /// Whether a later call with other approvals may succeed.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::NeedsApproval { .. })
    }
}

/// An approval that does not count, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shortfall {
    /// The approval.
    pub approval_id: String,
    /// Why it does not count.
    pub reason: String,
}
