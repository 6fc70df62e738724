//! Making a slot clean, or removing what is left of it.

use std::fs;
use std::path::{Path, PathBuf};

use ftc_process::ProcessIdentity;
use ftc_vcs::{ObjectId, WorktreeError};

use super::Pool;
use crate::registry::{LeaseRow, RegistryError, Scrubbing, SlotRow, State};
use crate::salvage::{Salvage, SalvageError, Unsaved};

/// Work on one slot that the registry already announces, at `epoch`.
#[derive(Debug)]
pub(crate) struct Job {
    pub slot: u32,
    pub epoch: u64,
    pub work: Work,
}

#[derive(Debug)]
pub(crate) enum Work {
    /// Bring the worktree to `commit`, or forget the slot if its folder is gone. What was done since is saved before if it
    /// is `unsaved`.
    Scrub(Box<Scrub>),
    /// Remove what is left.
    Remove,
}

#[derive(Debug)]
pub(crate) struct Scrub {
    commit: ObjectId,
    keep: Vec<String>,
    unsaved: bool,
    lease: Option<LeaseRow>,
}

/// Why a slot could not be made clean. It is under quarantine then, unless the error says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScrubError {
    /// The work in it could not be saved; it is still there.
    #[error(transparent)]
    Salvage(#[from] SalvageError),
    /// git could not bring it to its commit.
    #[error("failed to make worktree `{path}` clean")]
    Reset {
        /// The worktree.
        path: PathBuf,
        /// git's answer.
        source: WorktreeError,
    },
    /// What was left of it could not be removed.
    #[error("failed to remove worktree `{path}`")]
    Remove {
        /// The worktree.
        path: PathBuf,
        /// git's answer.
        source: WorktreeError,
    },
    /// Somebody else has gone on with the slot meanwhile. It is theirs.
    #[error("slot {slot} was taken over by another process")]
    Overtaken {
        /// The slot.
        slot: u32,
    },
    /// The registry could not be used. The slot is given to nobody until a process finds out.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl ScrubError {
    /// Whether the same call may succeed later. A slot under quarantine stays there.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Registry(error) if error.is_retryable())
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Registry(error) => error.hints(),
            Self::Overtaken { .. } => Vec::new(),
            _ => vec![QUARANTINE_HINT.to_owned()],
        }
    }
}

/// How a slot leaves the quarantine.
pub(crate) const QUARANTINE_HINT: &str = "the slot is under quarantine: save what you need from its folder, then remove the folder, and the \
     slot is free again";

impl Job {
    /// Announces in `row` that `worker` makes the slot clean. A slot whose commit is not known can only be removed.
    pub fn scrub(row: &mut SlotRow, epoch: u64, worker: &ProcessIdentity, unsaved: bool) -> Self {
        let Some(commit) = row.commit else {
            return Self::remove(row, epoch, worker);
        };
        let lease = row.state.lease().cloned();
        row.epoch = epoch;
        row.state = State::Scrubbing(Scrubbing {
            worker: worker.clone(),
            lease: lease.clone(),
            unsaved,
        });
        let work = Work::Scrub(Box::new(Scrub {
            commit,
            keep: row.keep.clone(),
            unsaved,
            lease,
        }));
        let slot = row.slot;
        Self { slot, epoch, work }
    }

    /// Announces in `row` that `worker` removes what is left of the slot.
    pub fn remove(row: &mut SlotRow, epoch: u64, worker: &ProcessIdentity) -> Self {
        row.epoch = epoch;
        row.state = State::Removing {
            worker: worker.clone(),
        };
        Self {
            slot: row.slot,
            epoch,
            work: Work::Remove,
        }
    }

    pub fn removes(&self) -> bool {
        matches!(self.work, Work::Remove)
    }
}

impl Pool {
    /// Does the work, and puts the slot under quarantine if it fails. Says what was saved.
    pub(crate) fn perform(&self, job: &Job) -> Result<Option<Salvage>, ScrubError> {
        let error = match self.try_perform(job) {
            Ok(saved) => return Ok(saved),
            Err(error @ (ScrubError::Registry(_) | ScrubError::Overtaken { .. })) => {
                return Err(error);
            }
            Err(error) => error,
        };
        // If the quarantine cannot be written either, the row still says that this process is at work there. Nobody gets the
        // slot, and the next process finds out, so only the first error is worth telling.
        let _ = self.quarantine(job, &error);
        Err(error)
    }

