//! The schema, as an ordered list of steps that only goes forward.
//!
//! A step that has been released is never edited: its checksum is in every store that applied it.

use ftc_durable::{Digest, DomainHash};
use rusqlite::{Connection, Result, Transaction, TransactionBehavior, params};

/// One step.
pub(super) struct Migration {
    pub(super) name: &'static str,
    pub(super) sql: &'static str,
}

/// All steps; the first makes version 1.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "record",
        sql: include_str!("migrations/0001_record.sql"),
    },
    Migration {
        name: "ledger",
        sql: include_str!("migrations/0002_ledger.sql"),
    },
    Migration {
        name: "aliases",
        sql: include_str!("migrations/0003_aliases.sql"),
    },
];

pub(super) const LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL
) STRICT";

/// The version that this program makes and understands.
pub(super) fn supported_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).expect("the list of migrations is short")
}

/// How a store's schema relates to this program's.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is this program's.
    Current,
    /// A newer program made it.
    Newer {
        /// Its version.
        found: i64,
    },
    /// A step that it applied is not the step of that number here.
    Changed {
        /// Number of the first such step.
        version: i64,
        /// Its name there.
        name: String,
    },
}

/// The version of a store's schema; 0 before the first migration.
pub(super) fn version(connection: &Connection) -> Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings the schema up to date. A store that is not understood is left as it is.
pub(super) fn migrate(connection: &mut Connection) -> Result<Outcome> {
    let found = version(connection)?;
    if found > supported_version() {
        return Ok(Outcome::Newer { found });
    }
    if found == supported_version() {
        return compare(connection);
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have migrated while this one waited for the lock.
    let found = version(&transaction)?;
    if found > supported_version() {
        return Ok(Outcome::Newer { found });
    }
    transaction.execute_batch(LEDGER)?;
    let outcome = compare(&transaction)?;
    if outcome == Outcome::Current {
        apply_after(&transaction, found)?;
        transaction.commit()?;
    }
    Ok(outcome)
}

fn apply_after(transaction: &Transaction<'_>, found: i64) -> Result<()> {
    for (version, migration) in (1..).zip(MIGRATIONS) {
        if version > found {
            transaction.execute_batch(migration.sql)?;
            transaction.execute(
                "INSERT INTO schema_migrations (version, name, checksum) VALUES (?1, ?2, ?3)",
                params![version, migration.name, checksum(migration).to_string()],
            )?;
        }
    }
    transaction.pragma_update(None, "user_version", supported_version())
}

/// Compares the steps that were applied with those of this program.
fn compare(connection: &Connection) -> Result<Outcome> {
    let mut statement = connection
        .prepare("SELECT version, name, checksum FROM schema_migrations ORDER BY version")?;
    let mut rows = statement.query([])?;
    let mut expected = (1..).zip(MIGRATIONS);
    while let Some(row) = rows.next()? {
        let (version, name, found): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let same = expected.next().is_some_and(|(number, migration)| {
            number == version && checksum(migration).to_string() == found
        });
        if !same {
            return Ok(Outcome::Changed { version, name });
        }
    }
    Ok(Outcome::Current)
}

fn checksum(migration: &Migration) -> Digest {
    DomainHash::new("ftc.state.migration/1")
        .field(migration.name.as_bytes())
        .field(migration.sql.as_bytes())
        .finish()
}
