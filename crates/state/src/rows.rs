//! Rows as every engine keeps them, and the few operations on them that recording needs.

use std::cmp::Ordering;

use ftc_fingerprint::{Class, Fingerprint};
use jiff::Timestamp;

use crate::alias::Alias;
use crate::audit::{AuditEntry, ChainHead};
use crate::known::{KnownFingerprint, Run};
use crate::record::FailureRecord;
use crate::repository::RepositoryName;
use crate::source::SourceKey;
use crate::store::StoreError;

/// What an engine does inside one transaction. The rules of recording stand above it, once for all engines.
pub(crate) trait Rows {
    /// Reads a run.
    fn load_run(
        &mut self,
        repository: &RepositoryName,
        source: SourceKey,
    ) -> Result<Option<RunRow>, StoreError>;

    /// Writes a run, new or old.
    fn put_run(&mut self, row: &RunRow) -> Result<(), StoreError>;

    /// Writes an occurrence unless its key is taken; says whether it did.
    fn insert_occurrence(&mut self, row: &OccurrenceRow) -> Result<bool, StoreError>;

    /// Reads the occurrence with the key of `row`.
    fn load_occurrence(&mut self, row: &OccurrenceRow) -> Result<OccurrenceRow, StoreError>;

    /// Overwrites an occurrence that is there.
    fn update_occurrence(&mut self, row: &OccurrenceRow) -> Result<(), StoreError>;

    /// Shows every occurrence of a fingerprint to `visit`, in any order.
    fn visit_occurrences(
        &mut self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
        visit: &mut dyn FnMut(&OccurrenceRow),
    ) -> Result<(), StoreError>;

    /// Reads a fingerprint.
    fn load_fingerprint_row(
        &mut self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<Option<FingerprintRow>, StoreError>;

    /// Writes a fingerprint, new or old.
    fn put_fingerprint(&mut self, row: &FingerprintRow) -> Result<(), StoreError>;

    /// Reads what a fingerprint is an alias of.
    fn load_alias(
        &mut self,
        repository: &RepositoryName,
        alias: &Fingerprint,
    ) -> Result<Option<Alias>, StoreError>;

    /// The newest audit entry.
    fn audit_head(&mut self) -> Result<Option<ChainHead>, StoreError>;

    /// Writes an audit entry.
    fn insert_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError>;
}

/// A run with what decides which of two scans of it is believed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RunRow {
    pub(crate) run: Run,
    /// When the scan that gave `run.commit` was made.
    pub(crate) commit_scanned: Option<Timestamp>,
    /// When the scan that gave `run.platform` was made.
    pub(crate) platform_scanned: Option<Timestamp>,
}

/// An occurrence without what its run says for it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OccurrenceRow {
    pub(crate) repository: RepositoryName,
    pub(crate) source: SourceKey,
    pub(crate) failure: FailureRecord,
    pub(crate) first_scanned: Timestamp,
    pub(crate) last_scanned: Timestamp,
}

impl OccurrenceRow {
    /// The test's part of the key.
    pub(crate) fn test(&self) -> &str {
        self.failure.test.as_deref().unwrap_or_default()
    }

    /// Places the occurrence among those of its fingerprint.
    pub(crate) fn rank(&self) -> Rank {
        Rank {
            occurred_at: self.failure.occurred_at,
            source: self.source,
            test: self.test().to_owned(),
        }
    }

    /// How much this occurrence's class counts.
    pub(crate) fn weight(&self) -> Weight {
        Weight {
            class: self.failure.class,
            confidence: self.failure.confidence,
            rank: self.rank(),
        }
    }
}

/// A fingerprint with which occurrences gave what it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FingerprintRow {
    pub(crate) known: KnownFingerprint,
    /// The occurrence that describes it.
    pub(crate) latest: Rank,
    /// The occurrence that gave its class.
    pub(crate) decided: Rank,
}

impl FingerprintRow {
    /// What an occurrence's weight must exceed to give the class.
    pub(crate) fn weight(&self) -> Weight {
        Weight {
            class: self.known.class,
            confidence: self.known.confidence,
            rank: self.decided.clone(),
        }
    }
}

/// Orders the occurrences of a fingerprint: by the log's time, those without one first, then by key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    pub(crate) occurred_at: Option<Timestamp>,
    pub(crate) source: SourceKey,
    pub(crate) test: String,
}

/// Orders classifications by how much they say: a decided one before an undecided, then the surer, then the later.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weight {
    class: Class,
    confidence: f64,
    rank: Rank,
}

impl Weight {
    pub(crate) fn exceeds(&self, other: &Self) -> bool {
        (self.class != Class::Unknown)
            .cmp(&(other.class != Class::Unknown))
            .then(self.confidence.total_cmp(&other.confidence))
            .then_with(|| self.rank.cmp(&other.rank))
            == Ordering::Greater
    }
}
