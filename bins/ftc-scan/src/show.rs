//! `--show`: all that is known of one failure.

use std::io::{self, Write};

use ftc_cli::config::ScanFormat;
use ftc_cli::{CliError, Context, ExitCode, Styles, printable};
use ftc_fingerprint::Fingerprint;
use ftc_state::{FingerprintPrefix, KnownFingerprint, Occurrence, Origin};
use jiff::Timestamp;
use serde::Serialize;

use crate::model::{FileFailure, FileResult};
use crate::plan::Plan;
use crate::render::text::one_line;
use crate::render::{human_seen, write_json_line};

/// Names the form of the JSON document.
const SCHEMA: &str = "ftc.scan.show/1";
/// Occurrences that a person is shown; JSON has all.
const MAX_SHOWN: usize = 20;

/// Gathers the failures of this scan whose fingerprint begins as asked.
#[derive(Debug)]
pub struct Shown<'a> {
    prefix: &'a FingerprintPrefix,
    found: Vec<Found>,
}

/// One failure of this scan.
#[derive(Debug, Clone, Serialize)]
struct Found {
    file: String,
    failure: FileFailure,
    excerpt: String,
}

impl<'a> Shown<'a> {
    pub fn new(prefix: &'a FingerprintPrefix) -> Self {
        Self {
            prefix,
            found: Vec::new(),
        }
    }

    /// Takes a file's failures, those that were asked for.
    pub fn take(&mut self, file: FileResult) {
        let FileResult { file, failures, .. } = file;
        let wanted = failures.into_iter().filter(|failure| {
            failure
                .fingerprint
                .to_string()
                .starts_with(self.prefix.as_str())
        });
        self.found.extend(wanted.map(|failure| Found {
            file: file.clone(),
            excerpt: failure.excerpt.clone(),
            failure,
        }));
    }

    /// The one fingerprint that was found in this scan.
    fn fingerprint(&self) -> Result<Option<Fingerprint>, CliError> {
        let found = self.found.iter().map(|found| found.failure.fingerprint);
        ambiguous(self.prefix, found.collect())
    }
}

/// The one fingerprint that was found.
pub fn ambiguous(
    prefix: &FingerprintPrefix,
    mut fingerprints: Vec<Fingerprint>,
) -> Result<Option<Fingerprint>, CliError> {
    fingerprints.sort_unstable();
    fingerprints.dedup();
    if fingerprints.len() < 2 {
        return Ok(fingerprints.first().copied());
    }
    let error = CliError::usage(format!(
        "`{prefix}` is the beginning of more than one fingerprint"
    ));
    let shown = fingerprints.iter().take(10);
    Err(shown.fold(error, |error, fingerprint| {
        error.hint(format!("`{fingerprint}`"))
    }))
}

/// The error when nothing has the fingerprint that was asked for.
pub fn nothing_begins(prefix: &FingerprintPrefix, plan: &Plan) -> CliError {
    let message = format!("no failure has a fingerprint that begins with `{prefix}`");
    let error = CliError::new(ExitCode::No, message);
    match plan.store {
        Some(_) => error,
        None => error.hint("to look among remembered failures, name a store with `--store`"),
    }
}

/// Prints what this scan and the store know of the failure.
pub fn print(
    shown: Shown<'_>,
    known: Option<(KnownFingerprint, Vec<Occurrence>)>,
    plan: &Plan,
    context: &mut Context,
) -> Result<(), CliError> {
    let in_scan = shown.fingerprint()?;
    if in_scan.is_none() && known.is_none() {
        return Err(nothing_begins(shown.prefix, plan));
    }
    let document = Document::new(shown, known);
    match plan.format {
        ScanFormat::Human => {
            let styles = Styles::of(context.stdout);
            context.print(|out| document.human(styles, out))
        }
        _ => context.print(|out| write_json_line(&document, out)),
    }
}

/// All that is known of one failure.
#[derive(Debug, Serialize)]
struct Document {
    schema: &'static str,
    fingerprint: Fingerprint,
    /// What the store knows; null without a store.
    known: Option<Known>,
    /// Where it stands in the inputs of this scan.
    scanned: Vec<Found>,
}

#[derive(Debug, Serialize)]
struct Known {
    repository: String,
    test: Option<String>,
    suite: Option<String>,
    kind: ftc_fingerprint::Kind,
    detail: Option<String>,
    framework: String,
    message: String,
    class: ftc_fingerprint::Class,
    confidence: f64,
    evidence: Vec<String>,
    fingerprint_version: String,
    cause: Fingerprint,
    times_seen: u64,
    first_seen: Option<Timestamp>,
    last_seen: Option<Timestamp>,
    first_scanned: Timestamp,
    last_scanned: Timestamp,
    occurrences: Vec<KnownOccurrence>,
}

#[derive(Debug, Serialize)]
struct KnownOccurrence {
    file: String,
    run_url: Option<String>,
    attempt: Option<u32>,
    commit: Option<String>,
    platform: Option<String>,
    occurred_at: Option<Timestamp>,
    last_scanned: Timestamp,
    first_line: u64,
    last_line: u64,
    passed_on_retry: bool,
    message: String,
    excerpt: String,
}

impl Document {
    fn new(shown: Shown<'_>, known: Option<(KnownFingerprint, Vec<Occurrence>)>) -> Self {
        let known =
            known.map(|(known, occurrences)| (known.fingerprint, Known::new(known, occurrences)));
        let in_scan = shown.found.first().map(|found| found.failure.fingerprint);
        let in_store = known.as_ref().map(|(fingerprint, _)| *fingerprint);
        Self {
            schema: SCHEMA,
            fingerprint: in_scan.or(in_store).expect("one of them has been found"),
            known: known.map(|(_, known)| known),
            scanned: shown.found,
        }
    }

