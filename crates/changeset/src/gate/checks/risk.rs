//! How much can go wrong, and who has to look at it.

use std::collections::BTreeSet;

use super::limits::Extent;
use crate::gate::{Case, Finding, Risk};
use crate::policy::{Category, When};
use crate::{FileOp, GateVerdict, RiskLevel};

pub(crate) fn risk(case: &Case<'_>, findings: &mut BTreeSet<Finding>) -> Risk {
    let rules = case.policy.rules();
    let mut levels: Vec<(RiskLevel, &str)> = Vec::new();
    for (place, category) in rules.categories.iter().enumerate() {
        let pointer = format!("/executor/always_review_categories/{place}");
        if review(case, category, &pointer, findings) {
            levels.extend(category.at_least.map(|level| (level, category.id.as_str())));
        }
    }
    for category in &rules.review_defaults {
        if review(case, category, "/executor/review_defaults", findings) {
            levels.extend(category.at_least.map(|level| (level, category.id.as_str())));
        }
    }
    let extent = Extent::of(case);
    for rule in &rules.raises {
        if holds(&rule.when, case, extent) {
            levels.push((rule.at_least, &rule.id));
        }
    }
    let claimed = case.plan.risk;
    let raised = levels.iter().filter(|(level, _)| *level > claimed);
    let why: BTreeSet<_> = raised.map(|(_, id)| (*id).to_owned()).collect();
    let computed = levels.iter().map(|(level, _)| *level).max();
    let risk = Risk {
        claimed,
        computed: computed.map_or(claimed, |level| level.max(claimed)),
        why: why.into_iter().collect(),
    };
    approvals(case, risk.computed, findings);
    risk
}

/// Adds what a person has to look at; whether there is any.
fn review(
    case: &Case<'_>,
    category: &Category,
    pointer: &str,
    findings: &mut BTreeSet<Finding>,
) -> bool {
    let paths = case.change_set.ops().iter().flat_map(FileOp::paths);
    let mut hit = false;
    for path in paths.filter(|path| category.paths.is_match(path)) {
        let message = format!("a person always looks at `{}`", category.id);
        findings.insert(
            Finding::of_policy(GateVerdict::NeedApproval, &category.id, pointer, message)
                .at(path.as_str()),
        );
        hit = true;
    }
    hit
}

/// Whether every condition holds.
fn holds(when: &When, case: &Case<'_>, extent: Extent) -> bool {
    let over = |observed: u64, limit: Option<u64>| limit.is_none_or(|limit| observed > limit);
    over(extent.lines, when.patch_lines_over)
        && over(extent.files, when.files_over)
        && over(extent.bytes, when.bytes_over)
        && touches(when, case)
}

/// Whether one operation is of the kinds asked for on one of the paths asked for.
fn touches(when: &When, case: &Case<'_>) -> bool {
    let of_kind = |op: &FileOp| when.operations.is_empty() || when.operations.contains(&op.kind());
    let on_path = |op: &FileOp| {
        let patterns = when.paths.as_ref();
        patterns.is_none_or(|patterns| op.paths().any(|path| patterns.is_match(path)))
    };
    let asks_nothing = when.operations.is_empty() && when.paths.is_none();
    let ops = case.change_set.ops();
    asks_nothing || ops.iter().any(|op| of_kind(op) && on_path(op))
}

fn approvals(case: &Case<'_>, risk: RiskLevel, findings: &mut BTreeSet<Finding>) {
    let needed = case.policy.rules().approvals_at(risk);
    if needed > 0 {
        let message = match needed {
            1 => format!("a change of {risk} risk needs an approval"),
            _ => format!("a change of {risk} risk needs {needed} approvals"),
        };
        findings.insert(Finding::of_policy(
            GateVerdict::NeedApproval,
            "risk_approvals",
            "/executor/risk/approvals",
            message,
        ));
    }
}
