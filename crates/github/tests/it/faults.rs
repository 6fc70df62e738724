//! A forge that loses answers.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use ftc_github::{
    ApprovalSignal, BoxFuture, Check, ChecksRead, ChecksWrite, CiState, Comment, CommentId, Effect,
    Error, Forge, Issue, IssueEdit, IssueFilter, IssueNumber, IssuesRead, IssuesWrite, Label,
    LocalForge, Login, Marker, NewCheck, NewIssue, NewPull, Page, PageRequest, PeopleRead,
    Permission, PlannedWrite, Pull, PullEdit, PullFilter, PullsRead, PullsWrite, RefsRead,
    RefsWrite, Result, Review, ensure,
};

use crate::support::{World, kind, open_issue, wait};

/// What goes wrong, and from which call on.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    /// A create takes effect and its answer is lost.
    AnswerLost,
    /// A create has no effect, and that it has none is not known.
    WriteLost,
    /// Lists cannot be read, from the second page on.
    SecondPage,
}

struct Faulty {
    inner: LocalForge,
    fault: Fault,
    creates: AtomicUsize,
}

impl Faulty {
    fn on(world: &World, fault: Fault) -> Self {
        Self {
            inner: world.forge.clone(),
            fault,
            creates: AtomicUsize::new(0),
        }
    }

    async fn create<T>(&self, write: BoxFuture<'_, Result<T>>) -> Result<T> {
        self.creates.fetch_add(1, Ordering::SeqCst);
        if self.fault == Fault::AnswerLost {
            write.await?;
        } else if self.fault != Fault::WriteLost {
            return write.await;
        }
        Err(Error::Ambiguous {
            what: "creating something".to_owned(),
            source: "the connection was reset".into(),
        })
    }

    async fn list<T>(&self, page: &PageRequest, list: BoxFuture<'_, Result<T>>) -> Result<T> {
        if self.fault == Fault::SecondPage && page.cursor().is_some() {
            return Err(Error::Transport {
                forge: "the forge".to_owned(),
                source: "502".into(),
            });
        }
        list.await
    }
}

impl IssuesRead for Faulty {
    fn issue(&self, number: IssueNumber) -> BoxFuture<'_, Result<Option<Issue>>> {
        self.inner.issue(number)
    }

    fn issues<'a>(
        &'a self,
        filter: &'a IssueFilter,
        page: PageRequest,
    ) -> BoxFuture<'a, Result<Page<Issue>>> {
        Box::pin(async move {
            let list = self.inner.issues(filter, page.clone());
            self.list(&page, list).await
        })
    }

    fn comments(
        &self,
        number: IssueNumber,
        page: PageRequest,
    ) -> BoxFuture<'_, Result<Page<Comment>>> {
        Box::pin(async move {
            let list = self.inner.comments(number, page.clone());
            self.list(&page, list).await
        })
    }

    fn comment(&self, id: CommentId) -> BoxFuture<'_, Result<Option<Comment>>> {
        self.inner.comment(id)
    }

    fn label<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Label>>> {
        self.inner.label(name)
    }
}

impl IssuesWrite for Faulty {
    fn create_issue<'a>(&'a self, issue: &'a NewIssue) -> BoxFuture<'a, Result<Issue>> {
        Box::pin(self.create(self.inner.create_issue(issue)))
    }

    fn edit_issue<'a>(
        &'a self,
        number: IssueNumber,
        edit: &'a IssueEdit,
    ) -> BoxFuture<'a, Result<Issue>> {
        self.inner.edit_issue(number, edit)
    }

    fn create_comment<'a>(
        &'a self,
        number: IssueNumber,
        body: &'a str,
    ) -> BoxFuture<'a, Result<Comment>> {
        Box::pin(self.create(self.inner.create_comment(number, body)))
    }

    fn edit_comment<'a>(&'a self, id: CommentId, body: &'a str) -> BoxFuture<'a, Result<Comment>> {
        self.inner.edit_comment(id, body)
    }

    fn ensure_label<'a>(&'a self, label: &'a Label) -> BoxFuture<'a, Result<Effect>> {
        self.inner.ensure_label(label)
    }

    fn add_labels<'a>(
        &'a self,
        number: IssueNumber,
        labels: &'a [String],
    ) -> BoxFuture<'a, Result<()>> {
        self.inner.add_labels(number, labels)
    }

    fn remove_label<'a>(
        &'a self,
        number: IssueNumber,
        label: &'a str,
    ) -> BoxFuture<'a, Result<()>> {
        self.inner.remove_label(number, label)
    }
}

impl PullsRead for Faulty {
    fn pull(&self, number: IssueNumber) -> BoxFuture<'_, Result<Option<Pull>>> {
        self.inner.pull(number)
    }

    fn pulls<'a>(
        &'a self,
        filter: &'a PullFilter,
        page: PageRequest,
    ) -> BoxFuture<'a, Result<Page<Pull>>> {
        self.inner.pulls(filter, page)
    }

    fn reviews(
        &self,
        number: IssueNumber,
        page: PageRequest,
    ) -> BoxFuture<'_, Result<Page<Review>>> {
        self.inner.reviews(number, page)
    }
}

