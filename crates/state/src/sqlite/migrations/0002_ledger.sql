CREATE TABLE lifecycles (
    repository TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    entered_us INTEGER NOT NULL,
    changed_us INTEGER NOT NULL,
    reason TEXT NOT NULL,
    issue_number INTEGER,
    pull_number INTEGER,
    memo TEXT NOT NULL,
    PRIMARY KEY (repository, fingerprint)
) STRICT;

CREATE TABLE lifecycle_journal (
    repository TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    version INTEGER NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (repository, fingerprint, version),
    FOREIGN KEY (repository, fingerprint) REFERENCES lifecycles
) STRICT;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    repository TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    write_key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    payload TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    result TEXT,
    created_us INTEGER NOT NULL,
    done_us INTEGER,
    UNIQUE (repository, write_key, revision),
    FOREIGN KEY (repository, fingerprint) REFERENCES lifecycles
) STRICT;

CREATE INDEX outbox_by_repository ON outbox (repository, id);
CREATE INDEX outbox_by_status ON outbox (repository, status, id);
CREATE INDEX outbox_by_lifecycle ON outbox (repository, fingerprint, id);
CREATE INDEX outbox_by_lifecycle_and_status ON outbox (repository, fingerprint, status, id);

-- A claim stays when it is over, so that the next one has a greater fence.
CREATE TABLE claims (
    claim_key TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    fence INTEGER NOT NULL,
    claimed_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    released_us INTEGER
) STRICT;
