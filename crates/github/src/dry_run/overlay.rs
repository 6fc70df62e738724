//! What has been written without being written.

use std::collections::{BTreeMap, BTreeSet};

use super::SimulatedWrite;
use crate::ids::{CommentId, IssueNumber};
use crate::model::{Check, Comment, Issue, Pull};

/// What has been written without being written: everything that is new or changed, whole.
#[derive(Default)]
pub(super) struct Overlay {
    pub(super) issues: BTreeMap<IssueNumber, Issue>,
    pub(super) pulls: BTreeMap<IssueNumber, Pull>,
    pub(super) comments: BTreeMap<CommentId, Comment>,
    /// `None` for a branch that was deleted.
    pub(super) branches: BTreeMap<String, Option<String>>,
    /// By commit and name.
    pub(super) checks: BTreeMap<(String, String), Check>,
    /// By name in lower case.
    pub(super) labels: BTreeMap<String, crate::model::Label>,
    /// What somebody's yes was and is no more: the approval label was removed.
    pub(super) unlabelled: BTreeSet<IssueNumber>,
    pub(super) writes: Vec<SimulatedWrite>,
}

impl Overlay {
    pub(super) fn highest_number(&self) -> Option<IssueNumber> {
        let issue = self.issues.last_key_value().map(|(number, _)| *number);
        let pull = self.pulls.last_key_value().map(|(number, _)| *number);
        issue.max(pull)
    }

    pub(super) fn note(&mut self, call: &'static str, target: &impl ToString) {
        self.writes.push(SimulatedWrite {
            call,
            target: target.to_string(),
        });
    }
}
