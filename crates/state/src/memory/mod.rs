//! A store in memory: for tests, for one process, and as the model that every other store must agree with.

mod ledger;
mod ledger_rows;
mod reindex_rows;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;

use crate::alias::{self, Alias};
use crate::audit::{AuditEntry, AuditEvent, ChainHead};
use crate::check::{CheckReport, Problem};
use crate::known::{KnownFingerprint, Occurrence, Recorded, Run};
use crate::page::{Cursor, Page, PageRequest};
use crate::prefix::{Candidate, FindError, FingerprintPrefix};
use crate::record::ScanRecord;
use crate::recording;
use crate::reindex::{self, ReindexBatch, ReindexRequest};
use crate::repository::RepositoryName;
use crate::rows::{FingerprintRow, OccurrenceRow, Rows, RunRow};
use crate::source::SourceKey;
use crate::store::{Store, StoreError};

/// A [`Store`] that is gone when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        // No method panics between two writes that belong together: rows are made before the first is stored.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type OccurrenceKey = (RepositoryName, Fingerprint, SourceKey, String);

#[derive(Debug, Default)]
struct Tables {
    runs: BTreeMap<(RepositoryName, SourceKey), RunRow>,
    fingerprints: BTreeMap<(RepositoryName, Fingerprint), FingerprintRow>,
    occurrences: BTreeMap<OccurrenceKey, OccurrenceRow>,
    aliases: BTreeMap<(RepositoryName, Fingerprint), Alias>,
    audit: Vec<AuditEntry>,
    ledger: ledger_rows::Ledger,
}

fn occurrence_key(row: &OccurrenceRow) -> OccurrenceKey {
    (
        row.repository.clone(),
        row.failure.fingerprint,
        row.source,
        row.test().to_owned(),
    )
}

impl Tables {
    fn occurrences_of<'a>(
        &'a self,
        repository: &'a RepositoryName,
        fingerprint: &'a Fingerprint,
    ) -> impl Iterator<Item = &'a OccurrenceRow> {
        // A range would need a least source key; a model may be slow.
        self.occurrences.values().filter(move |row| {
            row.repository == *repository && row.failure.fingerprint == *fingerprint
        })
    }

    fn occurrence(&self, row: &OccurrenceRow) -> Occurrence {
        let run = &self.runs[&(row.repository.clone(), row.source)].run;
        Occurrence {
            repository: row.repository.clone(),
            source: run.source.clone(),
            commit: run.commit.clone(),
            platform: run.platform.clone(),
            failure: row.failure.clone(),
            first_scanned: row.first_scanned,
            last_scanned: row.last_scanned,
        }
    }
}

impl Store for MemoryStore {
    fn record_scan(
        &self,
        scan: &ScanRecord,
        scanned_at: Timestamp,
    ) -> Result<Recorded, StoreError> {
        recording::record(&mut *self.tables(), scan, scanned_at)
    }

    fn load_fingerprint(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<Option<KnownFingerprint>, StoreError> {
        let mut tables = self.tables();
        let known = alias::resolve(&mut *tables, repository, fingerprint)?;
        let row = tables.load_fingerprint_row(repository, &known)?;
        Ok(row.map(|row| row.known))
    }

    fn find_fingerprint(
        &self,
        repository: Option<&RepositoryName>,
        prefix: &FingerprintPrefix,
    ) -> Result<Option<KnownFingerprint>, FindError> {
        let tables = self.tables();
        let begins =
            |fingerprint: &Fingerprint| fingerprint.to_string().starts_with(prefix.as_str());
        let is_meant = |named: &RepositoryName| repository.is_none_or(|wanted| named == wanted);
        let aliases = tables.aliases.values().filter(|alias| begins(&alias.alias));
        // What is known by that name itself, since an older program recorded it again, is found anyway.
        let aliases = aliases.filter(|alias| {
            let key = (alias.repository.clone(), alias.alias);
            !tables.fingerprints.contains_key(&key)
        });
        let named: Vec<_> = aliases
            .map(|alias| (alias.repository.clone(), alias.fingerprint))
            .collect();
        let found: Vec<&KnownFingerprint> = tables
            .fingerprints
            .iter()
            .filter(|(key, _)| is_meant(&key.0) && (begins(&key.1) || named.contains(key)))
            .map(|(_, row)| &row.known)
            .collect();
        match found.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some((*one).clone())),
            several => Err(FindError::Ambiguous {
                prefix: prefix.clone(),
                candidates: several
                    .iter()
                    .take(FindError::MAX_CANDIDATES)
                    .map(|known| Candidate::of(known))
                    .collect(),
            }),
        }
    }

    fn list_fingerprints(
        &self,
        repository: &RepositoryName,
        page: &PageRequest,
    ) -> Result<Page<KnownFingerprint>, StoreError> {
        let tables = self.tables();
        let rows = tables.fingerprints.values().map(|row| &row.known);
        let rows = rows.filter(|known| known.repository == *repository);
        Ok(cut(rows, page, Cursor::of_fingerprint))
    }

    fn list_occurrences(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
        page: &PageRequest,
    ) -> Result<Page<Occurrence>, StoreError> {
        let mut tables = self.tables();
        let known = alias::resolve(&mut *tables, repository, fingerprint)?;
        let rows: Vec<Occurrence> = tables
            .occurrences_of(repository, &known)
            .map(|row| tables.occurrence(row))
            .collect();
        Ok(cut(rows.iter(), page, Cursor::of_occurrence))
    }

    fn list_runs(
        &self,
        repository: &RepositoryName,
        page: &PageRequest,
    ) -> Result<Page<Run>, StoreError> {
        let tables = self.tables();
        let rows = tables.runs.values().map(|row| &row.run);
        let rows = rows.filter(|run| run.repository == *repository);
        Ok(cut(rows, page, Cursor::of_run))
    }

    fn reindex(&self, request: &ReindexRequest, at: Timestamp) -> Result<ReindexBatch, StoreError> {
        reindex::reindex(&mut *self.tables(), request, at)
    }

    fn load_alias(
        &self,
        repository: &RepositoryName,
        alias: &Fingerprint,
    ) -> Result<Option<Alias>, StoreError> {
        Rows::load_alias(&mut *self.tables(), repository, alias)
    }

    fn append_audit(&self, event: &AuditEvent, at: Timestamp) -> Result<AuditEntry, StoreError> {
        recording::append_audit(&mut *self.tables(), event, at)
    }

    fn list_audit(&self, after: u64, limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
        let entries = self.tables();
        Ok(entries
            .audit
            .iter()
            .filter(|entry| entry.sequence > after)
            .take(limit.min(PageRequest::MAX_LIMIT))
            .cloned()
            .collect())
    }

    fn check(&self) -> Result<CheckReport, StoreError> {
        let tables = self.tables();
        let mut head = ChainHead::start();
        let broken = tables.audit.iter().find_map(|entry| {
            head.step(entry)
                .err()
                .map(|finding| (entry.sequence, finding))
        });
        let mut report = CheckReport {
            fingerprints: tables.fingerprints.len() as u64,
            occurrences: tables.occurrences.len() as u64,
            runs: tables.runs.len() as u64,
            audit_entries: tables.audit.len() as u64,
            problems: broken
                .map(|(sequence, finding)| Problem::AuditChain { sequence, finding })
                .into_iter()
                .collect(),
            ..CheckReport::default()
        };
        tables.ledger.check(&mut report);
        Ok(report)
    }
}

