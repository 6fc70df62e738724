//! What the registry says.

use ftc_process::ProcessIdentity;
use ftc_vcs::ObjectId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::lease_id::LeaseId;
use crate::slot::{LeaseInfo, SlotState};

/// The version that this program writes.
pub(crate) const VERSION: u32 = 1;

/// How far the epoch moves when the registry may be an old one.
const EPOCH_JUMP: u64 = 1 << 20;

/// The whole registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registry {
    pub version: u32,
    pub pool: String,
    pub boot_id: String,
    pub epoch: u64,
    pub slots: Vec<SlotRow>,
    #[serde(default)]
    pub worktrees: Vec<serde_json::Value>,
}

/// One slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SlotRow {
    pub slot: u32,
    /// The fence of the last step. Whoever finishes a step finds the number that it began with, or has been overtaken.
    pub epoch: u64,
    /// What is checked out, or is to be. Unknown for a slot that was found again after the registry had been lost.
    pub commit: Option<ObjectId>,
    /// What survives the next scrub.
    #[serde(default)]
    pub keep: Vec<String>,
    pub state: State,
}

/// What is going on in a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum State {
    /// `worker` makes the worktree. Whatever is there is half of that.
    Creating { worker: ProcessIdentity },
    /// Clean at the row's commit.
    Idle,
    /// Given away.
    Leased { lease: LeaseRow },
    /// `worker` brings the worktree to the row's commit.
    Scrubbing(Scrubbing),
    /// `worker` removes what is left of the worktree.
    Removing { worker: ProcessIdentity },
    /// Not touched any more.
    Quarantined {
        reason: String,
        lease: Option<LeaseRow>,
    },
}

/// A scrub in progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scrubbing {
    pub worker: ProcessIdentity,
    /// Whose work was or is there.
    pub lease: Option<LeaseRow>,
    /// Whether that work is still to be saved. Only then may there be any.
    pub unsaved: bool,
}

/// A lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeaseRow {
    pub id: LeaseId,
    pub epoch: u64,
    pub owner: String,
    pub purpose: String,
    pub process: ProcessIdentity,
    pub commit: ObjectId,
    pub acquired_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

impl Registry {
    pub fn new(pool: String, boot_id: String) -> Self {
        Self {
            version: VERSION,
            pool,
            boot_id,
            epoch: 0,
            slots: Vec::new(),
            worktrees: Vec::new(),
        }
    }

    /// Moves the epoch so far that no fence is given twice, whatever the registry may have forgotten.
    pub fn jump(&mut self) {
        self.epoch = self.epoch.saturating_add(EPOCH_JUMP);
    }

    pub fn row(&self, slot: u32) -> Option<&SlotRow> {
        self.slots.iter().find(|row| row.slot == slot)
    }

    pub fn row_mut(&mut self, slot: u32) -> Option<&mut SlotRow> {
        self.slots.iter_mut().find(|row| row.slot == slot)
    }

    /// The row of a slot whose last step is still `epoch`; `None` if somebody else has gone on with it.
    pub fn row_at(&mut self, slot: u32, epoch: u64) -> Option<&mut SlotRow> {
        self.row_mut(slot).filter(|row| row.epoch == epoch)
    }

    /// Adds a row in the order of numbers.
    pub fn insert(&mut self, row: SlotRow) {
        let place = self.slots.partition_point(|other| other.slot < row.slot);
        self.slots.insert(place, row);
    }

    pub fn remove(&mut self, slot: u32) {
        self.slots.retain(|row| row.slot != slot);
    }

    /// What in a well-formed registry still makes no sense.
    pub fn problem(&self) -> Option<String> {
        let is_name =
            |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if !is_name(&self.pool) {
            return Some("the name of the pool is not letters and digits".to_owned());
        }
        let mut previous = 0;
        for row in &self.slots {
            if row.slot <= previous {
                return Some(format!("slot {} is not in order", row.slot));
            }
            previous = row.slot;
            let lease_epoch = row.state.lease().map_or(0, |lease| lease.epoch);
            if row.epoch.max(lease_epoch) > self.epoch {
                return Some(format!("slot {} is ahead of the pool's epoch", row.slot));
            }
        }
        None
    }
}

impl State {
    pub fn lease(&self) -> Option<&LeaseRow> {
        match self {
            Self::Leased { lease } => Some(lease),
            Self::Scrubbing(Scrubbing { lease, .. }) | Self::Quarantined { lease, .. } => {
                lease.as_ref()
            }
            Self::Creating { .. } | Self::Idle | Self::Removing { .. } => None,
        }
    }

    pub fn to_public(&self) -> SlotState {
        match self {
            Self::Creating { .. } => SlotState::Creating,
            Self::Idle => SlotState::Idle,
            Self::Leased { .. } => SlotState::Leased,
            Self::Scrubbing(_) => SlotState::Scrubbing,
            Self::Removing { .. } => SlotState::Removing,
            Self::Quarantined { reason, .. } => SlotState::Quarantined {
                reason: reason.clone(),
            },
        }
    }
}

impl LeaseRow {
    pub fn to_public(&self) -> LeaseInfo {
        LeaseInfo {
            id: self.id,
            epoch: self.epoch,
            owner: self.owner.clone(),
            purpose: self.purpose.clone(),
            process: self.process.clone(),
            commit: self.commit,
            acquired_at: self.acquired_at,
            expires_at: self.expires_at,
        }
    }
}
