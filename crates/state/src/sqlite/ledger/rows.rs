//! The operations on lifecycles, outbox and claims on SQLite.

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;
use rusqlite::{ToSql, params};

use super::super::rows::{Session, count};
use super::super::sql::ledger as sql;
use super::decode;
use crate::ledger::{ClaimRow, LedgerRows};
use crate::lifecycle::{Lifecycle, LifecycleState, TransitionEntry};
use crate::outbox::{OutboxEntry, OutboxId, OutboxStatus};
use crate::repository::RepositoryName;
use crate::store::StoreError;

impl LedgerRows for Session<'_> {
    fn load_lifecycle_row(
        &mut self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Lifecycle>, StoreError> {
        let keys = params![repository.as_str(), fingerprint.to_string()];
        self.load(&sql::LOAD_LIFECYCLE, keys, decode::lifecycle)
    }

    fn insert_lifecycle(&mut self, row: &Lifecycle) -> Result<bool, StoreError> {
        write_lifecycle(self, &sql::INSERT_LIFECYCLE, row, &[])
    }

    fn swap_lifecycle(&mut self, row: &Lifecycle, seen: u64) -> Result<bool, StoreError> {
        write_lifecycle(self, &sql::SWAP_LIFECYCLE, row, params![count(seen)])
    }

    fn set_numbers(
        &mut self,
        entry: &OutboxEntry,
        issue: Option<u64>,
        pull: Option<u64>,
    ) -> Result<(), StoreError> {
        let values = params![
            entry.repository.as_str(),
            entry.fingerprint.to_string(),
            issue.map(count),
            pull.map(count),
        ];
        self.execute(&sql::SET_NUMBERS, values).map(drop)
    }

    fn insert_transition(
        &mut self,
        lifecycle: &Lifecycle,
        entry: &TransitionEntry,
    ) -> Result<(), StoreError> {
        let values = params![
            lifecycle.repository.as_str(),
            lifecycle.fingerprint.to_string(),
            count(entry.version),
            entry.from.map(LifecycleState::as_str),
            entry.to.as_str(),
            entry.reason,
            entry.at.as_microsecond(),
        ];
        self.execute(&sql::INSERT_TRANSITION, values).map(drop)
    }

    fn load_outbox(&mut self, id: OutboxId) -> Result<Option<OutboxEntry>, StoreError> {
        // What does not fit was never given out.
        let Ok(id) = i64::try_from(id.0) else {
            return Ok(None);
        };
        self.load(&sql::LOAD_OUTBOX, params![id], decode::outbox)
    }

    fn latest_revision(
        &mut self,
        repository: &RepositoryName,
        key: &str,
    ) -> Result<Option<OutboxEntry>, StoreError> {
        let keys = params![repository.as_str(), key];
        self.load(&sql::LATEST_REVISION, keys, decode::outbox)
    }

    fn last_outbox_id(&mut self) -> Result<u64, StoreError> {
        let id = self.load(&sql::LAST_OUTBOX, &[], |row| row.get::<_, i64>(0))?;
        Ok(id.map_or(0, i64::cast_unsigned))
    }

    fn insert_outbox(&mut self, row: &OutboxEntry) -> Result<(), StoreError> {
        write_outbox(self, &sql::INSERT_OUTBOX, row, &[]).map(drop)
    }

    fn swap_outbox(&mut self, row: &OutboxEntry) -> Result<bool, StoreError> {
        let seen = params![OutboxStatus::Pending.as_str()];
        write_outbox(self, &sql::SWAP_OUTBOX, row, seen)
    }

    fn load_claim_row(&mut self, key: &str) -> Result<Option<ClaimRow>, StoreError> {
        self.load(&sql::LOAD_CLAIM, params![key], decode::claim)
    }

    fn insert_claim(&mut self, row: &ClaimRow) -> Result<bool, StoreError> {
        write_claim(self, &sql::INSERT_CLAIM, row, &[])
    }

    fn swap_claim(&mut self, row: &ClaimRow, seen: &ClaimRow) -> Result<bool, StoreError> {
        let claim = &seen.claim;
        let seen = params![count(claim.fence), claim.expires_at.as_microsecond()];
        write_claim(self, &sql::SWAP_CLAIM, row, seen)
    }
}

/// Runs `statement` on the columns of `row` and `seen`, and says whether it wrote.
fn write_lifecycle(
    session: &Session<'_>,
    statement: &str,
    row: &Lifecycle,
    seen: &[&dyn ToSql],
) -> Result<bool, StoreError> {
    let values = params![
        row.repository.as_str(),
        row.fingerprint.to_string(),
        row.state.as_str(),
        count(row.version),
        row.entered_at.as_microsecond(),
        row.changed_at.as_microsecond(),
        row.reason,
        row.issue.map(count),
        row.pull.map(count),
        row.memo,
    ];
    Ok(session.execute(statement, &[values, seen].concat())? == 1)
}

/// Runs `statement` on the columns of `row` and `seen`, and says whether it wrote.
fn write_outbox(
    session: &Session<'_>,
    statement: &str,
    row: &OutboxEntry,
    seen: &[&dyn ToSql],
) -> Result<bool, StoreError> {
    let values = params![
        count(row.id.0),
        row.repository.as_str(),
        row.fingerprint.to_string(),
        row.key,
        count(row.revision),
        row.payload,
        row.status.as_str(),
        count(row.attempts),
        row.last_error,
        row.result,
        row.created_at.as_microsecond(),
        row.done_at.map(Timestamp::as_microsecond),
    ];
    Ok(session.execute(statement, &[values, seen].concat())? == 1)
}

/// Runs `statement` on the columns of `row` and `seen`, and says whether it wrote.
fn write_claim(
    session: &Session<'_>,
    statement: &str,
    row: &ClaimRow,
    seen: &[&dyn ToSql],
) -> Result<bool, StoreError> {
    let values = params![
        row.claim.key,
        row.claim.owner,
        count(row.claim.fence),
        row.claimed_at.as_microsecond(),
        row.claim.expires_at.as_microsecond(),
        row.released_at.map(Timestamp::as_microsecond),
    ];
    Ok(session.execute(statement, &[values, seen].concat())? == 1)
}
