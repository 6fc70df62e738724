//! Issues, comments and labels.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::DryRun;
use crate::approval::APPROVAL_LABEL;
use crate::error::{Error, Result};
use crate::forge::{BoxFuture, IssuesRead, IssuesWrite, PullsRead as _};
use crate::ids::{CommentId, IssueNumber};
use crate::local::COMMENTS_EACH;
use crate::model::{Comment, Issue, IssueEdit, IssueFilter, Label, NewIssue, Permission, Pull};
use crate::page::{Order, Page, PageRequest, all_pages, paginate};
use crate::planned::Effect;
use crate::rules::{self, Need, is_same_label};

/// An issue or a pull request as it is with all simulated writes.
enum Thing {
    Issue(Issue),
    Pull(Pull),
}

impl Thing {
    fn labels_mut(&mut self) -> &mut Vec<String> {
        match self {
            Self::Issue(issue) => &mut issue.labels,
            Self::Pull(pull) => &mut pull.labels,
        }
    }
}

impl DryRun {
    async fn thing(&self, number: IssueNumber) -> Result<Thing> {
        if let Some(issue) = self.issue(number).await? {
            return Ok(Thing::Issue(issue));
        }
        match self.pull(number).await? {
            Some(pull) => Ok(Thing::Pull(pull)),
            None => Err(Error::not_found(format!("issue or pull request {number}"))),
        }
    }

    fn put(&self, thing: Thing) {
        let now = self.now();
        let mut overlay = self.overlay();
        match thing {
            Thing::Issue(mut issue) => {
                issue.updated_at = now;
                overlay.issues.insert(issue.number, issue);
            }
            Thing::Pull(mut pull) => {
                pull.updated_at = now;
                overlay.pulls.insert(pull.number, pull);
            }
        }
    }

    async fn list_issues(&self, filter: &IssueFilter, page: &PageRequest) -> Result<Page<Issue>> {
        let beneath = all_pages(|page| self.inner.issues(filter, page)).await?;
        let mut issues: BTreeMap<_, _> = beneath
            .into_iter()
            .map(|issue| (issue.number, issue))
            .collect();
        issues.extend(
            self.overlay()
                .issues
                .iter()
                .map(|(number, issue)| (*number, issue.clone())),
        );
        let numbers: Vec<u64> = issues.keys().rev().map(|number| number.0).collect();
        paginate(numbers, Order::Descending, page, |number| {
            let issue = issues.get(&IssueNumber(*number));
            Ok(issue.filter(|issue| filter.takes(issue)).cloned())
        })
    }

    async fn all_comments(&self, number: IssueNumber) -> Result<BTreeMap<CommentId, Comment>> {
        self.thing(number).await?;
        // The forge beneath does not know what was opened here.
        let is_new =
            self.inner.issue(number).await?.is_none() && self.inner.pull(number).await?.is_none();
        let beneath = if is_new {
            Vec::new()
        } else {
            all_pages(|page| self.inner.comments(number, page)).await?
        };
        let mut comments: BTreeMap<_, _> = beneath
            .into_iter()
            .map(|comment| (comment.id, comment))
            .collect();
        let overlay = self.overlay();
        let ours = overlay.comments.values();
        comments.extend(
            ours.filter(|comment| comment.issue == number)
                .map(|comment| (comment.id, comment.clone())),
        );
        Ok(comments)
    }

    async fn open_issue(&self, new: &NewIssue) -> Result<Issue> {
        rules::new_issue(new)?;
        let viewer = self
            .require(Need::new(Permission::Read, "open issues"))
            .await?;
        if !new.labels.is_empty() {
            self.require(Need::new(Permission::Triage, "add labels"))
                .await?;
        }
        let number = self.next_number().await?;
        let mut issue = Issue {
            body: new.body.clone(),
            ..Issue::new(number, new.title.clone(), viewer, self.now())
        };
        merge_labels(&mut issue.labels, &new.labels);
        let mut overlay = self.overlay();
        overlay.note("create_issue", &number);
        overlay.issues.insert(number, issue.clone());
        Ok(issue)
    }

    async fn change_issue(&self, number: IssueNumber, edit: &IssueEdit) -> Result<Issue> {
        rules::issue_edit(edit)?;
        let issue = self.issue(number).await?;
        let mut issue = issue.ok_or_else(|| Error::not_found(format!("issue {number}")))?;
        let need = Need::new(Permission::Triage, "edit other people's issues");
        self.require(need.or_owner(&issue.author)).await?;
        if let Some(title) = &edit.title {
            issue.title.clone_from(title);
        }
        if let Some(body) = &edit.body {
            issue.body.clone_from(body);
        }
        if let Some(state) = &edit.state {
            issue.state = state.clone();
        }
        issue.updated_at = self.now();
        let mut overlay = self.overlay();
        overlay.note("edit_issue", &number);
        overlay.issues.insert(number, issue.clone());
        Ok(issue)
    }

    async fn add_comment(&self, number: IssueNumber, body: &str) -> Result<Comment> {
        rules::comment(body)?;
        let viewer = self.require(Need::new(Permission::Read, "comment")).await?;
        let comments = self.all_comments(number).await?;
        let last = comments.last_key_value();
        let id = last.map_or(number.0 * COMMENTS_EACH, |(id, _)| id.0) + 1;
        let comment = Comment::new(CommentId(id), number, body, viewer, self.now());
        let mut overlay = self.overlay();
        overlay.note("create_comment", &number);
        overlay.comments.insert(comment.id, comment.clone());
        Ok(comment)
    }

