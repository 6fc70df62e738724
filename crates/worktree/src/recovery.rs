//! Putting in order what a crash has left.

use std::fs;
use std::path::PathBuf;

use ftc_process::Liveness;
use ftc_vcs::WorktreeError;
use jiff::{SignedDuration, Timestamp};

use crate::lease_id::LeaseId;
use crate::pool::{Job, Pool, ScrubError, with_causes};
use crate::registry::{LeaseRow, Locked, RegistryError, SlotRow, State};
use crate::salvage::Salvage;

/// How much longer a lease from another machine holds: its clock and ours may differ.
const CLOCK_GRACE: SignedDuration = SignedDuration::from_mins(10);

/// What was found and put in order when a pool was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// Slots that were taken back, and are clean now, or forgotten if their folder was gone.
    pub reclaimed: Vec<Reclaimed>,
    /// Numbers of idle slots that were half made clean, and are clean now.
    pub scrubbed: Vec<u32>,
    /// Numbers of slots that were half made, or whose folder was gone, and that are forgotten now.
    pub removed: Vec<u32>,
    /// Slots that were put under quarantine just now.
    pub quarantined: Vec<Quarantined>,
}

/// A slot that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reclaimed {
    /// The slot.
    pub slot: u32,
    /// The lease that had it.
    pub lease: LeaseId,
    /// Who had it.
    pub owner: String,
    /// Why it was taken back.
    pub reason: ReclaimReason,
    /// What was in it that nobody else had.
    pub salvage: Option<Salvage>,
}

/// Why a slot was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReclaimReason {
    /// Its process has ended, and its time, if it had one, has passed.
    OwnerGone,
    /// Its time has passed, and its process is where we cannot ask.
    Expired,
    /// It had been given back or taken back before, but whoever made it clean has ended.
    ScrubInterrupted,
}

impl ReclaimReason {
    /// The reason in two words.
    pub fn name(self) -> &'static str {
        match self {
            Self::OwnerGone => "owner gone",
            Self::Expired => "lease expired",
            Self::ScrubInterrupted => "scrub interrupted",
        }
    }
}

/// A slot that is not touched any more until a person has removed its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quarantined {
    /// The slot.
    pub slot: u32,
    /// Its folder.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

impl Recovery {
    /// Whether everything was in order.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is where a slot should be.
#[derive(Debug, Clone, Copy)]
struct Presence {
    folder: bool,
    registered: bool,
}

/// What is to be done about a slot.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Leave,
    /// Make it clean; the work of a tenant is saved if it may still be there.
    Scrub {
        unsaved: bool,
        reason: Option<ReclaimReason>,
    },
    Remove,
    Quarantine(&'static str),
}

/// Decides about one slot. `now` and the liveness of processes are all that is asked of the world.
fn decide(row: &SlotRow, presence: Presence, now: Timestamp) -> Step {
    let step = match &row.state {
        State::Quarantined { .. } if presence.folder => return Step::Leave,
        State::Creating { worker } | State::Removing { worker } => match worker.liveness() {
            Liveness::Gone => return Step::Remove,
            _ => return Step::Leave,
        },
        State::Idle if presence.folder && presence.registered => return Step::Leave,
        State::Quarantined { .. } | State::Idle => Step::Remove,
        State::Leased { lease } => match end_of(lease, now) {
            None => return Step::Leave,
            Some(reason) => Step::Scrub {
                unsaved: true,
                reason: Some(reason),
            },
        },
        State::Scrubbing(scrubbing) => match scrubbing.worker.liveness() {
            Liveness::Gone => Step::Scrub {
                unsaved: scrubbing.unsaved,
                reason: scrubbing
                    .lease
                    .as_ref()
                    .map(|_| ReclaimReason::ScrubInterrupted),
            },
            _ => return Step::Leave,
        },
    };
    if presence.folder && !presence.registered {
        return Step::Quarantine("git does not know it as a worktree of this pool");
    }
    step
}

/// What a slot is once the pool is in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outlook {
    /// It can be leased.
    Usable,
    /// It is somebody's, or under quarantine.
    Taken,
    /// It is forgotten.
    Gone,
}

fn outlook(row: &SlotRow, presence: Presence, now: Timestamp) -> Outlook {
    match decide(row, presence, now) {
        Step::Leave if row.state == State::Idle => Outlook::Usable,
        Step::Leave | Step::Quarantine(_) => Outlook::Taken,
        Step::Scrub { .. } if presence.folder => Outlook::Usable,
        Step::Scrub { .. } | Step::Remove => Outlook::Gone,
    }
}

/// Why a lease does not hold any more; `None` if it does.
fn end_of(lease: &LeaseRow, now: Timestamp) -> Option<ReclaimReason> {
    match (lease.process.liveness(), lease.expires_at) {
        (Liveness::Gone, None) => Some(ReclaimReason::OwnerGone),
        (Liveness::Gone, Some(end)) => (now >= end).then_some(ReclaimReason::OwnerGone),
        // A process that lives is at work, whatever was agreed.
        (Liveness::Alive, _) | (_, None) => None,
        // The process is elsewhere, and only the clock can be asked.
        (_, Some(end)) => {
            (now.duration_since(end) >= CLOCK_GRACE).then_some(ReclaimReason::Expired)
        }
    }
}

