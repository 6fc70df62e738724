//! Reindexing in memory.

use ftc_fingerprint::Fingerprint;

use super::{Tables, occurrence_key};
use crate::alias::Alias;
use crate::reindex::{ReindexCursor, ReindexRows};
use crate::repository::RepositoryName;
use crate::rows::{FingerprintRow, OccurrenceRow};
use crate::store::StoreError;

impl ReindexRows for Tables {
    fn fingerprints_after(
        &mut self,
        after: Option<&ReindexCursor>,
        limit: usize,
    ) -> Result<Vec<FingerprintRow>, StoreError> {
        let after = after.map(|after| (after.repository.clone(), after.fingerprint));
        let rows = self.fingerprints.iter();
        let rows = rows.filter(|(key, _)| after.as_ref().is_none_or(|after| *key > after));
        Ok(rows.take(limit).map(|(_, row)| row.clone()).collect())
    }

    fn delete_occurrence(&mut self, row: &OccurrenceRow) -> Result<(), StoreError> {
        self.occurrences.remove(&occurrence_key(row));
        Ok(())
    }

    fn delete_fingerprint(
        &mut self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<(), StoreError> {
        self.fingerprints
            .remove(&(repository.clone(), *fingerprint));
        Ok(())
    }

    fn put_alias(&mut self, alias: &Alias) -> Result<(), StoreError> {
        let key = (alias.repository.clone(), alias.alias);
        self.aliases.insert(key, alias.clone());
        Ok(())
    }

    fn delete_alias(
        &mut self,
        repository: &RepositoryName,
        alias: &Fingerprint,
    ) -> Result<(), StoreError> {
        self.aliases.remove(&(repository.clone(), *alias));
        Ok(())
    }

    fn retarget_aliases(
        &mut self,
        repository: &RepositoryName,
        from: &Fingerprint,
        to: &Fingerprint,
    ) -> Result<(), StoreError> {
        for alias in self.aliases.values_mut() {
            if alias.repository == *repository && alias.fingerprint == *from {
                alias.fingerprint = *to;
            }
        }
        Ok(())
    }

    fn move_lifecycle(
        &mut self,
        repository: &RepositoryName,
        from: &Fingerprint,
        to: &Fingerprint,
    ) -> Result<(), StoreError> {
        let (old, new) = ((repository.clone(), *from), (repository.clone(), *to));
        if let Some(mut lifecycle) = self.ledger.lifecycles.remove(&old) {
            lifecycle.fingerprint = *to;
            self.ledger.lifecycles.insert(new.clone(), lifecycle);
        }
        if let Some(journal) = self.ledger.journals.remove(&old) {
            self.ledger.journals.insert(new, journal);
        }
        for entry in &mut self.ledger.outbox {
            if entry.repository == *repository && entry.fingerprint == *from {
                entry.fingerprint = *to;
            }
        }
        Ok(())
    }
}
