//! The face of every forge. Each trait can be implemented alone, and `&dyn Forge` is all that a flow needs.
//!
//! Every call is one request: it is made once, never repeated behind the caller's back. What has to be found before it is
//! written is for [`ensure`](crate::ensure).

use std::path::Path;
use std::pin::Pin;

use crate::error::Result;
use crate::ids::{CommentId, IssueNumber, Login};
use crate::model::{
    ApprovalSignal, Check, CiState, Comment, Issue, IssueEdit, IssueFilter, Label, NewCheck,
    NewIssue, NewPull, Permission, Pull, PullEdit, PullFilter, Review,
};
use crate::page::{Page, PageRequest};
use crate::planned::Effect;

/// An answer that may take a while.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Reads issues and comments.
pub trait IssuesRead {
    /// One issue; `None` when there is none of this number, or when it is a pull request.
    fn issue(&self, number: IssueNumber) -> BoxFuture<'_, Result<Option<Issue>>>;

    /// Issues without pull requests, highest number first.
    fn issues<'a>(
        &'a self,
        filter: &'a IssueFilter,
        page: PageRequest,
    ) -> BoxFuture<'a, Result<Page<Issue>>>;

    /// The comments on an issue or a pull request, oldest first.
    fn comments(
        &self,
        number: IssueNumber,
        page: PageRequest,
    ) -> BoxFuture<'_, Result<Page<Comment>>>;

    /// One comment by its id.
    fn comment(&self, id: CommentId) -> BoxFuture<'_, Result<Option<Comment>>>;

    /// One label of the repository, by its name in any case.
    fn label<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Label>>>;
}

/// Writes issues, comments and labels.
pub trait IssuesWrite {
    /// Opens an issue.
    fn create_issue<'a>(&'a self, issue: &'a NewIssue) -> BoxFuture<'a, Result<Issue>>;

    /// Changes an issue and returns it.
    fn edit_issue<'a>(
        &'a self,
        number: IssueNumber,
        edit: &'a IssueEdit,
    ) -> BoxFuture<'a, Result<Issue>>;

    /// Comments on an issue or a pull request.
    fn create_comment<'a>(
        &'a self,
        number: IssueNumber,
        body: &'a str,
    ) -> BoxFuture<'a, Result<Comment>>;

    /// Replaces the text of a comment.
    fn edit_comment<'a>(&'a self, id: CommentId, body: &'a str) -> BoxFuture<'a, Result<Comment>>;

    /// Creates a label unless there is one of that name, whatever its colour: that is people's.
    fn ensure_label<'a>(&'a self, label: &'a Label) -> BoxFuture<'a, Result<Effect>>;

    /// Adds labels to an issue or a pull request; those that it has already stay.
    fn add_labels<'a>(
        &'a self,
        number: IssueNumber,
        labels: &'a [String],
    ) -> BoxFuture<'a, Result<()>>;

    /// Removes a label from an issue or a pull request; nothing happens when it does not have it.
    fn remove_label<'a>(&'a self, number: IssueNumber, label: &'a str)
    -> BoxFuture<'a, Result<()>>;
}

/// Reads pull requests.
pub trait PullsRead {
    /// One pull request; `None` when there is none of this number, or when it is an issue.
    fn pull(&self, number: IssueNumber) -> BoxFuture<'_, Result<Option<Pull>>>;

    /// Pull requests, highest number first.
    fn pulls<'a>(
        &'a self,
        filter: &'a PullFilter,
        page: PageRequest,
    ) -> BoxFuture<'a, Result<Page<Pull>>>;

    /// The reviews of a pull request, oldest first.
    fn reviews(
        &self,
        number: IssueNumber,
        page: PageRequest,
    ) -> BoxFuture<'_, Result<Page<Review>>>;
}

/// Writes pull requests. There is no merge here: that is for people.
pub trait PullsWrite {
    /// Opens a pull request. Both branches exist, and `head` has commits that `base` lacks.
    fn create_pull<'a>(&'a self, pull: &'a NewPull) -> BoxFuture<'a, Result<Pull>>;

    /// Changes a pull request and returns it.
    fn edit_pull<'a>(
        &'a self,
        number: IssueNumber,
        edit: &'a PullEdit,
    ) -> BoxFuture<'a, Result<Pull>>;
}

/// Reads branches.
pub trait RefsRead {
    /// The branch that work starts from.
    fn default_branch(&self) -> BoxFuture<'_, Result<String>>;

    /// The commit of a branch, in hex; `None` when there is no such branch.
    fn branch<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<String>>>;
}

/// Writes branches, never the default one.
pub trait RefsWrite {
    /// Sets a branch to `sha` if it is at `expected` (`None`: if there is no such branch). `objects` is a local repository
    /// that has the commit. [`Error::Conflict`](crate::Error::Conflict) when the branch is somewhere else.
    fn push_branch<'a>(
        &'a self,
        name: &'a str,
        sha: &'a str,
        expected: Option<&'a str>,
        objects: &'a Path,
    ) -> BoxFuture<'a, Result<()>>;

    /// Deletes a branch if it is at `expected`. Nothing happens when there is no such branch.
    fn delete_branch<'a>(&'a self, name: &'a str, expected: &'a str) -> BoxFuture<'a, Result<()>>;
}

/// Reads checks of commits.
pub trait ChecksRead {
    /// The checks of a commit, the latest of each name, by name.
    fn checks<'a>(&'a self, sha: &'a str, page: PageRequest) -> BoxFuture<'a, Result<Page<Check>>>;

    /// What all checks of a commit say together.
    fn ci_state<'a>(&'a self, sha: &'a str) -> BoxFuture<'a, Result<CiState>>;
}

/// Reports checks of commits.
pub trait ChecksWrite {
    /// Reports a check; it takes the place of an earlier one of its name.
    fn create_check<'a>(&'a self, check: &'a NewCheck) -> BoxFuture<'a, Result<Check>>;
}

/// Reads who may do what, and who said yes.
pub trait PeopleRead {
    /// The account that this forge acts as.
    fn viewer(&self) -> BoxFuture<'_, Result<Login>>;

    /// What an account may do.
    fn permission<'a>(&'a self, login: &'a Login) -> BoxFuture<'a, Result<Permission>>;

    /// Every yes on an issue or a pull request that counts, oldest first: by somebody who may write, proved by the forge,
    /// not a program, not the viewer; by the approval label that is still there, by a comment never edited with the
    /// approval command on a line of its own, or outright.
    fn approvals(&self, number: IssueNumber) -> BoxFuture<'_, Result<Vec<ApprovalSignal>>>;
}

/// A whole forge, for one repository and one account.
pub trait Forge:
    IssuesRead
    + IssuesWrite
    + PullsRead
    + PullsWrite
    + RefsRead
    + RefsWrite
    + ChecksRead
    + ChecksWrite
    + PeopleRead
    + Send
    + Sync
{
    /// `owner/name` of the repository.
    fn repository(&self) -> &str;

    /// What and where this forge is, in a few words for a person.
    fn describe(&self) -> String;

    /// Where a person finds an issue or a pull request: a URL or a path.
    fn location(&self, number: IssueNumber) -> String;
}
