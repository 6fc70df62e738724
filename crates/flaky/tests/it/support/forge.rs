//! A forge whose line breaks.

use std::path::Path;
use std::sync::Arc;

use ftc_github::{
    ApprovalSignal, BoxFuture, Check, ChecksRead, ChecksWrite, CiState, Comment, CommentId, Effect,
    Error, Forge, Issue, IssueEdit, IssueFilter, IssueNumber, IssuesRead, IssuesWrite, Label,
    Login, NewCheck, NewIssue, NewPull, Page, PageRequest, PeopleRead, Permission, Pull, PullEdit,
    PullFilter, PullsRead, PullsWrite, RefsRead, RefsWrite, Result, Review,
};

/// When the line breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Before the forge hears of the call.
    Before,
    /// After it did what it was asked, so that nobody hears of that.
    After,
}

type Plan = dyn Fn(&str) -> Option<Fault> + Send + Sync;

/// Passes calls on until the plan says that the line breaks. A call is named by its method and its arguments.
#[derive(Clone)]
pub struct Faulty {
    inner: Arc<dyn Forge>,
    plan: Arc<Plan>,
}

impl Faulty {
    pub fn over(
        inner: Arc<dyn Forge>,
        plan: impl Fn(&str) -> Option<Fault> + Send + Sync + 'static,
    ) -> Arc<dyn Forge> {
        Arc::new(Self {
            inner,
            plan: Arc::new(plan),
        })
    }

    async fn call<'a, T>(&'a self, name: String, answer: BoxFuture<'a, Result<T>>) -> Result<T> {
        let fault = (self.plan)(&name);
        if fault == Some(Fault::Before) {
            return Err(Error::Transport {
                forge: "the forge".to_owned(),
                source: "the line is dead".into(),
            });
        }
        let answer = answer.await?;
        match fault {
            None => Ok(answer),
            Some(_) => Err(Error::Ambiguous {
                what: name,
                source: "the line broke".into(),
            }),
        }
    }
}

/// Methods that pass on to the inner forge. The futures are lazy, so nothing happens before the plan was asked.
macro_rules! passes_on {
    ($interface:ident: $($name:ident($($arg:ident: $type:ty),*) -> $out:ty;)*) => {
        impl $interface for Faulty {
            $(fn $name<'a>(&'a self, $($arg: $type),*) -> BoxFuture<'a, Result<$out>> {
                let name = format!(concat!(stringify!($name), " {:?}"), ($(&$arg,)*));
                Box::pin(async move { self.call(name, self.inner.$name($($arg),*)).await })
            })*
        }
    };
}

impl IssuesRead for Faulty {
    fn issue(&self, number: IssueNumber) -> BoxFuture<'_, Result<Option<Issue>>> {
        Box::pin(self.call(format!("issue {number}"), self.inner.issue(number)))
    }

    fn issues<'a>(
        &'a self,
        filter: &'a IssueFilter,
        page: PageRequest,
    ) -> BoxFuture<'a, Result<Page<Issue>>> {
        let name = format!("issues {filter:?} {page:?}");
        Box::pin(self.call(name, self.inner.issues(filter, page)))
    }

    fn comments(
        &self,
        number: IssueNumber,
        page: PageRequest,
    ) -> BoxFuture<'_, Result<Page<Comment>>> {
        let name = format!("comments {number} {page:?}");
        Box::pin(self.call(name, self.inner.comments(number, page)))
    }

    fn comment(&self, id: CommentId) -> BoxFuture<'_, Result<Option<Comment>>> {
        Box::pin(self.call(format!("comment {id:?}"), self.inner.comment(id)))
    }

    fn label<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Label>>> {
        Box::pin(self.call(format!("label {name}"), self.inner.label(name)))
    }
}

passes_on! {
    IssuesWrite:
    create_issue(issue: &'a NewIssue) -> Issue;
    edit_issue(number: IssueNumber, edit: &'a IssueEdit) -> Issue;
    create_comment(number: IssueNumber, body: &'a str) -> Comment;
    edit_comment(id: CommentId, body: &'a str) -> Comment;
    ensure_label(label: &'a Label) -> Effect;
    add_labels(number: IssueNumber, labels: &'a [String]) -> ();
    remove_label(number: IssueNumber, label: &'a str) -> ();
}

impl PullsRead for Faulty {
    fn pull(&self, number: IssueNumber) -> BoxFuture<'_, Result<Option<Pull>>> {
        Box::pin(self.call(format!("pull {number}"), self.inner.pull(number)))
    }

    fn pulls<'a>(
        &'a self,
        filter: &'a PullFilter,
        page: PageRequest,
    ) -> BoxFuture<'a, Result<Page<Pull>>> {
        let name = format!("pulls {filter:?} {page:?}");
        Box::pin(self.call(name, self.inner.pulls(filter, page)))
    }

    fn reviews(
        &self,
        number: IssueNumber,
        page: PageRequest,
    ) -> BoxFuture<'_, Result<Page<Review>>> {
        let name = format!("reviews {number} {page:?}");
        Box::pin(self.call(name, self.inner.reviews(number, page)))
    }
}

passes_on! {
    PullsWrite:
    create_pull(pull: &'a NewPull) -> Pull;
    edit_pull(number: IssueNumber, edit: &'a PullEdit) -> Pull;
}

impl RefsRead for Faulty {
    fn default_branch(&self) -> BoxFuture<'_, Result<String>> {
        Box::pin(self.call("default_branch".to_owned(), self.inner.default_branch()))
    }

    fn branch<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(self.call(format!("branch {name}"), self.inner.branch(name)))
    }
}

passes_on! {
    RefsWrite:
    push_branch(name: &'a str, sha: &'a str, expected: Option<&'a str>, objects: &'a Path) -> ();
    delete_branch(name: &'a str, expected: &'a str) -> ();
}

passes_on! {
    ChecksRead:
    checks(sha: &'a str, page: PageRequest) -> Page<Check>;
    ci_state(sha: &'a str) -> CiState;
}

passes_on! {
    ChecksWrite:
    create_check(check: &'a NewCheck) -> Check;
}

impl PeopleRead for Faulty {
    fn viewer(&self) -> BoxFuture<'_, Result<Login>> {
        Box::pin(self.call("viewer".to_owned(), self.inner.viewer()))
    }

    fn permission<'a>(&'a self, login: &'a Login) -> BoxFuture<'a, Result<Permission>> {
        Box::pin(self.call(format!("permission {login}"), self.inner.permission(login)))
    }

    fn approvals(&self, number: IssueNumber) -> BoxFuture<'_, Result<Vec<ApprovalSignal>>> {
        Box::pin(self.call(format!("approvals {number}"), self.inner.approvals(number)))
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
