//! Lifecycles, outbox and claims in memory.

use std::time::Duration;

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;

use super::MemoryStore;
use crate::claim::rules as claim;
use crate::claim::{Claim, ClaimError, ClaimRequest, Claims};
use crate::lifecycle::rules as lifecycle;
use crate::lifecycle::{Lifecycle, Lifecycles, Transition, TransitionEntry, TransitionError};
use crate::outbox::rules as outbox;
use crate::outbox::{Outbox, OutboxDone, OutboxEntry, OutboxError, OutboxFilter, OutboxId};
use crate::page::{Cursor, Page, PageRequest};
use crate::repository::RepositoryName;
use crate::store::StoreError;

impl Lifecycles for MemoryStore {
    fn begin_lifecycle(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
        reason: &str,
        at: Timestamp,
    ) -> Result<Lifecycle, StoreError> {
        lifecycle::begin(&mut *self.tables(), repository, fingerprint, reason, at)
    }

    fn load_lifecycle(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Lifecycle>, StoreError> {
        lifecycle::find(&mut *self.tables(), repository, fingerprint)
    }

    fn list_lifecycles(
        &self,
        repository: &RepositoryName,
        page: &PageRequest,
    ) -> Result<Page<Lifecycle>, StoreError> {
        let tables = self.tables();
        let rows = tables.ledger.lifecycles.values();
        let rows = rows.filter(|row| row.repository == *repository);
        let after = page.after.as_ref().map(|after| after.key.as_str());
        let rows =
            rows.filter(|row| after.is_none_or(|after| *row.fingerprint.to_string() > *after));
        Ok(cut(rows, page, Cursor::of_lifecycle))
    }

    fn transition(
        &self,
        transition: &Transition,
        at: Timestamp,
    ) -> Result<Lifecycle, TransitionError> {
        lifecycle::transition(&mut *self.tables(), transition, at)
    }

    fn list_transitions(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
        page: &PageRequest,
    ) -> Result<Page<TransitionEntry>, StoreError> {
        let tables = self.tables();
        let key = (repository.clone(), *fingerprint);
        let rows = tables.ledger.journals.get(&key).into_iter().flatten();
        let rows = rows.filter(|row| {
            page.after
                .as_ref()
                .is_none_or(|after| row.version > after.number())
        });
        Ok(cut(rows, page, Cursor::of_transition))
    }
}

impl Outbox for MemoryStore {
    fn list_outbox(
        &self,
        repository: &RepositoryName,
        filter: &OutboxFilter,
        page: &PageRequest,
    ) -> Result<Page<OutboxEntry>, StoreError> {
        let tables = self.tables();
        let rows = tables.ledger.outbox.iter();
        let rows = rows
            .filter(|row| row.repository == *repository)
            .filter(|row| {
                filter
                    .fingerprint
                    .is_none_or(|wanted| row.fingerprint == wanted)
            })
            .filter(|row| !filter.pending_only || row.is_pending())
            .filter(|row| {
                page.after
                    .as_ref()
                    .is_none_or(|after| row.id.0 > after.number())
            });
        Ok(cut(rows, page, Cursor::of_outbox))
    }

    fn complete_outbox(
        &self,
        id: OutboxId,
        done: &OutboxDone,
        at: Timestamp,
    ) -> Result<OutboxEntry, OutboxError> {
        outbox::complete(&mut *self.tables(), id, done, at)
    }

    fn fail_outbox(
        &self,
        id: OutboxId,
        error: &str,
        at: Timestamp,
    ) -> Result<OutboxEntry, OutboxError> {
        outbox::fail(&mut *self.tables(), id, error, at)
    }
}

impl Claims for MemoryStore {
    fn claim(&self, request: &ClaimRequest, at: Timestamp) -> Result<Claim, ClaimError> {
        claim::claim(&mut *self.tables(), request, at)
    }

    fn break_claim(
        &self,
        fence_seen: u64,
        request: &ClaimRequest,
        at: Timestamp,
    ) -> Result<Claim, ClaimError> {
        claim::break_claim(&mut *self.tables(), fence_seen, request, at)
    }

    fn renew_claim(
        &self,
        claim: &Claim,
        ttl: Duration,
        at: Timestamp,
    ) -> Result<Claim, ClaimError> {
        claim::renew(&mut *self.tables(), claim, ttl, at)
    }

    fn release_claim(&self, claim: &Claim, at: Timestamp) -> Result<(), ClaimError> {
        claim::release(&mut *self.tables(), claim, at)
    }

    fn load_claim(&self, key: &str) -> Result<Option<Claim>, StoreError> {
        claim::load(&mut *self.tables(), key)
    }
}

/// The page of `rows`, which stand in the order of the list and after the page's cursor.
fn cut<'a, T: Clone + 'a>(
    rows: impl Iterator<Item = &'a T>,
    page: &PageRequest,
    cursor: impl Fn(&T) -> Cursor,
) -> Page<T> {
    let wanted = rows.take(page.limit() + 1).cloned().collect();
    Page::new(wanted, page.limit(), cursor)
}
