//! What the gate cannot see in the ChangeSet.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{Actor, ApprovalProof, Checksum, RepoPath, RepoPathError};

/// What the gate cannot see in plan and ChangeSet, given to it so that judging stays a function.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Facts {
    /// The present.
    pub now: Timestamp,
    /// Where the policy was read from.
    pub policy_source: PolicySource,
    /// When changes were applied to this repository before. `None`: not known, which a policy with `frequency_limits` does
    /// not accept.
    pub history: Option<Vec<Timestamp>>,
    /// The gates that there are, for the names in the plan's verification. `None`: not known, names are not looked up.
    pub known_gates: Option<BTreeSet<String>>,
    /// The checksum that somebody expects, for instance the one that an agent's run ended with.
    pub expected_checksum: Option<Checksum>,
    /// Changes that were asked for but cannot be said in a ChangeSet. Each is a DENY.
    pub refusals: Vec<Refusal>,
    /// An emergency that a person has declared.
    pub emergency: Option<Emergency>,
}

impl Facts {
    /// Nothing is known but the time; the policy comes from the base commit.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            policy_source: PolicySource::BaseCommit,
            history: None,
            known_gates: None,
            expected_checksum: None,
            refusals: Vec::new(),
            emergency: None,
        }
    }
}

/// Where a policy was read from. Never from the tree that is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicySource {
    /// The tracked file at the base commit.
    BaseCommit,
    /// A file that a person named. A change that touches it is denied.
    File {
        /// Its path in the repository, if it is in there.
        path: Option<RepoPath>,
    },
}

/// A change that was asked for but cannot be said in a ChangeSet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The path is no [`RepoPath`].
    Path(RepoPathError),
    /// It is a link, a submodule or another special file.
    SpecialFile {
        /// The path.
        path: String,
        /// What it is, in words.
        what: String,
    },
}

/// An emergency that a person has declared.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Emergency {
    /// Who.
    pub declared_by: Actor,
    /// The roles that the proof shows them to have.
    pub roles: Vec<String>,
    /// Why.
    pub reason: String,
    /// What shows that it was them.
    pub proof: ApprovalProof,
    /// When.
    pub declared_at: Timestamp,
}

impl Emergency {
    /// An emergency declared by somebody without roles.
    pub fn new(
        declared_by: Actor,
        reason: impl Into<String>,
        proof: ApprovalProof,
        declared_at: Timestamp,
    ) -> Self {
        Self {
            declared_by,
            roles: Vec::new(),
            reason: reason.into(),
            proof,
            declared_at,
        }
    }
}
