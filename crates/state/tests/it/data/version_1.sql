-- A store with schema version 1, as `.dump` of the sqlite3 program shows what `ftc-scan --store` of that time made of two
-- logs, one of them scanned twice.
PRAGMA application_id = 1718903601;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_migrations (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL
) STRICT;
INSERT INTO schema_migrations VALUES(1,'record','89862c0a7e42ee7c89c2e6a49726a0322592380a030c32f6a98143cb72099bee');
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
INSERT INTO runs VALUES('tikv/pd','05c169816bc8ff9bac99baa4ad6a656915689476d50298281590278978571499',NULL,NULL,'a.log','795eb5e6c5e14cd0ff22ef6470e130270cba1071872a1b43fbc09438b81bb5b8','unknown',0.5,'[{"rule":"one-log","text":"not run again in this log"}]','["go-test"]',NULL,NULL,NULL,NULL,NULL,NULL,1,0,5,119,1795273685395847,1795273685685939);
INSERT INTO runs VALUES('tikv/pd','763dee03083670280bbe9f67eedca1406e43e834b54772b82e9d7e5d276ee6e7',NULL,NULL,'b.log','b304b6334f8efe16874e8588f75751fd120a0860c69a4fff8067763bec9b5f82','unknown',0.5,'[{"rule":"one-log","text":"not run again in this log"}]','["go-test"]',NULL,NULL,NULL,NULL,1793606400123456,1793606400823456,2,0,8,435,1795273685395847,1795273685395847);
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
INSERT INTO fingerprints VALUES('tikv/pd','87a6b922d2dc1038d0e6baeb56f3bea05db5e6afcac1dbcebf45dc0147f11d6c','f1','TestLease','example.com/lease','assertion',NULL,'go-test','go','7c2671b839ad263629ff5213c58fd3c9a6c0d12ad4b4a04fd98ce6b8055bbf33',-6822797176572151774,'lease expired','unknown',0.5,'[{"rule":"one-log","text":"not run again in this log"}]',2,1793606400323456,1793606400323456,1795273685395847,1795273685685939,'763dee03083670280bbe9f67eedca1406e43e834b54772b82e9d7e5d276ee6e7','TestLease',1793606400323456,'763dee03083670280bbe9f67eedca1406e43e834b54772b82e9d7e5d276ee6e7','TestLease');
INSERT INTO fingerprints VALUES('tikv/pd','39cdda611c23bd30acb46aea1bc916592ca951982c6c6e85cd16e5e5d3fd2406','f1','TestOther','example.com/lease','assertion',NULL,'go-test','go','6582cf38edfe761cb2457fcbd0e5694eecb769dfb99ceffd1434efa03f29f6c2',-8621975164875137535,'want 1, have 2','unknown',0.5,'[{"rule":"one-log","text":"not run again in this log"}]',1,1793606400623456,1793606400623456,1795273685395847,1795273685395847,'763dee03083670280bbe9f67eedca1406e43e834b54772b82e9d7e5d276ee6e7','TestOther',1793606400623456,'763dee03083670280bbe9f67eedca1406e43e834b54772b82e9d7e5d276ee6e7','TestOther');
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
INSERT INTO occurrences VALUES('tikv/pd','05c169816bc8ff9bac99baa4ad6a656915689476d50298281590278978571499','87a6b922d2dc1038d0e6baeb56f3bea05db5e6afcac1dbcebf45dc0147f11d6c','f1','7c2671b839ad263629ff5213c58fd3c9a6c0d12ad4b4a04fd98ce6b8055bbf33',-6822797176572151774,'TestLease','example.com/lease','assertion',NULL,'go-test','go','unknown',0.5,'[{"rule":"one-log","text":"not run again in this log"}]',0,1,2,3,NULL,1795273685395847,1795273685685939,'lease expired',replace('--- FAIL: TestLease (0.02s)\n    lease_test.go:41: lease expired','\n',char(10)));
INSERT INTO occurrences VALUES('tikv/pd','763dee03083670280bbe9f67eedca1406e43e834b54772b82e9d7e5d276ee6e7','87a6b922d2dc1038d0e6baeb56f3bea05db5e6afcac1dbcebf45dc0147f11d6c','f1','7c2671b839ad263629ff5213c58fd3c9a6c0d12ad4b4a04fd98ce6b8055bbf33',-6822797176572151774,'TestLease','example.com/lease','assertion',NULL,'go-test','go','unknown',0.5,'[{"rule":"one-log","text":"not run again in this log"}]',0,1,2,3,1793606400323456,1795273685395847,1795273685395847,'lease expired',replace('--- FAIL: TestLease (0.02s)\n    lease_test.go:41: lease expired','\n',char(10)));
INSERT INTO occurrences VALUES('tikv/pd','763dee03083670280bbe9f67eedca1406e43e834b54772b82e9d7e5d276ee6e7','39cdda611c23bd30acb46aea1bc916592ca951982c6c6e85cd16e5e5d3fd2406','f1','6582cf38edfe761cb2457fcbd0e5694eecb769dfb99ceffd1434efa03f29f6c2',-8621975164875137535,'TestOther','example.com/lease','assertion',NULL,'go-test','go','unknown',0.5,'[{"rule":"one-log","text":"not run again in this log"}]',0,1,5,6,1793606400623456,1795273685395847,1795273685395847,'want 1, have 2',replace('--- FAIL: TestOther (0.00s)\n    other_test.go:7: want 1, have 2','\n',char(10)));
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
INSERT INTO audit_log VALUES(1,1795273685395847,'scan.record','tikv/pd a.log','done','class unknown, 1 occurrences, 1 of them new','0000000000000000000000000000000000000000000000000000000000000000','5f8d72f03197a7c4c9b9aceaaf9e426d57adcdbbb3a387d1e8fb44885528b6d3');
INSERT INTO audit_log VALUES(2,1795273685395847,'scan.record','tikv/pd b.log','done','class unknown, 2 occurrences, 2 of them new','5f8d72f03197a7c4c9b9aceaaf9e426d57adcdbbb3a387d1e8fb44885528b6d3','1c9f8796dee8228888b6becfd5b341c27cb010ec4778d6fa3748d2a4da61acc1');
INSERT INTO audit_log VALUES(3,1795273685685939,'scan.record','tikv/pd a.log','done','class unknown, 1 occurrences, 0 of them new','1c9f8796dee8228888b6becfd5b341c27cb010ec4778d6fa3748d2a4da61acc1','8daa593cc5dfa03e1e0deec5729c0280e487d93051f4acbae2d82279bb0811f8');
CREATE INDEX runs_by_end ON runs (repository, ended_us, source);
CREATE INDEX fingerprints_by_last_seen ON fingerprints (repository, last_seen_us, fingerprint);
CREATE INDEX occurrences_by_time ON occurrences (repository, fingerprint, occurred_us, source, test);
COMMIT;
