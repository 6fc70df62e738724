//! The face that every store has.

use std::error::Error;

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;

use crate::alias::Alias;
use crate::audit::{AuditEntry, AuditEvent};
use crate::check::CheckReport;
use crate::claim::Claims;
use crate::known::{KnownFingerprint, Occurrence, Recorded, Run};
use crate::lifecycle::Lifecycles;
use crate::outbox::Outbox;
use crate::page::{Page, PageRequest};
use crate::prefix::{FindError, FingerprintPrefix};
use crate::record::ScanRecord;
use crate::reindex::{ReindexBatch, ReindexRequest};
use crate::repository::RepositoryName;

/// Remembers scans here, the work on what they found by [`Lifecycles`], writes to a forge by [`Outbox`], and who works on
/// what by [`Claims`]; one `dyn Store` does all of it.
///
/// Synchronous: each call blocks until it is done. Every call is atomic on its own, seen by others wholly or not at all, and
/// safe from any number of threads and, for a store that outlives the process, processes.
///
/// Times are kept to the microsecond. Every text is redacted and capped before it is stored.
pub trait Store: Lifecycles + Outbox + Claims + Send + Sync {
    /// Records one scanned input with its failures and writes an audit entry, in one transaction. When it returns, a store
    /// that outlives the process has it on the disk.
    ///
    /// Recording is idempotent and does not depend on order: a source's scan with the greatest `scanned_at` describes it,
    /// an occurrence once recorded is never removed, and only the `last_scanned` times tell how often a scan was repeated
    /// (and the audit log, which has an entry per call). Two failures of one record with the same fingerprint and test are
    /// one occurrence; the first that did not pass on retry describes it.
    fn record_scan(&self, scan: &ScanRecord, scanned_at: Timestamp)
    -> Result<Recorded, StoreError>;

    /// Looks up one fingerprint, or the one that it is an alias of. `None` when the repository never had it.
    fn load_fingerprint(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<Option<KnownFingerprint>, StoreError>;

    /// Finds the one fingerprint that begins with `prefix` or has an alias that does, in one repository or in all. `None` when there is none.
    ///
    /// # Errors
    /// [`FindError::Ambiguous`] names the candidates when there are several.
    fn find_fingerprint(
        &self,
        repository: Option<&RepositoryName>,
        prefix: &FingerprintPrefix,
    ) -> Result<Option<KnownFingerprint>, FindError>;

    /// Lists a repository's fingerprints, last seen first.
    fn list_fingerprints(
        &self,
        repository: &RepositoryName,
        page: &PageRequest,
    ) -> Result<Page<KnownFingerprint>, StoreError>;

    /// Lists the occurrences of one fingerprint, latest first.
    fn list_occurrences(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
        page: &PageRequest,
    ) -> Result<Page<Occurrence>, StoreError>;

    /// Lists a repository's runs, last ended first.
    fn list_runs(
        &self,
        repository: &RepositoryName,
        page: &PageRequest,
    ) -> Result<Page<Run>, StoreError>;

    /// Makes the keys of the next fingerprints' occurrences again by the present rules, in one transaction, where other rules
    /// made them. Doing it again changes nothing, so what was interrupted is begun from the start. The fingerprints
    /// that failures had are aliases afterwards, which every look-up follows.
    fn reindex(&self, request: &ReindexRequest, at: Timestamp) -> Result<ReindexBatch, StoreError>;

    /// Looks up what a fingerprint is an alias of. `None` when it is none.
    fn load_alias(
        &self,
        repository: &RepositoryName,
        alias: &Fingerprint,
    ) -> Result<Option<Alias>, StoreError>;

    /// Appends to the audit log and returns the entry as stored.
    fn append_audit(&self, event: &AuditEvent, at: Timestamp) -> Result<AuditEntry, StoreError>;

    /// Reads at most `limit` entries (at most [`PageRequest::MAX_LIMIT`]) after the one numbered `after`, oldest first;
    /// 0 begins at the start.
    fn list_audit(&self, after: u64, limit: usize) -> Result<Vec<AuditEntry>, StoreError>;

    /// Reads the whole store and reports everything that is wrong with it; changes nothing. Takes time in proportion to
    /// the store's size.
    ///
    /// # Errors
    /// Only when the store cannot be read at all. What is wrong *in* it is in the report.
    fn check(&self) -> Result<CheckReport, StoreError>;
}

/// The error of an engine, without its type.
pub type EngineError = Box<dyn Error + Send + Sync + 'static>;

/// Why a store did not do what it was asked. Nothing was changed. `store` is the store's URL without credentials.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Others wrote to the store for longer than the call was willing to wait.
    #[error("the store `{store}` is locked by another process")]
    Busy {
        /// The store.
        store: String,
        /// What the engine said.
        source: EngineError,
    },
    /// The disk or a quota is full.
    #[error("no space is left for the store `{store}`")]
    Full {
        /// The store.
        store: String,
        /// What the engine said.
        source: EngineError,
    },
    /// The store may be read but not written.
    #[error("the store `{store}` is read-only")]
    ReadOnly {
        /// The store.
        store: String,
    },
    /// The file is not what was written to it.
    #[error("the store `{store}` is damaged")]
    Corrupt {
        /// The store.
        store: String,
        /// What the engine said.
        source: EngineError,
    },
    /// A row holds a value that this program would never write.
    #[error("the store `{store}` has a row that makes no sense")]
    Row {
        /// The store.
        store: String,
        /// Which column, and what is wrong with it.
        source: EngineError,
    },
    /// Anything else, such as an I/O error.
    #[error("failed to {doing} the store `{store}`")]
    Engine {
        /// The store.
        store: String,
        /// What was being done: `open`, `read`, `write to`.
        doing: &'static str,
        /// What the engine said.
        source: EngineError,
    },
}

impl StoreError {
    /// Whether the same call may succeed later without anybody doing anything.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::Busy { .. } => "wait until the other program has ended, then try again",
            Self::Full { .. } => {
                "free some space and run the command again; what was stored before is kept"
            }
            Self::ReadOnly { .. } => {
                "make the file and its directory writable, or name another store"
            }
            Self::Corrupt { .. } | Self::Row { .. } => {
                "restore the file from a backup, or move it away together with its `-wal` and `-shm` and scan again"
            }
            Self::Engine { .. } => return Vec::new(),
        };
        vec![hint.to_owned()]
    }
}
