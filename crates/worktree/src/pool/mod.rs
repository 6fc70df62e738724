//! A pool of worktrees.

mod acquire;
mod open;
mod rehearse;
mod release;
mod scrub;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ftc_vcs::Repository;

pub use acquire::AcquireError;
pub use open::OpenPoolError;
pub use rehearse::Rehearsal;
pub use release::{Leftovers, ReleaseError};
pub use scrub::ScrubError;
pub(crate) use scrub::{Job, with_causes};

use crate::registry::{LeaseRow, Ledger, Registry, RegistryError};
use crate::root;
use crate::slot::Slot;

/// A pool of worktrees of one repository, shared by all processes that open it at the same root.
///
/// Cheap to clone. Calls block: on git, on the disk, and briefly on other processes.
#[derive(Debug, Clone)]
pub struct Pool {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    repository: Repository,
    root: PathBuf,
    capacity: usize,
    keep: Vec<String>,
    ledger: Ledger,
}

impl Pool {
    /// Where the pool of a repository is unless somebody chooses another place: `.worktrees` in its main worktree, also when
    /// `repository` was opened in a linked worktree or in a slot. `None` for a repository without a main worktree.
    pub fn default_root(repository: &Repository) -> Option<PathBuf> {
        root::default_root(repository)
    }

    /// The repository whose worktrees these are.
    pub fn repository(&self) -> &Repository {
        &self.inner.repository
    }

    /// The folder of the pool, absolute and without links.
    pub fn root(&self) -> &Path {
        &self.inner.root
    }

    /// How many slots there may be.
    pub fn capacity(&self) -> usize {
        self.inner.capacity
    }

    /// All slots at this moment, by number. Changes nothing and waits for nobody.
    pub fn list(&self) -> Result<Vec<Slot>, RegistryError> {
        let registry = self.registry()?;
        let slots = registry.slots.iter().map(|row| Slot {
            number: row.slot,
            path: self.slot_path(row.slot),
            state: row.state.to_public(),
            commit: row.commit,
            lease: row.state.lease().map(LeaseRow::to_public),
        });
        Ok(slots.collect())
    }

    pub(crate) fn registry(&self) -> Result<Registry, RegistryError> {
        self.ledger().load()
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.inner.ledger
    }

    pub(crate) fn slot_path(&self, slot: u32) -> PathBuf {
        root::slot_path(&self.inner.root, slot)
    }
}
