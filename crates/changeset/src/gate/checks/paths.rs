//! Which paths may be touched, and how.

use std::collections::BTreeSet;

use crate::gate::measure::Measure;
use crate::gate::{Case, Finding};
use crate::policy::Patterns;
use crate::{FileOp, GateVerdict, Mode, RepoPath};

pub(crate) fn paths(case: &Case<'_>, findings: &mut BTreeSet<Finding>) {
    let ops = case.change_set.ops();
    for path in ops.iter().flat_map(FileOp::paths) {
        single_path(case, path, findings);
    }
    for (op, measure) in ops.iter().zip(&case.measures.ops) {
        single_op(case, op, *measure, findings);
    }
}

fn single_path(case: &Case<'_>, path: &RepoPath, findings: &mut BTreeSet<Finding>) {
    let rules = case.policy.rules();
    if !rules.allowed.is_match(path) {
        let message = if rules.allowed.is_empty() {
            "the policy allows no paths"
        } else {
            "no pattern allows this path"
        };
        let pointer = "/executor/allowed_paths";
        findings.insert(
            Finding::of_policy(GateVerdict::Deny, "allowed_paths", pointer, message)
                .at(path.as_str()),
        );
    }
    let forbidden = [
        (
            "forbidden_paths",
            "/executor/forbidden_paths",
            &rules.forbidden,
        ),
        ("read_only_paths", "/read_only_paths", &rules.read_only),
    ];
    for (rule_id, pointer, patterns) in forbidden {
        findings.extend(denials(path, rule_id, pointer, patterns));
    }
    if let Some(name) = path.reserved_on_windows()
        && rules.windows_names > GateVerdict::Allow
    {
        let message = format!("Windows cannot have a file named `{name}`");
        let pointer = "/executor/constraints/windows_names";
        findings.insert(
            Finding::of_policy(rules.windows_names, "windows_names", pointer, message)
                .at(path.as_str())
                .remedy("say `windows_names: allow` if nobody works there"),
        );
    }
}

fn denials(
    path: &RepoPath,
    rule_id: &str,
    pointer: &str,
    patterns: &Patterns,
) -> impl Iterator<Item = Finding> {
    patterns.matches(path).into_iter().map(move |place| {
        let pointer = format!("{pointer}/{place}");
        let message = "a pattern forbids this path";
        Finding::of_policy(GateVerdict::Deny, rule_id, pointer, message).at(path.as_str())
    })
}

fn single_op(case: &Case<'_>, op: &FileOp, measure: Measure, findings: &mut BTreeSet<Finding>) {
    let rules = case.policy.rules();
    // Both ends of a rename: an exception for one of them must not cover the other.
    let mut add = |verdict, rule_id: &str, pointer: &str, message: String| {
        if verdict > GateVerdict::Allow {
            let finding = Finding::of_policy(verdict, rule_id, pointer, message);
            findings.extend(op.paths().map(|path| finding.clone().at(path.as_str())));
        }
    };
    if rules.forbidden_operations.contains(&op.kind()) {
        add(
            GateVerdict::Deny,
            "forbidden_operations",
            "/forbidden_operations",
            format!("the operation `{}` is forbidden", op.kind()),
        );
    }
    if measure.binary {
        add(
            rules.binary,
            "binary",
            "/executor/constraints/binary",
            "the content is binary and cannot be read by a person".to_owned(),
        );
    }
    if let Some((old, new)) = mode_change(op) {
        add(
            rules.mode_change,
            "mode_change",
            "/executor/constraints/mode_change",
            match old {
                Some(old) => format!("the mode changes from {old} to {new}"),
                None => format!("the new file is {new}"),
            },
        );
    }
}

/// The old and new mode, if they differ. A new file is expected to be an ordinary one.
fn mode_change(op: &FileOp) -> Option<(Option<Mode>, Mode)> {
    let (_, after) = op.after()?;
    let before = op.before().map(|(_, state)| state.mode);
    (before.unwrap_or(Mode::Regular) != after.mode).then_some((before, after.mode))
}
