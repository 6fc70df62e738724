//! The pull request: reviews, checks, and its end.

use std::sync::Arc;

use ftc_github::{
    CheckConclusion, CiState, CloseReason, Permission, PlannedWrite, Pull, PullState, Review,
    ReviewState,
};
use ftc_state::LifecycleState;
use jiff::Timestamp;

use super::{Move, Next, Tracked, fix};
use crate::attempt::{self, AttemptEnd, Made, Start};
use crate::blocking::blocking;
use crate::cleaner::Cx;
use crate::error::FailureError;
use crate::labels::Label;
use crate::memo::{Feedback, Wish};
use crate::pages::{all_checks, all_reviews};
use crate::text;

/// Looks what became of the pull request.
pub(super) async fn look(cx: &Arc<Cx>, mut tracked: Tracked) -> Result<Next, FailureError> {
    let pull = load(cx, &tracked).await?;
    if let Some(next) = ended(&tracked, &pull)? {
        return tracked.go(cx, next).await;
    }
    let feedback = feedback(cx, &tracked, &pull).await?;
    let Some(feedback) = feedback else {
        return Ok(Next::Waits(format!(
            "review and merge of pull request #{}",
            pull.number.0
        )));
    };
    if tracked.memo.review_rounds >= cx.options.max_review_rounds {
        return Ok(Next::Waits(format!(
            "a person: {} rounds of review were answered, the most that are",
            tracked.memo.review_rounds
        )));
    }
    let wishes: Vec<&str> = feedback
        .wishes
        .iter()
        .map(|wish| wish.by.as_str())
        .collect();
    let reason = format!("changes were asked for by {}", wishes.join(", "));
    tracked.memo.feedback = Some(feedback);
    tracked
        .go(cx, Move::to(LifecycleState::PrNeedsChanges, reason))
        .await
}

/// Lets the agent answer the review.
pub(super) async fn answer(cx: &Arc<Cx>, tracked: Tracked) -> Result<Next, FailureError> {
    let pull = load(cx, &tracked).await?;
    if let Some(next) = ended(&tracked, &pull)? {
        return tracked.go(cx, next).await;
    }
    let Some(feedback) = tracked.memo.feedback.clone() else {
        return tracked
            .go(
                cx,
                Move::to(LifecycleState::PrOpen, "there is nothing to answer"),
            )
            .await;
    };
    if cx.parts.agent.is_none() {
        return Ok(Next::Waits("an agent: none is configured".to_owned()));
    }
    let read = tracked.clone();
    let head = pull.head_sha.clone();
    let asked = feedback.clone();
    let end = blocking(cx, move |cx| {
        let head = cx.fetch_branch(&read, &head)?;
        let start = Start {
            commit: head,
            judges: cx.fork_point(head)?,
        };
        attempt::attempt(cx, &read, start, Some(&asked))
    })
    .await?;
    match end {
        AttemptEnd::Made(made) => push_answer(cx, tracked, &pull, &feedback, &made).await,
        AttemptEnd::Failed { stage, reason } => {
            leave(cx, tracked, &feedback, stage.to_string(), reason).await
        }
    }
}

/// The branch is pushed; the pull request waits for its reviewers again.
pub(super) async fn updated(cx: &Arc<Cx>, mut tracked: Tracked) -> Result<Next, FailureError> {
    if let Some(feedback) = tracked.memo.feedback.take() {
        tracked.memo.reviewed_until = Some(feedback.until);
    }
    tracked
        .go(
            cx,
            Move::to(LifecycleState::PrOpen, "the review was answered"),
        )
        .await
}

async fn load(cx: &Arc<Cx>, tracked: &Tracked) -> Result<Pull, FailureError> {
    let number = tracked.pull()?;
    cx.parts
        .forge
        .pull(number)
        .await?
        .ok_or(FailureError::IssueGone { number })
}

/// The move of a pull request that was merged or closed, whatever state it is in here.
fn ended(tracked: &Tracked, pull: &Pull) -> Result<Option<Move>, FailureError> {
    let issue = tracked.issue()?;
    let number = pull.number.0;
    let marker = tracked.marker("end");
    let (state, reason, body, close) = match pull.state {
        PullState::Merged => {
            let commit = pull.merged_sha.as_deref().unwrap_or(&pull.head_sha);
            let body = text::merged(number, commit, &marker);
            (
                LifecycleState::Merged,
                format!("#{number} was merged"),
                body,
                CloseReason::Completed,
            )
        }
        PullState::Closed => {
            let body = text::closed_unmerged(number, &marker);
            let reason = format!("#{number} was closed without being merged");
            (
                LifecycleState::ClosedWontfix,
                reason,
                body,
                CloseReason::NotPlanned,
            )
        }
        _ => return Ok(None),
    };
    let remove = PlannedWrite::RemoveLabel {
        issue,
        label: Label::FixInProgress.name(),
    };
    let writes = vec![
        PlannedWrite::UpsertComment {
            issue,
            marker,
            body,
        },
        remove,
        PlannedWrite::CloseIssue {
            issue,
            reason: close,
        },
    ];
    Ok(Some(Move::to(state, reason).writing(writes)))
}

