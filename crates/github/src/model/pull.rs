//! Pull requests.

use jiff::Timestamp;

use crate::ids::{IssueNumber, Login};
use crate::model::StateFilter;
use crate::open_enum::open_enum;

open_enum! {
    /// What has become of a pull request.
    PullState {
        /// It waits for a merge.
        Open = "open",
        /// It was closed and not merged.
        Closed = "closed",
        /// Its commits are in the base branch.
        Merged = "merged",
    }
}

/// A pull request. Its number, comments and labels are those of issues.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pull {
    /// Its number.
    pub number: IssueNumber,
    /// One line.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// Open, closed or merged.
    pub state: PullState,
    /// The branch that is to be merged.
    pub head: String,
    /// The commit of that branch now; after the end, the last one that the forge knew.
    pub head_sha: String,
    /// The branch that it is to be merged into.
    pub base: String,
    /// The commit on the base branch that merged it.
    pub merged_sha: Option<String>,
    /// Who merged it, where that is known.
    pub merged_by: Option<Login>,
    /// Who opened it.
    pub author: Login,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When title, body, labels or state last changed.
    pub updated_at: Timestamp,
    /// Whether the forge vouches for it; see [`Issue::verified`](crate::Issue::verified).
    pub verified: bool,
}

impl Pull {
    /// An open, verified pull request with no body and no labels.
    pub fn new(
        number: IssueNumber,
        new: &NewPull,
        head_sha: impl Into<String>,
        author: Login,
        created_at: Timestamp,
    ) -> Self {
        Self {
            number,
            title: new.title.clone(),
            body: new.body.clone(),
            labels: Vec::new(),
            state: PullState::Open,
            head: new.head.clone(),
            head_sha: head_sha.into(),
            base: new.base.clone(),
            merged_sha: None,
            merged_by: None,
            author,
            created_at,
            updated_at: created_at,
            verified: true,
        }
    }
}

/// A pull request that is to be opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewPull {
    /// One line.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// The branch that is to be merged.
    pub head: String,
    /// The branch that it is to be merged into.
    pub base: String,
}

/// What is to change about a pull request. What is `None` stays. A merged one cannot change its state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullEdit {
    /// The new title.
    pub title: Option<String>,
    /// The new body.
    pub body: Option<String>,
    /// [`PullState::Open`] or [`PullState::Closed`].
    pub state: Option<PullState>,
}

/// Which pull requests to list. The default lists all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullFilter {
    /// By state.
    pub state: StateFilter,
    /// Only those from this branch.
    pub head: Option<String>,
    /// Only those into this branch.
    pub base: Option<String>,
}

impl PullFilter {
    /// Whether `pull` belongs into the list.
    pub fn takes(&self, pull: &Pull) -> bool {
        self.state.takes(pull.state == PullState::Open)
            && self.head.as_ref().is_none_or(|head| *head == pull.head)
            && self.base.as_ref().is_none_or(|base| *base == pull.base)
    }
}
