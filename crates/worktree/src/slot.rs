//! What people and programs are told about slots.

use std::path::PathBuf;

use ftc_process::ProcessIdentity;
use ftc_vcs::ObjectId;
use jiff::Timestamp;

use crate::lease_id::LeaseId;

/// One place for a worktree, which is leased again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Slot {
    /// Its number, from 1.
    pub number: u32,
    /// Where its worktree is, or will be.
    pub path: PathBuf,
    /// What is going on there.
    pub state: SlotState,
    /// The commit that is checked out, or is being checked out. Unknown for a slot that was found again after the registry
    /// had been lost.
    pub commit: Option<ObjectId>,
    /// Whose it is, or whose work is still to be saved.
    pub lease: Option<LeaseInfo>,
}

/// What is going on in a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlotState {
    /// Its worktree is being made.
    Creating,
    /// Clean, and free to be leased.
    Idle,
    /// Somebody works in it.
    Leased,
    /// It is being made clean, or ready for a commit.
    Scrubbing,
    /// What is left of its worktree is being removed.
    Removing,
    /// Something is wrong with it. It is not touched any more until a person has removed its folder.
    Quarantined {
        /// What is wrong.
        reason: String,
    },
}

impl SlotState {
    /// The state in one lower-case word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::Idle => "idle",
            Self::Leased => "leased",
            Self::Scrubbing => "scrubbing",
            Self::Removing => "removing",
            Self::Quarantined { .. } => "quarantined",
        }
    }
}

/// What is known of a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeaseInfo {
    /// Its name.
    pub id: LeaseId,
    /// Its fence: larger than that of every lease before it in this pool.
    pub epoch: u64,
    /// Who asked for it.
    pub owner: String,
    /// What for.
    pub purpose: String,
    /// The process that it is bound to.
    pub process: ProcessIdentity,
    /// The commit that was asked for.
    pub commit: ObjectId,
    /// When it was given.
    pub acquired_at: Timestamp,
    /// Until when it holds even when the process has ended.
    pub expires_at: Option<Timestamp>,
}
