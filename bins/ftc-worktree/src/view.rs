//! Slots as JSON. Fields are added, never renamed or removed, as long as the number in `schema` stays.

use ftc_worktree::{LeaseInfo, Salvage, Slot, SlotState};
use serde::Serialize;

/// The answer of `acquire`.
#[derive(Serialize)]
pub struct LeaseDocument<'a> {
    pub schema: &'static str,
    pub dry_run: bool,
    pub slot: u32,
    pub path: String,
    /// None in a dry run.
    pub lease: Option<LeaseView<'a>>,
}

/// The answer of `list`.
#[derive(Serialize)]
pub struct ListDocument<'a> {
    pub schema: &'static str,
    pub root: String,
    pub slots: Vec<SlotView<'a>>,
}

/// The answer of `release`.
#[derive(Serialize)]
pub struct ReleaseDocument {
    pub schema: &'static str,
    pub dry_run: bool,
    pub slot: u32,
    /// Whether there was work that is saved, or in a dry run would be.
    pub has_work: bool,
    pub lease: String,
    pub salvage: Option<SalvageView>,
}

#[derive(Serialize)]
pub struct SlotView<'a> {
    slot: u32,
    path: String,
    state: &'static str,
    reason: Option<&'a str>,
    commit: Option<String>,
    lease: Option<LeaseView<'a>>,
}

#[derive(Serialize)]
pub struct LeaseView<'a> {
    id: String,
    epoch: u64,
    owner: &'a str,
    purpose: &'a str,
    commit: String,
    pid: u32,
    host: &'a str,
    acquired_at: String,
    expires_at: Option<String>,
}

#[derive(Serialize)]
pub struct SalvageView {
    reference: String,
    commit: String,
}

impl<'a> SlotView<'a> {
    pub fn new(slot: &'a Slot) -> Self {
        Self {
            slot: slot.number,
            path: slot.path.to_string_lossy().into_owned(),
            state: slot.state.name(),
            reason: reason(&slot.state),
            commit: slot.commit.map(|commit| commit.to_string()),
            lease: slot.lease.as_ref().map(LeaseView::new),
        }
    }
}

impl<'a> LeaseView<'a> {
    pub fn new(lease: &'a LeaseInfo) -> Self {
        Self {
            id: lease.id.to_string(),
            epoch: lease.epoch,
            owner: &lease.owner,
            purpose: &lease.purpose,
            commit: lease.commit.to_string(),
            pid: lease.process.pid,
            host: &lease.process.host,
            acquired_at: lease.acquired_at.to_string(),
            expires_at: lease.expires_at.map(|end| end.to_string()),
        }
    }
}

impl SalvageView {
    pub fn new(salvage: &Salvage) -> Self {
        Self {
            reference: salvage.reference.clone(),
            commit: salvage.commit.to_string(),
        }
    }
}

/// Why a slot is under quarantine.
pub fn reason(state: &SlotState) -> Option<&str> {
    match state {
        SlotState::Quarantined { reason } => Some(reason),
        _ => None,
    }
}

/// Until when a lease holds, for a person.
pub fn until(lease: &LeaseInfo) -> String {
    match lease.expires_at {
        Some(end) => format!("at least until {end:.0}"),
        None => format!("as long as process {} lives", lease.process.pid),
    }
}
