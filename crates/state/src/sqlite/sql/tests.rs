//! The SQL text itself.

use super::super::migrations::{LEDGER, MIGRATIONS};
use super::{LIST_FINGERPRINTS, LIST_OCCURRENCES, LIST_RUNS, ledger, statements};

/// What the MySQL-protocol engines do otherwise than SQLite; none of it may become a habit.
const FORBIDDEN: &[&str] = &[
    "SKIP LOCKED",
    "RETURNING",
    "->>",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "GET_LOCK",
];

fn all() -> Vec<&'static str> {
    let mut all = statements();
    all.extend(ledger::statements());
    for list in [&*LIST_RUNS, &*LIST_FINGERPRINTS, &*LIST_OCCURRENCES] {
        all.extend([
            list.timed.as_str(),
            &list.timed_after,
            &list.untimed,
            &list.untimed_after,
        ]);
    }
    all
}

fn forbidden_in(statement: &str) -> Option<&'static str> {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let statement = words.join(" ").to_ascii_uppercase();
    FORBIDDEN
        .iter()
        .find(|word| statement.contains(*word))
        .copied()
}

#[test]
fn no_statement_relies_on_what_engines_do_differently() {
    let migrations = MIGRATIONS.iter().map(|migration| migration.sql);
    for statement in all().into_iter().chain(migrations).chain([LEDGER]) {
        assert_eq!(forbidden_in(statement), None, "{statement}");
    }
    assert_eq!(
        forbidden_in("select 1 for update skip\n  locked"),
        Some("SKIP LOCKED")
    );
}

#[test]
fn every_statement_fits_the_schema() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    for migration in MIGRATIONS {
        connection.execute_batch(migration.sql).unwrap();
    }
    for statement in all() {
        connection.prepare(statement).unwrap();
    }
}

#[test]
fn lists_and_lookups_never_scan_a_table_or_sort() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    for migration in MIGRATIONS {
        connection.execute_batch(migration.sql).unwrap();
    }
    let per_row = all()
        .into_iter()
        .filter(|statement| statement.starts_with("SELECT") && statement.contains("WHERE"));
    for statement in per_row {
        let mut explain = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {statement}"))
            .unwrap();
        // Only the shape matters; unbound parameters are NULL.
        let mut rows = explain.raw_query();
        while let Some(row) = rows.next().unwrap() {
            let step: String = row.get(3).unwrap();
            assert!(
                !step.starts_with("SCAN") && !step.contains("TEMP B-TREE"),
                "{step}: {statement}"
            );
        }
    }
}
