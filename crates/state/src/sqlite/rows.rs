//! Recording's operations on SQLite.

use ftc_durable::Digest;
use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, ToSql, params};

use super::fault::Doing;
use super::{decode, sql};
use crate::alias::Alias;
use crate::audit::{AuditEntry, ChainHead};
use crate::repository::RepositoryName;
use crate::rows::{FingerprintRow, OccurrenceRow, Rows, RunRow};
use crate::source::{Origin, SourceKey};
use crate::store::StoreError;

/// An open transaction.
pub(super) struct Session<'a> {
    pub(super) connection: &'a Connection,
    pub(super) doing: Doing<'a>,
}

impl Session<'_> {
    pub(super) fn execute(
        &self,
        statement: &str,
        values: &[&dyn ToSql],
    ) -> Result<usize, StoreError> {
        self.connection
            .prepare_cached(statement)
            .and_then(|mut statement| statement.execute(values))
            .map_err(|error| self.doing.failed(error))
    }

    pub(super) fn load<T>(
        &self,
        statement: &str,
        keys: &[&dyn ToSql],
        decode: fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        self.connection
            .prepare_cached(statement)
            .and_then(|mut statement| statement.query_row(keys, decode).optional())
            .map_err(|error| self.doing.failed(error))
    }

    fn write_occurrence(&self, statement: &str, row: &OccurrenceRow) -> Result<usize, StoreError> {
        let failure = &row.failure;
        self.execute(
            statement,
            params![
                row.repository.as_str(),
                row.source.to_string(),
                failure.fingerprint.to_string(),
                failure.fingerprint_version,
                failure.cause.to_string(),
                failure.sketch.0.cast_signed(),
                row.test(),
                failure.suite,
                failure.kind.as_str(),
                failure.detail,
                failure.framework,
                failure.framework_family,
                failure.class.as_str(),
                failure.confidence,
                json(&failure.evidence),
                failure.passed_on_retry,
                failure.attempts,
                count(failure.first_line),
                count(failure.last_line),
                failure.occurred_at.map(Timestamp::as_microsecond),
                row.first_scanned.as_microsecond(),
                row.last_scanned.as_microsecond(),
                failure.message,
                failure.excerpt,
                failure.function,
            ],
        )
    }
}

