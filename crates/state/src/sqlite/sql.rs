//! Every statement, built once from the tables' columns.

use std::sync::LazyLock;

/// A table whose rows are written whole. Parameter `?N` is the Nth column in every statement that writes.
pub(super) struct Table {
    pub(super) name: &'static str,
    keys: &'static [&'static str],
    columns: &'static [&'static str],
}

pub(super) const RUNS: Table = Table {
    name: "runs",
    keys: &["repository", "source"],
    columns: &[
        "repository",
        "source",
        "run_url",
        "attempt",
        "file",
        "file_sha256",
        "class",
        "confidence",
        "evidence",
        "frameworks",
        "commit_sha",
        "commit_scanned_us",
        "platform",
        "platform_scanned_us",
        "started_us",
        "ended_us",
        "failed",
        "passed_on_retry",
        "line_count",
        "byte_count",
        "first_scanned_us",
        "last_scanned_us",
    ],
};

pub(super) const FINGERPRINTS: Table = Table {
    name: "fingerprints",
    keys: &["repository", "fingerprint"],
    columns: &[
        "repository",
        "fingerprint",
        "fingerprint_version",
        "test",
        "suite",
        "kind",
        "detail",
        "framework",
        "framework_family",
        "cause",
        "sketch",
        "message",
        "class",
        "confidence",
        "evidence",
        "times_seen",
        "first_seen_us",
        "last_seen_us",
        "first_scanned_us",
        "last_scanned_us",
        "latest_source",
        "latest_test",
        "decided_us",
        "decided_source",
        "decided_test",
    ],
};

pub(super) const OCCURRENCES: Table = Table {
    name: "occurrences",
    keys: &["repository", "fingerprint", "source", "test"],
    columns: &[
        "repository",
        "source",
        "fingerprint",
        "fingerprint_version",
        "cause",
        "sketch",
        "test",
        "suite",
        "kind",
        "detail",
        "framework",
        "framework_family",
        "class",
        "confidence",
        "evidence",
        "passed_on_retry",
        "attempts",
        "first_line",
        "last_line",
        "occurred_us",
        "first_scanned_us",
        "last_scanned_us",
        "message",
        "excerpt",
        "function",
    ],
};

pub(super) const ALIASES: Table = Table {
    name: "fingerprint_aliases",
    keys: &["repository", "alias"],
    columns: &[
        "repository",
        "alias",
        "fingerprint",
        "from_version",
        "to_version",
        "created_us",
    ],
};

pub(super) const AUDIT: Table = Table {
    name: "audit_log",
    keys: &["sequence"],
    columns: &[
        "sequence", "at_us", "action", "target", "result", "detail", "previous", "hash",
    ],
};

impl Table {
    fn insert(&self) -> String {
        let places: Vec<String> = (1..=self.columns.len()).map(|n| format!("?{n}")).collect();
        format!(
            "INSERT INTO {} ({}) VALUES ({})",
            self.name,
            self.columns.join(", "),
            places.join(", ")
        )
    }

    fn insert_new(&self) -> String {
        format!("{} ON CONFLICT DO NOTHING", self.insert())
    }

    /// Overwrites the row with these keys if its `guards` are as seen; the values seen follow those of the columns.
    fn swap(&self, guards: &[&str]) -> String {
        let place = |index: usize, column: &str| format!("{column} = ?{}", index + 1);
        let places = || self.columns.iter().enumerate();
        let updates: Vec<String> = places()
            .filter(|(_, column)| !self.keys.contains(column))
            .map(|(index, column)| place(index, column))
            .collect();
        let keys = places().filter(|(_, column)| self.keys.contains(column));
        let seen = guards.iter().enumerate();
        let terms: Vec<String> = keys
            .chain(seen.map(|(index, column)| (self.columns.len() + index, column)))
            .map(|(index, column)| place(index, column))
            .collect();
        format!(
            "UPDATE {} SET {} WHERE {}",
            self.name,
            updates.join(", "),
            terms.join(" AND ")
        )
    }

