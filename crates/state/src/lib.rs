//! The store of record: fingerprints, occurrences, runs and the audit log.