impl Rows for Session<'_> {
    fn load_run(
        &mut self,
        repository: &RepositoryName,
        source: SourceKey,
    ) -> Result<Option<RunRow>, StoreError> {
        let keys = params![repository.as_str(), source.to_string()];
        self.load(&sql::LOAD_RUN, keys, decode::run)
    }

    fn put_run(&mut self, row: &RunRow) -> Result<(), StoreError> {
        let run = &row.run;
        let (url, attempt, file, sha256) = match run.source.origin() {
            Origin::Run { url, attempt, file } => (Some(url), Some(attempt), file, None),
            Origin::File { path, sha256 } => (None, None, path, Some(sha256.to_string())),
        };
        let values = params![
            run.repository.as_str(),
            run.source.key().to_string(),
            url,
            attempt,
            file,
            sha256,
            run.class.as_str(),
            run.confidence,
            json(&run.evidence),
            json(&run.frameworks),
            run.commit,
            row.commit_scanned.map(Timestamp::as_microsecond),
            run.platform,
            row.platform_scanned.map(Timestamp::as_microsecond),
            run.time.map(|(first, _)| first.as_microsecond()),
            run.time.map(|(_, last)| last.as_microsecond()),
            count(run.failed),
            count(run.passed_on_retry),
            count(run.lines),
            count(run.bytes),
            run.first_scanned.as_microsecond(),
            run.last_scanned.as_microsecond(),
        ];
        self.execute(&sql::PUT_RUN, values).map(drop)
    }

    fn insert_occurrence(&mut self, row: &OccurrenceRow) -> Result<bool, StoreError> {
        let written = self.write_occurrence(&sql::INSERT_OCCURRENCE, row)?;
        Ok(written == 1)
    }

    fn load_occurrence(&mut self, row: &OccurrenceRow) -> Result<OccurrenceRow, StoreError> {
        let keys = params![
            row.repository.as_str(),
            row.failure.fingerprint.to_string(),
            row.source.to_string(),
            row.test(),
        ];
        self.connection
            .prepare_cached(&sql::LOAD_OCCURRENCE)
            .and_then(|mut statement| statement.query_row(keys, decode::occurrence))
            .map_err(|error| self.doing.failed(error))
    }

    fn update_occurrence(&mut self, row: &OccurrenceRow) -> Result<(), StoreError> {
        self.write_occurrence(&sql::PUT_OCCURRENCE, row).map(drop)
    }

    fn visit_occurrences(
        &mut self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
        visit: &mut dyn FnMut(&OccurrenceRow),
    ) -> Result<(), StoreError> {
        let mut walk = || {
            let mut statement = self.connection.prepare_cached(&sql::OCCURRENCES_OF)?;
            let keys = params![repository.as_str(), fingerprint.to_string()];
            for row in statement.query_map(keys, decode::occurrence)? {
                visit(&row?);
            }
            Ok(())
        };
        walk().map_err(|error| self.doing.failed(error))
    }

    fn load_fingerprint_row(
        &mut self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<Option<FingerprintRow>, StoreError> {
        let keys = params![repository.as_str(), fingerprint.to_string()];
        self.load(&sql::LOAD_FINGERPRINT, keys, decode::fingerprint)
    }

    fn put_fingerprint(&mut self, row: &FingerprintRow) -> Result<(), StoreError> {
        let known = &row.known;
        let values = params![
            known.repository.as_str(),
            known.fingerprint.to_string(),
            known.fingerprint_version,
            known.test.as_deref().unwrap_or_default(),
            known.suite,
            known.kind.as_str(),
            known.detail,
            known.framework,
            known.framework_family,
            known.cause.to_string(),
            known.sketch.0.cast_signed(),
            known.message,
            known.class.as_str(),
            known.confidence,
            json(&known.evidence),
            count(known.times_seen),
            known.first_seen.map(Timestamp::as_microsecond),
            known.last_seen.map(Timestamp::as_microsecond),
            known.first_scanned.as_microsecond(),
            known.last_scanned.as_microsecond(),
            row.latest.source.to_string(),
            row.latest.test,
            row.decided.occurred_at.map(Timestamp::as_microsecond),
            row.decided.source.to_string(),
            row.decided.test,
        ];
        self.execute(&sql::PUT_FINGERPRINT, values).map(drop)
    }

    fn load_alias(
        &mut self,
        repository: &RepositoryName,
        alias: &Fingerprint,
    ) -> Result<Option<Alias>, StoreError> {
        let keys = params![repository.as_str(), alias.to_string()];
        self.load(&sql::LOAD_ALIAS, keys, decode::alias)
    }

    fn audit_head(&mut self) -> Result<Option<ChainHead>, StoreError> {
        self.load(&sql::AUDIT_HEAD, &[], |row| {
            let hash: String = row.get(1)?;
            let hash: Digest = hash.parse().map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(
                    1,
                    rusqlite::types::Type::Text,
                    Box::new(error),
                )
            })?;
            Ok(ChainHead {
                sequence: row.get::<_, i64>(0)?.cast_unsigned(),
                hash,
            })
        })
    }

    fn insert_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        let event = &entry.event;
        let values = params![
            count(entry.sequence),
            entry.at.as_microsecond(),
            event.action,
            event.target,
            event.result.as_str(),
            event.detail,
            entry.previous.to_string(),
            entry.hash.to_string(),
        ];
        self.execute(&sql::INSERT_AUDIT, values).map(drop)
    }
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("strings in lists and structs always serialize")
}

pub(super) fn count(value: u64) -> i64 {
    i64::try_from(value).expect("counts are brought into range before they become rows")
}
