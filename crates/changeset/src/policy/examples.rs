//! A policy's own tests.

use jiff::Timestamp;
use serde_saphyr::Spanned;

use super::{Policy, PolicyError, quote, raw};
use crate::gate::{Clock, Decision, Facts, Refusal, judge};
use crate::{
    Actor, Base, ChangePlan, ChangeSet, ChangeSetBuilder, ChangeSetError, HealthCheck,
    HealthCheckKind, MemoryBlobs, Mode, OldFile, OpKind, RepoPath,
};

/// Runs every test; the first that fails is the error, so that a policy that does not do what it says is not used.
pub(super) fn run(
    policy: &Policy,
    examples: &[Spanned<raw::Example>],
    origin: &str,
) -> Result<(), PolicyError> {
    for example in examples {
        let failure = match judge_example(policy, &example.value) {
            Ok(decision) => failure_of(&example.value, &decision),
            Err(error) => Some(format!("makes no ChangeSet: {error}")),
        };
        if let Some(failure) = failure {
            let name = example.value.name.escape_debug();
            return Err(PolicyError::at(
                example,
                origin,
                format!("test `{name}` {failure}"),
            ));
        }
    }
    Ok(())
}

fn failure_of(example: &raw::Example, decision: &Decision) -> Option<String> {
    let rules: Vec<_> = decision
        .findings
        .iter()
        .filter(|finding| finding.verdict == decision.verdict)
        .map(|finding| format!("`{}`", finding.rule_id))
        .collect();
    let because = match rules.len() {
        0 => String::new(),
        _ => format!(" because of {}", rules.join(", ")),
    };
    if decision.verdict != example.expect {
        let (expect, verdict) = (example.expect, decision.verdict);
        return Some(format!(
            "expects {expect}, but the policy says {verdict}{because}"
        ));
    }
    if let Some(rule) = &example.rule
        && !rules.contains(&format!("`{rule}`"))
    {
        let rule = rule.escape_debug();
        let verdict = decision.verdict;
        return Some(format!(
            "expects rule `{rule}`, but the policy says {verdict}{because}"
        ));
    }
    let computed = decision.risk.computed;
    match example.expect_risk {
        Some(expected) if expected != computed => Some(format!(
            "expects {expected} risk, but the policy says {computed}"
        )),
        _ => None,
    }
}

fn judge_example(policy: &Policy, example: &raw::Example) -> Result<Decision, ChangeSetError> {
    let now = example.at.map_or(Timestamp::UNIX_EPOCH, |at| at.0);
    let mut plan = plan(example, now);
    let mut facts = Facts::new(now);
    facts.history = Some(Vec::new());
    let blobs = MemoryBlobs::new();
    let mut builder = ChangeSet::builder(&plan);
    let mut lines_left = example.patch_lines;
    for text in &example.touch {
        match RepoPath::new(text) {
            Err(error) => facts.refusals.push(Refusal::Path(error)),
            Ok(path) => {
                plan.scope.extend([quote(text), quote(&renamed(text))]);
                builder = operation(builder, example, path, lines_left.take());
            }
        }
    }
    let change_set = builder.build(&blobs)?;
    let clock = match example.at {
        Some(_) => Clock::Given,
        None => Clock::Ignored,
    };
    Ok(judge(policy, &plan, &change_set, &facts, &blobs, clock))
}

fn plan(example: &raw::Example, now: Timestamp) -> ChangePlan {
    let author = Actor::new("policy-test").expect("a plain word is a name");
    let mut plan = ChangePlan::new("try the policy", author, Base::new("policy-test"), now);
    if let Some(risk) = example.risk {
        plan.risk = risk;
    }
    if example.verification {
        plan.verification.push("test".to_owned());
    }
    if example.health_checks {
        // A file, not a command: which commands may run is not what is tried here.
        let check = HealthCheckKind::File {
            path: RepoPath::new("file").expect("a plain word is a path"),
            exists: true,
            sha256: None,
        };
        plan.health_checks.push(HealthCheck::new("test", check));
    }
    plan
}

/// One line changes, or for the first file as many as the test says.
fn operation(
    builder: ChangeSetBuilder,
    example: &raw::Example,
    path: RepoPath,
    lines: Option<u32>,
) -> ChangeSetBuilder {
    let old = OldFile::regular(b"old\n");
    let new = match lines {
        None => b"old\nnew\n".to_vec(),
        Some(lines) => [b"old\n", b"new\n".repeat(lines as usize).as_slice()].concat(),
    };
    match example.operation.unwrap_or(OpKind::Modify) {
        OpKind::Create => builder.create(path, &new, Mode::Regular),
        OpKind::Modify => builder.modify(path, old, &new, None),
        OpKind::Delete => builder.delete(path, old),
        OpKind::SetMode => builder.set_mode(path, old, Mode::Executable),
        OpKind::Rename => {
            let to = RepoPath::new(renamed(path.as_str())).unwrap_or_else(|_| path.clone());
            builder.rename(path, to, old, None, None)
        }
    }
}

/// Where a rename goes: beside the file, so that the same patterns most likely cover it.
fn renamed(path: &str) -> String {
    format!("{path}.renamed")
}