    /// The row with the keys `?1..`, in the order of `keys`.
    fn delete(&self) -> String {
        format!("DELETE FROM {} WHERE {}", self.name, self.is_it())
    }

    fn upsert(&self) -> String {
        let updates: Vec<String> = self
            .columns
            .iter()
            .filter(|column| !self.keys.contains(column))
            .map(|column| format!("{column} = excluded.{column}"))
            .collect();
        format!(
            "{} ON CONFLICT ({}) DO UPDATE SET {}",
            self.insert(),
            self.keys.join(", "),
            updates.join(", ")
        )
    }

    fn select(&self) -> String {
        format!("SELECT {} FROM {}", self.columns.join(", "), self.name)
    }

    /// The row with the keys `?1..`, in the order of `keys`.
    fn select_one(&self) -> String {
        format!("{} WHERE {}", self.select(), self.is_it())
    }

    fn is_it(&self) -> String {
        let terms: Vec<String> = self
            .keys
            .iter()
            .enumerate()
            .map(|(index, key)| format!("{key} = ?{}", index + 1))
            .collect();
        terms.join(" AND ")
    }
}

/// The statements that page through a list from the latest row to the earliest, rows without a time last.
///
/// A row value cannot be compared with one that holds a NULL, so rows without a time are a list of their own.
/// Parameters: `?1` repository, `?2` fingerprint or NULL, `?3` rows wanted, `?4` cursor's time, `?5` its key, `?6` its test.
pub(super) struct ListSql {
    pub(super) timed: String,
    pub(super) timed_after: String,
    pub(super) untimed: String,
    pub(super) untimed_after: String,
}

impl ListSql {
    fn new(select: &str, scope: &str, time: &str, keys: &[&str]) -> Self {
        let order = [&[time], keys].concat().join(" DESC, ");
        let places = ["?5", "?6"][..keys.len()].join(", ");
        let before = format!("({}) < ({places})", keys.join(", "));
        let statement = |filter: &str| {
            format!("{select} WHERE {scope} AND {filter} ORDER BY {order} DESC LIMIT ?3")
        };
        Self {
            timed: statement(&format!("{time} IS NOT NULL")),
            timed_after: statement(&format!("{time} <= ?4 AND ({time} < ?4 OR {before})")),
            untimed: statement(&format!("{time} IS NULL")),
            untimed_after: statement(&format!("{time} IS NULL AND {before}")),
        }
    }
}

