//! Branches and pull requests.

use std::path::Path;

use super::body::{published, with_marker};
use super::find::Target;
use super::{add_labels, edit_body};
use crate::blocks;
use crate::error::{Error, Result};
use crate::forge::Forge;
use crate::marker::Marker;
use crate::model::{NewPull, Pull, PullFilter, PullState};
use crate::page::all_pages;
use crate::planned::{Effect, Ensured, PlannedWrite};
use crate::text::fit_title;

pub(super) async fn push_branch(
    forge: &dyn Forge,
    branch: &str,
    sha: &str,
    expected: Option<&str>,
    objects: &Path,
) -> Result<Ensured> {
    if branch == forge.default_branch().await? {
        return Err(Error::Forbidden {
            login: forge.viewer().await?.to_string(),
            action: format!("push to `{branch}`"),
            reason: "the default branch changes by merges of pull requests only".to_owned(),
        });
    }
    let effect = match forge.branch(branch).await? {
        Some(found) if found == sha => return Ok(Ensured::new(Effect::Unchanged, None)),
        Some(_) => Effect::Updated,
        None => Effect::Created,
    };
    // Where the branch is has been seen a moment ago, but only the forge can compare and set in one step.
    forge.push_branch(branch, sha, expected, objects).await?;
    Ok(Ensured::new(effect, None))
}

pub(super) async fn ensure_pull(forge: &dyn Forge, write: &PlannedWrite) -> Result<Ensured> {
    let PlannedWrite::EnsurePull {
        marker,
        head,
        base,
        title,
        body,
        labels,
    } = write
    else {
        unreachable!("the caller has looked");
    };
    let new = NewPull {
        title: fit_title(&published(title)),
        body: with_marker(marker, body),
        head: head.clone(),
        base: base.clone(),
    };
    let (pull, created) = match find_pull(forge, &new, marker).await? {
        Some(pull) => (pull, false),
        None => match forge.create_pull(&new).await {
            Err(error) if error.is_ambiguous() => match find_pull(forge, &new, marker).await? {
                Some(pull) => (pull, true),
                None => return Err(error),
            },
            result => (result?, true),
        },
    };
    let number = pull.number;
    let labelled = add_labels(forge, number, &pull.labels, labels).await?;
    let present = Target::Pull(pull);
    let edited = edit_body(
        forge,
        &present,
        number,
        blocks::read_all(&new.body).into_iter(),
    )
    .await?;
    let effect = match (created, labelled, edited) {
        (true, ..) => Effect::Created,
        (_, Effect::Unchanged, Effect::Unchanged) => Effect::Unchanged,
        _ => Effect::Updated,
    };
    Ok(Ensured::new(effect, Some(number)))
}

/// The pull request of ours with this marker, else an open one of ours between the same branches, whose marker somebody has
/// edited away: a forge takes no second one.
async fn find_pull(forge: &dyn Forge, new: &NewPull, marker: &Marker) -> Result<Option<Pull>> {
    let viewer = forge.viewer().await?;
    let filter = PullFilter {
        head: Some(new.head.clone()),
        base: Some(new.base.clone()),
        ..PullFilter::default()
    };
    let mut pulls = all_pages(|page| forge.pulls(&filter, page)).await?;
    pulls.retain(|pull| pull.verified && pull.author == viewer);
    pulls.sort_by_key(|pull| pull.number);
    let marked = pulls.iter().position(|pull| marker.is_in(&pull.body));
    let open = || pulls.iter().position(|pull| pull.state == PullState::Open);
    Ok(marked.or_else(open).map(|index| pulls.swap_remove(index)))
}
