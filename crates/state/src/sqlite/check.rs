//! Whether an SQLite store is sound.

use rusqlite::Connection;

use super::ledger::check as ledger;
use super::migrations::MIGRATIONS;
use super::rows::Session;
use super::{decode, sql};
use crate::audit::ChainHead;
use crate::check::{CheckReport, Problem};
use crate::merge;
use crate::rows::{FingerprintRow, Rows};
use crate::store::StoreError;

type Part = fn(&mut Session<'_>, &mut CheckReport) -> Result<(), StoreError>;

/// Looks at everything, on one snapshot.
pub(super) fn check(session: &mut Session<'_>) -> Result<CheckReport, StoreError> {
    let mut report = CheckReport::default();
    let parts: [Part; 10] = [
        integrity,
        schema,
        references,
        counts,
        audit_chain,
        fingerprints,
        ledger::counts,
        ledger::lifecycles,
        ledger::outbox,
        ledger::claims,
    ];
    for part in parts {
        match part(session, &mut report) {
            Ok(()) => {}
            // What cannot be read is the answer to the question, not a reason to stop.
            Err(StoreError::Corrupt { source, .. } | StoreError::Row { source, .. }) => {
                let finding = source.to_string();
                if !report.problems.contains(&Problem::Integrity {
                    finding: finding.clone(),
                }) {
                    report.problems.push(Problem::Integrity { finding });
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(report)
}

fn integrity(session: &mut Session<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let findings = strings(session.connection, "PRAGMA integrity_check")
        .map_err(|error| session.doing.failed(error))?;
    let damage = findings.into_iter().filter(|finding| finding != "ok");
    report
        .problems
        .extend(damage.map(|finding| Problem::Integrity { finding }));
    Ok(())
}

/// Compares tables and indexes with those of a store that was made now.
fn schema(session: &mut Session<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    const OBJECTS: &str = "SELECT type || ' ' || name || ': ' || sql FROM sqlite_schema \
        WHERE sql IS NOT NULL ORDER BY type, name";
    let read = || {
        let found = strings(session.connection, OBJECTS)?;
        let model = Connection::open_in_memory()?;
        model.execute_batch(super::migrations::LEDGER)?;
        for migration in MIGRATIONS {
            model.execute_batch(migration.sql)?;
        }
        Ok((found, strings(&model, OBJECTS)?))
    };
    let (found, expected) = read().map_err(|error| session.doing.failed(error))?;
    let title = |text: &String| text.split(':').next().unwrap_or_default().to_owned();
    let missing = expected
        .iter()
        .filter(|one| !found.contains(one))
        .map(|one| format!("{} is missing or differs", title(one)));
    let extra = found
        .iter()
        .filter(|one| !expected.iter().any(|other| title(other) == title(one)))
        .map(|one| format!("{} is not of this program", title(one)));
    report.problems.extend(
        missing
            .chain(extra)
            .map(|finding| Problem::Schema { finding }),
    );
    Ok(())
}

fn references(session: &mut Session<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let read = || {
        let mut statement = session.connection.prepare("PRAGMA foreign_key_check")?;
        statement
            .query_map([], |row| {
                Ok(Problem::Orphan {
                    table: row.get(0)?,
                    parent: row.get(2)?,
                })
            })?
            .collect::<rusqlite::Result<Vec<_>>>()
    };
    let orphans = read().map_err(|error| session.doing.failed(error))?;
    report.problems.extend(orphans);
    Ok(())
}

fn counts(session: &mut Session<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let count = |row: &rusqlite::Row<'_>, column: usize| {
        // COUNT(*) is never negative.
        row.get::<_, i64>(column).map(i64::cast_unsigned)
    };
    session
        .connection
        .query_row(&sql::COUNT_ROWS, [], |row| {
            report.fingerprints = count(row, 0)?;
            report.occurrences = count(row, 1)?;
            report.runs = count(row, 2)?;
            report.audit_entries = count(row, 3)?;
            Ok(())
        })
        .map_err(|error| session.doing.failed(error))
}

fn audit_chain(session: &mut Session<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let mut walk = || {
        let mut statement = session.connection.prepare(&sql::ALL_AUDIT)?;
        let mut rows = statement.query([])?;
        let mut head = ChainHead::start();
        while let Some(row) = rows.next()? {
            // A row that cannot be read is as broken as one that was changed.
            let step = match decode::audit(row) {
                Ok(entry) => head.step(&entry),
                Err(_) => Err("it cannot be read"),
            };
            if let Err(finding) = step {
                let sequence = row.get::<_, i64>(0)?.cast_unsigned();
                report
                    .problems
                    .push(Problem::AuditChain { sequence, finding });
                break;
            }
        }
        Ok(())
    };
    walk().map_err(|error| session.doing.failed(error))
}

/// Folds every fingerprint again and compares.
fn fingerprints(session: &mut Session<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let connection = session.connection;
    let doing = session.doing;
    let mut statement = connection
        .prepare(&sql::ALL_FINGERPRINTS)
        .map_err(|error| doing.failed(error))?;
    let rows = statement
        .query_map([], decode::fingerprint)
        .map_err(|error| doing.failed(error))?;
    for row in rows {
        let row = row.map_err(|error| doing.failed(error))?;
        let mut folded: Option<FingerprintRow> = None;
        session.visit_occurrences(
            &row.known.repository,
            &row.known.fingerprint,
            &mut |occurrence| folded = Some(merge::fold(folded.take(), occurrence)),
        )?;
        if folded.as_ref() != Some(&row) {
            report.problems.push(Problem::Fingerprint {
                name: format!("{} {}", row.known.repository, row.known.fingerprint),
            });
        }
    }
    Ok(())
}

fn strings(connection: &Connection, statement: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(statement)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect()
}
