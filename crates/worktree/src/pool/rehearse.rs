//! What calls would do, without doing it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::{AcquireError, Pool, ReleaseError};
use crate::lease_id::LeaseId;
use crate::recovery::Outlook;
use crate::registry::{Found, Registry, RegistryError, SlotRow, State};
use crate::request::Request;
use crate::salvage::Unsaved;

/// The lease that [`Pool::acquire`] would give at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rehearsal {
    /// The slot.
    pub slot: u32,
    /// Its worktree.
    pub path: PathBuf,
    /// Whether the worktree would be made for it.
    pub is_new: bool,
}

/// What the slots would be.
#[derive(Default)]
struct Forecast {
    usable: Vec<SlotRow>,
    taken: BTreeSet<u32>,
    gone: BTreeSet<u32>,
    quarantined: usize,
}

impl Pool {
    /// What [`acquire`](Self::acquire) would give after everything was put in order. Changes nothing, and holds nothing for
    /// anybody. Works on a pool that does not exist yet.
    pub fn rehearse_acquire(&self, request: &Request) -> Result<Rehearsal, AcquireError> {
        request.check()?;
        let commit = request.commit;
        self.repository()
            .tree_of(commit)
            .map_err(|source| AcquireError::UnknownCommit { commit, source })?;
        let forecast = self.forecast()?;
        let is_idle = |row: &SlotRow| row.state == State::Idle;
        let usable = forecast.usable.iter();
        let best = usable.min_by_key(|row| (row.commit != Some(commit), !is_idle(row), row.epoch));
        if let Some(row) = best {
            return Ok(self.rehearsal(row.slot, false));
        }
        if forecast.taken.len() >= self.capacity() {
            return Err(AcquireError::PoolFull {
                root: self.root().to_owned(),
                capacity: self.capacity(),
                quarantined: forecast.quarantined,
            });
        }
        let is_free = |slot: &u32| {
            !forecast.taken.contains(slot)
                && (forecast.gone.contains(slot)
                    || fs::symlink_metadata(self.slot_path(*slot)).is_err())
        };
        let slot = (1..=u32::MAX).find(is_free).unwrap_or(u32::MAX);
        Ok(self.rehearsal(slot, true))
    }

    /// What the slots would be if the pool were put in order now.
    fn forecast(&self) -> Result<Forecast, AcquireError> {
        let registry = self.registry_or_none()?;
        let mut registered: BTreeSet<u32> = self
            .all_registrations()?
            .into_iter()
            .filter(|known| registry.as_ref().is_none_or(|it| it.pool == known.pool))
            .map(|known| known.slot)
            .collect();
        let mut forecast = Forecast::default();
        for row in registry.into_iter().flat_map(|registry| registry.slots) {
            match self.outlook(&row, registered.remove(&row.slot)) {
                Outlook::Usable => forecast.usable.push(row),
                Outlook::Gone => {
                    forecast.gone.insert(row.slot);
                }
                Outlook::Taken => {
                    let is_quarantined = matches!(row.state, State::Quarantined { .. });
                    forecast.quarantined += usize::from(is_quarantined);
                    forecast.taken.insert(row.slot);
                }
            }
        }
        // What git has in the place of a slot, and the registry does not know, is put under quarantine.
        forecast.quarantined += registered.len();
        forecast.taken.extend(registered);
        Ok(forecast)
    }

    fn rehearsal(&self, slot: u32, is_new: bool) -> Rehearsal {
        Rehearsal {
            slot,
            path: self.slot_path(slot),
            is_new,
        }
    }

    /// The registry; `None` where there is none and [`open`](Self::open) would make one.
    fn registry_or_none(&self) -> Result<Option<Registry>, RegistryError> {
        Ok(match self.ledger().find()? {
            Found::Registry(registry) => Some(registry),
            Found::Nothing | Found::Unversioned(_) | Found::Torn { .. } => None,
        })
    }

    /// Whether [`release_with`](Self::release_with) would find work to save in the worktree, or why it would refuse. Changes
    /// nothing.
    pub fn rehearse_release(&self, lease: &LeaseId, epoch: u64) -> Result<bool, ReleaseError> {
        let registry = self.registry()?;
        let found = registry.slots.iter().find_map(|row| match &row.state {
            State::Leased { lease: held } if held.id == *lease => Some((row, held)),
            _ => None,
        });
        let (row, held) = found.ok_or(ReleaseError::NotLeased { lease: *lease })?;
        if row.epoch != epoch {
            return Err(ReleaseError::StaleFence {
                lease: *lease,
                given: epoch,
                held: row.epoch,
            });
        }
        let unsaved = Unsaved {
            path: &self.slot_path(row.slot),
            slot: row.slot,
            epoch,
            base: held.commit,
            lease: Some(held),
        };
        unsaved
            .is_there(self.repository())
            .map_err(|source| ReleaseError::Look {
                lease: *lease,
                source,
            })
    }
}
