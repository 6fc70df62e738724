//! The right to use one worktree.

use std::path::{Path, PathBuf};

use ftc_vcs::ObjectId;
use serde::{Deserialize, Serialize};

use crate::lease_id::LeaseId;
use crate::pool::{Leftovers, Pool, ReleaseError};
use crate::registry::{RegistryError, State};
use crate::salvage::Salvage;

/// The right to use one worktree, until it is released or dropped, or its process has ended.
///
/// Dropping it saves what was not committed, as after a crash, and blocks while the worktree is made clean.
/// [`release`](Self::release) throws that away, and reports what goes wrong.
#[derive(Debug)]
#[must_use = "the worktree is given back when this is dropped"]
pub struct Lease {
    pool: Pool,
    token: LeaseToken,
    holding: bool,
}

/// A lease as data, for handing it to another process.
///
/// It gives nothing back when it is dropped: [`Pool::release`] does, and so does the end of the process that the lease is
/// bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LeaseToken {
    /// The lease.
    pub lease: LeaseId,
    /// Its fence.
    pub epoch: u64,
    /// The slot.
    pub slot: u32,
    /// The worktree.
    pub path: PathBuf,
    /// The commit that was checked out.
    pub commit: ObjectId,
}

impl Lease {
    pub(crate) fn new(pool: Pool, token: LeaseToken) -> Self {
        Self {
            pool,
            token,
            holding: true,
        }
    }

    /// The name of the lease.
    pub fn id(&self) -> &LeaseId {
        &self.token.lease
    }

    /// The fence: larger than that of every lease before it in this pool.
    pub fn epoch(&self) -> u64 {
        self.token.epoch
    }

    /// The number of the slot.
    pub fn slot(&self) -> u32 {
        self.token.slot
    }

    /// The worktree, absolute.
    pub fn path(&self) -> &Path {
        &self.token.path
    }

    /// The commit that was checked out.
    pub fn commit(&self) -> ObjectId {
        self.token.commit
    }

    /// Whether the slot is still ours: to be asked before work that must not be done twice. Reads one file.
    pub fn check(&self) -> Result<(), FenceError> {
        let registry = self.pool.registry()?;
        let row = registry.row(self.token.slot);
        match row.map(|row| &row.state) {
            Some(State::Leased { lease })
                if lease.id == self.token.lease && lease.epoch == self.token.epoch =>
            {
                Ok(())
            }
            _ => Err(FenceError::Lost {
                lease: self.token.lease,
                epoch: self.token.epoch,
                slot: self.token.slot,
            }),
        }
    }

    /// Gives the worktree back and throws away what is in it. Blocks while it is made clean.
    pub fn release(self) -> Result<(), ReleaseError> {
        self.release_with(Leftovers::Discard).map(drop)
    }

    /// Gives the worktree back, and says what was saved. Blocks while it is made clean.
    pub fn release_with(mut self, leftovers: Leftovers) -> Result<Option<Salvage>, ReleaseError> {
        self.holding = false;
        self.pool
            .release_with(&self.token.lease, self.token.epoch, leftovers)
    }

    /// Keeps the lease beyond this value.
    pub fn detach(mut self) -> LeaseToken {
        self.holding = false;
        self.token.clone()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.holding {
            // Nothing is lost: a lease that could not be released is taken back when its process has ended.
            let _ = self
                .pool
                .release_with(&self.token.lease, self.token.epoch, Leftovers::Save);
        }
    }
}

/// Why a lease cannot be relied on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FenceError {
    /// Somebody else has the slot, or may have. Whatever would be written now could destroy their work.
    #[error("lease `{lease}` with epoch {epoch} does not hold slot {slot} any more")]
    Lost {
        /// The lease.
        lease: LeaseId,
        /// Its fence.
        epoch: u64,
        /// The slot that it held.
        slot: u32,
    },
    /// The registry could not be asked.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl FenceError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Registry(error) if error.is_retryable())
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Lost { .. } => vec!["stop writing there, and acquire a worktree anew".to_owned()],
            Self::Registry(error) => error.hints(),
        }
    }
}
