//! Reviews of pull requests.

use jiff::Timestamp;

use crate::ids::{Login, ReviewId};
use crate::open_enum::open_enum;

open_enum! {
    /// What a reviewer says.
    ReviewState {
        /// It may be merged.
        Approved = "approved",
        /// It must change first.
        ChangesRequested = "changes_requested",
        /// Neither.
        Commented = "commented",
        /// What the reviewer said before is void.
        Dismissed = "dismissed",
    }
}

/// A review of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// Who reviewed.
    pub author: Login,
    /// What he says.
    pub state: ReviewState,
    /// Markdown.
    pub body: String,
    /// The commit that he looked at.
    pub commit: String,
    /// When.
    pub submitted_at: Timestamp,
    /// Whether the forge vouches for it; see [`Issue::verified`](crate::Issue::verified).
    pub verified: bool,
}

impl Review {
    /// A verified review with no text.
    pub fn new(
        id: ReviewId,
        author: Login,
        state: ReviewState,
        commit: impl Into<String>,
        submitted_at: Timestamp,
    ) -> Self {
        Self {
            id,
            author,
            state,
            body: String::new(),
            commit: commit.into(),
            submitted_at,
            verified: true,
        }
    }
}