macro_rules! statements {
    ($($(#[doc = $doc:literal])* $name:ident = $text:expr;)*) => {
        $($(#[doc = $doc])* pub(in crate::sqlite) static $name: LazyLock<String> = LazyLock::new(|| String::from($text));)*
        /// All of them, for the tests that read them.
        #[cfg(test)]
        pub(super) fn statements() -> Vec<&'static str> {
            vec![$($name.as_str()),*]
        }
    };
}

pub(super) mod ledger;

statements! {
    PUT_RUN = RUNS.upsert();
    LOAD_RUN = RUNS.select_one();
    PUT_FINGERPRINT = FINGERPRINTS.upsert();
    LOAD_FINGERPRINT = FINGERPRINTS.select_one();
    INSERT_OCCURRENCE = OCCURRENCES.insert_new();
    PUT_OCCURRENCE = OCCURRENCES.upsert();
    LOAD_OCCURRENCE = OCCURRENCES.select_one();
    OCCURRENCES_OF = format!("{} WHERE repository = ?1 AND fingerprint = ?2", OCCURRENCES.select());
    /// The fingerprints of one repository from `?2` up to `?3`, which is not among them.
    FINGERPRINT_RANGE = format!(
        "{} WHERE repository = ?1 AND fingerprint >= ?2 AND fingerprint < ?3 ORDER BY fingerprint LIMIT ?4",
        FINGERPRINTS.select()
    );
    /// Repositories, one after the other: each look-up is one step in the primary key, however many rows it has.
    NEXT_REPOSITORY = "SELECT MIN(repository) FROM fingerprints WHERE repository > ?1";
    /// `?3` fingerprints after the one of repository `?1` and fingerprint `?2`.
    FINGERPRINTS_AFTER = format!(
        "{} WHERE (repository, fingerprint) > (?1, ?2) ORDER BY repository, fingerprint LIMIT ?3",
        FINGERPRINTS.select()
    );
    DELETE_OCCURRENCE = OCCURRENCES.delete();
    DELETE_FINGERPRINT = FINGERPRINTS.delete();
    PUT_ALIAS = ALIASES.upsert();
    LOAD_ALIAS = ALIASES.select_one();
    DELETE_ALIAS = ALIASES.delete();
    RETARGET_ALIASES = "UPDATE fingerprint_aliases SET fingerprint = ?3 WHERE repository = ?1 AND fingerprint = ?2";
    /// The aliases of one repository from `?2` up to `?3`, which is not among them.
    ALIAS_RANGE = format!(
        "{} WHERE repository = ?1 AND alias >= ?2 AND alias < ?3 ORDER BY alias LIMIT ?4",
        ALIASES.select()
    );
    /// A lifecycle under another fingerprint; the journal and the outbox that refer to it follow, then the old one goes.
    COPY_LIFECYCLE = "INSERT INTO lifecycles (repository, fingerprint, state, version, entered_us, changed_us, reason, \
        issue_number, pull_number, memo) SELECT repository, ?3, state, version, entered_us, changed_us, reason, \
        issue_number, pull_number, memo FROM lifecycles WHERE repository = ?1 AND fingerprint = ?2";
    MOVE_JOURNAL = "UPDATE lifecycle_journal SET fingerprint = ?3 WHERE repository = ?1 AND fingerprint = ?2";
    MOVE_OUTBOX = "UPDATE outbox SET fingerprint = ?3 WHERE repository = ?1 AND fingerprint = ?2";
    DELETE_LIFECYCLE = "DELETE FROM lifecycles WHERE repository = ?1 AND fingerprint = ?2";
    ALL_FINGERPRINTS = format!("{} ORDER BY repository, fingerprint", FINGERPRINTS.select());
    ALL_AUDIT = format!("{} ORDER BY sequence", AUDIT.select());
    INSERT_AUDIT = AUDIT.insert();
    AUDIT_HEAD = "SELECT sequence, hash FROM audit_log ORDER BY sequence DESC LIMIT 1";
    LIST_AUDIT = format!("{} WHERE sequence > ?1 ORDER BY sequence LIMIT ?2", AUDIT.select());
    COUNT_ROWS = "SELECT (SELECT COUNT(*) FROM fingerprints), (SELECT COUNT(*) FROM occurrences), \
        (SELECT COUNT(*) FROM runs), (SELECT COUNT(*) FROM audit_log)";
}

pub(super) static LIST_RUNS: LazyLock<ListSql> = LazyLock::new(|| {
    ListSql::new(
        &RUNS.select(),
        "repository = ?1 AND ?2 IS NULL",
        "ended_us",
        &["source"],
    )
});

pub(super) static LIST_FINGERPRINTS: LazyLock<ListSql> = LazyLock::new(|| {
    ListSql::new(
        &FINGERPRINTS.select(),
        "repository = ?1 AND ?2 IS NULL",
        "last_seen_us",
        &["fingerprint"],
    )
});

pub(super) static LIST_OCCURRENCES: LazyLock<ListSql> = LazyLock::new(|| {
    ListSql::new(
        &OCCURRENCES.select(),
        "repository = ?1 AND fingerprint = ?2",
        "occurred_us",
        &["source", "test"],
    )
});

#[cfg(test)]
mod tests;
