//! What issues and pull requests have in common: a number, labels, comments and approvals.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::document::Found;
use super::issues::IssueHead;
use super::pulls::PullHead;
use super::{LocalForge, layout};
use crate::error::{Error, Result};
use crate::ids::{IssueNumber, Login};
use crate::rules::is_same_label;

/// A label on something, and who put it there.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LabelHead {
    pub(super) name: String,
    pub(super) by: Login,
    pub(super) at: Timestamp,
}

/// An issue or a pull request as it is in its file.
pub(super) enum Thing {
    Issue(Found<IssueHead>),
    Pull(Found<PullHead>),
}

impl Thing {
    pub(super) fn labels(&self) -> &[LabelHead] {
        match self {
            Self::Issue(found) => &found.head.labels,
            Self::Pull(found) => &found.head.labels,
        }
    }

    pub(super) fn labels_mut(&mut self) -> &mut Vec<LabelHead> {
        match self {
            Self::Issue(found) => &mut found.head.labels,
            Self::Pull(found) => &mut found.head.labels,
        }
    }

    pub(super) fn set_updated(&mut self, at: Timestamp) {
        match self {
            Self::Issue(found) => found.head.updated_at = at,
            Self::Pull(found) => found.head.updated_at = at,
        }
    }

    pub(super) fn is_verified(&self) -> bool {
        match self {
            Self::Issue(found) => found.verified,
            Self::Pull(found) => found.verified,
        }
    }

    /// The directory of its comments and approvals.
    pub(super) fn directory(&self, number: IssueNumber) -> String {
        let kind = match self {
            Self::Issue(_) => layout::ISSUES,
            Self::Pull(_) => layout::PULLS,
        };
        format!("{kind}/{}", layout::digits(number.0))
    }
}

impl LocalForge {
    pub(super) fn load_thing(&self, number: IssueNumber) -> Result<Thing> {
        if let Some(found) = self.files().load_page(&layout::issue(number))? {
            return Ok(Thing::Issue(found));
        }
        match self.files().load_page(&layout::pull(number))? {
            Some(found) => Ok(Thing::Pull(found)),
            None => Err(Error::not_found(format!("issue or pull request {number}"))),
        }
    }

    pub(super) fn save_thing(&self, number: IssueNumber, thing: &Thing) -> Result<()> {
        match thing {
            Thing::Issue(found) => self.files().save_page(&layout::issue(number), found),
            Thing::Pull(found) => self.files().save_page(&layout::pull(number), found),
        }
    }

    /// The numbers of issues or of pull requests that are there, lowest first.
    pub(super) fn existing(
        &self,
        directory: &str,
        file: fn(IssueNumber) -> String,
    ) -> Result<Vec<u64>> {
        let mut numbers = self.files().numbers(directory)?;
        // A directory without its file is what a killed writer left.
        numbers.retain(|number| {
            let path = self.directory().join(file(IssueNumber(*number)));
            path.symlink_metadata().is_ok()
        });
        Ok(numbers)
    }

    /// The next free number. The caller holds the lock.
    pub(super) fn next_number(&self) -> Result<IssueNumber> {
        let issues = self.existing(layout::ISSUES, layout::issue)?;
        let pulls = self.existing(layout::PULLS, layout::pull)?;
        let highest = issues.last().max(pulls.last()).copied().unwrap_or(0);
        Ok(IssueNumber(highest + 1))
    }

    /// Labels as they are put on by this account now, each once.
    pub(super) fn new_labels(&self, names: &[String], at: Timestamp) -> Vec<LabelHead> {
        let mut labels: Vec<LabelHead> = Vec::new();
        for name in names {
            if !has_label(&labels, name) {
                labels.push(LabelHead {
                    name: name.clone(),
                    by: self.viewer.clone(),
                    at,
                });
            }
        }
        labels
    }
}

pub(super) fn has_label(labels: &[LabelHead], name: &str) -> bool {
    labels.iter().any(|label| is_same_label(&label.name, name))
}

pub(super) fn label_names(labels: &[LabelHead]) -> Vec<String> {
    labels.iter().map(|label| label.name.clone()).collect()
}
