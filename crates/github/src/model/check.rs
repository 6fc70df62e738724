//! Checks of commits.

use jiff::Timestamp;

use crate::ids::Login;
use crate::open_enum::open_enum;

open_enum! {
    /// How a check ended, or that it has not. Words that are not known count as failures.
    CheckConclusion {
        /// It passed.
        Success = "success",
        /// It failed.
        Failure = "failure",
        /// It has not ended.
        Pending = "pending",
        /// It ended without an opinion, and does not stand in the way.
        Neutral = "neutral",
        /// It did not have to run.
        Skipped = "skipped",
    }
}

/// A check of a commit: the latest with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// Its name.
    pub name: String,
    /// The commit.
    pub sha: String,
    /// How it ended.
    pub conclusion: CheckConclusion,
    /// Markdown.
    pub summary: String,
    /// Who reported it.
    pub author: Login,
    /// When.
    pub created_at: Timestamp,
    /// Whether the forge vouches for it; see [`Issue::verified`](crate::Issue::verified).
    pub verified: bool,
}

impl Check {
    /// A verified check.
    pub fn new(new: &NewCheck, author: Login, created_at: Timestamp) -> Self {
        Self {
            name: new.name.clone(),
            sha: new.sha.clone(),
            conclusion: new.conclusion.clone(),
            summary: new.summary.clone(),
            author,
            created_at,
            verified: true,
        }
    }
}

/// A check that is to be reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCheck {
    /// The commit.
    pub sha: String,
    /// Its name. The latest check with a name counts.
    pub name: String,
    /// How it ended.
    pub conclusion: CheckConclusion,
    /// Markdown.
    pub summary: String,
}

/// What all checks of a commit say together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CiState {
    /// Nothing is known: there are no checks, or some for which the forge does not vouch.
    Unknown,
    /// Some have not ended, and none has failed.
    Pending,
    /// All passed.
    Green,
    /// Some failed.
    Red(Vec<FailedCheck>),
}

/// A check that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedCheck {
    /// Its name.
    pub name: String,
    /// How it ended.
    pub conclusion: CheckConclusion,
    /// Markdown.
    pub summary: String,
}

impl CiState {
    /// What `checks`, all of one commit, say together.
    pub fn of(checks: &[Check]) -> Self {
        use CheckConclusion::{Neutral, Pending, Skipped, Success};
        let failed: Vec<FailedCheck> = checks
            .iter()
            .filter(|check| check.verified)
            .filter(|check| !matches!(check.conclusion, Success | Neutral | Skipped | Pending))
            .map(|check| FailedCheck {
                name: check.name.clone(),
                conclusion: check.conclusion.clone(),
                summary: check.summary.clone(),
            })
            .collect();
        if !failed.is_empty() {
            return Self::Red(failed);
        }
        // Were a check that somebody edited merely passed over, editing the one red check would make a commit green.
        if checks.is_empty() || checks.iter().any(|check| !check.verified) {
            return Self::Unknown;
        }
        if checks.iter().any(|check| check.conclusion == Pending) {
            Self::Pending
        } else {
            Self::Green
        }
    }
}
