//! Makes a planned write, once however often it is called.

mod body;
mod find;
mod issue;
mod pull;

use crate::error::{Error, Result};
use crate::forge::Forge;
use crate::ids::IssueNumber;
use crate::model::{
    CheckConclusion, CloseReason, IssueEdit, IssueState, Label, NewCheck, PullEdit, PullState,
};
use crate::page::all_pages;
use crate::planned::{Effect, Ensured, PlannedWrite};
use crate::rules::is_same_label;

use find::{Target, require_ours, target};

/// Brings about what `write` says, and writes only what differs. Called again it finds that nothing differs.
///
/// What is ours is looked for first, on all pages: an object counts as ours when the forge vouches for it, its author is the
/// account that the forge acts as, and it holds the marker. Of several the lowest number wins, and other open issues with
/// the same marker are closed as duplicates. A look-up that fails ends the call: it never means "not there". A write whose
/// effect is not known is looked for once; if it is not there yet, [`Error::Ambiguous`] says so, and a later call finds it.
///
/// What we publish is redacted, stripped of control characters and fitted into the limits of [`text`](crate::text) first.
/// The title, the state and the labels of what exists are people's: titles stay, closed issues stay closed, and labels are
/// only ever added or removed one by one. The default branch is never pushed to.
pub async fn ensure(forge: &dyn Forge, write: &PlannedWrite) -> Result<Ensured> {
    match write {
        PlannedWrite::EnsureLabel {
            name,
            color,
            description,
        } => {
            let label = Label {
                name: name.clone(),
                color: color.clone(),
                description: description.clone(),
            };
            let effect = forge.ensure_label(&label).await?;
            Ok(Ensured::new(effect, None))
        }
        PlannedWrite::EnsureIssue {
            marker,
            title,
            body,
            labels,
        } => issue::ensure_issue(forge, marker, title, body, labels).await,
        PlannedWrite::UpdateBlocks { issue, blocks } => update_blocks(forge, *issue, blocks).await,
        PlannedWrite::UpsertComment {
            issue,
            marker,
            body,
        } => issue::upsert_comment(forge, *issue, marker, body).await,
        PlannedWrite::AddLabels { issue, labels } => {
            let present = target(forge, *issue).await?;
            let effect = add_labels(forge, *issue, present.labels(), labels).await?;
            Ok(Ensured::new(effect, Some(*issue)))
        }
        PlannedWrite::RemoveLabel { issue, label } => remove_label(forge, *issue, label).await,
        PlannedWrite::PushBranch {
            branch,
            sha,
            expected,
            objects,
        } => pull::push_branch(forge, branch, sha, expected.as_deref(), objects).await,
        PlannedWrite::EnsurePull { .. } => pull::ensure_pull(forge, write).await,
        PlannedWrite::CreateCheck {
            sha,
            name,
            conclusion,
            summary,
        } => create_check(forge, sha, name, conclusion, summary).await,
        PlannedWrite::CloseIssue { issue, reason } => close(forge, *issue, reason).await,
        PlannedWrite::ReopenIssue { issue } => reopen(forge, *issue).await,
    }
}

async fn update_blocks(
    forge: &dyn Forge,
    number: IssueNumber,
    blocks: &[(String, String)],
) -> Result<Ensured> {
    let present = target(forge, number).await?;
    require_ours(forge, &present, number).await?;
    let planned: Vec<(String, String)> = blocks
        .iter()
        .map(|(name, text)| (name.clone(), body::published(text)))
        .collect();
    let planned = planned
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    let effect = edit_body(forge, &present, number, planned).await?;
    Ok(Ensured::new(effect, Some(number)))
}

