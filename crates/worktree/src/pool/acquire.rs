//! Leasing a worktree.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use ftc_vcs::{ObjectId, ReadError, WorktreeError};
use jiff::{SignedDuration, Timestamp};

use super::Pool;
use super::open::lock_reason;
use super::scrub::{Job, QUARANTINE_HINT, ScrubError, Work, overtaken, with_causes};
use crate::events::Event;
use crate::lease::{Lease, LeaseToken};
use crate::lease_id::LeaseId;
use crate::recovery::RecoverError;
use crate::registry::{LeaseRow, Locked, RegistryError, SlotRow, State};
use crate::request::{BadTextError, Request};

/// Why no worktree could be leased.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AcquireError {
    /// Every slot is taken. Retryable, as leases end, unless all slots are under quarantine.
    #[error("all {capacity} worktrees of the pool `{root}` are taken{}", quarantined_too(*quarantined))]
    PoolFull {
        /// The folder of the pool.
        root: PathBuf,
        /// How many slots there may be.
        capacity: usize,
        /// How many of them are under quarantine.
        quarantined: usize,
    },
    /// The repository does not have the commit.
    #[error("commit `{commit}` cannot be checked out")]
    UnknownCommit {
        /// The commit.
        commit: ObjectId,
        /// Why.
        source: ReadError,
    },
    /// The owner or the purpose cannot be stored.
    #[error(transparent)]
    BadText(#[from] BadTextError),
    /// git could not make a new worktree. Nothing of it is left.
    #[error("failed to create worktree `{path}`")]
    Create {
        /// The worktree.
        path: PathBuf,
        /// git's answer.
        source: WorktreeError,
    },
    /// A slot could not be made ready. It is under quarantine.
    #[error("failed to prepare slot {slot}")]
    Prepare {
        /// The slot.
        slot: u32,
        /// Why.
        source: Box<ScrubError>,
    },
    /// git does not say which worktrees there are.
    #[error("failed to list the worktrees of the repository")]
    Worktrees(#[source] WorktreeError),
    /// The registry could not be used.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

fn quarantined_too(quarantined: usize) -> String {
    match quarantined {
        0 => String::new(),
        quarantined => format!(", {quarantined} of them by quarantine"),
    }
}

impl AcquireError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::PoolFull {
                capacity,
                quarantined,
                ..
            } => quarantined < capacity,
            Self::Create { source, .. } | Self::Worktrees(source) => source.is_retryable(),
            Self::Prepare { source, .. } => source.is_retryable(),
            Self::Registry(error) => error.is_retryable(),
            Self::UnknownCommit { .. } | Self::BadText(_) => false,
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::PoolFull { quarantined: 0, .. } => {
                vec!["release a lease, or give the pool a larger capacity".to_owned()]
            }
            Self::PoolFull { .. } => vec![QUARANTINE_HINT.to_owned()],
            Self::Create { source, .. } | Self::Worktrees(source) => source.hints(),
            Self::Prepare { source, .. } => source.hints(),
            Self::Registry(error) => error.hints(),
            Self::UnknownCommit { source, .. } => source.hints(),
            Self::BadText(_) => Vec::new(),
        }
    }
}

/// A slot that is ours for the moment, and what it needs.
struct Claimed {
    job: Job,
    pool: String,
    is_new: bool,
}

impl Pool {
    /// Leases a clean worktree at a commit: an idle slot if there is one, else a new one if there is room. When there is
    /// neither, slots whose process has ended are taken back first.
    ///
    /// Does not wait for others: a full pool is [`AcquireError::PoolFull`].
    pub fn acquire(&self, request: &Request) -> Result<Lease, AcquireError> {
        request.check()?;
        let commit = request.commit;
        self.repository()
            .tree_of(commit)
            .map_err(|source| AcquireError::UnknownCommit { commit, source })?;
        let mut claimed = self.claim(request)?;
        if claimed.is_none() {
            self.recover()?;
            claimed = self.claim(request)?;
        }
        let Some(claimed) = claimed else {
            return Err(self.full()?);
        };
        if claimed.is_new {
            self.create(&claimed, commit)?;
        } else {
            self.prepare(&claimed.job, commit)?;
        }
        self.grant(&claimed, request)
    }

    /// Announces in the registry which slot is being made ready. From then on nobody else takes it.
    fn claim(&self, request: &Request) -> Result<Option<Claimed>, AcquireError> {
        let mut locked = self.ledger().lock()?;
        let pool = locked.registry.pool.clone();
        let registrations = self.registrations(&pool)?;
        let is_usable = |row: &&SlotRow| {
            row.state == State::Idle
                && self.slot_path(row.slot).is_dir()
                && registrations.iter().any(|known| known.slot == row.slot)
        };
        let rows = locked.registry.slots.iter().filter(is_usable);
        // The fewer files change, the sooner it is ready; after that, the one that has rested longest.
        let best = rows.min_by_key(|row| (row.commit != Some(request.commit), row.epoch));
        let best = best.map(|row| row.slot);
        let has_room = locked.registry.slots.len() < self.inner.capacity;
        if best.is_none() && !has_room {
            return Ok(None);
        }
        let epoch = locked.next_epoch()?;
        let job = match best.and_then(|slot| locked.registry.row_mut(slot)) {
            Some(row) => {
                row.commit = Some(request.commit);
                row.keep.clone_from(&self.inner.keep);
                let job = Job::scrub(row, epoch, self.ledger().worker(), false);
                let event = row.event("slot.scrub.before");
                locked.record(event);
                job
            }
            None => self.claim_new(&mut locked, epoch, request.commit),
        };
        locked.save()?;
        Ok(Some(Claimed {
            job,
            pool,
            is_new: best.is_none(),
        }))
    }

