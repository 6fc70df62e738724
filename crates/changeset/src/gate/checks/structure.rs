//! Built-in rules: what no policy can allow.

use std::collections::{BTreeMap, BTreeSet};

use crate::gate::{Case, Finding, PolicySource, Refusal};
use crate::{FileOp, GateVerdict, RepoPath};

/// Folders at the root that belong to us.
const STATE_FOLDERS: [&str; 3] = [".ftc", ".worktrees", ".tasks"];

pub(crate) fn structure(case: &Case<'_>, findings: &mut BTreeSet<Finding>) {
    if case.change_set.ops().is_empty() && case.facts.refusals.is_empty() {
        findings.insert(Finding::built_in(
            "op.empty",
            "the ChangeSet changes nothing",
        ));
    }
    identity(case, findings);
    findings.extend(case.facts.refusals.iter().map(refusal));
    for path in case.change_set.ops().iter().flat_map(FileOp::paths) {
        single_path(case, path, findings);
    }
    collisions(case, findings);
}

/// Whether plan, ChangeSet and expectation are about one thing.
fn identity(case: &Case<'_>, findings: &mut BTreeSet<Finding>) {
    let (plan, set) = (case.plan, case.change_set);
    if set.plan_id() != &plan.id {
        let message = format!(
            "the ChangeSet carries out plan `{}`, not `{}`",
            set.plan_id(),
            plan.id
        );
        findings.insert(Finding::built_in("plan.mismatch", message));
    }
    if set.base() != &plan.base {
        let message = "the ChangeSet starts from another base than the plan";
        findings.insert(Finding::built_in("base.mismatch", message));
    }
    if let Some(expected) = case.facts.expected_checksum
        && expected != set.checksum()
    {
        let finding = Finding::built_in(
            "checksum.mismatch",
            "the ChangeSet is not the one that is expected",
        );
        findings.insert(finding.observed(set.checksum(), expected));
    }
}

fn refusal(refusal: &Refusal) -> Finding {
    match refusal {
        Refusal::Path(error) => {
            let rule_id = error.problem.rule_id();
            Finding::built_in(rule_id, format!("the path {}", error.problem)).at(&error.shown)
        }
        Refusal::SpecialFile { path, what } => {
            let message = format!("{} cannot be changed", what.escape_debug());
            Finding::built_in("op.special_file", message).at(path.escape_debug().to_string())
        }
    }
}

fn single_path(case: &Case<'_>, path: &RepoPath, findings: &mut BTreeSet<Finding>) {
    if path.is_in_folder(&STATE_FOLDERS) {
        let message = "the path is in a folder where we keep our own state";
        findings.insert(Finding::built_in("op.state_folder", message).at(path.as_str()));
    }
    if path
        .components()
        .any(|component| component.starts_with('-'))
    {
        let message = "a name that begins with `-` may be taken for an option by other programs";
        findings.insert(Finding {
            verdict: GateVerdict::NeedApproval,
            ..Finding::built_in("path.leading_dash", message).at(path.as_str())
        });
    }
    if let PolicySource::File {
        path: Some(policy_file),
    } = &case.facts.policy_source
        && (policy_file.fold_key() == path.fold_key() || path.is_above(policy_file))
    {
        let message = "the change touches the policy that judges it";
        findings.insert(Finding::built_in("policy.touched", message).at(path.as_str()));
    }
}

/// Paths that cannot stand beside each other everywhere.
fn collisions(case: &Case<'_>, findings: &mut BTreeSet<Finding>) {
    let mut by_key: BTreeMap<String, &RepoPath> = BTreeMap::new();
    for path in case.change_set.ops().iter().flat_map(FileOp::paths) {
        if let Some(other) = by_key.insert(path.fold_key(), path) {
            let message = format!("on some file systems this is the same file as `{other}`");
            findings.insert(Finding::built_in("op.path_collision", message).at(path.as_str()));
        }
    }
    for (key, path) in &by_key {
        let folders = key.match_indices('/').map(|(end, _)| &key[..end]);
        for file in folders.filter_map(|folder| by_key.get(folder)) {
            let message = format!("`{file}` is a file in the same ChangeSet");
            let finding = Finding::built_in("op.ancestor_conflict", message).at(path.as_str());
            findings
                .insert(finding.remedy("replace a file by a folder, or back, in two ChangeSets"));
        }
    }
}
