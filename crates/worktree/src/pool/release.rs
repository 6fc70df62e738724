//! Giving worktrees back.

use super::Pool;
use super::scrub::{Job, ScrubError};
use crate::lease_id::LeaseId;
use crate::registry::{RegistryError, SlotRow, State};
use crate::salvage::Salvage;

/// What becomes of work that is only in the worktree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Leftovers {
    /// It is saved before the worktree is made clean: see [`SALVAGE_PREFIX`](crate::SALVAGE_PREFIX).
    Save,
    /// It is thrown away.
    Discard,
}

/// Why a lease could not be given back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// Nobody has this lease: it was given back or taken back before.
    #[error("there is no lease `{lease}`")]
    NotLeased {
        /// The lease.
        lease: LeaseId,
    },
    /// The fence is not that of the lease.
    #[error("lease `{lease}` has epoch {held}, not {given}")]
    StaleFence {
        /// The lease.
        lease: LeaseId,
        /// The fence that was given.
        given: u64,
        /// The fence of the lease.
        held: u64,
    },
    /// The lease has ended, but its slot could not be made clean.
    #[error("lease `{lease}` has ended, but its slot is not clean")]
    Scrub {
        /// The lease.
        lease: LeaseId,
        /// Why.
        source: Box<ScrubError>,
    },
    /// It could not be told whether there is work in the worktree. The lease stands.
    #[error("failed to look for work under lease `{lease}`")]
    Look {
        /// The lease.
        lease: LeaseId,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The registry could not be used. The lease stands.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl ReleaseError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Registry(error) if error.is_retryable())
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Scrub { source, .. } => source.hints(),
            Self::Registry(error) => error.hints(),
            Self::NotLeased { .. } | Self::StaleFence { .. } | Self::Look { .. } => Vec::new(),
        }
    }
}

impl Pool {
    /// Gives a lease back, from any process, and throws away what is in its worktree. Blocks while it is made clean.
    pub fn release(&self, lease: &LeaseId, epoch: u64) -> Result<(), ReleaseError> {
        self.release_with(lease, epoch, Leftovers::Discard)
            .map(drop)
    }

    /// Gives a lease back, from any process, and says what was saved. Blocks while the worktree is made clean.
    pub fn release_with(
        &self,
        lease: &LeaseId,
        epoch: u64,
        leftovers: Leftovers,
    ) -> Result<Option<Salvage>, ReleaseError> {
        let job = self.end(lease, epoch, leftovers)?;
        self.perform(&job).map_err(|source| ReleaseError::Scrub {
            lease: *lease,
            source: Box::new(source),
        })
    }

    /// Ends the lease in the registry. From here on nobody holds the slot but this process.
    fn end(&self, lease: &LeaseId, epoch: u64, leftovers: Leftovers) -> Result<Job, ReleaseError> {
        let mut locked = self.ledger().lock()?;
        let next = locked.next_epoch()?;
        let holds = |row: &&mut SlotRow| matches!(&row.state, State::Leased { lease: held } if held.id == *lease);
        let row = locked.registry.slots.iter_mut().find(holds);
        let row = row.ok_or(ReleaseError::NotLeased { lease: *lease })?;
        let held = row.epoch;
        if held != epoch {
            return Err(ReleaseError::StaleFence {
                lease: *lease,
                given: epoch,
                held,
            });
        }
        let released = row.event("lease.released");
        let unsaved = leftovers == Leftovers::Save;
        let job = Job::scrub(row, next, self.ledger().worker(), unsaved);
        let begun = row.event("slot.scrub.before");
        locked.record(released);
        locked.record(begun);
        locked.save()?;
        Ok(job)
    }
}
