//! What is rendered: the findings of one file, with what the store knows of them.
//!
//! The types are the JSON documents too: [`FileResult`] is `ftc.scan/1`. Within a version fields are only added.

use std::time::Duration;

use ftc_fingerprint::{Class, Evidence, Fingerprint, Kind, Scan};
use jiff::Timestamp;
use serde::Serialize;

use crate::inputs::{FileReport, InputError};

/// Names the form of a [`FileResult`] in JSON.
pub const FILE_SCHEMA: &str = "ftc.scan/1";

/// One file or member of an archive, ready to be rendered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FileResult {
    /// [`FILE_SCHEMA`].
    pub schema: &'static str,
    /// The path as given; in a directory argument, relative to it.
    pub file: String,
    /// The frameworks that were recognised.
    pub frameworks: Vec<&'static str>,
    /// What the file proves.
    pub class: Class,
    /// Belief in `class`, 0 to 1.
    pub confidence: f64,
    /// Why, strongest first.
    pub evidence: Vec<String>,
    /// What a person should know about the reading.
    pub notes: Vec<String>,
    /// The failures in order of their first appearance.
    pub failures: Vec<FileFailure>,
}

/// One failure in a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FileFailure {
    /// Its test; `None` for build and infrastructure.
    pub test: Option<String>,
    /// How it failed.
    pub kind: Kind,
    /// A finer word.
    pub detail: Option<String>,
    /// Who reported it.
    pub framework: &'static str,
    /// What it said.
    pub message: String,
    /// What its own evidence proves.
    pub class: Class,
    /// Why, strongest first.
    pub evidence: Vec<String>,
    /// Its identity.
    pub fingerprint: Fingerprint,
    /// The rules that made the identity.
    pub fingerprint_version: String,
    /// Whether it passed when it was run again.
    pub passed_on_retry: bool,
    /// Its first line, counted from 1.
    pub first_line: u64,
    /// Its last line.
    pub last_line: u64,
    /// What the store knows; absent without a store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// Package, crate, module or file of the test.
    #[serde(skip)]
    pub suite: Option<String>,
    /// The lines to read.
    #[serde(skip)]
    pub excerpt: String,
    /// The numbers of these lines, or nothing.
    #[serde(skip)]
    pub excerpt_numbers: Vec<u64>,
    /// Whether the failure has more lines than that.
    #[serde(skip)]
    pub excerpt_is_cut: bool,
}

/// How often a failure was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Occurrences, this one included.
    pub times: u64,
    /// When it was seen first: the log's time, or when it was recorded if no log gave one.
    pub since: Timestamp,
    /// Whether the repository never had it before.
    #[serde(rename = "new")]
    pub is_new: bool,
}

/// What all files gave together.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Files and members that were scanned.
    pub files: usize,
    /// Failures that did not pass when they were run again.
    pub failures: usize,
    /// Failures that did.
    pub flaky: usize,
    /// What could not be read, or not to its end.
    pub errors: Vec<Unreadable>,
    /// What was left out.
    pub warnings: Vec<String>,
    /// How long it took.
    pub elapsed: Duration,
}

/// One input that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// The input as it was given.
    pub file: String,
    /// Why, in one line.
    pub error: String,
}

impl FileResult {
    /// Takes over a report; `seen` is for the failures of its scan in their order, or empty.
    pub fn new(report: FileReport, seen: Vec<Seen>) -> Self {
        let FileReport {
            file, scan, notes, ..
        } = report;
        let Scan {
            frameworks,
            fingerprint_version,
            class,
            confidence,
            evidence,
            failures,
            ..
        } = scan;
        let seen = seen.into_iter().map(Some).chain(std::iter::repeat(None));
        Self {
            schema: FILE_SCHEMA,
            file,
            frameworks: frameworks.iter().map(|framework| framework.name).collect(),
            class,
            confidence,
            evidence: texts(&evidence),
            notes,
            failures: failures
                .into_iter()
                .zip(seen)
                .map(|(failure, seen)| FileFailure::new(failure, &fingerprint_version, seen))
                .collect(),
        }
    }
}

impl FileFailure {
    fn new(failure: ftc_fingerprint::Failure, version: &str, seen: Option<Seen>) -> Self {
        Self {
            test: failure.test,
            kind: failure.kind,
            detail: failure.detail,
            framework: failure.framework.name,
            message: failure.message,
            class: failure.classification.class,
            evidence: texts(&failure.classification.evidence),
            fingerprint: failure.keys.exact,
            fingerprint_version: version.to_owned(),
            passed_on_retry: failure.passed_on_retry,
            first_line: failure.span.first_line,
            last_line: failure.span.last_line,
            seen,
            suite: failure.suite,
            excerpt: failure.excerpt.text,
            excerpt_numbers: failure.excerpt.line_numbers,
            excerpt_is_cut: failure.excerpt.truncated,
        }
    }

    /// What to call it: its test, or else the first words that it said.
    pub fn title(&self) -> &str {
        let message = self.message.lines().find(|line| !line.trim().is_empty());
        self.test.as_deref().or(message).unwrap_or(match self.kind {
            Kind::Build => "(build failure)",
            Kind::Infra => "(infrastructure failure)",
            _ => "(failure without a test)",
        })
    }
}

impl From<&InputError> for Unreadable {
    fn from(error: &InputError) -> Self {
        Self {
            file: error.name().to_owned(),
            error: error.to_line(),
        }
    }
}

impl Summary {
    /// Counts a file.
    pub fn add(&mut self, file: &FileResult) {
        let flaky = file
            .failures
            .iter()
            .filter(|failure| failure.passed_on_retry)
            .count();
        self.files += 1;
        self.flaky += flaky;
        self.failures += file.failures.len() - flaky;
    }
}

fn texts(evidence: &[Evidence]) -> Vec<String> {
    evidence
        .iter()
        .map(|evidence| evidence.text.clone())
        .collect()
}
