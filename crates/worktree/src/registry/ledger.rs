//! The registry under its lock.

use std::path::{Path, PathBuf};

use ftc_durable::{FileLock, LockMode, Owner, SyncLevel};
use ftc_process::ProcessIdentity;
use ftc_vcs::ObjectId;

use super::RegistryError;
use super::file::{self, FILE_NAME, Found};
use super::row::{LeaseRow, Registry, SlotRow};
use crate::clock::Clock;
use crate::events::{Event, EventLog};

/// The lock's name in the root of its pool.
pub(crate) const LOCK_NAME: &str = "pool.lock";

/// Where the registry and the events of a pool are.
#[derive(Debug)]
pub(crate) struct Ledger {
    index: PathBuf,
    lock: PathBuf,
    events: EventLog,
    clock: Clock,
    /// This process, who takes the lock and does the work.
    worker: ProcessIdentity,
}

impl Ledger {
    pub fn new(root: &Path, clock: Clock, worker: ProcessIdentity) -> Self {
        Self {
            index: root.join(FILE_NAME),
            lock: root.join(LOCK_NAME),
            events: EventLog::new(root),
            clock,
            worker,
        }
    }

    pub fn worker(&self) -> &ProcessIdentity {
        &self.worker
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    pub fn events(&self) -> &EventLog {
        &self.events
    }

    /// What the registry says at this moment.
    pub fn load(&self) -> Result<Registry, RegistryError> {
        match self.find()? {
            Found::Registry(registry) => Ok(registry),
            Found::Torn { error, .. } => Err(error),
            Found::Nothing | Found::Unversioned(_) => Err(RegistryError::Missing {
                path: self.index.clone(),
            }),
        }
    }

    pub fn find(&self) -> Result<Found, RegistryError> {
        file::read(&self.index)
    }

    /// Keeps every other thread and process out. Waits for them; they hold it for no longer than a few file operations.
    pub fn exclude_others(&self) -> Result<FileLock, RegistryError> {
        let owner = Owner {
            pid: self.worker.pid,
            host: self.worker.host.clone(),
            since: self.clock.now().to_string(),
        };
        Ok(FileLock::acquire(&self.lock, LockMode::Exclusive, &owner)?)
    }

    /// The registry for changing it.
    pub fn lock(&self) -> Result<Locked<'_>, RegistryError> {
        let lock = self.exclude_others()?;
        let registry = self.load()?;
        Ok(self.locked(lock, registry))
    }

    /// `registry` in the place of whatever is there, under a lock that is held already.
    pub fn locked(&self, lock: FileLock, registry: Registry) -> Locked<'_> {
        Locked {
            ledger: self,
            _lock: lock,
            registry,
            events: Vec::new(),
        }
    }
}

/// The registry, locked. What is changed counts once it is [saved](Self::save); dropping this forgets it.
#[must_use = "a change counts only when it is saved"]
pub(crate) struct Locked<'a> {
    ledger: &'a Ledger,
    _lock: FileLock,
    pub registry: Registry,
    events: Vec<Event>,
}

impl Locked<'_> {
    /// The next fence.
    pub fn next_epoch(&mut self) -> Result<u64, RegistryError> {
        let next = self.registry.epoch.checked_add(1);
        self.registry.epoch = next.ok_or_else(|| RegistryError::Exhausted {
            path: self.ledger.index.clone(),
        })?;
        Ok(self.registry.epoch)
    }

    /// Records something that is true once this is saved.
    pub fn record(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Like [`save_synced`](Self::save_synced), but a power loss may undo it, which the next open finds out.
    pub fn save(self) -> Result<(), RegistryError> {
        self.save_with(SyncLevel::RenameOnly)
    }

    /// Makes the change count. The events go first: after a crash the last ones may tell of something that was not done,
    /// but nothing was done that they do not tell.
    pub fn save_synced(self) -> Result<(), RegistryError> {
        self.save_with(SyncLevel::Full)
    }

    fn save_with(self, sync: SyncLevel) -> Result<(), RegistryError> {
        self.ledger
            .events
            .append(&self.events, self.ledger.clock.now())?;
        file::write(&self.ledger.index, &self.registry, sync)
    }
}

impl SlotRow {
    pub fn event(&self, name: &'static str) -> Event {
        Event::new(name, self.slot, self.epoch)
            .commit(self.commit)
            .lease(self.state.lease())
    }
}

impl Event {
    fn commit(mut self, commit: Option<ObjectId>) -> Self {
        self.commit = commit;
        self
    }

    pub fn lease(mut self, lease: Option<&LeaseRow>) -> Self {
        if let Some(lease) = lease {
            self.lease = Some(lease.id);
            self.owner = Some(lease.owner.clone());
        }
        self
    }
}
