//! Recording a scan, over any engine's rows. The caller has opened the transaction and commits it.

use std::collections::HashMap;

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;

use crate::audit::{AuditEntry, AuditEvent, AuditResult};
use crate::boundary::{Prepared, prepare};
use crate::known::{KnownFailure, KnownFingerprint, Novelty, Recorded};
use crate::merge;
use crate::record::ScanRecord;
use crate::rows::{FingerprintRow, OccurrenceRow, Rows, RunRow};
use crate::store::StoreError;

/// Records `scan`: the run, its occurrences, what their fingerprints now say, and an audit entry.
pub(crate) fn record(
    rows: &mut impl Rows,
    scan: &ScanRecord,
    scanned_at: Timestamp,
) -> Result<Recorded, StoreError> {
    let Prepared {
        run,
        occurrences,
        places,
    } = prepare(scan, scanned_at);
    let novelty = record_run(rows, &run)?;
    let mut known: Vec<KnownFailure> = Vec::with_capacity(occurrences.len());
    for occurrence in &occurrences {
        known.push(record_occurrence(rows, occurrence)?);
    }
    // One fingerprint may stand under several tests; each answer says what is known after all of them.
    refresh(&mut known);
    let new = known
        .iter()
        .filter(|failure| failure.occurrence == Novelty::New)
        .count();
    let event = AuditEvent::new(
        "scan.record",
        format!("{} {}", scan.repository, scan.source),
        AuditResult::Done,
    )
    .with_detail(format!(
        "class {}, {} occurrences, {new} of them new",
        scan.class,
        known.len()
    ));
    append_audit(rows, &event, scanned_at)?;
    Ok(Recorded {
        run: novelty,
        failures: places.iter().map(|&place| known[place].clone()).collect(),
    })
}

/// Appends `event` to the chain.
pub(crate) fn append_audit(
    rows: &mut impl Rows,
    event: &AuditEvent,
    at: Timestamp,
) -> Result<AuditEntry, StoreError> {
    let head = rows.audit_head()?;
    let entry = AuditEntry::chain(head.as_ref(), event, at);
    rows.insert_audit(&entry)?;
    Ok(entry)
}

fn record_run(rows: &mut impl Rows, new: &RunRow) -> Result<Novelty, StoreError> {
    let old = rows.load_run(&new.run.repository, new.run.source.key())?;
    match old {
        None => {
            rows.put_run(new)?;
            Ok(Novelty::New)
        }
        Some(old) => {
            let merged = merge::runs(&old, new);
            if merged != old {
                rows.put_run(&merged)?;
            }
            Ok(Novelty::Known)
        }
    }
}

fn record_occurrence(
    rows: &mut impl Rows,
    new: &OccurrenceRow,
) -> Result<KnownFailure, StoreError> {
    let (repository, fingerprint) = (&new.repository, &new.failure.fingerprint);
    if rows.insert_occurrence(new)? {
        let row = merge::fold(rows.load_fingerprint_row(repository, fingerprint)?, new);
        rows.put_fingerprint(&row)?;
        return Ok(KnownFailure {
            occurrence: Novelty::New,
            fingerprint: row.known,
        });
    }
    let old = rows.load_occurrence(new)?;
    let merged = merge::occurrences(&old, new);
    if merged != old {
        rows.update_occurrence(&merged)?;
    }
    let counted = rows.load_fingerprint_row(repository, fingerprint)?;
    let row = match counted {
        Some(mut row) if merged.failure == old.failure => {
            merge::scanned(&mut row, &merged);
            row
        }
        // The occurrence now says something else, and what it said before cannot be taken out of the sums.
        _ => refold(rows, &merged)?,
    };
    rows.put_fingerprint(&row)?;
    Ok(KnownFailure {
        occurrence: Novelty::Known,
        fingerprint: row.known,
    })
}

fn refold(rows: &mut impl Rows, of: &OccurrenceRow) -> Result<FingerprintRow, StoreError> {
    let mut row = None;
    rows.visit_occurrences(&of.repository, &of.failure.fingerprint, &mut |occurrence| {
        row = Some(merge::fold(row.take(), occurrence));
    })?;
    Ok(row.expect("the occurrence itself is among those visited"))
}

fn refresh(known: &mut [KnownFailure]) {
    let last: HashMap<Fingerprint, KnownFingerprint> = known
        .iter()
        .map(|failure| {
            let fingerprint = failure.fingerprint.clone();
            (fingerprint.fingerprint, fingerprint)
        })
        .collect();
    for failure in known {
        failure
            .fingerprint
            .clone_from(&last[&failure.fingerprint.fingerprint]);
    }
}
