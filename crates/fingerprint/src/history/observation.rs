//! What a caller knows of the runs of one test.

use jiff::Timestamp;

use super::environment::Disturbance;
use crate::keys::Fingerprint;

/// The runs of one test, or of one fingerprint, in any order, the failure that is to be classified among them.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct History {
    /// Every attempt of every run that is known, also those in which the test did not appear.
    pub observations: Vec<Observation>,
    /// The open issue that already tracks this failure as flaky, as a person would name it: `#118`.
    pub open_issue: Option<String>,
}

impl History {
    /// Adds one attempt of one run.
    pub fn push(&mut self, observation: Observation) {
        self.observations.push(observation);
    }
}

impl FromIterator<Observation> for History {
    fn from_iter<I: IntoIterator<Item = Observation>>(observations: I) -> Self {
        Self {
            observations: observations.into_iter().collect(),
            open_issue: None,
        }
    }
}

/// What became of the test in one attempt of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It ran and passed.
    Passed,
    /// It ran and failed.
    Failed,
    /// It failed first and passed when the tool ran it again within this attempt.
    PassedOnRetry,
    /// It did not run to an end: not selected, skipped, or the run died before. Not a pass.
    NotRun,
}

/// Where a commit was run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Branch {
    /// The branch that all others start from; its commits are merged.
    Main,
    /// Nobody knows. Such runs prove something by their commit, and by failing again and again, but nothing about branches.
    Unknown,
    /// A pull request, or a branch that is not merged, by a name of its own: `#17`.
    Change(String),
}

impl Branch {
    pub(crate) fn is_change(&self) -> bool {
        matches!(self, Self::Change(_))
    }
}

/// One attempt of one run, as far as it concerns the test.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Observation {
    /// The commit that ran: for a pull request the merged one where the forge makes one, since the head alone may have been run on
    /// different bases. Empty where not known; such a run proves nothing about commits.
    pub commit: String,
    /// Where it ran.
    pub branch: Branch,
    /// Place of the commit on its branch, larger is later, equal for one commit. Where it is `None` for one commit of a branch, the
    /// branch's commits are ordered by the time of their first run.
    pub order: Option<u64>,
    /// When it ran.
    pub time: Timestamp,
    /// What became of the test.
    pub outcome: Outcome,
    /// Which attempt of the run, from 1.
    pub attempt: u32,
    /// Job, platform or feature set, such as `windows`. Passing in one says nothing about another one.
    pub variant: String,
    /// Whether the whole run was disturbed.
    pub disturbance: Disturbance,
    /// The `cause` key of the failure, where it is known: an outage has the same one everywhere.
    pub cause: Option<Fingerprint>,
    /// Whether the commit, or the change that the branch is, touches the files of the test.
    pub test_changed: bool,
    /// Whether the commit contains the fix for this failure; `None` where no fix is known.
    pub contains_fix: Option<bool>,
}

impl Observation {
    /// A first attempt on the main branch with nothing remarkable about it; the other methods say more.
    pub fn new(commit: impl Into<String>, time: Timestamp, outcome: Outcome) -> Self {
        Self {
            commit: commit.into(),
            branch: Branch::Main,
            order: None,
            time,
            outcome,
            attempt: 1,
            variant: String::new(),
            disturbance: Disturbance::None,
            cause: None,
            test_changed: false,
            contains_fix: None,
        }
    }

    /// On a pull request or another branch that is not merged.
    #[must_use]
    pub fn on_change(mut self, name: impl Into<String>) -> Self {
        self.branch = Branch::Change(name.into());
        self
    }

    /// On a branch that nobody knows.
    #[must_use]
    pub fn on_unknown_branch(mut self) -> Self {
        self.branch = Branch::Unknown;
        self
    }

    /// With the commit's place on its branch.
    #[must_use]
    pub fn order(mut self, order: u64) -> Self {
        self.order = Some(order);
        self
    }

    /// As another attempt than the first.
    #[must_use]
    pub fn attempt(mut self, attempt: u32) -> Self {
        self.attempt = attempt;
        self
    }

    /// In a variant, such as a job or a platform.
    #[must_use]
    pub fn variant(mut self, variant: impl Into<String>) -> Self {
        self.variant = variant.into();
        self
    }

    /// In a run that was disturbed as a whole.
    #[must_use]
    pub fn disturbed(mut self, disturbance: Disturbance) -> Self {
        self.disturbance = disturbance;
        self
    }

    /// With the `cause` key of the failure.
    #[must_use]
    pub fn cause(mut self, cause: Fingerprint) -> Self {
        self.cause = Some(cause);
        self
    }

    /// With a commit or change that touches the files of the test.
    #[must_use]
    pub fn test_changed(mut self) -> Self {
        self.test_changed = true;
        self
    }

    /// With a commit of which it is known whether it contains the fix.
    #[must_use]
    pub fn contains_fix(mut self, contains: bool) -> Self {
        self.contains_fix = Some(contains);
        self
    }
}