/// What reviewers and checks ask for and was not answered yet.
async fn feedback(
    cx: &Arc<Cx>,
    tracked: &Tracked,
    pull: &Pull,
) -> Result<Option<Feedback>, FailureError> {
    let forge = &cx.parts.forge;
    let after = tracked.memo.reviewed_until;
    let reviews = all_reviews(&**forge, pull.number).await?;
    let mut until: Option<Timestamp> = None;
    let mut wishes = Vec::new();
    for review in latest_by_reviewer(reviews) {
        let asks = review.state == ReviewState::ChangesRequested
            && after.is_none_or(|after| review.submitted_at > after);
        if asks && forge.permission(&review.author).await? >= Permission::Write {
            until = until.max(Some(review.submitted_at));
            wishes.push(Wish {
                by: review.author.to_string(),
                text: review.body,
            });
        }
    }
    if let CiState::Red(_) = forge.ci_state(&pull.head_sha).await? {
        for check in all_checks(&**forge, &pull.head_sha).await? {
            let is_new = after.is_none_or(|after| check.created_at > after);
            if is_new && check.verified && failed(&check.conclusion) {
                until = until.max(Some(check.created_at));
                wishes.push(Wish {
                    by: format!("check {}", check.name),
                    text: check.summary,
                });
            }
        }
    }
    Ok(until.map(|until| Feedback::new(until, wishes)))
}

/// The last review of each reviewer that says more than a comment, as far as the forge vouches for them.
fn latest_by_reviewer(mut reviews: Vec<Review>) -> Vec<Review> {
    reviews.sort_by_key(|review| review.submitted_at);
    let mut latest: Vec<Review> = Vec::new();
    for review in reviews {
        // One that the forge does not vouch for must not hide one that it does.
        if review.state == ReviewState::Commented || !review.verified {
            continue;
        }
        latest.retain(|earlier| earlier.author != review.author);
        latest.push(review);
    }
    latest
}

async fn push_answer(
    cx: &Arc<Cx>,
    mut tracked: Tracked,
    pull: &Pull,
    feedback: &Feedback,
    made: &Made,
) -> Result<Next, FailureError> {
    let fix = made.fix(pull.head.clone());
    tracked.memo.review_rounds += 1;
    let round = tracked.memo.review_rounds as usize;
    let marker = tracked.numbered_marker("review", round);
    let writes = vec![
        fix::push(cx, &fix, Some(pull.head_sha.clone())),
        fix::check(&fix, made),
        PlannedWrite::UpsertComment {
            issue: pull.number,
            body: text::review_answer(&fix, feedback, &marker),
            marker,
        },
    ];
    // The wishes count as answered when the answer is on the branch.
    tracked.memo.fix = Some(fix);
    let reason = format!("round {round} of review was answered");
    tracked
        .go(
            cx,
            Move::to(LifecycleState::PrUpdating, reason).writing(writes),
        )
        .await
}

/// Says that the review could not be answered. The same wish is not tried again.
async fn leave(
    cx: &Arc<Cx>,
    mut tracked: Tracked,
    feedback: &Feedback,
    stage: String,
    reason: String,
) -> Result<Next, FailureError> {
    tracked.memo.review_rounds += 1;
    let round = tracked.memo.review_rounds as usize;
    let marker = tracked.numbered_marker("review", round);
    let write = PlannedWrite::UpsertComment {
        issue: tracked.pull()?,
        body: text::review_unanswered(&stage, &reason, &marker),
        marker,
    };
    let line = reason.lines().next().unwrap_or_default();
    let summary = format!("the review could not be answered, stage \"{stage}\": {line}");
    tracked.memo.reviewed_until = Some(feedback.until);
    tracked.memo.feedback = None;
    tracked.memo.add_failed_attempt(cx.now(), stage, &reason);
    tracked
        .go(
            cx,
            Move::to(LifecycleState::PrOpen, summary).writing(vec![write]),
        )
        .await
}

/// Whether a check stands in the way for good. Words that are not known count as failures.
fn failed(conclusion: &CheckConclusion) -> bool {
    use CheckConclusion::{Neutral, Pending, Skipped, Success};
    !matches!(conclusion, Success | Pending | Neutral | Skipped)
}