/// Brings blocks of a body up to date.
async fn edit_body<'a>(
    forge: &dyn Forge,
    present: &Target,
    number: IssueNumber,
    blocks: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<Effect> {
    let merged = body::with_blocks(present.body(), blocks)?;
    if merged == present.body() {
        return Ok(Effect::Unchanged);
    }
    match present {
        Target::Issue(_) => {
            let edit = IssueEdit {
                body: Some(merged),
                ..IssueEdit::default()
            };
            forge.edit_issue(number, &edit).await?;
        }
        Target::Pull(_) => {
            let edit = PullEdit {
                body: Some(merged),
                ..PullEdit::default()
            };
            forge.edit_pull(number, &edit).await?;
        }
    }
    Ok(Effect::Updated)
}

async fn add_labels(
    forge: &dyn Forge,
    number: IssueNumber,
    present: &[String],
    wanted: &[String],
) -> Result<Effect> {
    let mut missing: Vec<String> = Vec::new();
    for label in wanted {
        if !has_label(present, label) && !has_label(&missing, label) {
            missing.push(label.clone());
        }
    }
    if missing.is_empty() {
        return Ok(Effect::Unchanged);
    }
    forge.add_labels(number, &missing).await?;
    Ok(Effect::Updated)
}

async fn remove_label(forge: &dyn Forge, number: IssueNumber, label: &str) -> Result<Ensured> {
    let present = target(forge, number).await?;
    let effect = if has_label(present.labels(), label) {
        forge.remove_label(number, label).await?;
        Effect::Updated
    } else {
        Effect::Unchanged
    };
    Ok(Ensured::new(effect, Some(number)))
}

fn has_label(labels: &[String], wanted: &str) -> bool {
    labels.iter().any(|label| is_same_label(label, wanted))
}

async fn create_check(
    forge: &dyn Forge,
    sha: &str,
    name: &str,
    conclusion: &CheckConclusion,
    summary: &str,
) -> Result<Ensured> {
    let check = NewCheck {
        sha: sha.to_owned(),
        name: name.to_owned(),
        conclusion: conclusion.clone(),
        summary: body::fitted(summary),
    };
    let viewer = forge.viewer().await?;
    let checks = all_pages(|page| forge.checks(sha, page)).await?;
    let present = checks
        .iter()
        .find(|found| found.name == name && found.author == viewer && found.verified);
    let effect = match present {
        Some(found)
            if found.conclusion == check.conclusion
                && body::is_same(&found.summary, &check.summary) =>
        {
            return Ok(Ensured::new(Effect::Unchanged, None));
        }
        Some(_) => Effect::Updated,
        None => Effect::Created,
    };
    forge.create_check(&check).await?;
    Ok(Ensured::new(effect, None))
}

async fn close(forge: &dyn Forge, number: IssueNumber, reason: &CloseReason) -> Result<Ensured> {
    let present = target(forge, number).await?;
    if !present.is_open() {
        return Ok(Ensured::new(Effect::Unchanged, Some(number)));
    }
    let state = (IssueState::Closed(reason.clone()), PullState::Closed);
    set_state(forge, &present, number, state).await
}

async fn reopen(forge: &dyn Forge, number: IssueNumber) -> Result<Ensured> {
    let present = target(forge, number).await?;
    if present.is_open() {
        return Ok(Ensured::new(Effect::Unchanged, Some(number)));
    }
    if matches!(&present, Target::Pull(pull) if pull.state == PullState::Merged) {
        return Err(Error::conflict(
            format!("pull request {number}"),
            "is merged and cannot be reopened",
        ));
    }
    set_state(forge, &present, number, (IssueState::Open, PullState::Open)).await
}

async fn set_state(
    forge: &dyn Forge,
    present: &Target,
    number: IssueNumber,
    (issue, pull): (IssueState, PullState),
) -> Result<Ensured> {
    match present {
        Target::Issue(_) => {
            let edit = IssueEdit {
                state: Some(issue),
                ..IssueEdit::default()
            };
            forge.edit_issue(number, &edit).await?;
        }
        Target::Pull(_) => {
            let edit = PullEdit {
                state: Some(pull),
                ..PullEdit::default()
            };
            forge.edit_pull(number, &edit).await?;
        }
    }
    Ok(Ensured::new(Effect::Updated, Some(number)))
}
