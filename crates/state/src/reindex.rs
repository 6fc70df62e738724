//! Making the keys of what is stored again, by the present rules.
//!
//! Every occurrence keeps its redacted raw message, test, kind, function and excerpt, which is all that keys are made from.
//! A fingerprint whose occurrences were made by other rules is taken apart: each occurrence goes to the fingerprint that it
//! has now. Two that become one are folded again from all of their occurrences, so that the earliest and the latest time
//! and every occurrence are kept. The old fingerprint becomes an alias of the one that most of its occurrences have, and
//! its lifecycle moves there; where that has a lifecycle already, the older one stays as it was, and the alias leads from
//! it to the failure.

use std::collections::BTreeMap;

use ftc_fingerprint::{Fingerprint, Identity, Keys, Masks};
use jiff::Timestamp;

use crate::alias::Alias;
use crate::audit::{AuditEvent, AuditResult};
use crate::ledger::LedgerRows;
use crate::merge;
use crate::record::FailureRecord;
use crate::recording::append_audit;
use crate::repository::RepositoryName;
use crate::rows::{FingerprintRow, OccurrenceRow};
use crate::source::SourceKey;
use crate::store::StoreError;
use crate::text;

/// Which fingerprints to look at, and what to do about them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReindexRequest {
    /// What the project adds to the normaliser. Its version is the one that everything has afterwards.
    pub masks: Masks,
    /// Where the batch before ended; `None` begins at the start.
    pub after: Option<ReindexCursor>,
    /// How many fingerprints are looked at, at least one.
    pub limit: usize,
    /// Whether to change anything; without it the answer is what would change, each fingerprint for itself.
    pub writes: bool,
}

impl ReindexRequest {
    /// The first hundred fingerprints, to be changed.
    pub fn new(masks: Masks) -> Self {
        Self {
            masks,
            after: None,
            limit: 100,
            writes: true,
        }
    }
}

/// Where a batch ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReindexCursor {
    pub(crate) repository: RepositoryName,
    pub(crate) fingerprint: Fingerprint,
}

/// What one batch did. All of it is on the disk, or nothing.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ReindexBatch {
    /// Fingerprints that were looked at.
    pub fingerprints: u64,
    /// Occurrences whose keys were made again, those with the same fingerprint as before among them.
    pub occurrences: u64,
    /// Occurrences that newer rules than these have made; they are left alone.
    pub newer: u64,
    /// Fingerprints that are no longer what they were.
    pub moved: Vec<Reindexed>,
    /// Where to go on; `None` when everything was looked at.
    pub next: Option<ReindexCursor>,
}

/// A fingerprint whose failure has another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reindexed {
    /// Whose failure it is.
    pub repository: RepositoryName,
    /// Its test.
    pub test: Option<String>,
    /// The fingerprint that it had.
    pub from: Fingerprint,
    /// The rules that made it.
    pub from_version: String,
    /// The fingerprints that its occurrences have now, with how many of them; the first one is what the old one is an alias of.
    pub to: Vec<(Fingerprint, u64)>,
    /// Whether the store knew the first of them already, so that two have become one.
    pub is_joined: bool,
    /// Whether a lifecycle went with it.
    pub has_lifecycle: bool,
}

/// What reindexing does inside one transaction, besides what all else does.
pub(crate) trait ReindexRows: LedgerRows {
    /// The next fingerprints by repository and fingerprint.
    fn fingerprints_after(
        &mut self,
        after: Option<&ReindexCursor>,
        limit: usize,
    ) -> Result<Vec<FingerprintRow>, StoreError>;

    /// Takes out the occurrence with the key of `row`.
    fn delete_occurrence(&mut self, row: &OccurrenceRow) -> Result<(), StoreError>;