impl PullsWrite for Faulty {
    fn create_pull<'a>(&'a self, pull: &'a NewPull) -> BoxFuture<'a, Result<Pull>> {
        Box::pin(self.create(self.inner.create_pull(pull)))
    }

    fn edit_pull<'a>(
        &'a self,
        number: IssueNumber,
        edit: &'a PullEdit,
    ) -> BoxFuture<'a, Result<Pull>> {
        self.inner.edit_pull(number, edit)
    }
}

impl RefsRead for Faulty {
    fn default_branch(&self) -> BoxFuture<'_, Result<String>> {
        self.inner.default_branch()
    }

    fn branch<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<String>>> {
        self.inner.branch(name)
    }
}

impl RefsWrite for Faulty {
    fn push_branch<'a>(
        &'a self,
        name: &'a str,
        sha: &'a str,
        expected: Option<&'a str>,
        objects: &'a Path,
    ) -> BoxFuture<'a, Result<()>> {
        self.inner.push_branch(name, sha, expected, objects)
    }

    fn delete_branch<'a>(&'a self, name: &'a str, expected: &'a str) -> BoxFuture<'a, Result<()>> {
        self.inner.delete_branch(name, expected)
    }
}

impl ChecksRead for Faulty {
    fn checks<'a>(&'a self, sha: &'a str, page: PageRequest) -> BoxFuture<'a, Result<Page<Check>>> {
        self.inner.checks(sha, page)
    }

    fn ci_state<'a>(&'a self, sha: &'a str) -> BoxFuture<'a, Result<CiState>> {
        self.inner.ci_state(sha)
    }
}

impl ChecksWrite for Faulty {
    fn create_check<'a>(&'a self, check: &'a NewCheck) -> BoxFuture<'a, Result<Check>> {
        self.inner.create_check(check)
    }
}

impl PeopleRead for Faulty {
    fn viewer(&self) -> BoxFuture<'_, Result<Login>> {
        self.inner.viewer()
    }

    fn permission<'a>(&'a self, login: &'a Login) -> BoxFuture<'a, Result<Permission>> {
        self.inner.permission(login)
    }

    fn approvals(&self, number: IssueNumber) -> BoxFuture<'_, Result<Vec<ApprovalSignal>>> {
        self.inner.approvals(number)
    }
}

impl Forge for Faulty {
    fn repository(&self) -> &str {
        self.inner.repository()
    }

    fn describe(&self) -> String {
        self.inner.describe()
    }

    fn location(&self, number: IssueNumber) -> String {
        self.inner.location(number)
    }
}

fn writes() -> Vec<PlannedWrite> {
    let marker = Marker::new("kind", "x");
    vec![
        PlannedWrite::EnsureIssue {
            marker: marker.clone(),
            title: "title".to_owned(),
            body: "body".to_owned(),
            labels: Vec::new(),
        },
        PlannedWrite::UpsertComment {
            issue: IssueNumber(1),
            marker: marker.clone(),
            body: "body".to_owned(),
        },
        PlannedWrite::EnsurePull {
            marker,
            head: "fix".to_owned(),
            base: "main".to_owned(),
            title: "title".to_owned(),
            body: "body".to_owned(),
            labels: Vec::new(),
        },
    ]
}

#[test]
fn a_write_whose_answer_was_lost_is_found() {
    let world = World::new();
    world.branch("fix", "changed\n");
    let forge = Faulty::on(&world, Fault::AnswerLost);
    for write in writes() {
        assert_eq!(
            wait(ensure(&forge, &write)).unwrap().effect,
            Effect::Created
        );
        assert_eq!(
            wait(ensure(&forge, &write)).unwrap().effect,
            Effect::Unchanged
        );
    }
    assert_eq!(forge.creates.load(Ordering::SeqCst), 3);
}

#[test]
fn a_write_that_was_lost_is_not_repeated_blindly() {
    let world = World::new();
    world.branch("fix", "changed\n");
    open_issue(&world.by("alice"), "to comment on");
    let forge = Faulty::on(&world, Fault::WriteLost);
    for write in writes() {
        let error = wait(ensure(&forge, &write)).unwrap_err();
        assert!(error.is_ambiguous(), "{error}");
    }
    assert_eq!(forge.creates.load(Ordering::SeqCst), 3);
    // Once the forge is well again, all is made.
    for write in writes() {
        assert_eq!(
            wait(ensure(&world.forge, &write)).unwrap().effect,
            Effect::Created
        );
    }
}

#[test]
fn a_list_that_cannot_be_read_never_means_absent() {
    let world = World::new();
    let write = &writes()[0];
    wait(ensure(&world.forge, write)).unwrap();
    for number in 0..100 {
        open_issue(&world.forge, &format!("issue {number}"));
    }
    let forge = Faulty::on(&world, Fault::SecondPage);
    let error = wait(ensure(&forge, write)).unwrap_err();
    assert_eq!(kind(&error), "transport");
    assert!(error.is_retryable());
    assert_eq!(forge.creates.load(Ordering::SeqCst), 0);
}
