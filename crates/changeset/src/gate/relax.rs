//! What makes findings milder: exceptions that the policy lists, and declared emergencies. Neither reaches a built-in rule.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::{Case, Clock, Emergency, Finding, GateVerdict};
use crate::RepoPath;
use crate::policy::{EmergencyRules, Exception};

/// Takes out of `findings` what the policy's exceptions cover, and returns it with the reasons.
pub(super) fn except(case: &Case<'_>, findings: &mut BTreeSet<Finding>) -> BTreeSet<Finding> {
    let mut excepted = BTreeSet::new();
    findings.retain(|finding| match exception_for(case, finding) {
        None => true,
        Some(exception) => {
            excepted.insert(explained(finding, exception));
            false
        }
    });
    excepted
}

fn exception_for<'a>(case: &Case<'a>, finding: &Finding) -> Option<&'a Exception> {
    if finding.is_built_in() {
        return None;
    }
    let path = RepoPath::new(finding.path.as_deref()?).ok()?;
    let lasts = |until: Timestamp| case.clock == Clock::Ignored || case.facts.now < until;
    let mut exceptions = case.policy.rules().exceptions.iter();
    exceptions.find(|exception| {
        exception.rule == finding.rule_id
            && lasts(exception.until)
            && exception.paths.is_match(&path)
    })
}

fn explained(finding: &Finding, exception: &Exception) -> Finding {
    let message = format!(
        "{}; excepted by `{}` until {}: {}",
        finding.message,
        exception.approved_by,
        exception.until,
        exception.reason.escape_debug()
    );
    Finding {
        message,
        ..finding.clone()
    }
}

/// Lets people approve what is otherwise denied, as far as the policy allows it in an emergency.
pub(super) fn soften(case: &Case<'_>, findings: &mut BTreeSet<Finding>) {
    let Some(emergency) = &case.facts.emergency else {
        return;
    };
    let problem = match &case.policy.rules().emergency {
        None => Some("the policy knows no emergencies"),
        Some(rules) => problem_of(rules, emergency, case.facts.now),
    };
    match (&case.policy.rules().emergency, problem) {
        (Some(rules), None) => {
            *findings = std::mem::take(findings)
                .into_iter()
                .map(|finding| softened(rules, finding))
                .collect();
            findings.insert(note(format!(
                "an emergency declared by `{}` is in force",
                emergency.declared_by
            )));
        }
        (_, problem) => {
            let why = problem.unwrap_or_default();
            findings.insert(note(format!(
                "the declared emergency does not count: {why}"
            )));
        }
    }
}

fn softened(rules: &EmergencyRules, finding: Finding) -> Finding {
    let covered = !finding.is_built_in() && rules.rules.contains(&finding.rule_id);
    if covered && finding.verdict == GateVerdict::Deny {
        Finding {
            verdict: GateVerdict::NeedApproval,
            ..finding
        }
    } else {
        finding
    }
}

fn note(message: String) -> Finding {
    Finding::of_policy(
        GateVerdict::Allow,
        "emergency_overrides",
        "/emergency_overrides",
        message,
    )
}

fn problem_of(
    rules: &EmergencyRules,
    emergency: &Emergency,
    now: Timestamp,
) -> Option<&'static str> {
    let age = Duration::try_from(now.duration_since(emergency.declared_at));
    let has_role = emergency
        .roles
        .iter()
        .any(|role| rules.roles.contains(role));
    if !emergency.proof.is_proved() {
        Some("it is not proved who declared it")
    } else if !rules.roles.is_empty() && !has_role {
        Some("whoever declared it lacks the role")
    } else if emergency.reason.trim().is_empty() {
        Some("no reason is given")
    } else {
        match age {
            Err(_) => Some("it is declared for the future"),
            Ok(age) if age >= rules.max_age => Some("it was declared too long ago"),
            Ok(_) => None,
        }
    }
}
