//! Waiting for a maintainer.

use std::sync::Arc;

use ftc_github::{ApprovalHow, ApprovalSignal, IssueState, Permission, PlannedWrite};
use ftc_state::LifecycleState;

use super::{Move, Next, Tracked, issue};
use crate::cleaner::Cx;
use crate::error::FailureError;
use crate::labels::Label;
use crate::memo::GivenApproval;

/// Looks whether somebody who may has allowed a fix.
pub(super) async fn look(cx: &Arc<Cx>, mut tracked: Tracked) -> Result<Next, FailureError> {
    let number = tracked.issue()?;
    let forge = &cx.parts.forge;
    let Some(seen) = forge.issue(number).await? else {
        return Err(FailureError::IssueGone { number });
    };
    if seen.state != IssueState::Open {
        let next = Move::to(LifecycleState::Closed, "a person closed the issue");
        return tracked.go(cx, next).await;
    }
    if says_less(&tracked) {
        return issue::update(cx, tracked).await;
    }
    let Some(signal) = granted(cx, &tracked).await? else {
        return Ok(Next::Waits(waits_for(&tracked, number.0)));
    };
    let given = GivenApproval {
        by: signal.by.to_string(),
        how: how(signal.how).to_owned(),
        at: signal.at,
    };
    let reason = format!("{} allows a fix ({})", given.by, given.how);
    tracked.memo.approval = Some(given);
    let mut writes = Label::ensure(&[Label::FixInProgress]);
    writes.push(PlannedWrite::AddLabels {
        issue: number,
        labels: Label::names(&[Label::FixInProgress]),
    });
    writes.extend(
        [Label::NeedsTriage, Label::Blocked].map(|label| PlannedWrite::RemoveLabel {
            issue: number,
            label: label.name(),
        }),
    );
    let next = Move::to(LifecycleState::ApprovedToFix, reason).writing(writes);
    tracked.go(cx, next).await
}

/// Whether the failure happened more often than the issue says.
fn says_less(tracked: &Tracked) -> bool {
    match (&tracked.memo.rate, &tracked.memo.published) {
        (Some(rate), Some(published)) => {
            rate.commit != published.commit || rate.failures != published.failures
        }
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// The first approval that counts: of a person with write permission, proved by the forge, given after the last attempt.
async fn granted(cx: &Arc<Cx>, tracked: &Tracked) -> Result<Option<ApprovalSignal>, FailureError> {
    let forge = &cx.parts.forge;
    let after = tracked
        .memo
        .failed_attempts
        .last()
        .map(|attempt| attempt.at);
    let mut signals = forge.approvals(tracked.issue()?).await?;
    signals.sort_by_key(|signal| signal.at);
    for signal in signals {
        let is_new = after.is_none_or(|after| signal.at > after);
        if is_new && signal.verified && forge.permission(&signal.by).await? >= Permission::Write {
            return Ok(Some(signal));
        }
    }
    Ok(None)
}

fn waits_for(tracked: &Tracked, issue: u64) -> String {
    match tracked.memo.failed_attempts.last() {
        Some(attempt) => format!(
            "a maintainer's new approval of issue #{issue}: the last attempt ended in its stage \"{}\": {}",
            attempt.stage,
            attempt.reason.lines().next().unwrap_or_default(),
        ),
        None => format!("a maintainer's approval of issue #{issue}"),
    }
}

fn how(how: ApprovalHow) -> &'static str {
    match how {
        ApprovalHow::Label => "label",
        ApprovalHow::Comment => "comment",
        ApprovalHow::Approve => "approval",
        _ => "another way",
    }
}
