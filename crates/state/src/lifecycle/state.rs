//! The states that a flaky test goes through, and which may follow which.

use std::fmt;
use std::str::FromStr;

/// How far the work on one fingerprint has come.
///
/// ```text
/// DISCOVERED -> ISSUE_OPEN -> TRIAGED <-> WAITING_FOR_SIGNAL <-> APPROVED_TO_FIX -> PR_OPEN -> MERGED, CLOSED_WONTFIX
///                                         WAITING_FOR_SIGNAL -> CLOSED
/// PR_OPEN -> PR_NEEDS_CHANGES -> PR_UPDATING -> PR_OPEN
/// ```
///
/// Besides, `ISSUE_OPEN`, `TRIAGED` and `WAITING_FOR_SIGNAL` may become `NEEDS_UPDATE`, which goes back to `ISSUE_OPEN`;
/// `PR_NEEDS_CHANGES` may go straight back to `PR_OPEN`; and a person may merge or close a pull request in each of its
/// three states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LifecycleState {
    /// Seen; nobody was told.
    Discovered,
    /// An issue is open.
    IssueOpen,
    /// The issue has an analysis.
    Triaged,
    /// A person has to say whether it is to be fixed.
    WaitingForSignal,
    /// A person has said so.
    ApprovedToFix,
    /// A pull request is open.
    PrOpen,
    /// A reviewer asked for changes.
    PrNeedsChanges,
    /// The changes are being made.
    PrUpdating,
    /// The pull request was merged. The end.
    Merged,
    /// The pull request was closed without a merge. The end.
    ClosedWontfix,
    /// The issue no longer says what is known.
    NeedsUpdate,
    /// The issue was closed before there was a pull request. The end.
    Closed,
}

impl LifecycleState {
    /// Every state, in the order in which they are declared.
    pub const ALL: [Self; 12] = [
        Self::Discovered,
        Self::IssueOpen,
        Self::Triaged,
        Self::WaitingForSignal,
        Self::ApprovedToFix,
        Self::PrOpen,
        Self::PrNeedsChanges,
        Self::PrUpdating,
        Self::Merged,
        Self::ClosedWontfix,
        Self::NeedsUpdate,
        Self::Closed,
    ];

    /// The name that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Discovered => "DISCOVERED",
            Self::IssueOpen => "ISSUE_OPEN",
            Self::Triaged => "TRIAGED",
            Self::WaitingForSignal => "WAITING_FOR_SIGNAL",
            Self::ApprovedToFix => "APPROVED_TO_FIX",
            Self::PrOpen => "PR_OPEN",
            Self::PrNeedsChanges => "PR_NEEDS_CHANGES",
            Self::PrUpdating => "PR_UPDATING",
            Self::Merged => "MERGED",
            Self::ClosedWontfix => "CLOSED_WONTFIX",
            Self::NeedsUpdate => "NEEDS_UPDATE",
            Self::Closed => "CLOSED",
        }
    }

    /// The states that may follow this one. No state follows itself: to keep the state is an update, which is always
    /// allowed.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Discovered | Self::NeedsUpdate => &[Self::IssueOpen],
            Self::IssueOpen => &[Self::Triaged, Self::NeedsUpdate],
            Self::Triaged => &[Self::WaitingForSignal, Self::NeedsUpdate],
            Self::WaitingForSignal => &[
                Self::ApprovedToFix,
                Self::Triaged,
                Self::NeedsUpdate,
                Self::Closed,
            ],
            // Back when the attempt failed: another one needs another approval.
            Self::ApprovedToFix => &[Self::PrOpen, Self::WaitingForSignal],
            Self::PrOpen => &[Self::PrNeedsChanges, Self::Merged, Self::ClosedWontfix],
            Self::PrNeedsChanges => &[
                Self::PrUpdating,
                Self::PrOpen,
                Self::Merged,
                Self::ClosedWontfix,
            ],
            Self::PrUpdating => &[Self::PrOpen, Self::Merged, Self::ClosedWontfix],
            Self::Merged | Self::ClosedWontfix | Self::Closed => &[],
        }
    }

    /// Whether `to` may follow this state.
    pub fn can_become(self, to: Self) -> bool {
        self.next().contains(&to)
    }

    /// Whether no state follows this one.
    pub fn is_final(self) -> bool {
        self.next().is_empty()
    }
}

impl fmt::Display for LifecycleState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for LifecycleState {
    type Err = UnknownLifecycleState;

    fn from_str(name: &str) -> Result<Self, UnknownLifecycleState> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == name)
            .ok_or_else(|| UnknownLifecycleState {
                name: name.to_owned(),
            })
    }
}

/// A name that is no [`LifecycleState`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown lifecycle state `{name}`")]
pub struct UnknownLifecycleState {
    /// The name as found.
    pub name: String,
}