    async fn change_comment(&self, id: CommentId, body: &str) -> Result<Comment> {
        rules::comment(body)?;
        let comment = self.comment(id).await?;
        let mut comment = comment.ok_or_else(|| Error::not_found(format!("comment {id}")))?;
        let need = Need::new(Permission::Write, "edit other people's comments");
        self.require(need.or_owner(&comment.author)).await?;
        body.clone_into(&mut comment.body);
        let after = comment.created_at + SignedDuration::from_micros(1);
        comment.updated_at = self.now().max(after);
        let mut overlay = self.overlay();
        overlay.note("edit_comment", &comment.issue);
        overlay.comments.insert(id, comment.clone());
        Ok(comment)
    }

    async fn make_label(&self, label: &Label) -> Result<Effect> {
        rules::label(label)?;
        self.require(Need::new(Permission::Write, "create labels"))
            .await?;
        if self.label(&label.name).await?.is_some() {
            return Ok(Effect::Unchanged);
        }
        let mut overlay = self.overlay();
        overlay.note("ensure_label", &label.name);
        overlay
            .labels
            .insert(label.name.to_lowercase(), label.clone());
        Ok(Effect::Created)
    }

    async fn put_labels(&self, number: IssueNumber, labels: &[String]) -> Result<()> {
        labels.iter().try_for_each(|name| rules::label_name(name))?;
        self.require(Need::new(Permission::Triage, "add labels"))
            .await?;
        let mut thing = self.thing(number).await?;
        if merge_labels(thing.labels_mut(), labels) {
            self.overlay().note("add_labels", &number);
            self.put(thing);
        }
        Ok(())
    }

    async fn take_label(&self, number: IssueNumber, name: &str) -> Result<()> {
        self.require(Need::new(Permission::Triage, "remove labels"))
            .await?;
        let mut thing = self.thing(number).await?;
        let labels = thing.labels_mut();
        let before = labels.len();
        labels.retain(|label| !is_same_label(label, name));
        if labels.len() == before {
            return Ok(());
        }
        let mut overlay = self.overlay();
        overlay.note("remove_label", &number);
        if is_same_label(name, APPROVAL_LABEL) {
            overlay.unlabelled.insert(number);
        }
        drop(overlay);
        self.put(thing);
        Ok(())
    }
}

/// Adds what is missing, and says whether something was.
fn merge_labels(labels: &mut Vec<String>, wanted: &[String]) -> bool {
    let before = labels.len();
    for label in wanted {
        if !labels.iter().any(|present| is_same_label(present, label)) {
            labels.push(label.clone());
        }
    }
    labels.len() > before
}

impl IssuesRead for DryRun {
    fn issue(&self, number: IssueNumber) -> BoxFuture<'_, Result<Option<Issue>>> {
        Box::pin(async move {
            let ours = self.overlay().issues.get(&number).cloned();
            match ours {
                Some(issue) => Ok(Some(issue)),
                None => self.inner.issue(number).await,
            }
        })
    }

    fn issues<'a>(
        &'a self,
        filter: &'a IssueFilter,
        page: PageRequest,
    ) -> BoxFuture<'a, Result<Page<Issue>>> {
        Box::pin(async move { self.list_issues(filter, &page).await })
    }

    fn comments(
        &self,
        number: IssueNumber,
        page: PageRequest,
    ) -> BoxFuture<'_, Result<Page<Comment>>> {
        Box::pin(async move {
            let comments = self.all_comments(number).await?;
            let ids: Vec<u64> = comments.keys().map(|id| id.0).collect();
            paginate(ids, Order::Ascending, &page, |id| {
                Ok(comments.get(&CommentId(*id)).cloned())
            })
        })
    }

    fn comment(&self, id: CommentId) -> BoxFuture<'_, Result<Option<Comment>>> {
        Box::pin(async move {
            let ours = self.overlay().comments.get(&id).cloned();
            match ours {
                Some(comment) => Ok(Some(comment)),
                None => self.inner.comment(id).await,
            }
        })
    }

    fn label<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Label>>> {
        Box::pin(async move {
            let ours = self.overlay().labels.get(&name.to_lowercase()).cloned();
            match ours {
                Some(label) => Ok(Some(label)),
                None => self.inner.label(name).await,
            }
        })
    }
}

impl IssuesWrite for DryRun {
    fn create_issue<'a>(&'a self, issue: &'a NewIssue) -> BoxFuture<'a, Result<Issue>> {
        Box::pin(async move { self.open_issue(issue).await })
    }

    fn edit_issue<'a>(
        &'a self,
        number: IssueNumber,
        edit: &'a IssueEdit,
    ) -> BoxFuture<'a, Result<Issue>> {
        Box::pin(async move { self.change_issue(number, edit).await })
    }

    fn create_comment<'a>(
        &'a self,
        number: IssueNumber,
        body: &'a str,
    ) -> BoxFuture<'a, Result<Comment>> {
        Box::pin(async move { self.add_comment(number, body).await })
    }

    fn edit_comment<'a>(&'a self, id: CommentId, body: &'a str) -> BoxFuture<'a, Result<Comment>> {
        Box::pin(async move { self.change_comment(id, body).await })
    }

    fn ensure_label<'a>(&'a self, label: &'a Label) -> BoxFuture<'a, Result<Effect>> {
        Box::pin(async move { self.make_label(label).await })
    }

    fn add_labels<'a>(
        &'a self,
        number: IssueNumber,
        labels: &'a [String],
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.put_labels(number, labels).await })
    }

    fn remove_label<'a>(
        &'a self,
        number: IssueNumber,
        label: &'a str,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.take_label(number, label).await })
    }
}
