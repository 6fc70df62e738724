//! What a caller hands to the store: one scanned input with its failures.

use ftc_fingerprint::{Class, Evidence, Failure, Fingerprint, Kind, Scan, Sketch};
use jiff::Timestamp;

use crate::repository::RepositoryName;
use crate::source::OccurrenceSource;

/// One reason for a class, as stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Stable name of the rule that spoke.
    pub rule: String,
    /// A few words for a person.
    pub text: String,
}

impl From<&Evidence> for Reason {
    fn from(evidence: &Evidence) -> Self {
        Self {
            rule: evidence.rule.to_owned(),
            text: evidence.text.clone(),
        }
    }
}

/// One scanned input: a run's log or report, passing ones too, since without passes there is no flake rate.
///
/// Text needs no preparation: the store redacts and caps it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ScanRecord {
    /// Whose failures these are.
    pub repository: RepositoryName,
    /// What was scanned.
    pub source: OccurrenceSource,
    /// The commit that ran, where known.
    pub commit: Option<String>,
    /// The platform it ran on, where known.
    pub platform: Option<String>,
    /// The input's class.
    pub class: Class,
    /// Belief in `class`, 0 to 1.
    pub confidence: f64,
    /// Why, strongest first.
    pub evidence: Vec<Reason>,
    /// Names of the frameworks that were recognised.
    pub frameworks: Vec<String>,
    /// First and last time that the input's own lines carry.
    pub time: Option<(Timestamp, Timestamp)>,
    /// Lines read.
    pub lines: u64,
    /// Bytes read.
    pub bytes: u64,
    /// The failures, retried-then-passed ones included.
    pub failures: Vec<FailureRecord>,
}

impl ScanRecord {
    /// Takes over what `scan` found. Commit and platform are for the caller to set.
    pub fn new(repository: RepositoryName, source: OccurrenceSource, scan: &Scan) -> Self {
        Self {
            repository,
            source,
            commit: None,
            platform: None,
            class: scan.class,
            confidence: scan.confidence,
            evidence: scan.evidence.iter().map(Reason::from).collect(),
            frameworks: scan
                .frameworks
                .iter()
                .map(|framework| framework.name.to_owned())
                .collect(),
            time: scan.time,
            lines: scan.lines,
            bytes: scan.bytes,
            failures: scan
                .failures
                .iter()
                .map(|failure| FailureRecord {
                    fingerprint_version: scan.fingerprint_version.clone(),
                    ..FailureRecord::from(failure)
                })
                .collect(),
        }
    }
}

/// One failure, as given to the store and as stored.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FailureRecord {
    /// Identity: the exact key.
    pub fingerprint: Fingerprint,
    /// Version of the rules that made the keys.
    pub fingerprint_version: String,
    /// The key that joins one cause over many tests.
    pub cause: Fingerprint,
    /// For suggestions.
    pub sketch: Sketch,
    /// Canonical test name. `None` for build and infrastructure; an empty name counts as none.
    pub test: Option<String>,
    /// Package, crate or file of the test.
    pub suite: Option<String>,
    /// How it failed.
    pub kind: Kind,
    /// A finer word.
    pub detail: Option<String>,
    /// Who reported it.
    pub framework: String,
    /// The family that identity is made from.
    pub framework_family: String,
    /// First function of the project on the stack, where it is known.
    pub function: Option<String>,
    /// The raw primary message.
    pub message: String,
    /// What its own evidence says.
    pub class: Class,
    /// Belief in `class`, 0 to 1.
    pub confidence: f64,
    /// Why, strongest first.
    pub evidence: Vec<Reason>,
    /// Failed, and passed when run again.
    pub passed_on_retry: bool,
    /// How often it was run.
    pub attempts: u32,
    /// First line in the raw input, from 1.
    pub first_line: u64,
    /// Last line, inclusive.
    pub last_line: u64,
    /// The lines to show a person.
    pub excerpt: String,
    /// The log's own time at the failure.
    pub occurred_at: Option<Timestamp>,
}

impl FailureRecord {
    /// A failure of which only identity and kind are known; the other fields are for the caller to set.
    pub fn new(fingerprint: Fingerprint, kind: Kind) -> Self {
        Self {
            fingerprint,
            fingerprint_version: ftc_fingerprint::FINGERPRINT_VERSION.to_owned(),
            cause: fingerprint,
            sketch: Sketch(0),
            test: None,
            suite: None,
            kind,
            detail: None,
            framework: String::new(),
            framework_family: String::new(),
            function: None,
            message: String::new(),
            class: Class::Unknown,
            confidence: 0.0,
            evidence: Vec::new(),
            passed_on_retry: false,
            attempts: 1,
            first_line: 0,
            last_line: 0,
            excerpt: String::new(),
            occurred_at: None,
        }
    }
}

impl From<&Failure> for FailureRecord {
    fn from(failure: &Failure) -> Self {
        Self {
            cause: failure.keys.cause,
            sketch: failure.keys.sketch,
            test: failure.test.clone(),
            suite: failure.suite.clone(),
            detail: failure.detail.clone(),
            framework: failure.framework.name.to_owned(),
            framework_family: failure.framework.family.to_owned(),
            function: failure.function.clone(),
            message: failure.message.clone(),
            class: failure.classification.class,
            confidence: failure.classification.confidence,
            evidence: failure
                .classification
                .evidence
                .iter()
                .map(Reason::from)
                .collect(),
            passed_on_retry: failure.passed_on_retry,
            attempts: failure.attempts,
            first_line: failure.span.first_line,
            last_line: failure.span.last_line,
            excerpt: failure.excerpt.text.clone(),
            occurred_at: failure.time,
            ..Self::new(failure.keys.exact, failure.kind)
        }
    }
}