    fn claim_new(&self, locked: &mut Locked<'_>, epoch: u64, commit: ObjectId) -> Job {
        let is_free = |slot: &u32| {
            locked.registry.row(*slot).is_none()
                && fs::symlink_metadata(self.slot_path(*slot)).is_err()
        };
        let slot = (1..=u32::MAX).find(is_free).unwrap_or(u32::MAX);
        let row = SlotRow {
            slot,
            epoch,
            commit: Some(commit),
            keep: self.inner.keep.clone(),
            state: State::Creating {
                worker: self.ledger().worker().clone(),
            },
        };
        locked.record(row.event("worktree.create.before"));
        locked.registry.insert(row);
        Job {
            slot,
            epoch,
            work: Work::Remove,
        }
    }

    /// Makes a new worktree. Not under the lock: it takes as long as a checkout takes.
    fn create(&self, claimed: &Claimed, commit: ObjectId) -> Result<(), AcquireError> {
        let Claimed { job, pool, .. } = claimed;
        let path = self.slot_path(job.slot);
        let reason = lock_reason(pool, job.slot, job.epoch);
        let Err(source) = self.repository().add_worktree(&path, commit, &reason) else {
            return Ok(());
        };
        self.note_failure(job, &source)?;
        // If something cannot be removed, the slot is under quarantine with the reason. What went wrong first is what the
        // caller has to know.
        let _ = self.perform(job);
        Err(AcquireError::Create { path, source })
    }

    fn note_failure(&self, job: &Job, error: &WorktreeError) -> Result<(), RegistryError> {
        let mut locked = self.ledger().lock()?;
        let event = Event::new("worktree.create.failed", job.slot, job.epoch);
        locked.record(event.error(with_causes(error)));
        locked.save()
    }

    /// Brings an idle worktree to the commit. It is done even if it is there already: somebody may have been in it.
    fn prepare(&self, job: &Job, commit: ObjectId) -> Result<(), AcquireError> {
        let Err(source) = self.bring_to(job, commit, &self.inner.keep) else {
            return Ok(());
        };
        // If the quarantine cannot be written either, the row says that this process is at work, and nobody gets the slot.
        let _ = self.quarantine(job, &source);
        Err(AcquireError::Prepare {
            slot: job.slot,
            source: Box::new(source),
        })
    }

    fn grant(&self, claimed: &Claimed, request: &Request) -> Result<Lease, AcquireError> {
        let Claimed { job, is_new, .. } = claimed;
        let mut locked = self.ledger().lock()?;
        let epoch = locked.next_epoch()?;
        let row = overtaken(locked.registry.row_at(job.slot, job.epoch), job.slot);
        let row = row.map_err(|source| AcquireError::Prepare {
            slot: job.slot,
            source: Box::new(source),
        })?;
        let now = self.ledger().clock().now();
        let lease = LeaseRow {
            id: LeaseId::new(),
            epoch,
            owner: request.owner.clone(),
            purpose: request.purpose.clone(),
            process: request.process.clone(),
            commit: request.commit,
            acquired_at: now,
            expires_at: request.ttl.map(|ttl| end_after(now, ttl)),
        };
        let id = lease.id;
        row.epoch = epoch;
        row.state = State::Leased { lease };
        let created = is_new.then(|| row.event("worktree.create.after"));
        let acquired = row.event("lease.acquired");
        if let Some(created) = created {
            locked.record(created);
        }
        locked.record(acquired);
        locked.save()?;
        let token = LeaseToken {
            lease: id,
            epoch,
            slot: job.slot,
            path: self.slot_path(job.slot),
            commit: request.commit,
        };
        Ok(Lease::new(self.clone(), token))
    }

    fn full(&self) -> Result<AcquireError, RegistryError> {
        let registry = self.registry()?;
        let is_quarantined = |row: &&SlotRow| matches!(row.state, State::Quarantined { .. });
        Ok(AcquireError::PoolFull {
            root: self.root().to_owned(),
            capacity: self.capacity(),
            quarantined: registry.slots.iter().filter(is_quarantined).count(),
        })
    }
}

/// A time that cannot be written down is as good as the last one that can.
fn end_after(now: Timestamp, ttl: Duration) -> Timestamp {
    let end = SignedDuration::try_from(ttl).and_then(|ttl| now.checked_add(ttl));
    end.unwrap_or(Timestamp::MAX)
}

impl From<RecoverError> for AcquireError {
    fn from(error: RecoverError) -> Self {
        match error {
            RecoverError::Worktrees(error) => Self::Worktrees(error),
            RecoverError::Registry(error) => Self::Registry(error),
        }
    }
}
