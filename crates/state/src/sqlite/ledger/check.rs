//! Whether lifecycles, outbox and claims are sound.

use rusqlite::{Row, params};

use super::super::rows::Session;
use super::super::sql::ledger as sql;
use super::decode;
use crate::check::{CheckReport, Problem};
use crate::lifecycle::{Lifecycle, Replay};
use crate::outbox::Sequence;
use crate::store::StoreError;

/// Counts the rows.
pub(in crate::sqlite) fn counts(
    session: &mut Session<'_>,
    report: &mut CheckReport,
) -> Result<(), StoreError> {
    // COUNT(*) is never negative.
    let count = |row: &Row<'_>, column: usize| row.get::<_, i64>(column).map(i64::cast_unsigned);
    session
        .connection
        .query_row(&sql::COUNT_LEDGER, [], |row| {
            report.lifecycles = count(row, 0)?;
            report.transitions = count(row, 1)?;
            report.outbox_entries = count(row, 2)?;
            report.claims = count(row, 3)?;
            Ok(())
        })
        .map_err(|error| session.doing.failed(error))
}

/// Follows every journal again and compares.
pub(in crate::sqlite) fn lifecycles(
    session: &mut Session<'_>,
    report: &mut CheckReport,
) -> Result<(), StoreError> {
    visit(
        session,
        &sql::ALL_LIFECYCLES,
        decode::lifecycle,
        |lifecycle| {
            if let Err(finding) = replay(session, &lifecycle)? {
                let name = format!("{} {}", lifecycle.repository, lifecycle.fingerprint);
                report.problems.push(Problem::Lifecycle { name, finding });
            }
            Ok(())
        },
    )
}

fn replay(
    session: &Session<'_>,
    lifecycle: &Lifecycle,
) -> rusqlite::Result<Result<(), &'static str>> {
    let mut statement = session.connection.prepare_cached(&sql::LIST_TRANSITIONS)?;
    let all = params![
        lifecycle.repository.as_str(),
        lifecycle.fingerprint.to_string(),
        i64::MIN,
        i64::MAX
    ];
    let mut replay = Replay::default();
    for entry in statement.query_map(all, decode::transition)? {
        if let Err(finding) = replay.step(&entry?) {
            return Ok(Err(finding));
        }
    }
    Ok(replay.agrees(lifecycle))
}

/// Looks at every entry of the outbox.
pub(in crate::sqlite) fn outbox(
    session: &mut Session<'_>,
    report: &mut CheckReport,
) -> Result<(), StoreError> {
    let mut sequence = Sequence::default();
    visit(session, &sql::ALL_OUTBOX, decode::outbox, |entry| {
        if let Err(finding) = sequence.step(&entry) {
            let id = entry.id.0;
            report.problems.push(Problem::Outbox { id, finding });
        }
        Ok(())
    })
}

/// Reads every claim, since nothing more can be known of it.
pub(in crate::sqlite) fn claims(
    session: &mut Session<'_>,
    _: &mut CheckReport,
) -> Result<(), StoreError> {
    visit(session, &sql::ALL_CLAIMS, decode::claim, |_| Ok(()))
}

fn visit<T>(
    session: &Session<'_>,
    statement: &str,
    decode: fn(&Row<'_>) -> rusqlite::Result<T>,
    mut look: impl FnMut(T) -> rusqlite::Result<()>,
) -> Result<(), StoreError> {
    let mut walk = || {
        let mut statement = session.connection.prepare(statement)?;
        for row in statement.query_map([], decode)? {
            look(row?)?;
        }
        Ok(())
    };
    walk().map_err(|error| session.doing.failed(error))
}
