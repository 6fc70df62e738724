//! From a proved failure to an analysed issue.

use std::sync::Arc;

use ftc_github::PlannedWrite;
use ftc_state::LifecycleState;

use super::{Move, Next, Tracked};
use crate::blocking::blocking;
use crate::cleaner::Cx;
use crate::context;
use crate::error::FailureError;
use crate::labels::Label;
use crate::text;

const ISSUE_LABELS: [Label; 3] = [Label::AiManaged, Label::FlakyTest, Label::NeedsTriage];

/// Opens the issue.
pub(super) async fn open(cx: &Arc<Cx>, mut tracked: Tracked) -> Result<Next, FailureError> {
    if tracked.memo.rate.is_none() {
        // A discovery that was killed between its two steps has begun it and measured nothing yet.
        return Ok(Next::Waits("a discovery that measures it".to_owned()));
    }
    let read = tracked.clone();
    let occurrences = blocking(cx, move |cx| read.occurrences(cx)).await?;
    let marker = tracked.marker("issue");
    let mut writes = Label::ensure(&ISSUE_LABELS);
    writes.push(PlannedWrite::EnsureIssue {
        title: text::issue_title(&tracked),
        body: text::issue_body(&tracked, &occurrences, &marker),
        labels: Label::names(&ISSUE_LABELS),
        marker,
    });
    tracked.memo.published = tracked.memo.rate.clone();
    let next = Move::to(
        LifecycleState::IssueOpen,
        "it fails and passes on the same code",
    )
    .writing(writes);
    tracked.go(cx, next).await
}

/// Writes what was measured since into the issue.
pub(super) async fn update(cx: &Arc<Cx>, mut tracked: Tracked) -> Result<Next, FailureError> {
    let read = tracked.clone();
    let occurrences = blocking(cx, move |cx| read.occurrences(cx)).await?;
    let write = PlannedWrite::UpdateBlocks {
        issue: tracked.issue()?,
        blocks: text::issue_blocks(&tracked, &occurrences),
    };
    tracked.memo.published = tracked.memo.rate.clone();
    let next = Move::to(
        LifecycleState::NeedsUpdate,
        "more is known than the issue says",
    )
    .writing(vec![write]);
    tracked.go(cx, next).await
}

/// The issue says what is known; the analysis is brought up to date next.
pub(super) async fn updated(cx: &Arc<Cx>, tracked: Tracked) -> Result<Next, FailureError> {
    let next = Move::to(LifecycleState::IssueOpen, "the issue is up to date");
    tracked.go(cx, next).await
}

/// Comments what the failure looks like from the code.
pub(super) async fn analyse(cx: &Arc<Cx>, tracked: Tracked) -> Result<Next, FailureError> {
    let issue = tracked.issue()?;
    let read = tracked.clone();
    let context = blocking(cx, move |cx| context::collect(cx, &read)).await?;
    let marker = tracked.marker("analysis");
    let write = PlannedWrite::UpsertComment {
        issue,
        body: text::analysis(
            &tracked,
            &context.snippets,
            context.rerun.as_deref(),
            &marker,
        ),
        marker,
    };
    let next = Move::to(LifecycleState::Triaged, "analysed").writing(vec![write]);
    tracked.go(cx, next).await
}

/// From here on a person decides.
pub(super) async fn wait(cx: &Arc<Cx>, tracked: Tracked) -> Result<Next, FailureError> {
    let next = Move::to(LifecycleState::WaitingForSignal, "a maintainer decides");
    tracked.go(cx, next).await
}
