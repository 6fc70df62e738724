//! The operations on lifecycles, outbox and claims that every engine has.

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;

use crate::claim::Claim;
use crate::lifecycle::{Lifecycle, TransitionEntry};
use crate::outbox::{OutboxEntry, OutboxId};
use crate::repository::RepositoryName;
use crate::rows::Rows;
use crate::store::StoreError;

/// What an engine does inside one transaction. The rules stand above it, once for all engines.
///
/// A `swap_` writes only if the row is as the caller has seen it, and says whether it did. The rules rely on that and not
/// on the transaction to keep two writers apart.
pub(crate) trait LedgerRows: Rows {
    /// Reads a lifecycle.
    fn load_lifecycle_row(
        &mut self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Lifecycle>, StoreError>;

    /// Writes a lifecycle unless there is one; says whether it did.
    fn insert_lifecycle(&mut self, row: &Lifecycle) -> Result<bool, StoreError>;

    /// Overwrites the lifecycle that has the version `seen`.
    fn swap_lifecycle(&mut self, row: &Lifecycle, seen: u64) -> Result<bool, StoreError>;

    /// Gives the lifecycle of an entry the numbers that are there, whatever its version.
    fn set_numbers(
        &mut self,
        entry: &OutboxEntry,
        issue: Option<u64>,
        pull: Option<u64>,
    ) -> Result<(), StoreError>;

    /// Writes a journal entry of a lifecycle.
    fn insert_transition(
        &mut self,
        lifecycle: &Lifecycle,
        entry: &TransitionEntry,
    ) -> Result<(), StoreError>;

    /// Reads an entry of the outbox.
    fn load_outbox(&mut self, id: OutboxId) -> Result<Option<OutboxEntry>, StoreError>;

    /// Reads the latest revision of a key.
    fn latest_revision(
        &mut self,
        repository: &RepositoryName,
        key: &str,
    ) -> Result<Option<OutboxEntry>, StoreError>;

    /// The greatest number in the outbox; 0 when there is none.
    fn last_outbox_id(&mut self) -> Result<u64, StoreError>;

    /// Writes a new entry of the outbox.
    fn insert_outbox(&mut self, row: &OutboxEntry) -> Result<(), StoreError>;

    /// Overwrites the entry if it is pending.
    fn swap_outbox(&mut self, row: &OutboxEntry) -> Result<bool, StoreError>;

    /// Reads the last claim on a key.
    fn load_claim_row(&mut self, key: &str) -> Result<Option<ClaimRow>, StoreError>;

    /// Writes the first claim on a key unless there is one; says whether it did.
    fn insert_claim(&mut self, row: &ClaimRow) -> Result<bool, StoreError>;

    /// Overwrites the claim that has the fence and the expiry of `seen`.
    fn swap_claim(&mut self, row: &ClaimRow, seen: &ClaimRow) -> Result<bool, StoreError>;
}

/// The last claim on a key. It stays when it is over, so that the next one has a greater fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClaimRow {
    pub(crate) claim: Claim,
    pub(crate) claimed_at: Timestamp,
    pub(crate) released_at: Option<Timestamp>,
}

impl ClaimRow {
    /// Whether anybody may claim the key.
    pub(crate) fn is_free(&self, at: Timestamp) -> bool {
        self.released_at.is_some() || self.claim.expires_at <= at
    }
}