    fn try_perform(&self, job: &Job) -> Result<Option<Salvage>, ScrubError> {
        let Work::Scrub(scrub) = &job.work else {
            self.remove(job)?;
            return Ok(None);
        };
        let saved = if scrub.unsaved {
            self.save(job, scrub)?
        } else {
            None
        };
        if self.slot_path(job.slot).is_dir() {
            self.reset(job, scrub)?;
        } else {
            self.remove(job)?;
        }
        Ok(saved)
    }

    fn save(&self, job: &Job, scrub: &Scrub) -> Result<Option<Salvage>, ScrubError> {
        let path = self.slot_path(job.slot);
        let unsaved = Unsaved {
            path: &path,
            slot: job.slot,
            epoch: job.epoch,
            base: scrub.commit,
            lease: scrub.lease.as_ref(),
        };
        let saved = unsaved.save(self.repository(), self.ledger().clock().now())?;
        let mut locked = self.ledger().lock()?;
        let row = overtaken(locked.registry.row_at(job.slot, job.epoch), job.slot)?;
        if let State::Scrubbing(Scrubbing { unsaved, .. }) = &mut row.state {
            *unsaved = false;
        }
        match &saved {
            Some(salvage) => {
                let event = row.event("slot.salvaged").salvage(&salvage.reference);
                locked.record(event);
                // Once the reset has begun the worktree must not be saved again, over what was saved now.
                locked.save_synced()?;
            }
            None => locked.save()?,
        }
        Ok(saved)
    }

    /// Makes the worktree hold the commit and nothing else but what is kept.
    pub(super) fn bring_to(
        &self,
        job: &Job,
        commit: ObjectId,
        keep: &[String],
    ) -> Result<(), ScrubError> {
        let path = self.slot_path(job.slot);
        let reset = self.repository().reset_worktree(&path, commit, keep);
        reset.map_err(|source| ScrubError::Reset { path, source })
    }

    fn reset(&self, job: &Job, scrub: &Scrub) -> Result<(), ScrubError> {
        self.bring_to(job, scrub.commit, &scrub.keep)?;
        let mut locked = self.ledger().lock()?;
        let row = overtaken(locked.registry.row_at(job.slot, job.epoch), job.slot)?;
        row.state = State::Idle;
        let event = row.event("slot.scrub.after");
        locked.record(event);
        Ok(locked.save()?)
    }

    fn remove(&self, job: &Job) -> Result<(), ScrubError> {
        self.remove_worktree(&self.slot_path(job.slot))?;
        let mut locked = self.ledger().lock()?;
        let row = overtaken(locked.registry.row_at(job.slot, job.epoch), job.slot)?;
        let event = row.event("worktree.remove.after");
        locked.record(event);
        locked.registry.remove(job.slot);
        Ok(locked.save()?)
    }

    /// Removes a worktree that nobody has worked in. What git does not know as a worktree is spared unless it is empty.
    fn remove_worktree(&self, path: &Path) -> Result<(), ScrubError> {
        // Whoever was making it may have ended before git knew of it. Any other folder is not empty, and is looked at next.
        let _ = fs::remove_dir(path);
        let removed = self.repository().remove_worktree(path);
        removed.map_err(|source| ScrubError::Remove {
            path: path.to_owned(),
            source,
        })
    }

    pub(super) fn quarantine(&self, job: &Job, error: &ScrubError) -> Result<(), ScrubError> {
        let mut locked = self.ledger().lock()?;
        let row = overtaken(locked.registry.row_at(job.slot, job.epoch), job.slot)?;
        row.state = State::Quarantined {
            reason: with_causes(error),
            lease: row.state.lease().cloned(),
        };
        let event = row.event("slot.quarantined").error(with_causes(error));
        locked.record(event);
        Ok(locked.save()?)
    }
}

/// The row, unless somebody else has gone on with it.
pub(super) fn overtaken(row: Option<&mut SlotRow>, slot: u32) -> Result<&mut SlotRow, ScrubError> {
    row.ok_or(ScrubError::Overtaken { slot })
}

/// An error and its causes in one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
