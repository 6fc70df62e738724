//! Lists and look-ups on SQLite.

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, ToSql, params};

use super::decode;
use super::rows::Session;
use super::sql::{self, ListSql};
use crate::audit::AuditEntry;
use crate::known::{KnownFingerprint, Occurrence, Run};
use crate::page::{Cursor, Page, PageRequest};
use crate::prefix::{Candidate, FindError, FingerprintPrefix};
use crate::repository::RepositoryName;
use crate::rows::{OccurrenceRow, Rows};
use crate::store::StoreError;

/// Finds the one fingerprint that begins with `prefix`.
pub(super) fn find(
    session: &mut Session<'_>,
    repository: Option<&RepositoryName>,
    prefix: &FingerprintPrefix,
) -> Result<Option<KnownFingerprint>, FindError> {
    let repositories = match repository {
        Some(repository) => vec![repository.clone()],
        None => repositories(session)?,
    };
    let mut found: Vec<KnownFingerprint> = Vec::new();
    for repository in repositories {
        let wanted = FindError::MAX_CANDIDATES.max(2) - found.len();
        for known in in_range(session, &repository, prefix, wanted)? {
            if !found.contains(&known) {
                found.push(known);
            }
        }
        if found.len() >= FindError::MAX_CANDIDATES {
            break;
        }
    }
    if found.len() > 1 {
        return Err(FindError::Ambiguous {
            prefix: prefix.clone(),
            candidates: found.iter().map(Candidate::of).collect(),
        });
    }
    Ok(found.pop())
}

fn repositories(session: &Session<'_>) -> Result<Vec<RepositoryName>, StoreError> {
    let walk = || {
        let mut statement = session.connection.prepare_cached(&sql::NEXT_REPOSITORY)?;
        let mut last = String::new();
        let mut names = Vec::new();
        while let Some(name) = statement
            .query_row([&last], |row| row.get::<_, Option<String>>(0))
            .optional()?
            .flatten()
        {
            last.clone_from(&name);
            names.push(RepositoryName::stored(name));
        }
        Ok(names)
    };
    walk().map_err(|error| session.doing.failed(error))
}

fn in_range(
    session: &mut Session<'_>,
    repository: &RepositoryName,
    prefix: &FingerprintPrefix,
    limit: usize,
) -> Result<Vec<KnownFingerprint>, StoreError> {
    // `g` comes after every hex digit, so this is the first text after all that begin with the prefix.
    let end = format!("{prefix}g");
    let rows = query(
        session,
        &sql::FINGERPRINT_RANGE,
        params![repository.as_str(), prefix.as_str(), end, sql_limit(limit)],
        decode::fingerprint,
    )?;
    let mut known: Vec<KnownFingerprint> = rows.into_iter().map(|row| row.known).collect();
    let aliases = query(
        session,
        &sql::ALIAS_RANGE,
        params![repository.as_str(), prefix.as_str(), end, sql_limit(limit)],
        decode::alias,
    )?;
    for alias in aliases {
        // What is known by that name itself, since an older program recorded it again, was found above.
        let is_live = session
            .load_fingerprint_row(repository, &alias.alias)?
            .is_some();
        if is_live {
            continue;
        }
        let row = session.load_fingerprint_row(repository, &alias.fingerprint)?;
        known.extend(row.map(|row| row.known));
    }
    known.sort_by_key(|known| known.fingerprint);
    known.dedup_by_key(|known| known.fingerprint);
    known.truncate(limit);
    Ok(known)
}

/// One page of a repository's fingerprints.
pub(super) fn fingerprints(
    session: &mut Session<'_>,
    repository: &RepositoryName,
    page: &PageRequest,
) -> Result<Page<KnownFingerprint>, StoreError> {
    let rows = list(
        session,
        &sql::LIST_FINGERPRINTS,
        repository,
        None,
        page,
        decode::fingerprint,
    )?;
    let known = rows.into_iter().map(|row| row.known).collect();
    Ok(Page::new(known, page.limit(), Cursor::of_fingerprint))
}

