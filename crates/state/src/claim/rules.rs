//! Claiming, over any engine's rows. The caller has opened the transaction and commits it.

use std::time::Duration;

use jiff::Timestamp;

use super::error::ClaimError;
use super::model::{Claim, ClaimRequest};
use crate::audit::{AuditEvent, AuditResult};
use crate::ledger::{ClaimRow, LedgerRows};
use crate::recording::append_audit;
use crate::store::StoreError;
use crate::text;

/// Claims a key that nobody holds.
pub(crate) fn claim(
    rows: &mut impl LedgerRows,
    request: &ClaimRequest,
    at: Timestamp,
) -> Result<Claim, ClaimError> {
    let request = clean(request)?;
    let at = text::to_microsecond(at);
    match rows.load_claim_row(&request.key)? {
        Some(seen) if seen.is_free(at) => take(rows, &seen, request, at),
        Some(held) => Err(held_by(held.claim)),
        None => {
            let first = next(request, 0, at);
            if rows.insert_claim(&first)? {
                Ok(first.claim)
            } else {
                Err(refused(rows, &first)?)
            }
        }
    }
}

/// Claims a key from a holder that is gone.
pub(crate) fn break_claim(
    rows: &mut impl LedgerRows,
    fence_seen: u64,
    request: &ClaimRequest,
    at: Timestamp,
) -> Result<Claim, ClaimError> {
    let request = clean(request)?;
    let at = text::to_microsecond(at);
    let seen = match rows.load_claim_row(&request.key)? {
        None => {
            return Err(ClaimError::Lost {
                key: request.key,
                fence: fence_seen,
            });
        }
        Some(row) if row.claim.fence == fence_seen => row,
        Some(row) => return Err(held_by(row.claim)),
    };
    let claim = take(rows, &seen, request, at)?;
    let detail = format!(
        "claim {} of {} is broken by {}, which has claim {}",
        seen.claim.fence, seen.claim.owner, claim.owner, claim.fence
    );
    let event = AuditEvent::new("claim.break", &*claim.key, AuditResult::Done).with_detail(detail);
    append_audit(rows, &event, at)?;
    Ok(claim)
}

/// Makes a claim last longer.
pub(crate) fn renew(
    rows: &mut impl LedgerRows,
    claim: &Claim,
    ttl: Duration,
    at: Timestamp,
) -> Result<Claim, ClaimError> {
    let seen = own(rows, claim)?;
    if seen.released_at.is_some() {
        return Err(lost(claim));
    }
    let mut row = seen.clone();
    row.claim.expires_at = expiry(at, ttl);
    if rows.swap_claim(&row, &seen)? {
        Ok(row.claim)
    } else {
        Err(lost(claim))
    }
}

/// Gives a claim back.
pub(crate) fn release(
    rows: &mut impl LedgerRows,
    claim: &Claim,
    at: Timestamp,
) -> Result<(), ClaimError> {
    let seen = own(rows, claim)?;
    if seen.released_at.is_some() {
        return Ok(());
    }
    let mut row = seen.clone();
    row.released_at = Some(text::to_microsecond(at));
    if rows.swap_claim(&row, &seen)? {
        Ok(())
    } else {
        Err(lost(claim))
    }
}

/// Who holds a key.
pub(crate) fn load(rows: &mut impl LedgerRows, key: &str) -> Result<Option<Claim>, StoreError> {
    let row = rows.load_claim_row(&text::key(key))?;
    Ok(row
        .filter(|row| row.released_at.is_none())
        .map(|row| row.claim))
}

/// Key and owner are never cut: two long ones with one beginning are two.
fn clean(request: &ClaimRequest) -> Result<ClaimRequest, ClaimError> {
    let (key, owner) = (text::key(&request.key), text::key(&request.owner));
    if key.is_empty() || key.len() > ClaimRequest::MAX_KEY_BYTES {
        return Err(ClaimError::length("key", key.len()));
    }
    if owner.is_empty() || owner.len() > ClaimRequest::MAX_OWNER_BYTES {
        return Err(ClaimError::length("owner", owner.len()));
    }
    Ok(ClaimRequest::new(key, owner, request.ttl))
}

/// Makes the next claim on a key, if the last one is still `seen`.
fn take(
    rows: &mut impl LedgerRows,
    seen: &ClaimRow,
    request: ClaimRequest,
    at: Timestamp,
) -> Result<Claim, ClaimError> {
    let row = next(request, seen.claim.fence, at);
    if rows.swap_claim(&row, seen)? {
        Ok(row.claim)
    } else {
        Err(refused(rows, &row)?)
    }
}

fn next(request: ClaimRequest, last_fence: u64, at: Timestamp) -> ClaimRow {
    ClaimRow {
        claim: Claim {
            key: request.key,
            owner: request.owner,
            fence: last_fence + 1,
            expires_at: expiry(at, request.ttl),
        },
        claimed_at: at,
        released_at: None,
    }
}

/// The caller's own row, whether released or not.
fn own(rows: &mut impl LedgerRows, claim: &Claim) -> Result<ClaimRow, ClaimError> {
    rows.load_claim_row(&claim.key)?
        .filter(|row| row.claim.fence == claim.fence)
        .ok_or_else(|| lost(claim))
}

/// Why `wanted` was not written: who has the key instead. Only an engine that lets two write at once needs it.
fn refused(rows: &mut impl LedgerRows, wanted: &ClaimRow) -> Result<ClaimError, StoreError> {
    let winner = rows.load_claim_row(&wanted.claim.key)?;
    Ok(winner.map_or_else(|| lost(&wanted.claim), |winner| held_by(winner.claim)))
}

fn held_by(claim: Claim) -> ClaimError {
    ClaimError::Held {
        key: claim.key,
        owner: claim.owner,
        expires_at: claim.expires_at,
        fence: claim.fence,
    }
}

fn lost(claim: &Claim) -> ClaimError {
    ClaimError::Lost {
        key: claim.key.clone(),
        fence: claim.fence,
    }
}

/// A claim for longer than time lasts is a claim for ever.
fn expiry(at: Timestamp, ttl: Duration) -> Timestamp {
    text::to_microsecond(at.checked_add(ttl).unwrap_or(Timestamp::MAX))
}
