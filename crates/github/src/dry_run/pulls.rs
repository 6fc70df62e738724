//! Pull requests and branches.

use std::collections::BTreeMap;
use std::path::Path;

use super::DryRun;
use crate::error::{Error, Result};
use crate::forge::{BoxFuture, PullsRead, PullsWrite, RefsRead, RefsWrite};
use crate::ids::IssueNumber;
use crate::model::{
    NewPull, Permission, Pull, PullEdit, PullFilter, PullState, Review, StateFilter,
};
use crate::page::{Order, Page, PageRequest, all_pages, paginate};
use crate::rules::{self, Need};

impl DryRun {
    async fn load_pull(&self, number: IssueNumber) -> Result<Option<Pull>> {
        let ours = self.overlay().pulls.get(&number).cloned();
        let pull = match ours {
            Some(pull) => Some(pull),
            None => self.inner.pull(number).await?,
        };
        Ok(pull.map(|pull| self.live(pull)))
    }

    /// An open pull request follows its branch, and ends with it.
    fn live(&self, mut pull: Pull) -> Pull {
        if pull.state != PullState::Open {
            return pull;
        }
        match self.overlay().branches.get(&pull.head) {
            Some(Some(sha)) => pull.head_sha.clone_from(sha),
            Some(None) => pull.state = PullState::Closed,
            None => {}
        }
        pull
    }

    async fn list_pulls(&self, filter: &PullFilter, page: &PageRequest) -> Result<Page<Pull>> {
        // By branches only: a simulated write may have changed the state.
        let branches = PullFilter {
            state: StateFilter::All,
            ..filter.clone()
        };
        let beneath = all_pages(|page| self.inner.pulls(&branches, page)).await?;
        let mut pulls: BTreeMap<_, _> = beneath
            .into_iter()
            .map(|pull| (pull.number, pull))
            .collect();
        let ours = self.overlay().pulls.clone();
        pulls.extend(ours);
        let numbers: Vec<u64> = pulls.keys().rev().map(|number| number.0).collect();
        paginate(numbers, Order::Descending, page, |number| {
            let pull = pulls.get(&IssueNumber(*number)).cloned();
            Ok(pull
                .map(|pull| self.live(pull))
                .filter(|pull| filter.takes(pull)))
        })
    }

    async fn open_pull(&self, new: &NewPull) -> Result<Pull> {
        rules::new_pull(new)?;
        let need = Need::new(Permission::Write, "open pull requests");
        let viewer = self.require(need).await?;
        let head_sha = self.require_branch(&new.head).await?;
        let base_sha = self.require_branch(&new.base).await?;
        if head_sha == base_sha {
            return Err(Error::invalid(
                format!("the branch `{}`", new.head),
                format!("has no commits that `{}` lacks", new.base),
            ));
        }
        let open = PullFilter {
            state: StateFilter::Open,
            head: Some(new.head.clone()),
            base: Some(new.base.clone()),
        };
        let others = self.list_pulls(&open, &PageRequest::first(1)).await?;
        if let Some(other) = others.items.first() {
            return Err(Error::conflict(
                format!("the branch `{}`", new.head),
                format!("has the open pull request {} already", other.number),
            ));
        }
        let number = self.next_number().await?;
        let pull = Pull::new(number, new, head_sha, viewer, self.now());
        let mut overlay = self.overlay();
        overlay.note("create_pull", &number);
        overlay.pulls.insert(number, pull.clone());
        Ok(pull)
    }

    async fn require_branch(&self, name: &str) -> Result<String> {
        let sha = self.branch(name).await?;
        sha.ok_or_else(|| Error::not_found(format!("branch `{name}`")))
    }

    async fn change_pull(&self, number: IssueNumber, edit: &PullEdit) -> Result<Pull> {
        rules::pull_edit(edit)?;
        let pull = self.load_pull(number).await?;
        let mut pull = pull.ok_or_else(|| Error::not_found(format!("pull request {number}")))?;
        let need = Need::new(Permission::Triage, "edit other people's pull requests");
        self.require(need.or_owner(&pull.author)).await?;
        if let Some(title) = &edit.title {
            pull.title.clone_from(title);
        }
        if let Some(body) = &edit.body {
            pull.body.clone_from(body);
        }
        if let Some(state) = &edit.state {
            self.set_state(&mut pull, state).await?;
        }
        pull.updated_at = self.now();
        let mut overlay = self.overlay();
        overlay.note("edit_pull", &number);
        overlay.pulls.insert(number, pull.clone());
        Ok(pull)
    }

