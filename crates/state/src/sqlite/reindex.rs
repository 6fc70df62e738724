//! Reindexing on SQLite.

use ftc_fingerprint::Fingerprint;
use rusqlite::params;

use super::rows::Session;
use super::{decode, list, sql};
use crate::alias::Alias;
use crate::reindex::{ReindexCursor, ReindexRows};
use crate::repository::RepositoryName;
use crate::rows::{FingerprintRow, OccurrenceRow};
use crate::store::StoreError;

impl ReindexRows for Session<'_> {
    fn fingerprints_after(
        &mut self,
        after: Option<&ReindexCursor>,
        limit: usize,
    ) -> Result<Vec<FingerprintRow>, StoreError> {
        let (repository, fingerprint) = match after {
            Some(after) => (after.repository.as_str(), after.fingerprint.to_string()),
            None => ("", String::new()),
        };
        let values = params![repository, fingerprint, list::sql_limit(limit)];
        list::query(self, &sql::FINGERPRINTS_AFTER, values, decode::fingerprint)
    }

    fn delete_occurrence(&mut self, row: &OccurrenceRow) -> Result<(), StoreError> {
        let keys = params![
            row.repository.as_str(),
            row.failure.fingerprint.to_string(),
            row.source.to_string(),
            row.test(),
        ];
        self.execute(&sql::DELETE_OCCURRENCE, keys).map(drop)
    }

    fn delete_fingerprint(
        &mut self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<(), StoreError> {
        let keys = params![repository.as_str(), fingerprint.to_string()];
        self.execute(&sql::DELETE_FINGERPRINT, keys).map(drop)
    }

    fn put_alias(&mut self, alias: &Alias) -> Result<(), StoreError> {
        let values = params![
            alias.repository.as_str(),
            alias.alias.to_string(),
            alias.fingerprint.to_string(),
            alias.from_version,
            alias.to_version,
            alias.created_at.as_microsecond(),
        ];
        self.execute(&sql::PUT_ALIAS, values).map(drop)
    }

    fn delete_alias(
        &mut self,
        repository: &RepositoryName,
        alias: &Fingerprint,
    ) -> Result<(), StoreError> {
        let keys = params![repository.as_str(), alias.to_string()];
        self.execute(&sql::DELETE_ALIAS, keys).map(drop)
    }

    fn retarget_aliases(
        &mut self,
        repository: &RepositoryName,
        from: &Fingerprint,
        to: &Fingerprint,
    ) -> Result<(), StoreError> {
        let values = params![repository.as_str(), from.to_string(), to.to_string()];
        self.execute(&sql::RETARGET_ALIASES, values).map(drop)
    }

    fn move_lifecycle(
        &mut self,
        repository: &RepositoryName,
        from: &Fingerprint,
        to: &Fingerprint,
    ) -> Result<(), StoreError> {
        // Its journal and its writes refer to it; they follow one by one, before the new one may have any of its own.
        let values = params![repository.as_str(), from.to_string(), to.to_string()];
        for statement in [&sql::COPY_LIFECYCLE, &sql::MOVE_JOURNAL, &sql::MOVE_OUTBOX] {
            self.execute(statement, values)?;
        }
        self.execute(&sql::DELETE_LIFECYCLE, &values[..2]).map(drop)
    }
}
