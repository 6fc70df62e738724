//! Damage and tampering: found, named, never a panic.

use std::fs;

use ftc_state::{Problem, SqliteStore, Store, StoreError};
use rusqlite::Connection;

use crate::support::{
    Place, assert_sound, at, failure_at, fill_ledger, fingerprint, only, repository, scan,
};

/// A closed store with three runs and as many audit entries, followed by those of the ledger.
fn filled() -> Place {
    let place = Place::new();
    let store = place.open();
    for run in 1..=3 {
        let failures = [failure_at(7, "08:00"), failure_at(8, "08:30")];
        store
            .record_scan(&scan(run, failures), at("09:00"))
            .expect("the scan is recorded");
    }
    fill_ledger(&store);
    drop(store);
    // What is only zeros at the end of the file could be cut off without a loss, so that no table may be empty.
    let connection = Connection::open(&place.path).expect("the file opens");
    let alias = "INSERT INTO fingerprint_aliases SELECT repository, 'f1f1', fingerprint, 'f1', 'f2', 0 FROM fingerprints LIMIT 1";
    connection.execute_batch(alias).expect("the statement runs");
    connection.close().expect("the file closes");
    assert_sound(&place.open());
    place
}

/// What the check says after `sql` was run behind the store's back.
fn problems_after(sql: &str) -> Vec<Problem> {
    let place = filled();
    let connection = Connection::open(&place.path).expect("the file opens");
    connection
        .execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}"))
        .expect("the statement runs");
    connection.close().expect("the file closes");
    let report = place.open().check().expect("the store can be checked");
    report.problems
}

fn broken_audit_entry(sql: &str) -> (u64, &'static str) {
    match only(problems_after(sql)) {
        Problem::AuditChain { sequence, finding } => (sequence, finding),
        other => panic!("{other}"),
    }
}

#[test]
fn the_first_broken_audit_entry_is_named() {
    let changed = "its content is not what was hashed";
    for column in ["action", "target", "result", "detail"] {
        // A result has to be one of three words to be read at all.
        let sql = format!("UPDATE audit_log SET {column} = 'failed' WHERE sequence = 2");
        assert_eq!(broken_audit_entry(&sql), (2, changed), "{column}");
    }
    let later = "UPDATE audit_log SET at_us = at_us + 1 WHERE sequence >= 2";
    assert_eq!(broken_audit_entry(later), (2, changed));
    let unreadable = "UPDATE audit_log SET result = 'perhaps' WHERE sequence = 2";
    assert_eq!(broken_audit_entry(unreadable), (2, "it cannot be read"));
    let removed = "DELETE FROM audit_log WHERE sequence = 2";
    assert_eq!(
        broken_audit_entry(removed),
        (3, "the entry before it is missing")
    );
    let first = "DELETE FROM audit_log WHERE sequence = 1";
    assert_eq!(
        broken_audit_entry(first),
        (2, "the entry before it is missing")
    );
    let swapped = "UPDATE audit_log SET sequence = -2 WHERE sequence = 2;
        UPDATE audit_log SET sequence = 2 WHERE sequence = 3;
        UPDATE audit_log SET sequence = 3 WHERE sequence = -2;";
    let unchained = "it does not follow the entry before it";
    assert_eq!(broken_audit_entry(swapped), (2, unchained));
}

#[test]
fn a_fingerprint_that_contradicts_its_occurrences_is_named() {
    let name = format!("tikv/pd {}", fingerprint(7));
    for change in [
        "times_seen = 9",
        "class = 'flaky'",
        "first_seen_us = 1",
        "last_scanned_us = 1",
        "message = 'else'",
    ] {
        let hex = fingerprint(7);
        let sql = format!("UPDATE fingerprints SET {change} WHERE fingerprint = '{hex}'");
        let expected = Problem::Fingerprint { name: name.clone() };
        assert_eq!(problems_after(&sql), [expected], "{change}");
    }
}

#[test]
fn a_lifecycle_that_contradicts_its_journal_is_named() {
    let name = format!("tikv/pd {}", fingerprint(7));
    let contradicted = "it is not what its last journal entry made it";
    let unlike = "its version is not the number of its journal entries";
    let unfollowed = "its journal has an entry that does not follow the one before it";
    for (sql, finding) in [
        ("UPDATE lifecycles SET state = 'TRIAGED'", contradicted),
        ("UPDATE lifecycles SET reason = 'else'", contradicted),
        ("UPDATE lifecycles SET entered_us = 1", contradicted),
        ("UPDATE lifecycles SET changed_us = 1", contradicted),
        ("UPDATE lifecycles SET version = 7", unlike),
        ("DELETE FROM lifecycle_journal WHERE version = 2", unlike),
        (
            "DELETE FROM lifecycle_journal WHERE version = 1",
            "its journal has a gap",
        ),
        (
            "UPDATE lifecycle_journal SET to_state = 'MERGED' WHERE version = 2",
            "its journal has a move that is not allowed",
        ),
        (
            "UPDATE lifecycle_journal SET from_state = 'TRIAGED' WHERE version = 2",
            unfollowed,
        ),
        (
            "UPDATE lifecycle_journal SET from_state = NULL WHERE version = 2",
            unfollowed,
        ),
    ] {
        let name = name.clone();
        assert_eq!(
            problems_after(sql),
            [Problem::Lifecycle { name, finding }],
            "{sql}"
        );
    }
}

