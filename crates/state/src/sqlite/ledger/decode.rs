//! Rows of lifecycles, outbox and claims as values.

use ftc_fingerprint::Fingerprint;
use rusqlite::{Result, Row};

use super::super::decode::{Columns, columns};
use crate::claim::Claim;
use crate::ledger::ClaimRow;
use crate::lifecycle::{Lifecycle, LifecycleState, TransitionEntry};
use crate::outbox::{OutboxEntry, OutboxId};

/// A row of `lifecycles`.
pub(super) fn lifecycle(row: &Row<'_>) -> Result<Lifecycle> {
    let mut from = columns(row);
    Ok(Lifecycle {
        repository: from.repository()?,
        fingerprint: from.parse()?,
        state: from.parse()?,
        version: from.count()?,
        entered_at: from.time()?,
        changed_at: from.time()?,
        reason: from.take()?,
        issue: number(&mut from)?,
        pull: number(&mut from)?,
        memo: from.take()?,
    })
}

/// A row of `lifecycle_journal`.
pub(super) fn transition(row: &Row<'_>) -> Result<TransitionEntry> {
    let mut columns = columns(row);
    columns.repository()?;
    columns.parse::<Fingerprint>()?;
    let version = columns.count()?;
    Ok(TransitionEntry {
        from: columns.map(|name: Option<String>| {
            name.map(|name| name.parse::<LifecycleState>()).transpose()
        })?,
        to: columns.parse()?,
        reason: columns.take()?,
        at: columns.time()?,
        version,
    })
}

/// A row of `outbox`.
pub(super) fn outbox(row: &Row<'_>) -> Result<OutboxEntry> {
    let mut from = columns(row);
    Ok(OutboxEntry {
        id: OutboxId(from.count()?),
        repository: from.repository()?,
        fingerprint: from.parse()?,
        key: from.take()?,
        revision: from.count()?,
        payload: from.take()?,
        status: from.parse()?,
        attempts: from.count()?,
        last_error: from.take()?,
        result: from.take()?,
        created_at: from.time()?,
        done_at: from.optional_time()?,
    })
}

/// A row of `claims`.
pub(super) fn claim(row: &Row<'_>) -> Result<ClaimRow> {
    let mut from = columns(row);
    let (key, owner, fence) = (from.take()?, from.take()?, from.count()?);
    let (claimed_at, expires_at) = (from.time()?, from.time()?);
    Ok(ClaimRow {
        claim: Claim {
            key,
            owner,
            fence,
            expires_at,
        },
        claimed_at,
        released_at: from.optional_time()?,
    })
}

fn number(from: &mut Columns<'_>) -> Result<Option<u64>> {
    from.map(|number: Option<i64>| number.map(u64::try_from).transpose())
}
