CREATE TABLE runs (
    repository TEXT NOT NULL,
    source TEXT NOT NULL,
    run_url TEXT,
    attempt INTEGER,
    file TEXT NOT NULL,
    file_sha256 TEXT,
    class TEXT NOT NULL,
    confidence REAL NOT NULL,
    evidence TEXT NOT NULL,
    frameworks TEXT NOT NULL,
    commit_sha TEXT,
    commit_scanned_us INTEGER,
    platform TEXT,
    platform_scanned_us INTEGER,
    started_us INTEGER,
    ended_us INTEGER,
    failed INTEGER NOT NULL,
    passed_on_retry INTEGER NOT NULL,
    line_count INTEGER NOT NULL,
    byte_count INTEGER NOT NULL,
    first_scanned_us INTEGER NOT NULL,
    last_scanned_us INTEGER NOT NULL,
    PRIMARY KEY (repository, source)
) STRICT;

CREATE INDEX runs_by_end ON runs (repository, ended_us, source);

CREATE TABLE fingerprints (
    repository TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    fingerprint_version TEXT NOT NULL,
    test TEXT NOT NULL,
    suite TEXT,
    kind TEXT NOT NULL,
    detail TEXT,
    framework TEXT NOT NULL,
    framework_family TEXT NOT NULL,
    cause TEXT NOT NULL,
    sketch INTEGER NOT NULL,
    message TEXT NOT NULL,
    class TEXT NOT NULL,
    confidence REAL NOT NULL,
    evidence TEXT NOT NULL,
    times_seen INTEGER NOT NULL,
    first_seen_us INTEGER,
    last_seen_us INTEGER,
    first_scanned_us INTEGER NOT NULL,
    last_scanned_us INTEGER NOT NULL,
    latest_source TEXT NOT NULL,
    latest_test TEXT NOT NULL,
    decided_us INTEGER,
    decided_source TEXT NOT NULL,
    decided_test TEXT NOT NULL,
    PRIMARY KEY (repository, fingerprint)
) STRICT;

CREATE INDEX fingerprints_by_last_seen ON fingerprints (repository, last_seen_us, fingerprint);

-- The key to `fingerprints` is checked at the end of the transaction: what a fingerprint says follows from its
-- occurrences, so they are written first.
CREATE TABLE occurrences (
    repository TEXT NOT NULL,
    source TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    fingerprint_version TEXT NOT NULL,
    cause TEXT NOT NULL,
    sketch INTEGER NOT NULL,
    test TEXT NOT NULL,
    suite TEXT,
    kind TEXT NOT NULL,
    detail TEXT,
    framework TEXT NOT NULL,
    framework_family TEXT NOT NULL,
    class TEXT NOT NULL,
    confidence REAL NOT NULL,
    evidence TEXT NOT NULL,
    passed_on_retry INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    first_line INTEGER NOT NULL,
    last_line INTEGER NOT NULL,
    occurred_us INTEGER,
    first_scanned_us INTEGER NOT NULL,
    last_scanned_us INTEGER NOT NULL,
    message TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    PRIMARY KEY (repository, fingerprint, source, test),
    FOREIGN KEY (repository, fingerprint) REFERENCES fingerprints DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (repository, source) REFERENCES runs
) STRICT;

CREATE INDEX occurrences_by_time ON occurrences (repository, fingerprint, occurred_us, source, test);

CREATE TABLE audit_log (
    sequence INTEGER PRIMARY KEY,
    at_us INTEGER NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    result TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
