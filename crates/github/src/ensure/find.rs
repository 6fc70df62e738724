//! Finding what is there.

use crate::error::{Error, Result};
use crate::forge::Forge;
use crate::ids::{IssueNumber, Login};
use crate::model::{Issue, Pull, PullState};

/// Something with a number.
pub(super) enum Target {
    Issue(Issue),
    Pull(Pull),
}

impl Target {
    pub(super) fn body(&self) -> &str {
        match self {
            Self::Issue(issue) => &issue.body,
            Self::Pull(pull) => &pull.body,
        }
    }

    pub(super) fn labels(&self) -> &[String] {
        match self {
            Self::Issue(issue) => &issue.labels,
            Self::Pull(pull) => &pull.labels,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        match self {
            Self::Issue(issue) => issue.state.is_open(),
            Self::Pull(pull) => pull.state == PullState::Open,
        }
    }

    fn is_of(&self, login: &Login) -> bool {
        match self {
            Self::Issue(issue) => issue.verified && issue.author == *login,
            Self::Pull(pull) => pull.verified && pull.author == *login,
        }
    }
}

/// The issue or pull request of this number.
pub(super) async fn target(forge: &dyn Forge, number: IssueNumber) -> Result<Target> {
    if let Some(issue) = forge.issue(number).await? {
        return Ok(Target::Issue(issue));
    }
    match forge.pull(number).await? {
        Some(pull) => Ok(Target::Pull(pull)),
        None => Err(Error::not_found(format!("issue or pull request {number}"))),
    }
}

/// Only what we wrote is ours to rewrite.
pub(super) async fn require_ours(
    forge: &dyn Forge,
    target: &Target,
    number: IssueNumber,
) -> Result<()> {
    let viewer = forge.viewer().await?;
    if target.is_of(&viewer) {
        return Ok(());
    }
    Err(Error::Forbidden {
        login: viewer.to_string(),
        action: format!("rewrite the body of {number}"),
        reason: "it was opened by another account or was edited by hand".to_owned(),
    })
}