#[test]
fn an_outbox_that_makes_no_sense_is_named() {
    let neither = "it is neither pending nor done";
    for (sql, id, finding) in [
        (
            "UPDATE outbox SET status = 'pending' WHERE id = 1",
            1,
            neither,
        ),
        ("UPDATE outbox SET result = NULL WHERE id = 1", 1, neither),
        ("UPDATE outbox SET done_us = 1 WHERE id = 2", 2, neither),
        (
            "UPDATE outbox SET revision = 2 WHERE id = 2",
            2,
            "a revision before it is missing",
        ),
    ] {
        let expected = Problem::Outbox { id, finding };
        assert_eq!(problems_after(sql), [expected], "{sql}");
    }
    let orphan = |table: &str| Problem::Orphan {
        table: table.to_owned(),
        parent: "lifecycles".to_owned(),
    };
    let mut problems = problems_after("DELETE FROM lifecycles");
    problems.sort_by_key(ToString::to_string);
    let (entry, write) = (orphan("lifecycle_journal"), orphan("outbox"));
    assert_eq!(problems, [entry.clone(), entry, write.clone(), write]);
}

#[test]
fn a_ledger_that_cannot_be_read_is_named() {
    for (table, column) in [
        ("lifecycles", "state"),
        ("lifecycle_journal", "to_state"),
        ("outbox", "status"),
    ] {
        let problems = problems_after(&format!("UPDATE {table} SET {column} = 'PERHAPS'"));
        let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(
            texts.iter().any(|text| text.contains("`PERHAPS`")),
            "{texts:?}"
        );
    }
    let problems = problems_after("UPDATE claims SET fence = -1");
    assert!(matches!(only(problems), Problem::Integrity { .. }));
}

#[test]
fn what_refers_to_nothing_is_named() {
    let problems = problems_after("DELETE FROM runs WHERE run_url LIKE '%/2'");
    let orphan = Problem::Orphan {
        table: "occurrences".to_owned(),
        parent: "runs".to_owned(),
    };
    assert_eq!(problems, [orphan.clone(), orphan], "two failures of run 2");
}

#[test]
fn a_changed_schema_is_named() {
    let finding = |text: &str| Problem::Schema {
        finding: text.to_owned(),
    };
    assert_eq!(
        problems_after("DROP INDEX occurrences_by_time; CREATE TABLE extra (a)"),
        [
            finding("index occurrences_by_time is missing or differs"),
            finding("table extra is not of this program"),
        ]
    );
}

#[test]
fn a_row_that_makes_no_sense_is_an_error() {
    let place = filled();
    let connection = Connection::open(&place.path).unwrap();
    connection
        .execute_batch("UPDATE fingerprints SET class = 'perhaps'")
        .unwrap();
    let store = place.open();
    let error = store
        .load_fingerprint(&repository(), &fingerprint(7))
        .unwrap_err();
    assert!(matches!(error, StoreError::Row { .. }), "{error}");
    assert!(!error.is_retryable());
    assert!(!error.hints().is_empty());
    let report = store.check().unwrap();
    assert!(
        report
            .problems
            .iter()
            .any(|problem| problem.to_string().contains("perhaps")),
        "{report:?}"
    );
}

#[test]
fn every_overwritten_page_is_noticed() {
    let place = filled();
    let whole = fs::read(&place.path).unwrap();
    let page = 4096;
    assert!(
        whole.len() / page > 8,
        "the store has {} bytes",
        whole.len()
    );
    for start in (0..whole.len()).step_by(page) {
        let mut bytes = whole.clone();
        bytes[start..start + page].fill(0xaa);
        fs::write(&place.path, &bytes).unwrap();
        assert_noticed(&place, &format!("page {}", start / page + 1));
    }
}

#[test]
fn every_cut_is_noticed() {
    let place = filled();
    let whole = fs::read(&place.path).unwrap();
    for length in (1..whole.len()).step_by(1999) {
        fs::write(&place.path, &whole[..length]).unwrap();
        assert_noticed(&place, &format!("{length} bytes"));
    }
}

/// Opening says that the file is damaged or no store, or the check does.
fn assert_noticed(place: &Place, how: &str) {
    match SqliteStore::open(&place.path) {
        Err(error) => {
            let text = error.to_string();
            assert!(
                text.contains("is damaged") || text.contains("is not an SQLite file"),
                "{how}: {text}"
            );
        }
        Ok(store) => {
            let report = store.check().expect("the store can be checked");
            assert!(!report.is_sound(), "{how}");
        }
    }
}