    /// Takes out a fingerprint that has no occurrence.
    fn delete_fingerprint(
        &mut self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<(), StoreError>;

    /// Writes an alias, new or old.
    fn put_alias(&mut self, alias: &Alias) -> Result<(), StoreError>;

    /// Takes out an alias, if there is one.
    fn delete_alias(
        &mut self,
        repository: &RepositoryName,
        alias: &Fingerprint,
    ) -> Result<(), StoreError>;

    /// Lets the aliases of `from` lead to `to`.
    fn retarget_aliases(
        &mut self,
        repository: &RepositoryName,
        from: &Fingerprint,
        to: &Fingerprint,
    ) -> Result<(), StoreError>;

    /// Gives a lifecycle, its journal and its writes another fingerprint.
    fn move_lifecycle(
        &mut self,
        repository: &RepositoryName,
        from: &Fingerprint,
        to: &Fingerprint,
    ) -> Result<(), StoreError>;
}

/// An occurrence that gets other keys.
struct Change {
    source: SourceKey,
    test: Option<String>,
    keys: Keys,
}

/// Looks at the next fingerprints.
pub(crate) fn reindex(
    rows: &mut impl ReindexRows,
    request: &ReindexRequest,
    at: Timestamp,
) -> Result<ReindexBatch, StoreError> {
    let at = text::to_microsecond(at);
    let limit = request.limit.max(1);
    let found = rows.fingerprints_after(request.after.as_ref(), limit)?;
    let mut batch = ReindexBatch {
        fingerprints: found.len() as u64,
        next: found
            .last()
            .filter(|_| found.len() == limit)
            .map(|row| ReindexCursor {
                repository: row.known.repository.clone(),
                fingerprint: row.known.fingerprint,
            }),
        ..ReindexBatch::default()
    };
    for row in &found {
        one(rows, row, request, at, &mut batch)?;
    }
    if request.writes && batch.occurrences > 0 {
        let target = request.masks.version();
        let event =
            AuditEvent::new("store.reindex", target, AuditResult::Done).with_detail(format!(
                "{} occurrences, {} fingerprints replaced",
                batch.occurrences,
                batch.moved.len()
            ));
        append_audit(rows, &event, at)?;
    }
    Ok(batch)
}

fn one(
    rows: &mut impl ReindexRows,
    row: &FingerprintRow,
    request: &ReindexRequest,
    at: Timestamp,
    batch: &mut ReindexBatch,
) -> Result<(), StoreError> {
    let (repository, old) = (&row.known.repository, row.known.fingerprint);
    let mut changes = Vec::new();
    let mut kept = 0;
    rows.visit_occurrences(repository, &old, &mut |occurrence| {
        let failure = &occurrence.failure;
        match age(&failure.fingerprint_version, request.masks.version()) {
            Age::Same => kept += 1,
            Age::Newer => {
                kept += 1;
                batch.newer += 1;
            }
            Age::Other => changes.push(Change {
                source: occurrence.source,
                test: failure.test.clone(),
                keys: keys(failure, &request.masks),
            }),
        }
    })?;
    batch.occurrences += changes.len() as u64;
    let to = destinations(&changes);
    let replaced = kept == 0 && to.first().is_some_and(|(first, _)| *first != old);
    let target = to.first().map(|(first, _)| *first).filter(|_| replaced);
    let is_joined = match target {
        Some(target) => rows.load_fingerprint_row(repository, &target)?.is_some(),
        None => false,
    };
    let has_lifecycle = target.is_some() && rows.load_lifecycle_row(repository, &old)?.is_some();
    if request.writes && !changes.is_empty() {
        write(rows, row, &changes, target, request, at)?;
    }
    if to.iter().any(|(fingerprint, _)| *fingerprint != old) {
        batch.moved.push(Reindexed {
            repository: repository.clone(),
            test: row.known.test.clone(),
            from: old,
            from_version: row.known.fingerprint_version.clone(),
            to,
            is_joined,
            has_lifecycle,
        });
    }
    Ok(())
}

/// The new fingerprints with how many occurrences go to each, most first.
fn destinations(changes: &[Change]) -> Vec<(Fingerprint, u64)> {
    let mut counts: BTreeMap<Fingerprint, u64> = BTreeMap::new();
    for change in changes {
        *counts.entry(change.keys.exact).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|&(fingerprint, count)| (std::cmp::Reverse(count), fingerprint));
    counts
}

fn write(
    rows: &mut impl ReindexRows,
    row: &FingerprintRow,
    changes: &[Change],
    target: Option<Fingerprint>,
    request: &ReindexRequest,
    at: Timestamp,
) -> Result<(), StoreError> {
    let (repository, old) = (&row.known.repository, row.known.fingerprint);
    for change in changes {
        rewrite(rows, repository, &old, change, request.masks.version())?;
    }
    let mut touched: Vec<Fingerprint> = changes.iter().map(|change| change.keys.exact).collect();
    touched.push(old);
    touched.sort_unstable();
    touched.dedup();
    for fingerprint in &touched {
        refold(rows, repository, fingerprint)?;
        if *fingerprint != old {
            // What is known by that name now is no alias of anything.
            rows.delete_alias(repository, fingerprint)?;
        }
    }
    let Some(target) = target else {
        return Ok(());
    };
    rows.retarget_aliases(repository, &old, &target)?;
    rows.put_alias(&Alias {
        repository: repository.clone(),
        alias: old,
        fingerprint: target,
        from_version: row.known.fingerprint_version.clone(),
        to_version: request.masks.version().to_owned(),
        created_at: at,
    })?;
    let is_taken = rows.load_lifecycle_row(repository, &target)?.is_some();
    if !is_taken && rows.load_lifecycle_row(repository, &old)?.is_some() {
        rows.move_lifecycle(repository, &old, &target)?;
    }
    Ok(())
}

/// Gives one occurrence its new keys; where a later scan of the same source has made it again already, both become one.
fn rewrite(
    rows: &mut impl ReindexRows,
    repository: &RepositoryName,
    old: &Fingerprint,
    change: &Change,
    version: &str,
) -> Result<(), StoreError> {
    let mut failure = FailureRecord::new(*old, ftc_fingerprint::Kind::Infra);
    failure.test.clone_from(&change.test);
    let before = rows.load_occurrence(&OccurrenceRow {
        repository: repository.clone(),
        source: change.source,
        failure,
        first_scanned: Timestamp::UNIX_EPOCH,
        last_scanned: Timestamp::UNIX_EPOCH,
    })?;
    let mut after = before.clone();
    after.failure.fingerprint = change.keys.exact;
    after.failure.cause = change.keys.cause;
    after.failure.sketch = change.keys.sketch;
    version.clone_into(&mut after.failure.fingerprint_version);
    if after.failure.fingerprint == *old {
        return rows.update_occurrence(&after);
    }
    rows.delete_occurrence(&before)?;
    if !rows.insert_occurrence(&after)? {
        let known = rows.load_occurrence(&after)?;
        rows.update_occurrence(&merge::occurrences(&known, &after))?;
    }
    Ok(())
}

/// What a fingerprint says now; one without occurrences goes.
fn refold(
    rows: &mut impl ReindexRows,
    repository: &RepositoryName,
    fingerprint: &Fingerprint,
) -> Result<(), StoreError> {
    let mut row = None;
    rows.visit_occurrences(repository, fingerprint, &mut |occurrence| {
        row = Some(merge::fold(row.take(), occurrence));
    })?;
    match row {
        Some(row) => rows.put_fingerprint(&row),
        None => rows.delete_fingerprint(repository, fingerprint),
    }
}

fn keys(failure: &FailureRecord, masks: &Masks) -> Keys {
    Identity {
        family: &failure.framework_family,
        test: failure.test.as_deref(),
        kind: failure.kind,
        message: &failure.message,
        function: failure.function.as_deref(),
        excerpt: &failure.excerpt,
    }
    .keys(masks)
}

enum Age {
    Same,
    Newer,
    Other,
}

/// How the rules `version` relate to `target`: masks may come and go, but nothing is made old again.
fn age(version: &str, target: &str) -> Age {
    let number = |version: &str| {
        let digits = version.strip_prefix('f')?.split('+').next()?;
        digits.parse::<u32>().ok()
    };
    if version == target {
        Age::Same
    } else if number(version) > number(target) {
        Age::Newer
    } else {
        Age::Other
    }
}