/// A job, and what to tell of it once it is done.
struct Planned {
    job: Job,
    lease: Option<LeaseRow>,
    reason: Option<ReclaimReason>,
}

/// Why what a crash has left could not be put in order.
#[derive(Debug)]
pub(crate) enum RecoverError {
    Worktrees(WorktreeError),
    Registry(RegistryError),
}

impl From<RegistryError> for RecoverError {
    fn from(error: RegistryError) -> Self {
        Self::Registry(error)
    }
}

impl Pool {
    /// Puts in order whatever nobody alive is at work on.
    pub(crate) fn recover(&self) -> Result<Recovery, RecoverError> {
        let mut recovery = Recovery::default();
        for planned in self.plan(&mut recovery)? {
            match self.perform(&planned.job) {
                Ok(salvage) => recovery.tell(planned, salvage),
                Err(ScrubError::Registry(error)) => return Err(error.into()),
                // Whoever has gone on with the slot tells of it.
                Err(ScrubError::Overtaken { .. }) => {}
                Err(error) => recovery.quarantined.push(Quarantined {
                    slot: planned.job.slot,
                    path: self.slot_path(planned.job.slot),
                    reason: with_causes(&error),
                }),
            }
        }
        Ok(recovery)
    }

    /// Announces in the registry all that is to be done. From then on it is ours.
    fn plan(&self, recovery: &mut Recovery) -> Result<Vec<Planned>, RecoverError> {
        let mut locked = self.ledger().lock()?;
        // Asked under the lock, so that no slot is registered or removed by others in between without its row saying so.
        let registrations = self.registrations(&locked.registry.pool)?;
        let now = self.ledger().clock().now();
        let mut planned = Vec::new();
        let mut is_changed = false;
        for row in locked.registry.slots.clone() {
            let presence = Presence {
                folder: fs::symlink_metadata(self.slot_path(row.slot)).is_ok(),
                registered: registrations.iter().any(|known| known.slot == row.slot),
            };
            let step = decide(&row, presence, now);
            is_changed |= step != Step::Leave;
            planned.extend(self.announce(&mut locked, row, &step, recovery)?);
        }
        for known in registrations {
            if locked.registry.row(known.slot).is_none() {
                let row = known.quarantined(locked.next_epoch()?, "the registry does not know it");
                locked.registry.insert(row.clone());
                self.tell_quarantine(&mut locked, &row, recovery);
                is_changed = true;
            }
        }
        if is_changed {
            locked.save()?;
        }
        Ok(planned)
    }

    /// What the slot of `row` would be if the pool were put in order now.
    pub(crate) fn outlook(&self, row: &SlotRow, registered: bool) -> Outlook {
        let presence = Presence {
            folder: fs::symlink_metadata(self.slot_path(row.slot)).is_ok(),
            registered,
        };
        outlook(row, presence, self.ledger().clock().now())
    }

    fn announce(
        &self,
        locked: &mut Locked<'_>,
        mut row: SlotRow,
        step: &Step,
        recovery: &mut Recovery,
    ) -> Result<Option<Planned>, RegistryError> {
        let worker = self.ledger().worker();
        let planned = match *step {
            Step::Leave => return Ok(None),
            Step::Quarantine(problem) => {
                row.epoch = locked.next_epoch()?;
                row.state = State::Quarantined {
                    reason: problem.to_owned(),
                    lease: row.state.lease().cloned(),
                };
                self.tell_quarantine(locked, &row, recovery);
                None
            }
            Step::Scrub { unsaved, reason } => {
                if let Some(reason) = reason {
                    locked.record(row.event("lease.reclaimed").reason(reason.name()));
                }
                let lease = row.state.lease().cloned();
                let job = Job::scrub(&mut row, locked.next_epoch()?, worker, unsaved);
                locked.record(row.event("slot.scrub.before"));
                Some(Planned { job, lease, reason })
            }
            Step::Remove => {
                let job = Job::remove(&mut row, locked.next_epoch()?, worker);
                locked.record(row.event("worktree.remove.before"));
                Some(Planned {
                    job,
                    lease: None,
                    reason: None,
                })
            }
        };
        if let Some(place) = locked.registry.row_mut(row.slot) {
            *place = row;
        }
        Ok(planned)
    }

    fn tell_quarantine(&self, locked: &mut Locked<'_>, row: &SlotRow, recovery: &mut Recovery) {
        if let State::Quarantined { reason, .. } = &row.state {
            locked.record(row.event("slot.quarantined").error(reason));
            recovery.quarantined.push(Quarantined {
                slot: row.slot,
                path: self.slot_path(row.slot),
                reason: reason.clone(),
            });
        }
    }
}

impl Recovery {
    fn tell(&mut self, planned: Planned, salvage: Option<Salvage>) {
        let slot = planned.job.slot;
        match (planned.lease, planned.reason) {
            (Some(lease), Some(reason)) => self.reclaimed.push(Reclaimed {
                slot,
                lease: lease.id,
                owner: lease.owner,
                reason,
                salvage,
            }),
            _ if planned.job.removes() => self.removed.push(slot),
            _ => self.scrubbed.push(slot),
        }
    }
}
