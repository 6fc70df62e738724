//! The tables of lifecycles, outbox and claims in memory.

use std::collections::BTreeMap;

use ftc_fingerprint::Fingerprint;

use super::Tables;
use crate::check::{CheckReport, Problem};
use crate::ledger::{ClaimRow, LedgerRows};
use crate::lifecycle::{Lifecycle, Replay, TransitionEntry};
use crate::outbox::{OutboxEntry, OutboxId, Sequence};
use crate::repository::RepositoryName;
use crate::store::StoreError;

type Key = (RepositoryName, Fingerprint);

#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) lifecycles: BTreeMap<Key, Lifecycle>,
    pub(super) journals: BTreeMap<Key, Vec<TransitionEntry>>,
    /// The entry numbered N is the Nth.
    pub(super) outbox: Vec<OutboxEntry>,
    claims: BTreeMap<String, ClaimRow>,
}

impl Ledger {
    /// Counts the rows and says what is wrong with them.
    pub(super) fn check(&self, report: &mut CheckReport) {
        report.lifecycles = self.lifecycles.len() as u64;
        report.transitions = self
            .journals
            .values()
            .map(|journal| journal.len() as u64)
            .sum();
        report.outbox_entries = self.outbox.len() as u64;
        report.claims = self.claims.len() as u64;
        for (key, lifecycle) in &self.lifecycles {
            let mut replay = Replay::default();
            let mut journal = self.journals.get(key).into_iter().flatten();
            let followed = journal.try_for_each(|entry| replay.step(entry));
            if let Err(finding) = followed.and_then(|()| replay.agrees(lifecycle)) {
                report.problems.push(Problem::Lifecycle {
                    name: format!("{} {}", lifecycle.repository, lifecycle.fingerprint),
                    finding,
                });
            }
        }
        let mut entries: Vec<&OutboxEntry> = self.outbox.iter().collect();
        entries.sort_by_key(|entry| (&entry.repository, &entry.key, entry.revision));
        let mut sequence = Sequence::default();
        for entry in entries {
            if let Err(finding) = sequence.step(entry) {
                let id = entry.id.0;
                report.problems.push(Problem::Outbox { id, finding });
            }
        }
    }

    fn entry(&mut self, id: OutboxId) -> Option<&mut OutboxEntry> {
        self.outbox.iter_mut().find(|entry| entry.id == id)
    }
}

fn key(lifecycle: &Lifecycle) -> Key {
    (lifecycle.repository.clone(), lifecycle.fingerprint)
}

impl LedgerRows for Tables {
    fn load_lifecycle_row(
        &mut self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Lifecycle>, StoreError> {
        let key = (repository.clone(), *fingerprint);
        Ok(self.ledger.lifecycles.get(&key).cloned())
    }

    fn insert_lifecycle(&mut self, row: &Lifecycle) -> Result<bool, StoreError> {
        let taken = self.ledger.lifecycles.contains_key(&key(row));
        if !taken {
            self.ledger.lifecycles.insert(key(row), row.clone());
        }
        Ok(!taken)
    }

    fn swap_lifecycle(&mut self, row: &Lifecycle, seen: u64) -> Result<bool, StoreError> {
        let there = self.ledger.lifecycles.get_mut(&key(row));
        let there = there.filter(|there| there.version == seen);
        Ok(there.map(|there| there.clone_from(row)).is_some())
    }

    fn set_numbers(
        &mut self,
        entry: &OutboxEntry,
        issue: Option<u64>,
        pull: Option<u64>,
    ) -> Result<(), StoreError> {
        let key = (entry.repository.clone(), entry.fingerprint);
        if let Some(lifecycle) = self.ledger.lifecycles.get_mut(&key) {
            lifecycle.issue = issue.or(lifecycle.issue);
            lifecycle.pull = pull.or(lifecycle.pull);
        }
        Ok(())
    }

    fn insert_transition(
        &mut self,
        lifecycle: &Lifecycle,
        entry: &TransitionEntry,
    ) -> Result<(), StoreError> {
        let journal = self.ledger.journals.entry(key(lifecycle)).or_default();
        journal.push(entry.clone());
        Ok(())
    }

    fn load_outbox(&mut self, id: OutboxId) -> Result<Option<OutboxEntry>, StoreError> {
        Ok(self.ledger.entry(id).cloned())
    }

    fn latest_revision(
        &mut self,
        repository: &RepositoryName,
        key: &str,
    ) -> Result<Option<OutboxEntry>, StoreError> {
        let mut same = self.ledger.outbox.iter().rev();
        Ok(same
            .find(|entry| entry.repository == *repository && entry.key == key)
            .cloned())
    }

    fn last_outbox_id(&mut self) -> Result<u64, StoreError> {
        Ok(self.ledger.outbox.last().map_or(0, |entry| entry.id.0))
    }

    fn insert_outbox(&mut self, row: &OutboxEntry) -> Result<(), StoreError> {
        self.ledger.outbox.push(row.clone());
        Ok(())
    }

    fn swap_outbox(&mut self, row: &OutboxEntry) -> Result<bool, StoreError> {
        let there = self.ledger.entry(row.id);
        let there = there.filter(|there| there.is_pending());
        Ok(there.map(|there| there.clone_from(row)).is_some())
    }

    fn load_claim_row(&mut self, key: &str) -> Result<Option<ClaimRow>, StoreError> {
        Ok(self.ledger.claims.get(key).cloned())
    }

    fn insert_claim(&mut self, row: &ClaimRow) -> Result<bool, StoreError> {
        let taken = self.ledger.claims.contains_key(&row.claim.key);
        if !taken {
            self.ledger
                .claims
                .insert(row.claim.key.clone(), row.clone());
        }
        Ok(!taken)
    }

    fn swap_claim(&mut self, row: &ClaimRow, seen: &ClaimRow) -> Result<bool, StoreError> {
        let there = self.ledger.claims.get_mut(&row.claim.key);
        let there = there.filter(|there| *there == seen);
        Ok(there.map(|there| there.clone_from(row)).is_some())
    }
}
