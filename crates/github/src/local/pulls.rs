//! Pull requests.

use ftc_vcs::ObjectId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::document::Found;
use super::refs::{git_error, object_id};
use super::thing::{LabelHead, label_names};
use super::{LocalForge, layout};
use crate::error::{Error, Result};
use crate::forge::{BoxFuture, PullsRead, PullsWrite};
use crate::ids::{IssueNumber, Login};
use crate::model::{
    NewPull, Permission, Pull, PullEdit, PullFilter, PullState, Review, StateFilter,
};
use crate::page::{Order, Page, PageRequest, paginate};
use crate::rules::{self, Need};

/// What stands between the `+++` lines of a pull request. State and commits of an open one are looked up where the branches
/// are whenever it is read.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PullHead {
    pub(super) title: String,
    pub(super) state: PullState,
    pub(super) author: Login,
    pub(super) head: String,
    pub(super) base: String,
    /// The last commit of the head that was written down.
    pub(super) head_sha: String,
    /// Where the head left the base: a head moved back to there has not been merged.
    pub(super) start_sha: String,
    /// The commit that merges it. Written before the base branch moves, so that a crash in between loses nothing; it is
    /// merged once the base branch contains it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) merged_sha: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) merged_by: Option<Login>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) labels: Vec<LabelHead>,
}

/// What the branches say of a pull request.
pub(super) struct Live {
    pub(super) state: PullState,
    pub(super) head_sha: String,
    pub(super) merged_sha: Option<String>,
    pub(super) merged_by: Option<Login>,
}

fn to_pull(number: IssueNumber, found: Found<PullHead>, live: Live) -> Pull {
    let head = found.head;
    let new = NewPull {
        title: head.title,
        body: found.body,
        head: head.head,
        base: head.base,
    };
    Pull {
        labels: label_names(&head.labels),
        state: live.state,
        merged_sha: live.merged_sha,
        merged_by: live.merged_by,
        updated_at: head.updated_at,
        verified: found.verified,
        ..Pull::new(number, &new, live.head_sha, head.author, head.created_at)
    }
}

impl LocalForge {
    pub(super) fn load_pull(&self, number: IssueNumber) -> Result<Option<Pull>> {
        let found: Option<Found<PullHead>> = self.files().load_page(&layout::pull(number))?;
        found
            .map(|found| {
                let live = self.live(&found.head)?;
                Ok(to_pull(number, found, live))
            })
            .transpose()
    }

    pub(super) fn require_pull(&self, number: IssueNumber) -> Result<Pull> {
        let pull = self.load_pull(number)?;
        pull.ok_or_else(|| Error::not_found(format!("pull request {number}")))
    }

    /// Compares what is written of a pull request with the branches.
    pub(super) fn live(&self, head: &PullHead) -> Result<Live> {
        let recorded = |state| Live {
            state,
            head_sha: head.head_sha.clone(),
            merged_sha: None,
            merged_by: None,
        };
        if head.state == PullState::Merged {
            return Ok(Live {
                merged_sha: head.merged_sha.clone(),
                merged_by: head.merged_by.clone(),
                ..recorded(PullState::Merged)
            });
        }
        if head.state != PullState::Open {
            return Ok(recorded(head.state.clone()));
        }
        let branch = self.load_branch(&head.head)?;
        let Some(base) = self.load_branch(&head.base)? else {
            return Ok(recorded(PullState::Closed));
        };
        let head_id = match branch {
            Some(id) => id,
            None => object_id(&head.head_sha)?,
        };
        let at_head = |state| Live {
            head_sha: head_id.to_string(),
            ..recorded(state)
        };
        if let Some(sha) = &head.merged_sha
            && self.contains(base, object_id(sha)?)?
        {
            return Ok(Live {
                merged_sha: Some(sha.clone()),
                merged_by: head.merged_by.clone(),
                ..at_head(PullState::Merged)
            });
        }
        let start = object_id(&head.start_sha)?;
        if self.contains(base, head_id)? && !self.contains(start, head_id)? {
            // Somebody merged it with git itself. Which commit did is not looked for; this one contains it.
            return Ok(Live {
                merged_sha: Some(base.to_string()),
                ..at_head(PullState::Merged)
            });
        }
        // As on GitHub, a pull request ends with its branch.
        let state = branch.map_or(PullState::Closed, |_| PullState::Open);
        Ok(at_head(state))
    }

    /// Whether `tip` contains `commit`. A commit that the repository does not have is nowhere: the commit of a merge that was
    /// prepared but not made may have been swept away.
    fn contains(&self, tip: ObjectId, commit: ObjectId) -> Result<bool> {
        match self.branches().resolve(&commit.to_string()) {
            Ok(_) => self.is_ancestor(commit, tip),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(git_error("read a commit of the branches", error, false)),
        }
    }

    fn list_pulls(&self, filter: &PullFilter, page: &PageRequest) -> Result<Page<Pull>> {
        let numbers = self.existing(layout::PULLS, layout::pull)?;
        paginate(
            numbers.into_iter().rev(),
            Order::Descending,
            page,
            |number| {
                let pull = self.load_pull(IssueNumber(*number))?;
                Ok(pull.filter(|pull| filter.takes(pull)))
            },
        )
    }

