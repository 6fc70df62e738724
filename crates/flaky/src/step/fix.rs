//! An attempt at a fix, and what becomes of it.

use std::sync::Arc;

use ftc_github::{CheckConclusion, IssueState, PlannedWrite};
use ftc_state::LifecycleState;
use jiff::Timestamp;

use super::{Move, Next, Tracked};
use crate::attempt::{self, AttemptEnd, Made, Start};
use crate::blocking::blocking;
use crate::cleaner::Cx;
use crate::error::FailureError;
use crate::guard::BRANCH_PREFIX;
use crate::labels::Label;
use crate::memo::Fix;
use crate::text;

/// The name of the check that says what our gates said.
pub(super) const CHECK_NAME: &str = "ftc/gates";

/// Lets the agent try, and proposes the change if it stands.
pub(super) async fn attempt(cx: &Arc<Cx>, tracked: Tracked) -> Result<Next, FailureError> {
    if cx.parts.agent.is_none() {
        return Ok(Next::Waits("an agent: none is configured".to_owned()));
    }
    let issue = tracked.issue()?;
    let seen = cx.parts.forge.issue(issue).await?;
    if seen.is_none_or(|seen| seen.state != IssueState::Open) {
        // Whoever closed it wants no fix any more, whatever was said before.
        let next = Move::to(
            LifecycleState::WaitingForSignal,
            "the issue is not open any more",
        );
        return tracked.go(cx, next).await;
    }
    let read = tracked.clone();
    let end = blocking(cx, move |cx| {
        let base = cx.fetch_base()?;
        attempt::attempt(cx, &read, Start::at_base(base), None)
    })
    .await?;
    match end {
        AttemptEnd::Made(made) => propose(cx, tracked, &made).await,
        AttemptEnd::Failed { stage, reason } => {
            give_back(cx, tracked, stage.to_string(), reason).await
        }
    }
}

async fn propose(cx: &Arc<Cx>, mut tracked: Tracked, made: &Made) -> Result<Next, FailureError> {
    let issue = tracked.issue()?;
    let branch = free_branch(cx, &tracked).await?;
    let fix = made.fix(branch.clone());
    let marker = tracked.marker("pull");
    let mut writes = vec![push(cx, &fix, None)];
    writes.extend(Label::ensure(&[Label::AiPrOpen]));
    writes.push(PlannedWrite::EnsurePull {
        head: branch,
        base: cx.parts.base_branch.clone(),
        title: text::pull_title(&tracked),
        body: text::pull_body(&tracked, &fix, issue.0, &made.files, &marker),
        labels: Label::names(&[Label::AiPrOpen]),
        marker,
    });
    writes.push(check(&fix, made));
    let reason = format!(
        "the gates passed, and the test passed {} times in a row",
        fix.proof_runs
    );
    tracked.memo.fix = Some(fix);
    let next = Move::to(LifecycleState::PrOpen, reason).writing(writes);
    tracked.go(cx, next).await
}

/// The first name of a branch for this failure that nobody has. What is on a branch may be a person's, so none is overwritten.
pub(super) async fn free_branch(cx: &Arc<Cx>, tracked: &Tracked) -> Result<String, FailureError> {
    let first = format!("{BRANCH_PREFIX}{}", tracked.known.fingerprint.short());
    let mut branch = first.clone();
    let mut number = 1;
    while cx.parts.forge.branch(&branch).await?.is_some() {
        number += 1;
        branch = format!("{first}-{number}");
    }
    Ok(branch)
}

/// The push of a fix to a branch that is at `expected`, or is not there.
pub(super) fn push(cx: &Cx, fix: &Fix, expected: Option<String>) -> PlannedWrite {
    PlannedWrite::PushBranch {
        branch: fix.branch.clone(),
        sha: fix.commit.clone(),
        expected,
        objects: cx.parts.code.common_dir().to_owned(),
    }
}

pub(super) fn check(fix: &Fix, made: &Made) -> PlannedWrite {
    PlannedWrite::CreateCheck {
        sha: fix.commit.clone(),
        name: CHECK_NAME.to_owned(),
        conclusion: CheckConclusion::Success,
        summary: made.summary(),
    }
}

/// Tells the maintainers why there is no change, and waits for their word.
async fn give_back(
    cx: &Arc<Cx>,
    mut tracked: Tracked,
    stage: String,
    reason: String,
) -> Result<Next, FailureError> {
    let issue = tracked.issue()?;
    let attempt = tracked.memo.failed_attempts.len() + 1;
    let marker = tracked.numbered_marker("attempt", attempt);
    let mut writes = vec![PlannedWrite::UpsertComment {
        issue,
        body: text::attempt_failed(&stage, &reason, attempt, &marker),
        marker,
    }];
    writes.extend(Label::ensure(&[Label::Blocked]));
    writes.push(PlannedWrite::AddLabels {
        issue,
        labels: Label::names(&[Label::Blocked]),
    });
    writes.extend([Label::FixInProgress, Label::AiFixApproved].map(|label| {
        PlannedWrite::RemoveLabel {
            issue,
            label: label.name(),
        }
    }));
    let line = reason.lines().next().unwrap_or_default();
    let summary = format!("attempt {attempt} ended in its stage \"{stage}\": {line}");
    // The clock of the forge may be ahead of ours, and the approval that was used is used up all the same.
    let used = tracked.memo.approval.take().map(|approval| approval.at);
    let ended = used.into_iter().fold(cx.now(), Timestamp::max);
    tracked.memo.add_failed_attempt(ended, stage, &reason);
    let next = Move::to(LifecycleState::WaitingForSignal, summary).writing(writes);
    tracked.go(cx, next).await
}
