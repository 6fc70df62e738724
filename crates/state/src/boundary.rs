//! Turns a caller's record into rows: redacted, capped, each occurrence once.

use std::collections::HashMap;

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;

use crate::known::Run;
use crate::record::{FailureRecord, Reason, ScanRecord};
use crate::rows::{OccurrenceRow, RunRow};
use crate::text;

/// More reasons than this say nothing to anybody.
const MAX_REASONS: usize = 32;
/// One log holds a handful of frameworks; more is an attack on the row's size.
const MAX_FRAMEWORKS: usize = 64;

/// A record as rows.
pub(crate) struct Prepared {
    pub(crate) run: RunRow,
    /// No two have the same key.
    pub(crate) occurrences: Vec<OccurrenceRow>,
    /// For each failure of the record, its place in `occurrences`.
    pub(crate) places: Vec<usize>,
}

/// Prepares `scan` for any engine.
pub(crate) fn prepare(scan: &ScanRecord, scanned_at: Timestamp) -> Prepared {
    let at = text::to_microsecond(scanned_at);
    let mut occurrences: Vec<OccurrenceRow> = Vec::with_capacity(scan.failures.len());
    let mut seen: HashMap<(Fingerprint, Option<String>), usize> = HashMap::new();
    let mut places = Vec::with_capacity(scan.failures.len());
    for failure in scan.failures.iter().map(clean_failure) {
        let place = *seen
            .entry((failure.fingerprint, failure.test.clone()))
            .or_insert(occurrences.len());
        places.push(place);
        match occurrences.get_mut(place) {
            Some(known) if known.failure.passed_on_retry && !failure.passed_on_retry => {
                known.failure = failure;
            }
            Some(_) => {}
            None => occurrences.push(OccurrenceRow {
                repository: scan.repository.clone(),
                source: scan.source.key(),
                failure,
                first_scanned: at,
                last_scanned: at,
            }),
        }
    }
    Prepared {
        run: run_row(scan, &occurrences, at),
        occurrences,
        places,
    }
}

fn run_row(scan: &ScanRecord, occurrences: &[OccurrenceRow], at: Timestamp) -> RunRow {
    let retried = occurrences
        .iter()
        .filter(|row| row.failure.passed_on_retry)
        .count();
    let run = Run {
        repository: scan.repository.clone(),
        source: scan.source.clone(),
        commit: text::optional(scan.commit.as_deref(), text::WORD_BYTES),
        platform: text::optional(scan.platform.as_deref(), text::WORD_BYTES),
        class: scan.class,
        confidence: text::confidence(scan.confidence),
        evidence: clean_reasons(&scan.evidence),
        frameworks: scan
            .frameworks
            .iter()
            .take(MAX_FRAMEWORKS)
            .map(|name| text::line(name, text::WORD_BYTES))
            .collect(),
        time: scan
            .time
            .map(|(first, last)| (text::to_microsecond(first), text::to_microsecond(last))),
        failed: (occurrences.len() - retried) as u64,
        passed_on_retry: retried as u64,
        lines: storable(scan.lines),
        bytes: storable(scan.bytes),
        first_scanned: at,
        last_scanned: at,
    };
    RunRow {
        commit_scanned: run.commit.as_ref().map(|_| at),
        platform_scanned: run.platform.as_ref().map(|_| at),
        run,
    }
}

fn clean_failure(failure: &FailureRecord) -> FailureRecord {
    FailureRecord {
        fingerprint: failure.fingerprint,
        fingerprint_version: text::line(&failure.fingerprint_version, text::WORD_BYTES),
        cause: failure.cause,
        sketch: failure.sketch,
        test: text::optional(failure.test.as_deref(), text::NAME_BYTES),
        suite: text::optional(failure.suite.as_deref(), text::NAME_BYTES),
        kind: failure.kind,
        detail: text::optional(failure.detail.as_deref(), text::MESSAGE_BYTES),
        framework: text::line(&failure.framework, text::WORD_BYTES),
        framework_family: text::line(&failure.framework_family, text::WORD_BYTES),
        function: text::optional(failure.function.as_deref(), text::MESSAGE_BYTES),
        message: text::block(&failure.message, text::MESSAGE_BYTES),
        class: failure.class,
        confidence: text::confidence(failure.confidence),
        evidence: clean_reasons(&failure.evidence),
        passed_on_retry: failure.passed_on_retry,
        attempts: failure.attempts,
        first_line: storable(failure.first_line),
        last_line: storable(failure.last_line),
        excerpt: text::block(&failure.excerpt, text::EXCERPT_BYTES),
        occurred_at: failure.occurred_at.map(text::to_microsecond),
    }
}

fn clean_reasons(reasons: &[Reason]) -> Vec<Reason> {
    reasons
        .iter()
        .take(MAX_REASONS)
        .map(|reason| Reason {
            rule: text::line(&reason.rule, text::WORD_BYTES),
            text: text::line(&reason.text, text::MESSAGE_BYTES),
        })
        .collect()
}

/// Databases count in signed 64 bits. No log has that many bytes.
fn storable(count: u64) -> u64 {
    count.min(i64::MAX.cast_unsigned())
}
