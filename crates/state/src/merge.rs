//! How scans of the same thing become one row, in whatever order they come and however often.
//!
//! A row's description is that of the scan with the greatest `(scanned_at, content)`, so the winner does not depend on who
//! came first. `first_scanned` is a minimum and `last_scanned` a maximum. Commit and platform, which a caller may not
//! always know, have winners of their own among the scans that knew them. What a fingerprint says is folded from its
//! occurrences. Each of these is commutative, associative and idempotent, and that is all the store's law needs.

use jiff::Timestamp;

use crate::known::{KnownFingerprint, Run};
use crate::record::FailureRecord;
use crate::rows::{FingerprintRow, OccurrenceRow, RunRow};

/// The run that `old` and `new` are scans of.
pub(crate) fn runs(old: &RunRow, new: &RunRow) -> RunRow {
    let (winner, first_scanned) = {
        let newer = (new.run.last_scanned, run_order(&new.run))
            > (old.run.last_scanned, run_order(&old.run));
        (
            if newer { &new.run } else { &old.run },
            old.run.first_scanned.min(new.run.first_scanned),
        )
    };
    let (commit_scanned, commit) =
        (old.commit_scanned, &old.run.commit).max((new.commit_scanned, &new.run.commit));
    let (platform_scanned, platform) =
        (old.platform_scanned, &old.run.platform).max((new.platform_scanned, &new.run.platform));
    RunRow {
        run: Run {
            commit: commit.clone(),
            platform: platform.clone(),
            first_scanned,
            ..winner.clone()
        },
        commit_scanned,
        platform_scanned,
    }
}

/// The occurrence that `old` and `new` are scans of.
pub(crate) fn occurrences(old: &OccurrenceRow, new: &OccurrenceRow) -> OccurrenceRow {
    let newer = (new.last_scanned, failure_order(&new.failure))
        > (old.last_scanned, failure_order(&old.failure));
    let winner = if newer { new } else { old };
    OccurrenceRow {
        first_scanned: old.first_scanned.min(new.first_scanned),
        ..winner.clone()
    }
}

/// Adds one occurrence that was not counted yet to what a fingerprint says.
pub(crate) fn fold(row: Option<FingerprintRow>, occurrence: &OccurrenceRow) -> FingerprintRow {
    let Some(mut row) = row else {
        return first(occurrence);
    };
    row.known.times_seen += 1;
    if occurrence.rank() > row.latest {
        describe(&mut row, occurrence);
    }
    if occurrence.weight().exceeds(&row.weight()) {
        row.known.class = occurrence.failure.class;
        row.known.confidence = occurrence.failure.confidence;
        row.known.evidence.clone_from(&occurrence.failure.evidence);
        row.decided = occurrence.rank();
    }
    let at = occurrence.failure.occurred_at;
    row.known.first_seen = earliest(row.known.first_seen, at);
    row.known.last_seen = row.known.last_seen.max(at);
    scanned(&mut row, occurrence);
    row
}

/// Takes over the times at which an occurrence that is counted already was scanned.
pub(crate) fn scanned(row: &mut FingerprintRow, occurrence: &OccurrenceRow) {
    let known = &mut row.known;
    known.first_scanned = known.first_scanned.min(occurrence.first_scanned);
    known.last_scanned = known.last_scanned.max(occurrence.last_scanned);
}

fn first(occurrence: &OccurrenceRow) -> FingerprintRow {
    let failure = &occurrence.failure;
    FingerprintRow {
        known: KnownFingerprint {
            repository: occurrence.repository.clone(),
            fingerprint: failure.fingerprint,
            fingerprint_version: failure.fingerprint_version.clone(),
            test: failure.test.clone(),
            suite: failure.suite.clone(),
            kind: failure.kind,
            detail: failure.detail.clone(),
            framework: failure.framework.clone(),
            framework_family: failure.framework_family.clone(),
            cause: failure.cause,
            sketch: failure.sketch,
            message: failure.message.clone(),
            class: failure.class,
            confidence: failure.confidence,
            evidence: failure.evidence.clone(),
            times_seen: 1,
            first_seen: failure.occurred_at,
            last_seen: failure.occurred_at,
            first_scanned: occurrence.first_scanned,
            last_scanned: occurrence.last_scanned,
        },
        latest: occurrence.rank(),
        decided: occurrence.rank(),
    }
}

fn describe(row: &mut FingerprintRow, occurrence: &OccurrenceRow) {
    let one = first(occurrence);
    let known = std::mem::replace(&mut row.known, one.known);
    row.known = KnownFingerprint {
        class: known.class,
        confidence: known.confidence,
        evidence: known.evidence,
        times_seen: known.times_seen,
        first_seen: known.first_seen,
        last_seen: known.last_seen,
        first_scanned: known.first_scanned,
        last_scanned: known.last_scanned,
        ..row.known.clone()
    };
    row.latest = one.latest;
}

/// The smaller of the times that are there.
fn earliest(left: Option<Timestamp>, right: Option<Timestamp>) -> Option<Timestamp> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (one, other) => one.or(other),
    }
}

/// Decides between two scans that claim the same instant: any total order over all of the content will do.
fn failure_order(failure: &FailureRecord) -> impl Ord + '_ {
    (
        (
            failure.last_line,
            failure.first_line,
            failure.occurred_at,
            failure.attempts,
            failure.passed_on_retry,
            failure.class,
            failure.confidence.to_bits(),
            &failure.evidence,
        ),
        (
            failure.kind,
            &failure.fingerprint_version,
            failure.cause,
            failure.sketch.0,
            &failure.test,
            &failure.suite,
            &failure.detail,
        ),
        (
            &failure.framework,
            &failure.framework_family,
            &failure.function,
            &failure.message,
            &failure.excerpt,
        ),
    )
}

/// As [`failure_order`]; commit and platform have an order of their own.
fn run_order(run: &Run) -> impl Ord + '_ {
    (
        run.lines,
        run.bytes,
        run.time,
        run.failed,
        run.passed_on_retry,
        run.class,
        run.confidence.to_bits(),
        &run.evidence,
        &run.frameworks,
    )
}
