//! The answer of a store that was asked whether it is sound.

use std::fmt;

/// What a check counted and found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CheckReport {
    /// Rows.
    pub fingerprints: u64,
    /// Rows.
    pub occurrences: u64,
    /// Rows.
    pub runs: u64,
    /// Entries of the audit log.
    pub audit_entries: u64,
    /// Rows.
    pub lifecycles: u64,
    /// Journal entries of all lifecycles.
    pub transitions: u64,
    /// Rows.
    pub outbox_entries: u64,
    /// Keys that were ever claimed.
    pub claims: u64,
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
}

impl CheckReport {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }
}

/// One thing that is wrong with a store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The engine finds its own file damaged.
    Integrity {
        /// In the engine's words.
        finding: String,
    },
    /// A table, index or migration is not as this program makes it.
    Schema {
        /// Which, and how it differs.
        finding: String,
    },
    /// The audit log was changed; entries before `sequence` are as written.
    AuditChain {
        /// The first entry that is wrong.
        sequence: u64,
        /// How.
        finding: &'static str,
    },
    /// A fingerprint does not say what its occurrences say.
    Fingerprint {
        /// `REPOSITORY FINGERPRINT`.
        name: String,
    },
    /// A lifecycle is not what its journal makes it.
    Lifecycle {
        /// `REPOSITORY FINGERPRINT`.
        name: String,
        /// What is wrong.
        finding: &'static str,
    },
    /// An entry of the outbox makes no sense.
    Outbox {
        /// Its number.
        id: u64,
        /// What is wrong.
        finding: &'static str,
    },
    /// A row refers to one that is not there.
    Orphan {
        /// The row's table.
        table: String,
        /// The table it refers to.
        parent: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integrity { finding } => write!(f, "the file is damaged: {finding}"),
            Self::Schema { finding } => write!(f, "the schema is wrong: {finding}"),
            Self::AuditChain { sequence, finding } => {
                write!(f, "the audit log is broken at entry {sequence}: {finding}")
            }
            Self::Fingerprint { name } => {
                write!(
                    f,
                    "the fingerprint {name} does not agree with its occurrences"
                )
            }
            Self::Lifecycle { name, finding } => {
                write!(f, "the lifecycle {name} is wrong: {finding}")
            }
            Self::Outbox { id, finding } => {
                write!(f, "entry {id} of the outbox is wrong: {finding}")
            }
            Self::Orphan { table, parent } => {
                write!(
                    f,
                    "a row of `{table}` refers to a row of `{parent}` that is not there"
                )
            }
        }
    }
}
