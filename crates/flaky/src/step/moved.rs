//! Somebody else moved a branch between the decision to push to it and the push. What they pushed is never overwritten: the
//! first proposal goes to another branch, and an answer to a review is made again, on top of what is there now.
//!
//! The new decision is written down first and the writes of the old one are withdrawn after it, so that a pass that is killed
//! in between is met by the same conflict, sees that there is a new decision, and withdraws.

use std::sync::Arc;

use ftc_github::PlannedWrite;
use ftc_state::{LifecycleState, OutboxDone, OutboxEntry, OutboxFilter};

use super::{Move, Next, Tracked, fix};
use crate::blocking::blocking;
use crate::cleaner::Cx;
use crate::discover::all;
use crate::error::FailureError;
use crate::observe::Event;
use crate::outbox;

/// Decides again what `entry`, a push, was decided for, and withdraws it with everything that was to follow it.
pub(super) async fn plan_anew(
    cx: &Arc<Cx>,
    tracked: Tracked,
    entry: &OutboxEntry,
) -> Result<Next, FailureError> {
    let PlannedWrite::PushBranch { branch, .. } = outbox::read(entry)? else {
        unreachable!("only pushes move branches");
    };
    let pending = pending(cx, &tracked, entry).await?;
    let fix_is_for_it = tracked
        .memo
        .fix
        .as_ref()
        .is_some_and(|fix| fix.branch == branch);
    let next = match tracked.lifecycle.state {
        LifecycleState::PrOpen if tracked.lifecycle.pull.is_none() && fix_is_for_it => {
            propose_elsewhere(cx, tracked, &branch, &pending).await?
        }
        LifecycleState::PrUpdating => {
            let reason = format!(
                "somebody else moved the branch `{branch}`, so the review is answered again on top of that"
            );
            tell_after(cx, tracked, Move::to(LifecycleState::PrOpen, reason)).await?
        }
        // There is a new decision already.
        _ => Next::Moved(Box::new(tracked.lifecycle)),
    };
    withdraw(cx, &branch, pending).await?;
    Ok(next)
}

/// The writes of the same transition that were not sent, in their order.
async fn pending(
    cx: &Arc<Cx>,
    tracked: &Tracked,
    entry: &OutboxEntry,
) -> Result<Vec<OutboxEntry>, FailureError> {
    let filter = OutboxFilter::pending().of(tracked.lifecycle.fingerprint);
    let mut entries = blocking(cx, move |cx| {
        let store = &cx.parts.store;
        all(|page| store.list_outbox(&cx.parts.repository, &filter, page))
    })
    .await?;
    let transition = |key: &str| key.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
    let wanted = transition(&entry.key);
    entries.retain(|entry| transition(&entry.key) == wanted);
    Ok(entries)
}

/// Asks for the same writes with another branch.
async fn propose_elsewhere(
    cx: &Arc<Cx>,
    mut tracked: Tracked,
    taken: &str,
    pending: &[OutboxEntry],
) -> Result<Next, FailureError> {
    let free = fix::free_branch(cx, &tracked).await?;
    let mut writes = Vec::new();
    for entry in pending {
        let mut write = outbox::read(entry)?;
        match &mut write {
            PlannedWrite::PushBranch {
                branch, expected, ..
            } => {
                branch.clone_from(&free);
                *expected = None;
            }
            PlannedWrite::EnsurePull { head, .. } => head.clone_from(&free),
            _ => {}
        }
        writes.push(write);
    }
    let reason = format!("the branch `{taken}` is somebody else's, so the fix goes to `{free}`");
    if let Some(fix) = &mut tracked.memo.fix {
        fix.branch = free;
    }
    let state = tracked.lifecycle.state;
    tell_after(cx, tracked, Move::to(state, reason).writing(writes)).await
}

/// Moves, and then tells a person why.
async fn tell_after(cx: &Arc<Cx>, tracked: Tracked, next: Move) -> Result<Next, FailureError> {
    let text = format!("`{}`: {}", tracked.test, next.reason);
    let moved = tracked.go(cx, next).await?;
    cx.tell(&Event::Notice { text });
    Ok(moved)
}

/// Writes down that nobody is to send these any more.
async fn withdraw(
    cx: &Arc<Cx>,
    branch: &str,
    entries: Vec<OutboxEntry>,
) -> Result<(), FailureError> {
    let done = OutboxDone::new(format!(
        "withdrawn: the branch `{branch}` was moved by somebody else"
    ));
    blocking(cx, move |cx| {
        for entry in entries {
            cx.hold()?;
            cx.parts
                .store
                .complete_outbox(entry.id, &done, cx.now())
                .map_err(outbox::SendError::from)?;
        }
        Ok(())
    })
    .await
}
