//! From a difference to a ChangeSet, from a ChangeSet to a decision, and from there into a clean worktree.

use std::collections::BTreeSet;
use std::path::Path;

use ftc_changeset::{
    Actor, AuthorizeError, Base, ChangePlan, ChangeSet, Decision, Executor, Facts, Finding,
    GateVerdict, MemoryBlobs, Mode, OldFile, POLICY_FILE, Policy, RepoPath, WriteGate,
};
use ftc_vcs::{FileChange, FileMode, FileState, ObjectId};

use super::{Attempt, Stop};
use crate::error::FailureError;
use crate::observe::Stage;

/// What an agent changed, as data.
pub(super) struct Change {
    pub(super) plan: ChangePlan,
    pub(super) set: ChangeSet,
    pub(super) blobs: MemoryBlobs,
    /// The difference that it was made of.
    difference: Vec<FileChange>,
}

/// The policy of the commit that the change is made on. Without one nothing is allowed.
pub(super) fn load_policy(attempt: &Attempt<'_>) -> Result<Policy, Stop> {
    let bytes = attempt
        .cx
        .parts
        .code
        .read_file(attempt.judges, POLICY_FILE)?;
    let refuse = |reason: String| Stop::Failed(Stage::Judgement, reason);
    let bytes = bytes.ok_or_else(|| {
        refuse(format!(
            "commit {} has no `{POLICY_FILE}`, and what no policy allows is not changed",
            attempt.judges.short()
        ))
    })?;
    let text = String::from_utf8_lossy(&bytes);
    Policy::parse(&text, POLICY_FILE).map_err(|error| {
        refuse(format!(
            "`{POLICY_FILE}` cannot be read: {}",
            crate::outbox::chain(&error)
        ))
    })
}

/// Makes a ChangeSet of all that differs between the start and `worktree`.
pub(super) fn collect(attempt: &Attempt<'_>, worktree: &Path, agent: &str) -> Result<Change, Stop> {
    let difference = attempt
        .cx
        .parts
        .code
        .diff_worktree(attempt.start, worktree)?;
    if difference.is_empty() {
        return Err(Stop::Failed(
            Stage::Agent,
            "the agent changed nothing".to_owned(),
        ));
    }
    let plan = plan(attempt, agent)?;
    let blobs = MemoryBlobs::new();
    let mut builder = ChangeSet::builder(&plan);
    for change in &difference {
        builder = add(attempt, builder, change)?;
    }
    let set = builder
        .build(&blobs)
        .map_err(|error| Stop::Failed(Stage::Judgement, crate::outbox::chain(&error)))?;
    Ok(Change {
        plan,
        set,
        blobs,
        difference,
    })
}

fn plan(attempt: &Attempt<'_>, agent: &str) -> Result<ChangePlan, Stop> {
    let parts = &attempt.cx.parts;
    let refuse =
        |error: &dyn std::error::Error| Stop::Failed(Stage::Judgement, crate::outbox::chain(error));
    let author = Actor::new(format!("agent:{agent}")).map_err(|error| refuse(&error))?;
    let base = Base::new(parts.repository.as_str()).at_commit(attempt.start.to_string());
    let intent = format!("stabilise the test {}", attempt.tracked.test);
    let mut plan = ChangePlan::new(intent, author, base, attempt.cx.now());
    plan.scope.clone_from(&attempt.cx.options.scope);
    plan.verification = vec![
        "all gates of the base commit pass on the changed tree".to_owned(),
        "the test passes as many times in a row as its measured share of failures asks for"
            .to_owned(),
    ];
    Ok(plan)
}

fn add(
    attempt: &Attempt<'_>,
    builder: ftc_changeset::ChangeSetBuilder,
    change: &FileChange,
) -> Result<ftc_changeset::ChangeSetBuilder, Stop> {
    let path = RepoPath::from_path(&change.path)
        .map_err(|error| Stop::Failed(Stage::Judgement, crate::outbox::chain(&error)))?;
    let old = change
        .old
        .as_ref()
        .map(|state| file(attempt, change, state))
        .transpose()?;
    let new = change
        .new
        .as_ref()
        .map(|state| file(attempt, change, state))
        .transpose()?;
    Ok(match (&old, &new) {
        (None, Some((bytes, mode))) => builder.create(path, bytes, *mode),
        (Some((bytes, mode)), None) => builder.delete(path, OldFile::new(bytes, *mode)),
        (Some((before, mode)), Some((after, new_mode))) if before == after => {
            builder.set_mode(path, OldFile::new(before, *mode), *new_mode)
        }
        (Some((before, mode)), Some((after, new_mode))) => {
            let changed = (mode != new_mode).then_some(*new_mode);
            builder.modify(path, OldFile::new(before, *mode), after, changed)
        }
        (None, None) => builder,
    })
}

