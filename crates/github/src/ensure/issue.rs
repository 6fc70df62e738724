//! Issues and comments.

use super::body::{is_same, with_blocks, with_marker};
use super::find::{Target, target};
use super::{add_labels, edit_body};
use crate::blocks;
use crate::error::Result;
use crate::forge::Forge;
use crate::ids::IssueNumber;
use crate::marker::Marker;
use crate::model::{CloseReason, Comment, Issue, IssueEdit, IssueFilter, IssueState, NewIssue};
use crate::page::all_pages;
use crate::planned::{Effect, Ensured};
use crate::text::fit_title;

pub(super) async fn ensure_issue(
    forge: &dyn Forge,
    marker: &Marker,
    title: &str,
    body: &str,
    labels: &[String],
) -> Result<Ensured> {
    let body = with_marker(marker, body);
    if let Some((issue, duplicates)) = find_issue(forge, marker).await? {
        let number = issue.number;
        let labelled = add_labels(forge, number, &issue.labels, labels).await?;
        let present = Target::Issue(issue);
        let edited =
            edit_body(forge, &present, number, blocks::read_all(&body).into_iter()).await?;
        let effect = [duplicates, labelled, edited]
            .into_iter()
            .find(|effect| *effect != Effect::Unchanged)
            .unwrap_or(Effect::Unchanged);
        return Ok(Ensured::new(effect, Some(number)));
    }
    let new = NewIssue {
        title: fit_title(&super::body::published(title)),
        body,
        labels: labels.to_vec(),
    };
    let created = match forge.create_issue(&new).await {
        Err(error) if error.is_ambiguous() => Err(error),
        result => Ok(result?.number),
    };
    // Another process may have created one between our look and our write; and after a write whose effect is not known only
    // another look tells.
    match (find_issue(forge, marker).await?, created) {
        (Some((issue, _)), Ok(number)) if issue.number != number => {
            Ok(Ensured::new(Effect::Unchanged, Some(issue.number)))
        }
        (Some((issue, _)), _) => Ok(Ensured::new(Effect::Created, Some(issue.number))),
        // A list may lag behind; what the forge said of our own write holds.
        (None, Ok(number)) => Ok(Ensured::new(Effect::Created, Some(number))),
        (None, Err(error)) => Err(error),
    }
}

/// The issue of ours with this marker. Other open ones are closed as its duplicates.
async fn find_issue(forge: &dyn Forge, marker: &Marker) -> Result<Option<(Issue, Effect)>> {
    let viewer = forge.viewer().await?;
    let filter = IssueFilter {
        author: Some(viewer.clone()),
        ..IssueFilter::default()
    };
    let mut ours = all_pages(|page| forge.issues(&filter, page)).await?;
    ours.retain(|issue| issue.verified && issue.author == viewer && marker.is_in(&issue.body));
    ours.sort_by_key(|issue| issue.number);
    let mut ours = ours.into_iter();
    let Some(first) = ours.next() else {
        return Ok(None);
    };
    let mut effect = Effect::Unchanged;
    for duplicate in ours.filter(|issue| issue.state.is_open()) {
        let edit = IssueEdit {
            state: Some(IssueState::Closed(CloseReason::Duplicate)),
            ..IssueEdit::default()
        };
        forge.edit_issue(duplicate.number, &edit).await?;
        effect = Effect::Updated;
    }
    Ok(Some((first, effect)))
}

pub(super) async fn upsert_comment(
    forge: &dyn Forge,
    number: IssueNumber,
    marker: &Marker,
    body: &str,
) -> Result<Ensured> {
    // A comment on something that does not exist is an error before anything else.
    target(forge, number).await?;
    let body = with_marker(marker, body);
    let ensured = |effect, comment: &Comment| Ensured {
        comment: Some(comment.id),
        ..Ensured::new(effect, Some(number))
    };
    if let Some(present) = find_comment(forge, number, marker).await? {
        let planned = blocks::read_all(&body);
        let wanted = if planned.is_empty() {
            body
        } else {
            with_blocks(&present.body, planned.into_iter())?
        };
        if is_same(&wanted, &present.body) {
            return Ok(ensured(Effect::Unchanged, &present));
        }
        let comment = forge.edit_comment(present.id, &wanted).await?;
        return Ok(ensured(Effect::Updated, &comment));
    }
    match forge.create_comment(number, &body).await {
        Err(error) if error.is_ambiguous() => match find_comment(forge, number, marker).await? {
            Some(comment) => Ok(ensured(Effect::Created, &comment)),
            None => Err(error),
        },
        result => Ok(ensured(Effect::Created, &result?)),
    }
}

/// The first comment of ours with this marker.
async fn find_comment(
    forge: &dyn Forge,
    number: IssueNumber,
    marker: &Marker,
) -> Result<Option<Comment>> {
    let viewer = forge.viewer().await?;
    let comments = all_pages(|page| forge.comments(number, page)).await?;
    Ok(comments
        .into_iter()
        .filter(|comment| {
            comment.verified && comment.author == viewer && marker.is_in(&comment.body)
        })
        .min_by_key(|comment| comment.id))
}
