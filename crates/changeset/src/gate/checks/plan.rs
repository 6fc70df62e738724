//! Whether the plan says what it must, and the ChangeSet keeps to it.

use std::collections::BTreeSet;

use crate::gate::{Case, Finding};
use crate::policy::{Patterns, Scope, hygiene};
use crate::{ChangePlan, FileOp, GateVerdict, HealthCheck, HealthCheckKind, RiskLevel};

pub(crate) fn plan(case: &Case<'_>, findings: &mut BTreeSet<Finding>) {
    let problems = problems_of(case.plan);
    findings.extend(
        problems
            .into_iter()
            .map(|message| Finding::built_in("plan.invalid", message)),
    );
    scope(case, findings);
    verification(case, findings);
    commands(case, findings);
}

/// The most globs in a scope. They come from the agent, and each costs time.
const MOST_GLOBS: usize = 1_000;

/// What is wrong with the plan itself.
fn problems_of(plan: &ChangePlan) -> Vec<String> {
    let mut problems = Vec::new();
    if plan.schema != ChangePlan::SCHEMA {
        problems.push(format!("the plan is of schema {}", plan.schema));
    }
    if plan.intent.trim().is_empty() {
        problems.push("the plan does not say what is intended".to_owned());
    }
    if let Err(error) = plan.digest() {
        problems.push(format!("the plan has no digest: {error}"));
    }
    let mut ids = BTreeSet::new();
    for check in &plan.health_checks {
        if !ids.insert(&check.id) {
            let id = check.id.escape_debug();
            problems.push(format!("two health checks have the id `{id}`"));
        }
        problems.extend(problem_of_check(check));
    }
    problems
}

fn problem_of_check(check: &HealthCheck) -> Option<String> {
    let words = match &check.check {
        _ if check.id.trim().is_empty() => "has no id",
        _ if check.timeout_ms == 0 => "has no time to run",
        HealthCheckKind::Command { argv, .. } if argv.first().is_none_or(String::is_empty) => {
            "has no command"
        }
        HealthCheckKind::Command { success, .. } if success.is_empty() => "can never pass",
        HealthCheckKind::File {
            exists: false,
            sha256: Some(_),
            ..
        } => "wants the content of a file that must not be there",
        _ => return None,
    };
    Some(format!(
        "health check `{}` {words}",
        check.id.escape_debug()
    ))
}

/// Every path must be in the plan's scope.
fn scope(case: &Case<'_>, findings: &mut BTreeSet<Finding>) {
    let mut good = Vec::new();
    if case.plan.scope.len() > MOST_GLOBS {
        let message = format!("the plan's scope has more than {MOST_GLOBS} globs");
        findings.insert(Finding::built_in("plan.invalid", message));
    }
    for glob in case.plan.scope.iter().take(MOST_GLOBS) {
        let problem = hygiene::problem_of(glob, Scope::Exact).map(|(message, _)| message);
        let compiled = Patterns::new([glob.as_str()], Scope::Exact);
        match (problem, compiled) {
            (None, Ok(_)) => good.push(glob.as_str()),
            (Some(problem), _) => {
                let message = format!("in the plan's scope, {problem}");
                findings.insert(Finding::built_in("plan.invalid", message));
            }
            (None, Err(error)) => {
                let message = format!("in the plan's scope, {error}");
                findings.insert(Finding::built_in("plan.invalid", message));
            }
        }
    }
    let scope = Patterns::new(good, Scope::Exact);
    for path in case.change_set.ops().iter().flat_map(FileOp::paths) {
        let inside = scope.as_ref().is_ok_and(|scope| scope.is_match(path));
        if !inside {
            let message = "the plan does not say that it touches this path";
            let finding = Finding::built_in("op.outside_plan", message).at(path.as_str());
            findings.insert(finding.remedy("make a plan whose scope names the path"));
        }
    }
}

/// What is promised as proof must exist. Prose is no gate.
fn verification(case: &Case<'_>, findings: &mut BTreeSet<Finding>) {
    for gate in &case.plan.verification {
        let known = case.facts.known_gates.as_ref();
        let shown = gate.escape_debug();
        let message = if gate.trim().is_empty() {
            "the plan names a gate without a name".to_owned()
        } else if known.is_some_and(|known| !known.contains(gate)) {
            format!("there is no gate `{shown}`")
        } else {
            continue;
        };
        findings.insert(Finding::built_in("plan.unknown_gate", message));
    }
}

/// A health check of the plan runs with the rights of whoever applies it.
fn commands(case: &Case<'_>, findings: &mut BTreeSet<Finding>) {
    let Some(allowed) = &case.policy.rules().health_commands else {
        return;
    };
    for check in &case.plan.health_checks {
        if let HealthCheckKind::Command { argv, .. } = &check.check
            && !allowed.contains(argv)
        {
            let id = check.id.escape_debug();
            let message = format!("the command of health check `{id}` is not on the policy's list");
            let pointer = "/executor/health_commands";
            findings.insert(Finding::of_policy(
                GateVerdict::Deny,
                "health_commands",
                pointer,
                message,
            ));
        }
    }
}

/// What a plan of this risk must name.
pub(crate) fn requirements(case: &Case<'_>, risk: RiskLevel, findings: &mut BTreeSet<Finding>) {
    let rules = case.policy.rules();
    let mut missing = |rule_id: &str, what: &str| {
        let message = format!("a change of {risk} risk needs {what}, and the plan names none");
        let pointer = format!("/executor/{rule_id}");
        findings.insert(Finding::of_policy(
            GateVerdict::NeedApproval,
            rule_id,
            pointer,
            message,
        ));
    };
    let has_required_check = case.plan.health_checks.iter().any(|check| check.required);
    if rules.health_checks_for.contains(&risk) && !has_required_check {
        missing("require_health_checks_for_risk", "a required health check");
    }
    if rules.verification_for.contains(&risk) && case.plan.verification.is_empty() {
        missing("require_verification_for_risk", "gates for verification");
    }
}