    fn human(&self, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
        let strong = styles.strong;
        writeln!(out, "{strong}{}{strong:#}", self.fingerprint)?;
        if let Some(known) = &self.known {
            known.human(styles, out)?;
        }
        for found in &self.scanned {
            found.human(self.known.is_none(), styles, out)?;
        }
        Ok(())
    }
}

impl Found {
    /// With all its fields when the store does not know them already.
    fn human(&self, is_all: bool, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
        let failure = &self.failure;
        if is_all {
            field("test", failure.test.as_deref(), out)?;
            field("suite", failure.suite.as_deref(), out)?;
            field("kind", Some(failure.kind.as_str()), out)?;
            field("detail", failure.detail.as_deref(), out)?;
            field("framework", Some(failure.framework), out)?;
            field("class", Some(failure.class.as_str()), out)?;
            field("evidence", Some(&failure.evidence.join("; ")), out)?;
            field(
                "seen",
                failure.seen.as_ref().map(human_seen).as_deref(),
                out,
            )?;
            block("message", &failure.message, styles, out)?;
        }
        let place = format!(
            "{}, lines {} to {}",
            self.file, failure.first_line, failure.last_line
        );
        field("in this scan", Some(&place), out)?;
        block("excerpt", &self.excerpt, styles, out)
    }
}

impl Known {
    fn new(known: KnownFingerprint, occurrences: Vec<Occurrence>) -> Self {
        Self {
            repository: known.repository.to_string(),
            test: known.test,
            suite: known.suite,
            kind: known.kind,
            detail: known.detail,
            framework: known.framework,
            message: known.message,
            class: known.class,
            confidence: known.confidence,
            evidence: known
                .evidence
                .into_iter()
                .map(|reason| reason.text)
                .collect(),
            fingerprint_version: known.fingerprint_version,
            cause: known.cause,
            times_seen: known.times_seen,
            first_seen: known.first_seen,
            last_seen: known.last_seen,
            first_scanned: known.first_scanned,
            last_scanned: known.last_scanned,
            occurrences: occurrences.into_iter().map(KnownOccurrence::from).collect(),
        }
    }

    fn human(&self, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
        field("repository", Some(&self.repository), out)?;
        field("test", self.test.as_deref(), out)?;
        field("suite", self.suite.as_deref(), out)?;
        field("kind", Some(self.kind.as_str()), out)?;
        field("detail", self.detail.as_deref(), out)?;
        field("framework", Some(&self.framework), out)?;
        field("class", Some(self.class.as_str()), out)?;
        field("evidence", Some(&self.evidence.join("; ")), out)?;
        field("seen", Some(&format!("{}x", self.times_seen)), out)?;
        field("first seen", time(self.first_seen).as_deref(), out)?;
        field("last seen", time(self.last_seen).as_deref(), out)?;
        field(
            "last scanned",
            time(Some(self.last_scanned)).as_deref(),
            out,
        )?;
        block("message", &self.message, styles, out)?;
        if let Some(latest) = self.occurrences.first() {
            block("excerpt", &latest.excerpt, styles, out)?;
        }
        writeln!(out, "occurrences")?;
        for occurrence in self.occurrences.iter().take(MAX_SHOWN) {
            occurrence.human(out)?;
        }
        match self.occurrences.len().saturating_sub(MAX_SHOWN) {
            0 => Ok(()),
            more => writeln!(out, "  and {more} more; `--format json` has all"),
        }
    }
}

impl From<Occurrence> for KnownOccurrence {
    fn from(occurrence: Occurrence) -> Self {
        let attempt = match occurrence.source.origin() {
            Origin::Run { attempt, .. } => Some(*attempt),
            _ => None,
        };
        Self {
            file: occurrence.source.file_name().to_owned(),
            run_url: occurrence.source.run_url().map(str::to_owned),
            attempt,
            commit: occurrence.commit,
            platform: occurrence.platform,
            occurred_at: occurrence.failure.occurred_at,
            last_scanned: occurrence.last_scanned,
            first_line: occurrence.failure.first_line,
            last_line: occurrence.failure.last_line,
            passed_on_retry: occurrence.failure.passed_on_retry,
            message: occurrence.failure.message,
            excerpt: occurrence.failure.excerpt,
        }
    }
}

impl KnownOccurrence {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        let time = self.occurred_at.unwrap_or(self.last_scanned);
        write!(
            out,
            "  {time}  {}:{}",
            one_line(&self.file),
            self.first_line
        )?;
        for (label, value) in [
            ("commit", &self.commit),
            ("platform", &self.platform),
            ("run", &self.run_url),
        ] {
            if let Some(value) = value {
                write!(out, "  {label} {}", one_line(value))?;
            }
        }
        if let Some(attempt) = self.attempt {
            write!(out, "  attempt {attempt}")?;
        }
        writeln!(out)
    }
}

fn field(label: &str, value: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    match value.map(one_line).filter(|value| !value.is_empty()) {
        Some(value) => writeln!(out, "{label:<13} {value}"),
        None => Ok(()),
    }
}

fn block(label: &str, text: &str, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
    if text.trim().is_empty() {
        return Ok(());
    }
    let dim = styles.dim;
    writeln!(out, "{label}")?;
    text.lines()
        .try_for_each(|line| writeln!(out, "  {dim}|{dim:#} {}", printable(line)))
}