    fn open_pull(&self, new: &NewPull) -> Result<Pull> {
        rules::new_pull(new)?;
        self.require(Need::new(Permission::Write, "open pull requests"))?;
        let _lock = self.lock()?;
        let require = |name: &str| {
            self.load_branch(name)?
                .ok_or_else(|| Error::not_found(format!("branch `{name}`")))
        };
        let (head, base) = (require(&new.head)?, require(&new.base)?);
        if self.is_ancestor(head, base)? {
            return Err(Error::invalid(
                format!("the branch `{}`", new.head),
                format!("has no commits that `{}` lacks", new.base),
            ));
        }
        self.require_no_other(new)?;
        let start = self
            .branches()
            .merge_base(head, base)
            .map_err(|error| git_error("look into the history of the branches", error, false))?
            .unwrap_or(base);
        let number = self.next_number()?;
        let now = self.now();
        let found = Found {
            head: PullHead {
                title: new.title.clone(),
                state: PullState::Open,
                author: self.viewer.clone(),
                head: new.head.clone(),
                base: new.base.clone(),
                head_sha: head.to_string(),
                start_sha: start.to_string(),
                merged_sha: None,
                merged_by: None,
                created_at: now,
                updated_at: now,
                labels: Vec::new(),
            },
            body: new.body.clone(),
            verified: true,
        };
        self.files().save_page(&layout::pull(number), &found)?;
        self.require_pull(number)
    }

    fn require_no_other(&self, new: &NewPull) -> Result<()> {
        let filter = PullFilter {
            state: StateFilter::Open,
            head: Some(new.head.clone()),
            base: Some(new.base.clone()),
        };
        let others = self.list_pulls(&filter, &PageRequest::first(1))?;
        match others.items.first() {
            Some(other) => Err(Error::conflict(
                format!("the branch `{}`", new.head),
                format!("has the open pull request {} already", other.number),
            )),
            None => Ok(()),
        }
    }

    fn change_pull(&self, number: IssueNumber, edit: &PullEdit) -> Result<Pull> {
        rules::pull_edit(edit)?;
        let _lock = self.lock()?;
        let path = layout::pull(number);
        let found: Option<Found<PullHead>> = self.files().load_page(&path)?;
        let mut found = found.ok_or_else(|| Error::not_found(format!("pull request {number}")))?;
        self.require(
            Need::new(Permission::Triage, "edit other people's pull requests")
                .or_owner(&found.head.author),
        )?;
        if let Some(title) = &edit.title {
            found.head.title.clone_from(title);
        }
        if let Some(body) = &edit.body {
            found.body.clone_from(body);
        }
        if let Some(state) = &edit.state {
            self.set_pull_state(number, &mut found.head, state)?;
        }
        found.head.updated_at = self.now();
        self.files().save_page(&path, &found)?;
        self.require_pull(number)
    }

    fn set_pull_state(
        &self,
        number: IssueNumber,
        head: &mut PullHead,
        state: &PullState,
    ) -> Result<()> {
        let live = self.live(head)?;
        let what = format!("pull request {number}");
        match state {
            _ if live.state == PullState::Merged => return Err(Error::conflict(what, "is merged")),
            PullState::Open if self.load_branch(&head.head)?.is_none() => {
                let problem = format!("cannot be reopened: there is no branch `{}`", head.head);
                return Err(Error::conflict(what, problem));
            }
            PullState::Open => {}
            PullState::Closed => head.head_sha = live.head_sha,
            other => {
                return Err(Error::invalid(
                    "the state",
                    format!("is `{other}`, neither `open` nor `closed`"),
                ));
            }
        }
        head.state = state.clone();
        // A merge that was prepared and not made is void.
        head.merged_sha = None;
        head.merged_by = None;
        Ok(())
    }
}

impl PullsRead for LocalForge {
    fn pull(&self, number: IssueNumber) -> BoxFuture<'_, Result<Option<Pull>>> {
        Box::pin(async move { self.load_pull(number) })
    }

    fn pulls<'a>(
        &'a self,
        filter: &'a PullFilter,
        page: PageRequest,
    ) -> BoxFuture<'a, Result<Page<Pull>>> {
        Box::pin(async move { self.list_pulls(filter, &page) })
    }

    fn reviews(
        &self,
        number: IssueNumber,
        page: PageRequest,
    ) -> BoxFuture<'_, Result<Page<Review>>> {
        Box::pin(async move { self.list_reviews(number, &page) })
    }
}

impl PullsWrite for LocalForge {
    fn create_pull<'a>(&'a self, pull: &'a NewPull) -> BoxFuture<'a, Result<Pull>> {
        Box::pin(async move { self.open_pull(pull) })
    }

    fn edit_pull<'a>(
        &'a self,
        number: IssueNumber,
        edit: &'a PullEdit,
    ) -> BoxFuture<'a, Result<Pull>> {
        Box::pin(async move { self.change_pull(number, edit) })
    }
}
