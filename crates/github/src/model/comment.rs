//! Comments on issues and pull requests.

use jiff::Timestamp;

use crate::ids::{CommentId, IssueNumber, Login};

/// A comment on an issue or a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// What it is on.
    pub issue: IssueNumber,
    /// Markdown.
    pub body: String,
    /// Who wrote it.
    pub author: Login,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last edited; equal to `created_at` if never.
    pub updated_at: Timestamp,
    /// Whether the forge vouches for it; see [`Issue::verified`](crate::Issue::verified).
    pub verified: bool,
}

impl Comment {
    /// A verified comment that was never edited.
    pub fn new(
        id: CommentId,
        issue: IssueNumber,
        body: impl Into<String>,
        author: Login,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id,
            issue,
            body: body.into(),
            author,
            created_at,
            updated_at: created_at,
            verified: true,
        }
    }

    /// Whether it was edited after it was written.
    pub fn is_edited(&self) -> bool {
        self.updated_at > self.created_at
    }
}
