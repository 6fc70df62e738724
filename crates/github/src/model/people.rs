//! People and what they may do.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::Login;

/// What an account may do in the repository. Each includes those before it.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
#[expect(
    clippy::exhaustive_enums,
    reason = "the order of the five roles is the forge's"
)]
pub enum Permission {
    /// Nothing that not everybody may.
    #[default]
    None,
    /// Read and comment.
    Read,
    /// Label, close and reopen.
    Triage,
    /// Push, approve and merge.
    Write,
    /// Run the repository.
    Maintain,
    /// Everything.
    Admin,
}

impl Permission {
    /// Every permission, lowest first.
    pub const ALL: [Self; 6] = [
        Self::None,
        Self::Read,
        Self::Triage,
        Self::Write,
        Self::Maintain,
        Self::Admin,
    ];

    /// The word in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Write => "write",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }
}

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a person said yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ApprovalHow {
    /// By adding the approval label.
    Label,
    /// By a comment with the approval command on a line of its own.
    Comment,
    /// By approving outright: `ftc forge approve`.
    Approve,
}

/// A person's yes that counts: somebody who may write, proved by the forge, not a program and not ourselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ApprovalSignal {
    /// Who.
    pub by: Login,
    /// When.
    pub at: Timestamp,
    /// How.
    pub how: ApprovalHow,
    /// Whether the forge vouches for it. A signal for which it does not is never listed by
    /// [`PeopleRead::approvals`](crate::PeopleRead::approvals).
    pub verified: bool,
}

impl ApprovalSignal {
    /// A verified signal.
    pub fn new(by: Login, at: Timestamp, how: ApprovalHow) -> Self {
        Self {
            by,
            at,
            how,
            verified: true,
        }
    }
}