    async fn set_state(&self, pull: &mut Pull, state: &PullState) -> Result<()> {
        let what = format!("pull request {}", pull.number);
        match state {
            _ if pull.state == PullState::Merged => return Err(Error::conflict(what, "is merged")),
            PullState::Open => {
                let Some(sha) = self.branch(&pull.head).await? else {
                    let problem = format!("cannot be reopened: there is no branch `{}`", pull.head);
                    return Err(Error::conflict(what, problem));
                };
                pull.head_sha = sha;
            }
            PullState::Closed => {}
            other => {
                return Err(Error::invalid(
                    "the state",
                    format!("is `{other}`, neither `open` nor `closed`"),
                ));
            }
        }
        pull.state = state.clone();
        Ok(())
    }

    async fn set_branch(&self, name: &str, sha: &str, expected: Option<&str>) -> Result<()> {
        rules::branch(name)?;
        rules::sha(sha)?;
        expected.map_or(Ok(()), rules::sha)?;
        self.require(Need::new(Permission::Write, "push")).await?;
        self.require_unprotected(name, "push to").await?;
        self.require_at(name, expected).await?;
        let mut overlay = self.overlay();
        overlay.note("push_branch", &name);
        overlay
            .branches
            .insert(name.to_owned(), Some(sha.to_owned()));
        Ok(())
    }

    async fn drop_branch(&self, name: &str, expected: &str) -> Result<()> {
        rules::branch(name)?;
        rules::sha(expected)?;
        self.require(Need::new(Permission::Write, "delete branches"))
            .await?;
        self.require_unprotected(name, "delete").await?;
        if self.branch(name).await?.is_none() {
            return Ok(());
        }
        self.require_at(name, Some(expected)).await?;
        let mut overlay = self.overlay();
        overlay.note("delete_branch", &name);
        overlay.branches.insert(name.to_owned(), None);
        Ok(())
    }

    async fn require_at(&self, name: &str, expected: Option<&str>) -> Result<()> {
        let found = self.branch(name).await?;
        if found.as_deref() == expected {
            return Ok(());
        }
        let word = |sha: Option<&str>| sha.unwrap_or("nothing").to_owned();
        let (found, expected) = (word(found.as_deref()), word(expected));
        Err(Error::conflict(
            format!("the branch `{name}`"),
            format!("is at {found}, not at {expected}"),
        ))
    }

    async fn require_unprotected(&self, branch: &str, action: &str) -> Result<()> {
        if branch != self.inner.default_branch().await? {
            return Ok(());
        }
        Err(Error::Forbidden {
            login: self.inner.viewer().await?.to_string(),
            action: format!("{action} `{branch}`"),
            reason: "the default branch changes by merges of pull requests only".to_owned(),
        })
    }
}

impl PullsRead for DryRun {
    fn pull(&self, number: IssueNumber) -> BoxFuture<'_, Result<Option<Pull>>> {
        Box::pin(async move { self.load_pull(number).await })
    }

    fn pulls<'a>(
        &'a self,
        filter: &'a PullFilter,
        page: PageRequest,
    ) -> BoxFuture<'a, Result<Page<Pull>>> {
        Box::pin(async move { self.list_pulls(filter, &page).await })
    }

    fn reviews(
        &self,
        number: IssueNumber,
        page: PageRequest,
    ) -> BoxFuture<'_, Result<Page<Review>>> {
        Box::pin(async move {
            let is_known = self.inner.pull(number).await?.is_some();
            if !is_known && self.overlay().pulls.contains_key(&number) {
                return Ok(Page::new(Vec::new(), None));
            }
            self.inner.reviews(number, page).await
        })
    }
}

impl PullsWrite for DryRun {
    fn create_pull<'a>(&'a self, pull: &'a NewPull) -> BoxFuture<'a, Result<Pull>> {
        Box::pin(async move { self.open_pull(pull).await })
    }

    fn edit_pull<'a>(
        &'a self,
        number: IssueNumber,
        edit: &'a PullEdit,
    ) -> BoxFuture<'a, Result<Pull>> {
        Box::pin(async move { self.change_pull(number, edit).await })
    }
}

impl RefsRead for DryRun {
    fn default_branch(&self) -> BoxFuture<'_, Result<String>> {
        self.inner.default_branch()
    }

    fn branch<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(async move {
            let ours = self.overlay().branches.get(name).cloned();
            match ours {
                Some(sha) => Ok(sha),
                None => self.inner.branch(name).await,
            }
        })
    }
}

impl RefsWrite for DryRun {
    fn push_branch<'a>(
        &'a self,
        name: &'a str,
        sha: &'a str,
        expected: Option<&'a str>,
        _objects: &'a Path,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.set_branch(name, sha, expected).await })
    }

    fn delete_branch<'a>(&'a self, name: &'a str, expected: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.drop_branch(name, expected).await })
    }
}
