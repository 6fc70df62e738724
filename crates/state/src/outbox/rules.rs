//! Adding to the outbox and reporting on its entries, over any engine's rows. The caller has opened the transaction and
//! commits it.

use jiff::Timestamp;

use super::error::{OutboxDraftError, OutboxError};
use super::model::{OutboxDone, OutboxDraft, OutboxEntry, OutboxId, OutboxStatus};
use crate::audit::{AuditEvent, AuditResult};
use crate::json;
use crate::ledger::LedgerRows;
use crate::lifecycle::Lifecycle;
use crate::recording::append_audit;
use crate::store::StoreError;
use crate::text;

/// A draft that is fit to be stored.
pub(crate) fn clean(draft: &OutboxDraft) -> Result<OutboxDraft, OutboxDraftError> {
    let key = text::key(&draft.key);
    if key.is_empty() {
        return Err(OutboxDraftError::EmptyKey);
    }
    if key.len() > OutboxDraft::MAX_KEY_BYTES {
        return Err(OutboxDraftError::LongKey {
            bytes: key.len(),
            start: text::line(&key, 40),
        });
    }
    match json::clean(&draft.payload, OutboxDraft::MAX_PAYLOAD_BYTES) {
        Ok(payload) => Ok(OutboxDraft { key, payload }),
        Err(source) => Err(OutboxDraftError::Payload { key, source }),
    }
}

/// Adds `draft` for `lifecycle`, unless the latest entry with its key says the same.
pub(crate) fn add(
    rows: &mut impl LedgerRows,
    lifecycle: &Lifecycle,
    draft: &OutboxDraft,
) -> Result<(), StoreError> {
    let latest = rows.latest_revision(&lifecycle.repository, &draft.key)?;
    let revision = match latest {
        Some(latest) if latest.payload == draft.payload => return Ok(()),
        Some(latest) => latest.revision + 1,
        None => 1,
    };
    let id = OutboxId(rows.last_outbox_id()? + 1);
    rows.insert_outbox(&OutboxEntry {
        id,
        repository: lifecycle.repository.clone(),
        fingerprint: lifecycle.fingerprint,
        key: draft.key.clone(),
        revision,
        payload: draft.payload.clone(),
        status: OutboxStatus::Pending,
        attempts: 0,
        last_error: None,
        result: None,
        created_at: lifecycle.changed_at,
        done_at: None,
    })
}

/// Marks an entry as made, and tells its lifecycle the numbers that came of it.
pub(crate) fn complete(
    rows: &mut impl LedgerRows,
    id: OutboxId,
    done: &OutboxDone,
    at: Timestamp,
) -> Result<OutboxEntry, OutboxError> {
    let at = text::to_microsecond(at);
    let result = text::block(&done.result, text::MESSAGE_BYTES);
    let change = |entry: &mut OutboxEntry| {
        entry.status = OutboxStatus::Done;
        entry.result = Some(result.clone());
        entry.done_at = Some(at);
    };
    let (entry, changed) = report(rows, id, change)?;
    if changed {
        let (issue, pull) = (text::number(done.issue), text::number(done.pull));
        rows.set_numbers(&entry, issue, pull)?;
        audit(rows, &entry, AuditResult::Done, &result, at)?;
    }
    Ok(entry)
}

/// Counts an attempt that failed.
pub(crate) fn fail(
    rows: &mut impl LedgerRows,
    id: OutboxId,
    error: &str,
    at: Timestamp,
) -> Result<OutboxEntry, OutboxError> {
    let error = text::block(error, text::MESSAGE_BYTES);
    let change = |entry: &mut OutboxEntry| entry.last_error = Some(error.clone());
    let (entry, changed) = report(rows, id, change)?;
    if changed {
        audit(rows, &entry, AuditResult::Failed, &error, at)?;
    }
    Ok(entry)
}

/// Counts an attempt and makes `change`, if the entry is pending. Returns the entry as it is then, and whether it was.
fn report(
    rows: &mut impl LedgerRows,
    id: OutboxId,
    change: impl Fn(&mut OutboxEntry),
) -> Result<(OutboxEntry, bool), OutboxError> {
    let unknown = OutboxError::Unknown { id };
    let Some(mut entry) = rows.load_outbox(id)? else {
        return Err(unknown);
    };
    if entry.is_pending() {
        entry.attempts += 1;
        change(&mut entry);
        if rows.swap_outbox(&entry)? {
            return Ok((entry, true));
        }
        entry = rows.load_outbox(id)?.ok_or(unknown)?;
    }
    Ok((entry, false))
}

fn audit(
    rows: &mut impl LedgerRows,
    entry: &OutboxEntry,
    result: AuditResult,
    detail: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let target = format!("{} {} {}", entry.repository, entry.fingerprint, entry.key);
    let event = AuditEvent::new("forge.write", target, result).with_detail(detail);
    append_audit(rows, &event, at).map(drop)
}
