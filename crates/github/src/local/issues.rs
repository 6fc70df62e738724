//! Issues and labels.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::document::Found;
use super::thing::{LabelHead, has_label, label_names};
use super::{LocalForge, layout};
use crate::error::{Error, Result};
use crate::forge::{BoxFuture, IssuesRead, IssuesWrite};
use crate::ids::{CommentId, IssueNumber, Login};
use crate::model::{
    CloseReason, Comment, Issue, IssueEdit, IssueFilter, IssueState, Label, NewIssue, Permission,
};
use crate::page::{Order, Page, PageRequest, paginate};
use crate::planned::Effect;
use crate::rules::{self, Need, is_same_label};

/// What stands between the `+++` lines of an issue.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IssueHead {
    title: String,
    state: StateWord,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<CloseReason>,
    author: Login,
    created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) labels: Vec<LabelHead>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StateWord {
    Open,
    Closed,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    #[serde(default)]
    labels: Vec<Label>,
}

impl IssueHead {
    fn set_state(&mut self, state: &IssueState) {
        (self.state, self.reason) = match state {
            IssueState::Open => (StateWord::Open, None),
            IssueState::Closed(reason) => (StateWord::Closed, Some(reason.clone())),
        };
    }
}

fn to_issue(number: IssueNumber, found: Found<IssueHead>) -> Issue {
    let head = found.head;
    let reason = head.reason.unwrap_or(CloseReason::Completed);
    Issue {
        labels: label_names(&head.labels),
        state: match head.state {
            StateWord::Open => IssueState::Open,
            StateWord::Closed => IssueState::Closed(reason),
        },
        body: found.body,
        updated_at: head.updated_at,
        verified: found.verified,
        ..Issue::new(number, head.title, head.author, head.created_at)
    }
}

impl LocalForge {
    fn load_issue(&self, number: IssueNumber) -> Result<Option<Issue>> {
        let found = self.files().load_page(&layout::issue(number))?;
        Ok(found.map(|found| to_issue(number, found)))
    }

    fn list_issues(&self, filter: &IssueFilter, page: &PageRequest) -> Result<Page<Issue>> {
        let numbers = self.existing(layout::ISSUES, layout::issue)?;
        paginate(
            numbers.into_iter().rev(),
            Order::Descending,
            page,
            |number| {
                let issue = self.load_issue(IssueNumber(*number))?;
                Ok(issue.filter(|issue| filter.takes(issue)))
            },
        )
    }

    fn open_issue(&self, new: &NewIssue) -> Result<Issue> {
        rules::new_issue(new)?;
        self.require(Need::new(Permission::Read, "open issues"))?;
        if !new.labels.is_empty() {
            self.require(Need::new(Permission::Triage, "add labels"))?;
        }
        let _lock = self.lock()?;
        let number = self.next_number()?;
        let now = self.now();
        let found = Found {
            head: IssueHead {
                title: new.title.clone(),
                state: StateWord::Open,
                reason: None,
                author: self.viewer.clone(),
                created_at: now,
                updated_at: now,
                labels: self.new_labels(&new.labels, now),
            },
            body: new.body.clone(),
            verified: true,
        };
        self.files().save_page(&layout::issue(number), &found)?;
        Ok(to_issue(number, found))
    }

    fn change_issue(&self, number: IssueNumber, edit: &IssueEdit) -> Result<Issue> {
        rules::issue_edit(edit)?;
        let _lock = self.lock()?;
        let path = layout::issue(number);
        let found: Option<Found<IssueHead>> = self.files().load_page(&path)?;
        let mut found = found.ok_or_else(|| Error::not_found(format!("issue {number}")))?;
        self.require(
            Need::new(Permission::Triage, "edit other people's issues")
                .or_owner(&found.head.author),
        )?;
        if let Some(title) = &edit.title {
            found.head.title.clone_from(title);
        }
        if let Some(body) = &edit.body {
            found.body.clone_from(body);
        }
        if let Some(state) = &edit.state {
            found.head.set_state(state);
        }
        found.head.updated_at = self.now();
        self.files().save_page(&path, &found)?;
        Ok(to_issue(number, found))
    }

    fn load_label(&self, name: &str) -> Result<Option<Label>> {
        let mut labels = self.load_labels()?.labels.into_iter();
        Ok(labels.find(|label| is_same_label(&label.name, name)))
    }

