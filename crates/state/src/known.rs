//! What the store knows: its answers.

use ftc_fingerprint::{Class, Fingerprint, Kind, Sketch};
use jiff::Timestamp;

use crate::record::{FailureRecord, Reason};
use crate::repository::RepositoryName;
use crate::source::OccurrenceSource;

/// Whether something was already in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// It was not; now it is.
    New,
    /// It was, and was brought up to date.
    Known,
}

/// What a recorded scan changed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Recorded {
    /// Whether this input was seen for the first time.
    pub run: Novelty,
    /// What is now known of each failure of the record, in the record's order.
    pub failures: Vec<KnownFailure>,
}

/// What is known of one failure after its scan was recorded.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct KnownFailure {
    /// Whether this occurrence is new. A scan recorded again brings no new ones.
    pub occurrence: Novelty,
    /// Everything about its fingerprint, this occurrence included.
    pub fingerprint: KnownFingerprint,
}

impl KnownFailure {
    /// Whether the repository never had this failure before this occurrence.
    pub fn is_first(&self) -> bool {
        self.occurrence == Novelty::New && self.fingerprint.times_seen == 1
    }
}

/// A fingerprint with what its occurrences say together. The same occurrences give the same answer, in whatever order
/// they were recorded.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct KnownFingerprint {
    /// Whose failure it is.
    pub repository: RepositoryName,
    /// Identity within the repository.
    pub fingerprint: Fingerprint,
    /// Version of the rules that made it.
    pub fingerprint_version: String,
    /// Canonical test name; `None` for build and infrastructure.
    pub test: Option<String>,
    /// Of the latest occurrence.
    pub suite: Option<String>,
    /// How it fails.
    pub kind: Kind,
    /// Of the latest occurrence.
    pub detail: Option<String>,
    /// Of the latest occurrence.
    pub framework: String,
    /// The family that identity is made from.
    pub framework_family: String,
    /// Of the latest occurrence.
    pub cause: Fingerprint,
    /// Of the latest occurrence.
    pub sketch: Sketch,
    /// Of the latest occurrence.
    pub message: String,
    /// The strongest class of any occurrence: a decided one before `unknown`, then the higher confidence, then the later.
    pub class: Class,
    /// Belief in `class`, 0 to 1.
    pub confidence: f64,
    /// Why, of the occurrence that gave `class`.
    pub evidence: Vec<Reason>,
    /// Number of occurrences.
    pub times_seen: u64,
    /// Earliest time that a log gave; `None` while no log gave one.
    pub first_seen: Option<Timestamp>,
    /// Latest time that a log gave.
    pub last_seen: Option<Timestamp>,
    /// When it was first recorded, by the caller's clock.
    pub first_scanned: Timestamp,
    /// When it was last recorded.
    pub last_scanned: Timestamp,
}

/// One failure in one source.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Occurrence {
    /// Whose failure it is.
    pub repository: RepositoryName,
    /// Where it stands.
    pub source: OccurrenceSource,
    /// The commit that ran, where known.
    pub commit: Option<String>,
    /// The platform it ran on, where known.
    pub platform: Option<String>,
    /// The failure, as the latest scan of the source saw it.
    pub failure: FailureRecord,
    /// When it was first recorded.
    pub first_scanned: Timestamp,
    /// When it was last recorded.
    pub last_scanned: Timestamp,
}

/// One scanned input, passing ones too.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Run {
    /// Whose run it is.
    pub repository: RepositoryName,
    /// What was scanned.
    pub source: OccurrenceSource,
    /// The commit that ran. A later scan that does not know it takes nothing away.
    pub commit: Option<String>,
    /// The platform it ran on; kept like `commit`.
    pub platform: Option<String>,
    /// The class that the latest scan gave.
    pub class: Class,
    /// Belief in `class`, 0 to 1.
    pub confidence: f64,
    /// Why, strongest first.
    pub evidence: Vec<Reason>,
    /// Names of the frameworks that were recognised.
    pub frameworks: Vec<String>,
    /// First and last time in the log.
    pub time: Option<(Timestamp, Timestamp)>,
    /// Failures that did not pass when run again.
    pub failed: u64,
    /// Failures that passed when run again.
    pub passed_on_retry: u64,
    /// Lines read.
    pub lines: u64,
    /// Bytes read.
    pub bytes: u64,
    /// When it was first recorded.
    pub first_scanned: Timestamp,
    /// When it was last recorded.
    pub last_scanned: Timestamp,
}
