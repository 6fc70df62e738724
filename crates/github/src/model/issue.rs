//! Issues.

use jiff::Timestamp;

use crate::ids::{IssueNumber, Login};
use crate::open_enum::open_enum;
use crate::rules::is_same_label;

open_enum! {
    /// Why an issue was closed.
    CloseReason {
        /// The work is done.
        Completed = "completed",
        /// Nothing will be done.
        NotPlanned = "not_planned",
        /// Another issue is about the same.
        Duplicate = "duplicate",
    }
}

/// Whether an issue is open.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueState {
    /// It waits for somebody.
    Open,
    /// It is closed.
    Closed(CloseReason),
}

impl IssueState {
    /// Whether it is [`IssueState::Open`].
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }
}

/// An issue.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issue {
    /// Its number.
    pub number: IssueNumber,
    /// One line.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// Open or closed.
    pub state: IssueState,
    /// Who opened it.
    pub author: Login,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When title, body, labels or state last changed.
    pub updated_at: Timestamp,
    /// Whether the forge vouches for what is said here. Always so on GitHub; false on the local forge for a file that
    /// somebody edited by hand.
    pub verified: bool,
}

impl Issue {
    /// An open, verified issue with no body and no labels.
    pub fn new(
        number: IssueNumber,
        title: impl Into<String>,
        author: Login,
        created_at: Timestamp,
    ) -> Self {
        Self {
            number,
            title: title.into(),
            body: String::new(),
            labels: Vec::new(),
            state: IssueState::Open,
            author,
            created_at,
            updated_at: created_at,
            verified: true,
        }
    }
}

/// An issue that is to be opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewIssue {
    /// One line, at most [`TITLE_LIMIT`](crate::text::TITLE_LIMIT) characters.
    pub title: String,
    /// Markdown, at most [`BODY_LIMIT`](crate::text::BODY_LIMIT) characters.
    pub body: String,
    /// Names of labels, created where they are missing.
    pub labels: Vec<String>,
}

/// What is to change about an issue. What is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueEdit {
    /// The new title.
    pub title: Option<String>,
    /// The new body.
    pub body: Option<String>,
    /// The new state.
    pub state: Option<IssueState>,
}

/// Which objects to list, by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StateFilter {
    /// All.
    #[default]
    All,
    /// Open ones.
    Open,
    /// Closed ones, merged pull requests included.
    Closed,
}

/// Which issues to list. The default lists all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueFilter {
    /// By state.
    pub state: StateFilter,
    /// Only those with this label.
    pub label: Option<String>,
    /// Only those that this account opened.
    pub author: Option<Login>,
}

impl IssueFilter {
    /// Whether `issue` belongs into the list.
    pub fn takes(&self, issue: &Issue) -> bool {
        let has = |wanted: &String| {
            let mut labels = issue.labels.iter();
            labels.any(|label| is_same_label(label, wanted))
        };
        self.state.takes(issue.state.is_open())
            && self.label.as_ref().is_none_or(has)
            && self
                .author
                .as_ref()
                .is_none_or(|author| *author == issue.author)
    }
}

impl StateFilter {
    pub(crate) fn takes(self, is_open: bool) -> bool {
        match self {
            Self::All => true,
            Self::Open => is_open,
            Self::Closed => !is_open,
        }
    }
}
