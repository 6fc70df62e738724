//! The statements on lifecycles, outbox and claims.

use std::sync::LazyLock;

use super::Table;

const LIFECYCLES: Table = Table {
    name: "lifecycles",
    keys: &["repository", "fingerprint"],
    columns: &[
        "repository",
        "fingerprint",
        "state",
        "version",
        "entered_us",
        "changed_us",
        "reason",
        "issue_number",
        "pull_number",
        "memo",
    ],
};

const JOURNAL: Table = Table {
    name: "lifecycle_journal",
    keys: &["repository", "fingerprint", "version"],
    columns: &[
        "repository",
        "fingerprint",
        "version",
        "from_state",
        "to_state",
        "reason",
        "at_us",
    ],
};

const OUTBOX: Table = Table {
    name: "outbox",
    keys: &["id"],
    columns: &[
        "id",
        "repository",
        "fingerprint",
        "write_key",
        "revision",
        "payload",
        "status",
        "attempts",
        "last_error",
        "result",
        "created_us",
        "done_us",
    ],
};

const CLAIMS: Table = Table {
    name: "claims",
    keys: &["claim_key"],
    columns: &[
        "claim_key",
        "owner",
        "fence",
        "claimed_us",
        "expires_us",
        "released_us",
    ],
};

/// One page of the outbox: `?1` repository, `?2` the entry before, `?3` rows wanted, `?4` fingerprint.
fn list_outbox(filter: &str) -> String {
    format!(
        "{} WHERE repository = ?1{filter} AND id > ?2 ORDER BY id LIMIT ?3",
        OUTBOX.select()
    )
}

statements! {
    INSERT_LIFECYCLE = LIFECYCLES.insert_new();
    /// The version seen follows the columns.
    SWAP_LIFECYCLE = LIFECYCLES.swap(&["version"]);
    LOAD_LIFECYCLE = LIFECYCLES.select_one();
    SET_NUMBERS = "UPDATE lifecycles SET issue_number = COALESCE(?3, issue_number), \
        pull_number = COALESCE(?4, pull_number) WHERE repository = ?1 AND fingerprint = ?2";
    LIST_LIFECYCLES = format!(
        "{} WHERE repository = ?1 AND fingerprint > ?2 ORDER BY fingerprint LIMIT ?3",
        LIFECYCLES.select()
    );
    ALL_LIFECYCLES = format!("{} ORDER BY repository, fingerprint", LIFECYCLES.select());
    INSERT_TRANSITION = JOURNAL.insert();
    /// `?4` rows after the version `?3`.
    LIST_TRANSITIONS = format!(
        "{} WHERE repository = ?1 AND fingerprint = ?2 AND version > ?3 ORDER BY version LIMIT ?4",
        JOURNAL.select()
    );
    INSERT_OUTBOX = OUTBOX.insert();
    /// The status seen follows the columns.
    SWAP_OUTBOX = OUTBOX.swap(&["status"]);
    LOAD_OUTBOX = OUTBOX.select_one();
    LATEST_REVISION = format!(
        "{} WHERE repository = ?1 AND write_key = ?2 ORDER BY revision DESC LIMIT 1",
        OUTBOX.select()
    );
    LAST_OUTBOX = "SELECT COALESCE(MAX(id), 0) FROM outbox";
    LIST_OUTBOX = list_outbox("");
    LIST_OUTBOX_PENDING = list_outbox(" AND status = 'pending'");
    LIST_OUTBOX_OF = list_outbox(" AND fingerprint = ?4");
    LIST_OUTBOX_PENDING_OF = list_outbox(" AND fingerprint = ?4 AND status = 'pending'");
    ALL_OUTBOX = format!("{} ORDER BY repository, write_key, revision", OUTBOX.select());
    INSERT_CLAIM = CLAIMS.insert_new();
    /// The fence and the expiry seen follow the columns.
    SWAP_CLAIM = CLAIMS.swap(&["fence", "expires_us"]);
    LOAD_CLAIM = CLAIMS.select_one();
    ALL_CLAIMS = CLAIMS.select();
    COUNT_LEDGER = "SELECT (SELECT COUNT(*) FROM lifecycles), (SELECT COUNT(*) FROM lifecycle_journal), \
        (SELECT COUNT(*) FROM outbox), (SELECT COUNT(*) FROM claims)";
}
