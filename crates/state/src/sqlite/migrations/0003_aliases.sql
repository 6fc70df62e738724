-- A part of the key `cause`, which is made again when the rules change.
ALTER TABLE occurrences ADD COLUMN function TEXT;

-- Fingerprints by older rules, each with the one by which the failure is known now.
CREATE TABLE fingerprint_aliases (
    repository TEXT NOT NULL,
    alias TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    from_version TEXT NOT NULL,
    to_version TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    PRIMARY KEY (repository, alias),
    FOREIGN KEY (repository, fingerprint) REFERENCES fingerprints DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX aliases_by_fingerprint ON fingerprint_aliases (repository, fingerprint, alias);
