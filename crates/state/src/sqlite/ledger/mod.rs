//! Lifecycles, outbox and claims on SQLite.

pub(super) mod check;
mod decode;
mod list;
mod rows;

use std::time::Duration;

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;

use super::SqliteStore;
use crate::claim::rules as claim;
use crate::claim::{Claim, ClaimError, ClaimRequest, Claims};
use crate::lifecycle::rules as lifecycle;
use crate::lifecycle::{Lifecycle, Lifecycles, Transition, TransitionEntry, TransitionError};
use crate::outbox::rules as outbox;
use crate::outbox::{Outbox, OutboxDone, OutboxEntry, OutboxError, OutboxFilter, OutboxId};
use crate::page::{Page, PageRequest};
use crate::repository::RepositoryName;
use crate::store::StoreError;

impl Lifecycles for SqliteStore {
    fn begin_lifecycle(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
        reason: &str,
        at: Timestamp,
    ) -> Result<Lifecycle, StoreError> {
        self.write(|session| lifecycle::begin(session, repository, fingerprint, reason, at))
    }

    fn load_lifecycle(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Lifecycle>, StoreError> {
        self.read(|session| lifecycle::find(session, repository, fingerprint))
    }

    fn list_lifecycles(
        &self,
        repository: &RepositoryName,
        page: &PageRequest,
    ) -> Result<Page<Lifecycle>, StoreError> {
        self.read(|session| list::lifecycles(session, repository, page))
    }

    fn transition(
        &self,
        transition: &Transition,
        at: Timestamp,
    ) -> Result<Lifecycle, TransitionError> {
        self.write(|session| lifecycle::transition(session, transition, at))
    }

    fn list_transitions(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
        page: &PageRequest,
    ) -> Result<Page<TransitionEntry>, StoreError> {
        self.read(|session| list::transitions(session, repository, fingerprint, page))
    }
}

impl Outbox for SqliteStore {
    fn list_outbox(
        &self,
        repository: &RepositoryName,
        filter: &OutboxFilter,
        page: &PageRequest,
    ) -> Result<Page<OutboxEntry>, StoreError> {
        self.read(|session| list::outbox(session, repository, filter, page))
    }

    fn complete_outbox(
        &self,
        id: OutboxId,
        done: &OutboxDone,
        at: Timestamp,
    ) -> Result<OutboxEntry, OutboxError> {
        self.write(|session| outbox::complete(session, id, done, at))
    }

    fn fail_outbox(
        &self,
        id: OutboxId,
        error: &str,
        at: Timestamp,
    ) -> Result<OutboxEntry, OutboxError> {
        self.write(|session| outbox::fail(session, id, error, at))
    }
}

impl Claims for SqliteStore {
    fn claim(&self, request: &ClaimRequest, at: Timestamp) -> Result<Claim, ClaimError> {
        self.write(|session| claim::claim(session, request, at))
    }

    fn break_claim(
        &self,
        fence_seen: u64,
        request: &ClaimRequest,
        at: Timestamp,
    ) -> Result<Claim, ClaimError> {
        self.write(|session| claim::break_claim(session, fence_seen, request, at))
    }

    fn renew_claim(
        &self,
        claim: &Claim,
        ttl: Duration,
        at: Timestamp,
    ) -> Result<Claim, ClaimError> {
        self.write(|session| claim::renew(session, claim, ttl, at))
    }

    fn release_claim(&self, claim: &Claim, at: Timestamp) -> Result<(), ClaimError> {
        self.write(|session| claim::release(session, claim, at))
    }

    fn load_claim(&self, key: &str) -> Result<Option<Claim>, StoreError> {
        self.read(|session| claim::load(session, key))
    }
}