    /// Colours may be edited by hand: nothing follows from them.
    fn load_labels(&self) -> Result<Labels> {
        let table = self.files().load_table(layout::LABELS)?;
        Ok(table.map(|(labels, _)| labels).unwrap_or_default())
    }

    fn make_label(&self, label: &Label) -> Result<Effect> {
        rules::label(label)?;
        self.require(Need::new(Permission::Write, "create labels"))?;
        let _lock = self.lock()?;
        let mut labels = self.load_labels()?;
        if labels
            .labels
            .iter()
            .any(|known| is_same_label(&known.name, &label.name))
        {
            return Ok(Effect::Unchanged);
        }
        labels.labels.push(label.clone());
        self.files().save_table(layout::LABELS, &labels)?;
        Ok(Effect::Created)
    }

    fn put_labels(&self, number: IssueNumber, names: &[String]) -> Result<()> {
        names.iter().try_for_each(|name| rules::label_name(name))?;
        self.require(Need::new(Permission::Triage, "add labels"))?;
        let _lock = self.lock()?;
        let mut thing = self.load_thing(number)?;
        let mut new = self.new_labels(names, self.now());
        new.retain(|label| !has_label(thing.labels(), &label.name));
        if new.is_empty() {
            return Ok(());
        }
        thing.labels_mut().extend(new);
        thing.set_updated(self.now());
        self.save_thing(number, &thing)
    }

    fn take_label(&self, number: IssueNumber, name: &str) -> Result<()> {
        self.require(Need::new(Permission::Triage, "remove labels"))?;
        let _lock = self.lock()?;
        let mut thing = self.load_thing(number)?;
        if !has_label(thing.labels(), name) {
            return Ok(());
        }
        thing
            .labels_mut()
            .retain(|label| !is_same_label(&label.name, name));
        thing.set_updated(self.now());
        self.save_thing(number, &thing)
    }
}

impl IssuesRead for LocalForge {
    fn issue(&self, number: IssueNumber) -> BoxFuture<'_, Result<Option<Issue>>> {
        Box::pin(async move { self.load_issue(number) })
    }

    fn issues<'a>(
        &'a self,
        filter: &'a IssueFilter,
        page: PageRequest,
    ) -> BoxFuture<'a, Result<Page<Issue>>> {
        Box::pin(async move { self.list_issues(filter, &page) })
    }

    fn comments(
        &self,
        number: IssueNumber,
        page: PageRequest,
    ) -> BoxFuture<'_, Result<Page<Comment>>> {
        Box::pin(async move { self.list_comments(number, &page) })
    }

    fn comment(&self, id: CommentId) -> BoxFuture<'_, Result<Option<Comment>>> {
        Box::pin(async move { self.load_comment(id) })
    }

    fn label<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Label>>> {
        Box::pin(async move { self.load_label(name) })
    }
}

impl IssuesWrite for LocalForge {
    fn create_issue<'a>(&'a self, issue: &'a NewIssue) -> BoxFuture<'a, Result<Issue>> {
        Box::pin(async move { self.open_issue(issue) })
    }

    fn edit_issue<'a>(
        &'a self,
        number: IssueNumber,
        edit: &'a IssueEdit,
    ) -> BoxFuture<'a, Result<Issue>> {
        Box::pin(async move { self.change_issue(number, edit) })
    }

    fn create_comment<'a>(
        &'a self,
        number: IssueNumber,
        body: &'a str,
    ) -> BoxFuture<'a, Result<Comment>> {
        Box::pin(async move { self.add_comment(number, body) })
    }

    fn edit_comment<'a>(&'a self, id: CommentId, body: &'a str) -> BoxFuture<'a, Result<Comment>> {
        Box::pin(async move { self.change_comment(id, body) })
    }

    fn ensure_label<'a>(&'a self, label: &'a Label) -> BoxFuture<'a, Result<Effect>> {
        Box::pin(async move { self.make_label(label) })
    }

    fn add_labels<'a>(
        &'a self,
        number: IssueNumber,
        labels: &'a [String],
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.put_labels(number, labels) })
    }

    fn remove_label<'a>(
        &'a self,
        number: IssueNumber,
        label: &'a str,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.take_label(number, label) })
    }
}
