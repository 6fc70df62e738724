//! Beginning and moving lifecycles, over any engine's rows. The caller has opened the transaction and commits it.

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;

use super::error::TransitionError;
use super::model::{Lifecycle, Transition, TransitionEntry};
use super::state::LifecycleState;
use crate::alias;
use crate::audit::{AuditEvent, AuditResult};
use crate::json;
use crate::ledger::LedgerRows;
use crate::outbox::rules as outbox;
use crate::recording::append_audit;
use crate::repository::RepositoryName;
use crate::store::StoreError;
use crate::text;

/// Begins a lifecycle, or returns the one that is there.
pub(crate) fn begin(
    rows: &mut impl LedgerRows,
    repository: &RepositoryName,
    fingerprint: &Fingerprint,
    reason: &str,
    at: Timestamp,
) -> Result<Lifecycle, StoreError> {
    if let Some(lifecycle) = find(rows, repository, fingerprint)? {
        return Ok(lifecycle);
    }
    let fingerprint = &alias::resolve(rows, repository, fingerprint)?;
    let at = text::to_microsecond(at);
    let lifecycle = Lifecycle {
        repository: repository.clone(),
        fingerprint: *fingerprint,
        state: LifecycleState::Discovered,
        version: 1,
        entered_at: at,
        changed_at: at,
        reason: text::block(reason, text::MESSAGE_BYTES),
        issue: None,
        pull: None,
        memo: "{}".to_owned(),
    };
    if !rows.insert_lifecycle(&lifecycle)? {
        // Somebody was faster, which only an engine that lets two write at once can show.
        let there = rows.load_lifecycle_row(repository, fingerprint)?;
        return Ok(there.unwrap_or(lifecycle));
    }
    journal(rows, &lifecycle, None)?;
    let event = AuditEvent::new("lifecycle.begin", target(&lifecycle), AuditResult::Done)
        .with_detail(&lifecycle.reason);
    append_audit(rows, &event, at)?;
    Ok(lifecycle)
}

/// The lifecycle of a fingerprint, or of the one that it is an alias of.
pub(crate) fn find(
    rows: &mut impl LedgerRows,
    repository: &RepositoryName,
    fingerprint: &Fingerprint,
) -> Result<Option<Lifecycle>, StoreError> {
    let lifecycle = rows.load_lifecycle_row(repository, fingerprint)?;
    if lifecycle.is_some() {
        return Ok(lifecycle);
    }
    match rows.load_alias(repository, fingerprint)? {
        Some(alias) => rows.load_lifecycle_row(repository, &alias.fingerprint),
        None => Ok(None),
    }
}

/// Makes one step. Everything that may be refused is looked at before the first row is written.
pub(crate) fn transition(
    rows: &mut impl LedgerRows,
    transition: &Transition,
    at: Timestamp,
) -> Result<Lifecycle, TransitionError> {
    let memo = transition.memo.as_deref();
    let memo = memo
        .map(|memo| json::clean(memo, Lifecycle::MAX_MEMO_BYTES))
        .transpose()
        .map_err(TransitionError::Memo)?;
    let drafts = transition.outbox.iter().map(outbox::clean);
    let drafts = drafts
        .collect::<Result<Vec<_>, _>>()
        .map_err(TransitionError::Draft)?;
    let before = seen(rows, transition)?;
    let after = step(&before, transition, memo, text::to_microsecond(at));
    if !rows.swap_lifecycle(&after, before.version)? {
        let now = rows.load_lifecycle_row(&after.repository, &after.fingerprint)?;
        return Err(moved(transition, now.map_or(0, |now| now.version)));
    }
    journal(rows, &after, Some(before.state))?;
    for draft in &drafts {
        outbox::add(rows, &after, draft)?;
    }
    audit(rows, &before, &after)?;
    Ok(after)
}

/// The lifecycle as it is, if it is as the caller has seen it and may make the step.
fn seen(rows: &mut impl LedgerRows, transition: &Transition) -> Result<Lifecycle, TransitionError> {
    let (repository, fingerprint) = (&transition.repository, transition.fingerprint);
    let Some(lifecycle) = find(rows, repository, &fingerprint)? else {
        return Err(TransitionError::Unknown {
            repository: repository.clone(),
            fingerprint,
        });
    };
    if lifecycle.version != transition.version {
        return Err(moved(transition, lifecycle.version));
    }
    let (from, to) = (lifecycle.state, transition.to);
    if from != to && !from.can_become(to) {
        return Err(TransitionError::Illegal {
            repository: repository.clone(),
            fingerprint,
            from,
            to,
        });
    }
    Ok(lifecycle)
}

fn moved(transition: &Transition, found: u64) -> TransitionError {
    TransitionError::Moved {
        repository: transition.repository.clone(),
        fingerprint: transition.fingerprint,
        expected: transition.version,
        found,
    }
}

fn step(
    before: &Lifecycle,
    transition: &Transition,
    memo: Option<String>,
    at: Timestamp,
) -> Lifecycle {
    let stays = before.state == transition.to;
    Lifecycle {
        repository: before.repository.clone(),
        fingerprint: before.fingerprint,
        state: transition.to,
        version: before.version + 1,
        entered_at: if stays { before.entered_at } else { at },
        changed_at: at,
        reason: text::block(&transition.reason, text::MESSAGE_BYTES),
        issue: text::number(transition.issue).or(before.issue),
        pull: text::number(transition.pull).or(before.pull),
        memo: memo.unwrap_or_else(|| before.memo.clone()),
    }
}

/// Writes the journal entry that made `lifecycle` what it is.
fn journal(
    rows: &mut impl LedgerRows,
    lifecycle: &Lifecycle,
    from: Option<LifecycleState>,
) -> Result<(), StoreError> {
    let entry = TransitionEntry {
        from,
        to: lifecycle.state,
        reason: lifecycle.reason.clone(),
        at: lifecycle.changed_at,
        version: lifecycle.version,
    };
    rows.insert_transition(lifecycle, &entry)
}

fn audit(
    rows: &mut impl LedgerRows,
    before: &Lifecycle,
    after: &Lifecycle,
) -> Result<(), StoreError> {
    let (version, reason) = (after.version, &after.reason);
    let (action, detail) = if before.state == after.state {
        let detail = format!("{} version {version}: {reason}", after.state);
        ("lifecycle.update", detail)
    } else {
        let (from, to) = (before.state, after.state);
        let detail = format!("{from} to {to}, version {version}: {reason}");
        ("lifecycle.transition", detail)
    };
    let event = AuditEvent::new(action, target(after), AuditResult::Done).with_detail(detail);
    append_audit(rows, &event, after.changed_at).map(drop)
}

fn target(lifecycle: &Lifecycle) -> String {
    format!("{} {}", lifecycle.repository, lifecycle.fingerprint)
}
