//! What all reviews of a pull request say together. Pure.

use std::collections::BTreeMap;

use crate::ids::Login;
use crate::model::{Pull, Review, ReviewState};

/// What all reviews of a pull request say together: the last word of each reviewer who may write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReviewSummary {
    /// Who approved the commit that the branch is at now.
    pub approved_by: Vec<Login>,
    /// Who approved an older commit, which says nothing of this one.
    pub stale_approvals: Vec<Login>,
    /// The reviews that ask for changes, whatever commit they looked at: only their author takes that back.
    pub changes_requested: Vec<Review>,
}

impl ReviewSummary {
    /// Sums up `reviews`, oldest first. `may_write` says whether an account's word counts.
    ///
    /// A mere comment takes nothing back, a dismissed review says nothing, and reviews for which the forge does not vouch or
    /// that the author of the pull request wrote do not count.
    pub fn of(reviews: &[Review], pull: &Pull, may_write: impl Fn(&Login) -> bool) -> Self {
        let mut last: BTreeMap<&Login, &Review> = BTreeMap::new();
        for review in reviews {
            let counts = review.verified
                && review.author != pull.author
                && review.state != ReviewState::Commented;
            if counts {
                last.insert(&review.author, review);
            }
        }
        let mut summary = Self::default();
        for review in last
            .into_values()
            .filter(|review| may_write(&review.author))
        {
            match review.state {
                ReviewState::Approved if review.commit == pull.head_sha => {
                    summary.approved_by.push(review.author.clone());
                }
                ReviewState::Approved => summary.stale_approvals.push(review.author.clone()),
                ReviewState::ChangesRequested => summary.changes_requested.push(review.clone()),
                _ => {}
            }
        }
        summary
    }
}