/// One page of a fingerprint's occurrences.
pub(super) fn occurrences(
    session: &mut Session<'_>,
    repository: &RepositoryName,
    fingerprint: &Fingerprint,
    page: &PageRequest,
) -> Result<Page<Occurrence>, StoreError> {
    let rows = list(
        session,
        &sql::LIST_OCCURRENCES,
        repository,
        Some(fingerprint),
        page,
        decode::occurrence,
    )?;
    let rows = rows
        .into_iter()
        .map(|row| with_run(session, row))
        .collect::<Result<_, _>>()?;
    Ok(Page::new(rows, page.limit(), Cursor::of_occurrence))
}

fn with_run(session: &mut Session<'_>, row: OccurrenceRow) -> Result<Occurrence, StoreError> {
    let run = session
        .load_run(&row.repository, row.source)?
        .ok_or_else(|| session.doing.failed(rusqlite::Error::QueryReturnedNoRows))?
        .run;
    Ok(Occurrence {
        repository: row.repository,
        source: run.source,
        commit: run.commit,
        platform: run.platform,
        failure: row.failure,
        first_scanned: row.first_scanned,
        last_scanned: row.last_scanned,
    })
}

/// One page of a repository's runs.
pub(super) fn runs(
    session: &mut Session<'_>,
    repository: &RepositoryName,
    page: &PageRequest,
) -> Result<Page<Run>, StoreError> {
    let rows = list(
        session,
        &sql::LIST_RUNS,
        repository,
        None,
        page,
        decode::run,
    )?;
    let runs = rows.into_iter().map(|row| row.run).collect();
    Ok(Page::new(runs, page.limit(), Cursor::of_run))
}

/// Entries of the audit log after `after`.
pub(super) fn audit(
    session: &Session<'_>,
    after: u64,
    limit: usize,
) -> Result<Vec<AuditEntry>, StoreError> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let limit = sql_limit(limit.min(PageRequest::MAX_LIMIT));
    query(
        session,
        &sql::LIST_AUDIT,
        params![after, limit],
        decode::audit,
    )
}

/// Reads one row more than the page holds, first from the rows with a time, then from those without.
fn list<T>(
    session: &Session<'_>,
    statements: &ListSql,
    repository: &RepositoryName,
    fingerprint: Option<&Fingerprint>,
    page: &PageRequest,
    decode: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let wanted = page.limit() + 1;
    let fingerprint = fingerprint.map(ToString::to_string);
    let (key, test) = match &page.after {
        Some(cursor) => (cursor.key.as_str(), cursor.test.as_str()),
        None => ("", ""),
    };
    let ask = |statement: &str, limit: usize, time: Option<Timestamp>| {
        let (limit, time) = (sql_limit(limit), time.map(Timestamp::as_microsecond));
        let values = params![repository.as_str(), fingerprint, limit, time, key, test];
        query(session, statement, values, decode)
    };
    let (mut rows, untimed) = match &page.after {
        None => (ask(&statements.timed, wanted, None)?, &statements.untimed),
        Some(Cursor { time: None, .. }) => (Vec::new(), &statements.untimed_after),
        Some(Cursor { time, .. }) => (
            ask(&statements.timed_after, wanted, *time)?,
            &statements.untimed,
        ),
    };
    if rows.len() < wanted {
        rows.extend(ask(untimed, wanted - rows.len(), None)?);
    }
    Ok(rows)
}

/// Runs `statement` with as many of `values` as it has parameters.
pub(super) fn query<T>(
    session: &Session<'_>,
    statement: &str,
    values: &[&dyn ToSql],
    decode: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let run = || {
        let mut statement = session.connection.prepare_cached(statement)?;
        let values = &values[..statement.parameter_count()];
        statement
            .query_map(values, decode)?
            .collect::<rusqlite::Result<Vec<T>>>()
    };
    run().map_err(|error| session.doing.failed(error))
}

pub(super) fn sql_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