/// The page of `rows` that was asked for.
fn cut<'a, T: Clone + 'a>(
    rows: impl Iterator<Item = &'a T>,
    page: &PageRequest,
    cursor: impl Fn(&T) -> Cursor,
) -> Page<T> {
    let mut rows: Vec<(Cursor, &T)> = rows
        .map(|row| (cursor(row), row))
        .filter(|(at, _)| page.after.as_ref().is_none_or(|after| at < after))
        .collect();
    rows.sort_unstable_by(|(left, _), (right, _)| right.cmp(left));
    let wanted = rows.iter().take(page.limit() + 1);
    Page::new(
        wanted.map(|(_, row)| (*row).clone()).collect(),
        page.limit(),
        cursor,
    )
}

impl Rows for Tables {
    fn load_run(
        &mut self,
        repository: &RepositoryName,
        source: SourceKey,
    ) -> Result<Option<RunRow>, StoreError> {
        Ok(self.runs.get(&(repository.clone(), source)).cloned())
    }

    fn put_run(&mut self, row: &RunRow) -> Result<(), StoreError> {
        let key = (row.run.repository.clone(), row.run.source.key());
        self.runs.insert(key, row.clone());
        Ok(())
    }

    fn insert_occurrence(&mut self, row: &OccurrenceRow) -> Result<bool, StoreError> {
        let mut inserted = false;
        self.occurrences
            .entry(occurrence_key(row))
            .or_insert_with(|| {
                inserted = true;
                row.clone()
            });
        Ok(inserted)
    }

    fn load_occurrence(&mut self, row: &OccurrenceRow) -> Result<OccurrenceRow, StoreError> {
        Ok(self.occurrences[&occurrence_key(row)].clone())
    }

    fn update_occurrence(&mut self, row: &OccurrenceRow) -> Result<(), StoreError> {
        self.occurrences.insert(occurrence_key(row), row.clone());
        Ok(())
    }

    fn visit_occurrences(
        &mut self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
        visit: &mut dyn FnMut(&OccurrenceRow),
    ) -> Result<(), StoreError> {
        self.occurrences_of(repository, fingerprint).for_each(visit);
        Ok(())
    }

    fn load_fingerprint_row(
        &mut self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<Option<FingerprintRow>, StoreError> {
        let key = (repository.clone(), *fingerprint);
        Ok(self.fingerprints.get(&key).cloned())
    }

    fn put_fingerprint(&mut self, row: &FingerprintRow) -> Result<(), StoreError> {
        let key = (row.known.repository.clone(), row.known.fingerprint);
        self.fingerprints.insert(key, row.clone());
        Ok(())
    }

    fn load_alias(
        &mut self,
        repository: &RepositoryName,
        alias: &Fingerprint,
    ) -> Result<Option<Alias>, StoreError> {
        Ok(self.aliases.get(&(repository.clone(), *alias)).cloned())
    }

    fn audit_head(&mut self) -> Result<Option<ChainHead>, StoreError> {
        Ok(self.audit.last().map(|entry| ChainHead {
            sequence: entry.sequence,
            hash: entry.hash,
        }))
    }

    fn insert_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.audit.push(entry.clone());
        Ok(())
    }
}
