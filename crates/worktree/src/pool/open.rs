//! Opening a pool: finding its registry, or making one that harms nobody.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ftc_durable::{FileLock, WriteError, remove_stale_temps, write_atomic};
use ftc_process::ProcessIdentity;
use ftc_vcs::{Repository, WorktreeError};
use uuid::Uuid;

use super::{Inner, Pool};
use crate::events::Event;
use crate::options::PoolOptions;
use crate::recovery::{RecoverError, Recovery};
use crate::registry::{
    FILE_NAME, Found, LOCK_NAME, Ledger, Registry, RegistryError, SlotRow, State,
};
use crate::root::{self, slot_at};

/// What a torn registry is kept as.
const TORN_NAME: &str = "index.json.torn";

/// Why a pool could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenPoolError {
    /// A pool without slots is of no use.
    #[error("a pool needs room for at least one worktree")]
    NoCapacity,
    /// What is to be kept is not a name or a glob at the top of a worktree.
    #[error("`{pattern}` cannot be kept: it is empty or has a slash")]
    Keep {
        /// The pattern.
        pattern: String,
    },
    /// The folder could not be made or looked at.
    #[error("failed to make the pool's folder `{path}`")]
    Root {
        /// The folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// There is something else in its place, perhaps a link.
    #[error("`{path}` is not a folder")]
    NotAFolder {
        /// The place.
        path: PathBuf,
    },
    /// The folder is the worktree itself.
    #[error("`{path}` is a worktree, and cannot be the pool's folder as well")]
    IsWorktree {
        /// The folder.
        path: PathBuf,
    },
    /// git could not be told to ignore the folder, as its name cannot be written as a pattern.
    #[error("`{path}` is inside of the repository and is not UTF-8")]
    NotUtf8 {
        /// The folder.
        path: PathBuf,
    },
    /// Locks and renames do not hold there.
    #[error("`{path}` is on a network filesystem ({kind})")]
    NetworkFilesystem {
        /// The folder.
        path: PathBuf,
        /// The filesystem.
        kind: &'static str,
    },
    /// The folder could not be hidden from the repository that it is in.
    #[error("failed to make git ignore `{path}`")]
    Exclude {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The system does not say who we are, so nobody could tell later whether we still live.
    #[error("failed to identify this process")]
    Identity(#[source] io::Error),
    /// git does not say which worktrees there are.
    #[error("failed to list the worktrees of the repository")]
    Worktrees(#[source] WorktreeError),
    /// A torn registry could not be put aside.
    #[error("failed to put the torn registry aside")]
    PutAside(#[source] WriteError),
    /// The registry could not be used.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl OpenPoolError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Registry(error) => error.is_retryable(),
            Self::Worktrees(error) => error.is_retryable(),
            _ => false,
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Registry(error) => error.hints(),
            Self::Worktrees(error) => error.hints(),
            Self::NetworkFilesystem { .. } | Self::NotUtf8 { .. } | Self::IsWorktree { .. } => {
                vec!["choose another folder for the pool".to_owned()]
            }
            _ => Vec::new(),
        }
    }
}

impl Pool {
    /// Opens the pool of `repository` in the folder `root`, and makes it if there is none. A folder inside of the repository
    /// is hidden from git.
    ///
    /// Whatever a crash has left is put in order first: leases whose process has ended are taken back, with the work in them
    /// saved, and half-made worktrees are removed. What cannot be put in order safely is put under quarantine. Leases of
    /// living processes, and worktrees that are not this pool's, are not touched.
    pub fn open(
        repository: &Repository,
        root: &Path,
        options: PoolOptions,
    ) -> Result<(Self, Recovery), OpenPoolError> {
        check(&options)?;
        let root = root::prepare(repository, root)?;
        remove_stale_temps(&root).map_err(|source| OpenPoolError::Root {
            path: root.clone(),
            source,
        })?;
        let pool = Self::at(repository, root, options)?;
        pool.establish()?;
        let recovery = pool.recover()?;
        Ok((pool, recovery))
    }

    /// Whether there is a pool in the folder `root`, in whatever condition. Changes nothing.
    pub fn exists(root: &Path) -> bool {
        [FILE_NAME, LOCK_NAME]
            .iter()
            .any(|name| fs::symlink_metadata(root.join(name)).is_ok())
    }

    /// A pool for looking at: nothing is made and nothing put in order, so the registry may be missing, or tell of leases whose
    /// process has ended.
    pub fn look(
        repository: &Repository,
        root: &Path,
        options: PoolOptions,
    ) -> Result<Self, OpenPoolError> {
        check(&options)?;
        let root = root::examine(repository, root)?;
        Self::at(repository, root, options)
    }

    fn at(
        repository: &Repository,
        root: PathBuf,
        options: PoolOptions,
    ) -> Result<Self, OpenPoolError> {
        let worker = ProcessIdentity::current().map_err(OpenPoolError::Identity)?;
        let ledger = Ledger::new(&root, options.clock, worker);
        Ok(Self {
            inner: Arc::new(Inner {
                repository: repository.clone(),
                root,
                capacity: options.capacity,
                keep: options.keep,
                ledger,
            }),
        })
    }

    /// Sees to it that there is a registry of this boot.
    fn establish(&self) -> Result<(), OpenPoolError> {
        let ledger = self.ledger();
        let lock = ledger.exclude_others()?;
        match ledger.find()? {
            Found::Registry(registry) => Ok(self.renew(lock, registry)?),
            Found::Nothing => self.rebuild(lock, Vec::new()),
            Found::Unversioned(worktrees) => self.rebuild(lock, worktrees),
            Found::Torn { bytes, .. } => {
                write_atomic(&self.root().join(TORN_NAME), &bytes)
                    .map_err(OpenPoolError::PutAside)?;
                self.rebuild(lock, Vec::new())
            }
        }
    }

    /// After a boot the file may be older than what was done last.
    fn renew(&self, lock: FileLock, registry: Registry) -> Result<(), RegistryError> {
        let boot_id = &self.ledger().worker().boot_id;
        if registry.boot_id == *boot_id {
            return Ok(());
        }
        let mut locked = self.ledger().locked(lock, registry);
        locked.registry.boot_id.clone_from(boot_id);
        locked.registry.jump();
        locked.record(Event::of_pool("pool.rebooted", locked.registry.epoch));
        locked.save()
    }

    /// Makes a registry out of what git knows. Who had the slots is not known any more, so nobody gets them.
    fn rebuild(
        &self,
        lock: FileLock,
        worktrees: Vec<serde_json::Value>,
    ) -> Result<(), OpenPoolError> {
        let slots = self.all_registrations()?;
        let last = slots.iter().max_by_key(|registration| registration.epoch);
        let name = last.map_or_else(random_name, |registration| registration.pool.clone());
        let told = self.ledger().events().last_epoch();
        let told = told.map_err(|source| RegistryError::Events {
            path: self.ledger().events().path().to_owned(),
            source,
        })?;
        let known = last.map_or(0, |registration| registration.epoch).max(told);

        let mut registry = Registry::new(name, self.ledger().worker().boot_id.clone());
        registry.worktrees = worktrees;
        registry.epoch = known;
        let is_new = slots.is_empty() && known == 0;
        if !is_new {
            registry.jump();
        }
        let mut locked = self.ledger().locked(lock, registry);
        let event = if is_new {
            "pool.created"
        } else {
            "pool.rebuilt"
        };
        locked.record(Event::of_pool(event, locked.registry.epoch));
        for registration in slots {
            let reason = "the registry was lost";
            let row = registration.quarantined(locked.next_epoch()?, reason);
            locked.record(row.event("slot.quarantined").error(reason));
            locked.registry.insert(row);
        }
        Ok(locked.save()?)
    }

    /// The worktrees of the pool of this name, in the places of its slots.
    pub(crate) fn registrations(&self, pool: &str) -> Result<Vec<Registration>, RecoverError> {
        let mut registrations = self.all_registrations()?;
        registrations.retain(|registration| registration.pool == pool);
        Ok(registrations)
    }

    /// The worktrees in the places of slots that a pool has made, in the order of slots.
    pub(super) fn all_registrations(&self) -> Result<Vec<Registration>, RecoverError> {
        let entries = self
            .repository()
            .worktrees()
            .map_err(RecoverError::Worktrees)?;
        let registrations = entries.into_iter().filter_map(|entry| {
            let slot = slot_at(self.root(), &entry.path)?;
            let (pool, of_slot, epoch) = parse_lock_reason(entry.lock_reason.as_deref()?)?;
            (of_slot == slot).then(|| Registration {
                slot,
                pool: pool.to_owned(),
                epoch,
                head: entry.head,
            })
        });
        let mut registrations: Vec<_> = registrations.collect();
        registrations.sort_by_key(|registration| registration.slot);
        Ok(registrations)
    }
}

/// A slot must not be put under quarantine because of a slip in somebody's options.
fn check(options: &PoolOptions) -> Result<(), OpenPoolError> {
    if options.capacity == 0 {
        return Err(OpenPoolError::NoCapacity);
    }
    let is_bad = |pattern: &&String| pattern.is_empty() || pattern.contains('/');
    match options.keep.iter().find(is_bad) {
        Some(pattern) => Err(OpenPoolError::Keep {
            pattern: pattern.clone(),
        }),
        None => Ok(()),
    }
}

/// A worktree that git knows and a pool has made.
#[derive(Debug)]
pub(crate) struct Registration {
    pub slot: u32,
    pub pool: String,
    epoch: u64,
    head: Option<ftc_vcs::ObjectId>,
}

impl Registration {
    pub fn quarantined(&self, epoch: u64, reason: &str) -> SlotRow {
        SlotRow {
            slot: self.slot,
            epoch,
            commit: self.head,
            keep: Vec::new(),
            state: State::Quarantined {
                reason: reason.to_owned(),
                lease: None,
            },
        }
    }
}

/// What the worktree of a slot is locked with, so that neither `git worktree prune` nor a person takes it for a stray one.
pub(super) fn lock_reason(pool: &str, slot: u32, epoch: u64) -> String {
    format!("ftc:{pool}:{slot}:{epoch}")
}

fn parse_lock_reason(reason: &str) -> Option<(&str, u32, u64)> {
    let mut fields = reason.trim_end().strip_prefix("ftc:")?.split(':');
    let (pool, slot, epoch) = (fields.next()?, fields.next()?, fields.next()?);
    let is_name = !pool.is_empty() && pool.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_name || fields.next().is_some() {
        return None;
    }
    Some((pool, slot.parse().ok()?, epoch.parse().ok()?))
}

/// Sixteen digits that no other pool has.
fn random_name() -> String {
    let mut name = Uuid::now_v7().simple().to_string();
    // The first half is the time.
    name.split_off(16)
}

impl From<RecoverError> for OpenPoolError {
    fn from(error: RecoverError) -> Self {
        match error {
            RecoverError::Worktrees(error) => Self::Worktrees(error),
            RecoverError::Registry(error) => Self::Registry(error),
        }
    }
}
