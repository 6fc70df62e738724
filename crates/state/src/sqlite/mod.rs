//! A store in one SQLite file.
//!
//! The file is in WAL mode, so beside `PATH` there are `PATH-wal` and `PATH-shm` while it is open (and after a crash: they
//! belong to it). Its `application_id` is `0x66746331` (`ftc1`), its `user_version` the number of migrations applied.
//! One connection per store does everything under a lock; each call that writes is one `BEGIN IMMEDIATE` transaction,
//! committed with `synchronous=FULL`.

mod check;
mod copy;
mod decode;
mod fault;
mod ledger;
mod list;
mod migrations;
mod open;
mod place;
mod reindex;
mod rows;
mod sql;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use tempfile::TempDir;

pub use self::open::OpenError;

use self::fault::Doing;
use self::rows::Session;
use crate::alias::{self, Alias};
use crate::audit::{AuditEntry, AuditEvent};
use crate::check::CheckReport;
use crate::known::{KnownFingerprint, Occurrence, Recorded, Run};
use crate::page::{Page, PageRequest};
use crate::prefix::{FindError, FingerprintPrefix};
use crate::record::ScanRecord;
use crate::recording;
use crate::reindex::{ReindexBatch, ReindexRequest};
use crate::repository::RepositoryName;
use crate::rows::Rows;
use crate::store::{Store, StoreError};

/// A [`Store`] in an SQLite file that any number of processes may have open.
#[derive(Debug)]
pub struct SqliteStore {
    url: String,
    connection: Mutex<Connection>,
    /// The directory of a copy, which goes with it.
    #[expect(
        dead_code,
        reason = "held so that it is removed when the store is dropped"
    )]
    folder: Option<TempDir>,
}

impl SqliteStore {
    /// Opens the store at `path`, and makes it when there is none. The directory that holds it is made too, but not the
    /// directories above that one. A file that is refused is not changed.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let (url, connection) = open::open(path)?;
        Ok(Self {
            url,
            connection: Mutex::new(connection),
            folder: None,
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic inside a transaction drops it, which rolls it back; the connection is as good as before.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn doing(&self, doing: &'static str) -> Doing<'_> {
        Doing {
            store: &self.url,
            doing,
        }
    }

    /// Runs `work` in a transaction that has the write lock from the start: an upgrade from a read fails at once when
    /// another process writes, whatever the busy timeout.
    fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Session<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let doing = self.doing("write to");
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| doing.failed(error))?;
        let answer = work(&mut Session {
            connection: &transaction,
            doing,
        })?;
        transaction.commit().map_err(|error| doing.failed(error))?;
        Ok(answer)
    }

    /// Runs `work` on one snapshot.
    fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Session<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let doing = self.doing("read");
        let mut connection = self.connection();
        let transaction = connection
            .transaction()
            .map_err(|error| doing.failed(error))?;
        work(&mut Session {
            connection: &transaction,
            doing,
        })
    }
}

impl Store for SqliteStore {
    fn record_scan(
        &self,
        scan: &ScanRecord,
        scanned_at: Timestamp,
    ) -> Result<Recorded, StoreError> {
        self.write(|session| recording::record(session, scan, scanned_at))
    }

    fn load_fingerprint(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<Option<KnownFingerprint>, StoreError> {
        self.read(|session| {
            let known = alias::resolve(session, repository, fingerprint)?;
            let row = session.load_fingerprint_row(repository, &known)?;
            Ok(row.map(|row| row.known))
        })
    }

    fn find_fingerprint(
        &self,
        repository: Option<&RepositoryName>,
        prefix: &FingerprintPrefix,
    ) -> Result<Option<KnownFingerprint>, FindError> {
        self.read(|session| list::find(session, repository, prefix))
    }

    fn list_fingerprints(
        &self,
        repository: &RepositoryName,
        page: &PageRequest,
    ) -> Result<Page<KnownFingerprint>, StoreError> {
        self.read(|session| list::fingerprints(session, repository, page))
    }

    fn list_occurrences(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
        page: &PageRequest,
    ) -> Result<Page<Occurrence>, StoreError> {
        self.read(|session| {
            let known = alias::resolve(session, repository, fingerprint)?;
            list::occurrences(session, repository, &known, page)
        })
    }

    fn list_runs(
        &self,
        repository: &RepositoryName,
        page: &PageRequest,
    ) -> Result<Page<Run>, StoreError> {
        self.read(|session| list::runs(session, repository, page))
    }

    fn reindex(&self, request: &ReindexRequest, at: Timestamp) -> Result<ReindexBatch, StoreError> {
        if request.writes {
            self.write(|session| crate::reindex::reindex(session, request, at))
        } else {
            self.read(|session| crate::reindex::reindex(session, request, at))
        }
    }

    fn load_alias(
        &self,
        repository: &RepositoryName,
        alias: &Fingerprint,
    ) -> Result<Option<Alias>, StoreError> {
        self.read(|session| Rows::load_alias(session, repository, alias))
    }

    fn append_audit(&self, event: &AuditEvent, at: Timestamp) -> Result<AuditEntry, StoreError> {
        self.write(|session| recording::append_audit(session, event, at))
    }

    fn list_audit(&self, after: u64, limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(|session| list::audit(session, after, limit))
    }

    fn check(&self) -> Result<CheckReport, StoreError> {
        self.read(check::check)
    }
}