/// The bytes and the mode of one side of a difference.
fn file(
    attempt: &Attempt<'_>,
    change: &FileChange,
    state: &FileState,
) -> Result<(Vec<u8>, Mode), Stop> {
    let mode = match state.mode {
        FileMode::Regular => Mode::Regular,
        FileMode::Executable => Mode::Executable,
        FileMode::Link => return Err(refuse_kind(change, "a symbolic link")),
        FileMode::Submodule => return Err(refuse_kind(change, "another repository")),
        _ => return Err(refuse_kind(change, "something unknown")),
    };
    Ok((attempt.cx.parts.code.read_blob(state.id)?, mode))
}

fn refuse_kind(change: &FileChange, kind: &str) -> Stop {
    let path = change.path.display();
    let reason = format!("`{path}` is {kind}, and only regular files are changed");
    Stop::Failed(Stage::Judgement, reason)
}

/// Asks the WriteGate. Everything but ALLOW ends the attempt with all findings.
pub(super) fn judge(
    attempt: &Attempt<'_>,
    policy: &Policy,
    change: &Change,
) -> Result<Decision, Stop> {
    let facts = Facts::new(attempt.cx.now());
    let decision = WriteGate::evaluate(policy, &change.plan, &change.set, &facts, &change.blobs);
    if decision.verdict == GateVerdict::Allow {
        return Ok(decision);
    }
    Err(Stop::Failed(Stage::Judgement, reasons(&decision)))
}

/// Why the change may not be applied: the first finding that decided in the first line, everything below.
fn reasons(decision: &Decision) -> String {
    let said = |finding: &Finding| {
        let path = finding
            .path
            .as_ref()
            .map_or_else(String::new, |path| format!(" (`{path}`)"));
        format!("{}{path}", finding.message)
    };
    let decided = decision
        .findings
        .iter()
        .find(|finding| finding.verdict == decision.verdict);
    let first = format!(
        "the WriteGate says {} (risk {}){}",
        decision.verdict,
        decision.risk.computed,
        decided.map_or_else(String::new, |finding| format!(": {}", said(finding)))
    );
    let all = decision.findings.iter().map(|finding| {
        format!(
            "- {} {}: {}",
            finding.verdict,
            finding.rule_id,
            said(finding)
        )
    });
    std::iter::once(first)
        .chain(all)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Applies the ChangeSet to the clean `worktree` and returns the tree that is there now.
pub(super) fn apply(
    attempt: &Attempt<'_>,
    policy: &Policy,
    change: &Change,
    decision: &Decision,
    worktree: &Path,
) -> Result<ObjectId, Stop> {
    let parts = &attempt.cx.parts;
    let authorized = WriteGate::authorize(
        policy,
        &change.plan,
        &change.set,
        decision,
        &[],
        attempt.cx.now(),
    )
    .map_err(|error: AuthorizeError| {
        Stop::Failed(Stage::Judgement, crate::outbox::chain(&error))
    })?;
    let (executor, _) =
        Executor::open(worktree, attempt.cx.executor()).map_err(FailureError::from)?;
    executor
        .execute(authorized, &change.blobs)
        .map_err(FailureError::from)?;
    let tree = parts.code.worktree_tree(worktree)?;
    let found = parts.code.diff_trees(attempt.start, tree)?;
    if found == change.difference {
        return Ok(tree);
    }
    // The executor verified every file, so something else wrote into the worktree or hid a file of it.
    let reason = format!(
        "the worktree does not hold the base and the ChangeSet and nothing else: {}",
        paths_that_differ(&found, &change.difference).join(", ")
    );
    Err(Stop::Failed(Stage::Apply, reason))
}

/// The first few paths at which two differences are not the same.
fn paths_that_differ(found: &[FileChange], wanted: &[FileChange]) -> Vec<String> {
    let only = |one: &[FileChange], other: &[FileChange]| -> BTreeSet<String> {
        one.iter()
            .filter(|change| !other.contains(change))
            .map(|change| format!("`{}`", change.path.display()))
            .collect()
    };
    let mut paths = only(found, wanted);
    paths.append(&mut only(wanted, found));
    paths.into_iter().take(5).collect()
}
