//! Reviews of pull requests.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::comments::COMMENTS_EACH;
use super::document::Found;
use super::{LocalForge, layout};
use crate::error::{Error, Result};
use crate::ids::{IssueNumber, Login, ReviewId};
use crate::model::{Permission, Pull, PullState, Review, ReviewState};
use crate::page::{Order, Page, PageRequest, paginate};
use crate::reviews::ReviewSummary;
use crate::rules::{self, Need};

const REVIEWS: &str = "reviews";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewHead {
    author: Login,
    state: ReviewState,
    commit: String,
    submitted_at: Timestamp,
}

fn to_review(number: IssueNumber, index: u64, found: Found<ReviewHead>) -> Review {
    let head = found.head;
    let id = ReviewId(number.0 * COMMENTS_EACH + index);
    Review {
        body: found.body,
        verified: found.verified,
        ..Review::new(id, head.author, head.state, head.commit, head.submitted_at)
    }
}

fn directory(number: IssueNumber) -> String {
    format!("{}/{}", layout::PULLS, layout::digits(number.0))
}

impl LocalForge {
    /// Reviews the commit that a pull request is at now, as `by`. Comments and requests for changes need a text. Whether it
    /// counts depends on the permission of `by`; see [`ReviewSummary`].
    pub fn review(
        &self,
        number: IssueNumber,
        by: &Login,
        state: ReviewState,
        body: &str,
    ) -> Result<Review> {
        rules::body(body)?;
        match state {
            ReviewState::Approved => {}
            ReviewState::ChangesRequested | ReviewState::Commented => rules::comment(body)?,
            other => {
                return Err(Error::invalid(
                    "the review",
                    format!("cannot say `{other}`"),
                ));
            }
        }
        Need::new(Permission::Read, "review").check(by, self.permission_of(by)?)?;
        let _lock = self.lock()?;
        let pull = self.require_pull(number)?;
        if pull.state != PullState::Open {
            let problem = format!("is {}", pull.state);
            return Err(Error::conflict(format!("pull request {number}"), problem));
        }
        if pull.author == *by && state != ReviewState::Commented {
            return Err(Error::Forbidden {
                login: by.to_string(),
                action: format!("judge {number}"),
                reason: "nobody approves or rejects his own pull request".to_owned(),
            });
        }
        let index = self.next_part(&directory(number), REVIEWS)?;
        let found = Found {
            head: ReviewHead {
                author: by.clone(),
                state,
                commit: pull.head_sha,
                submitted_at: self.now(),
            },
            body: body.to_owned(),
            verified: true,
        };
        let path = layout::part(&directory(number), REVIEWS, index);
        self.files().save_page(&path, &found)?;
        Ok(to_review(number, index, found))
    }

    /// What all reviews of a pull request say together.
    pub fn review_summary(&self, pull: &Pull) -> Result<ReviewSummary> {
        self.summarise(pull, &self.load_reviews(pull.number)?)
    }

    pub(super) fn summarise(&self, pull: &Pull, reviews: &[Review]) -> Result<ReviewSummary> {
        let people = self.load_people()?;
        Ok(ReviewSummary::of(reviews, pull, |login| {
            people.permission(login) >= Permission::Write
        }))
    }

    pub(super) fn load_reviews(&self, number: IssueNumber) -> Result<Vec<Review>> {
        let mut reviews = Vec::new();
        for index in self.review_indices(number)? {
            reviews.extend(self.load_review(number, index)?);
        }
        Ok(reviews)
    }

    pub(super) fn list_reviews(
        &self,
        number: IssueNumber,
        page: &PageRequest,
    ) -> Result<Page<Review>> {
        self.require_pull(number)?;
        let indices = self.review_indices(number)?;
        paginate(indices, Order::Ascending, page, |index| {
            self.load_review(number, *index)
        })
    }

    fn review_indices(&self, number: IssueNumber) -> Result<Vec<u64>> {
        self.files()
            .numbers(&format!("{}/{REVIEWS}", directory(number)))
    }

    fn load_review(&self, number: IssueNumber, index: u64) -> Result<Option<Review>> {
        let path = layout::part(&directory(number), REVIEWS, index);
        let found = self.files().load_page(&path)?;
        Ok(found.map(|found| to_review(number, index, found)))
    }
}
