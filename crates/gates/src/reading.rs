//! What a gate has left behind: its reports and its log.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::{Duration, SystemTime};

use ftc_process::Spill;

use crate::beneath;
use crate::evidence::{FailedTest, LogReader};
use crate::junit;
use crate::spec::{LogUse, ReportFormat, ReportSpec};

/// A report larger than this is not one.
const REPORT_LIMIT_BYTES: u64 = 256 << 20;

/// How much older than the start of its gate a report may look: some file systems keep times in steps of two seconds.
const TIME_STEP: Duration = Duration::from_secs(2);

/// How much of the end of a log is looked at for the last lines.
const TAIL_BYTES: u64 = 64 << 10;
const TAIL_LINES: usize = 40;
const TAIL_TEXT_BYTES: usize = 8 << 10;

/// All that is known of what ran.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) tests_run: Option<u64>,
    pub(crate) failed: Vec<FailedTest>,
    pub(crate) passed_on_retry: Vec<String>,
    /// What keeps the evidence from being whole. A gate with problems has not passed.
    pub(crate) problems: Vec<String>,
    pub(crate) notes: Vec<String>,
}

impl Reading {
    /// Takes in one report.
    pub(crate) fn add_report(
        &mut self,
        worktree: &Path,
        spec: &ReportSpec,
        started: SystemTime,
        reader: Option<&dyn LogReader>,
    ) {
        let path = &spec.path;
        let complaint = match open_report(worktree, spec, started) {
            Ok(None) if !spec.required => return,
            Ok(None) => format!("report `{path}` was not written"),
            Ok(Some(file)) => match self.read_report(file, spec, reader) {
                Ok(()) => return,
                Err(error) => format!("report `{path}` cannot be read: {error}"),
            },
            Err(complaint) => complaint,
        };
        if spec.required {
            self.problems.push(complaint);
        } else {
            self.notes.push(complaint);
        }
    }

    fn read_report(
        &mut self,
        mut file: File,
        spec: &ReportSpec,
        reader: Option<&dyn LogReader>,
    ) -> Result<(), junit::JunitError> {
        let mut report = match spec.format {
            ReportFormat::Junit => junit::read(&mut file, REPORT_LIMIT_BYTES)?,
        };
        self.tests_run = Some(self.tests_run.unwrap_or(0).saturating_add(report.tests_run));
        self.add_passed_on_retry(report.flaky);
        let path = &spec.path;
        self.notes.extend(
            report
                .notes
                .iter()
                .map(|note| format!("report `{path}`: {note}")),
        );
        if let Some(reader) = reader
            && !report.failed.is_empty()
        {
            file.rewind()?;
            // A reader that knows the tool gives the same names and fingerprints as from its log. One that does not says nothing,
            // and what the report itself says stands.
            if let Ok(evidence) = reader.read(&mut file)
                && evidence.failed.len() >= report.failed.len()
            {
                report.failed = evidence.failed;
            }
        }
        self.add_failed(report.failed);
        Ok(())
    }

    /// Takes in the log. Reports count tests better than logs do, so the log's number holds only without a report.
    pub(crate) fn add_log(&mut self, spill: &Spill, log: LogUse, reader: Option<&dyn LogReader>) {
        if let Some(error) = &spill.error {
            self.problems
                .push(format!("the log could not be written: {error}"));
        } else if spill.dropped_bytes > 0 {
            self.notes.push(format!(
                "the log ends after {} bytes; {} more were printed",
                spill.written_bytes, spill.dropped_bytes
            ));
        }
        let (LogUse::Auto, Some(reader)) = (log, reader) else {
            return;
        };
        let evidence = File::open(&spill.path)
            .map_err(Into::into)
            .and_then(|mut file| reader.read(&mut file));
        match evidence {
            Ok(evidence) => {
                // Of a cut log the tools' own totals, which come last, are missing.
                if self.tests_run.is_none() && spill.is_complete() {
                    self.tests_run = evidence.tests_run;
                }
                self.add_failed(evidence.failed);
                self.add_passed_on_retry(evidence.passed_on_retry);
            }
            Err(error) => self
                .problems
                .push(format!("the log could not be read: {error}")),
        }
    }

    fn add_passed_on_retry(&mut self, names: Vec<String>) {
        for name in names {
            if !self.passed_on_retry.contains(&name) {
                self.passed_on_retry.push(name);
            }
        }
    }

    /// Adds those that are not known yet; a fingerprint is taken over where there was none.
    fn add_failed(&mut self, failed: Vec<FailedTest>) {
        for test in failed {
            let known = self.failed.iter_mut().find(|known| is_same(known, &test));
            match known {
                None => self.failed.push(test),
                Some(known) if known.fingerprint.is_none() => known.fingerprint = test.fingerprint,
                Some(_) => {}
            }
        }
    }
}

/// A fingerprint knows the test; without one the name has to do.
fn is_same(one: &FailedTest, other: &FailedTest) -> bool {
    if one.fingerprint.is_some() && one.fingerprint == other.fingerprint {
        return true;
    }
    match (&one.name, &other.name) {
        (Some(one), Some(other)) => one == other,
        (None, None) => one.fingerprint == other.fingerprint && one.message == other.message,
        _ => false,
    }
}

fn open_report(
    worktree: &Path,
    spec: &ReportSpec,
    started: SystemTime,
) -> Result<Option<File>, String> {
    let path = &spec.path;
    let refused = |error: &dyn std::error::Error| format!("report `{path}` is refused: {error}");
    let Some(file) = beneath::open_file(worktree, path).map_err(|error| refused(&error))? else {
        return Ok(None);
    };
    let metadata = file.metadata().map_err(|error| refused(&error))?;
    if metadata.len() > REPORT_LIMIT_BYTES {
        return Err(format!(
            "report `{path}` is larger than {REPORT_LIMIT_BYTES} bytes"
        ));
    }
    let modified = metadata.modified().map_err(|error| refused(&error))?;
    if modified + TIME_STEP < started {
        return Err(format!("report `{path}` is older than the run"));
    }
    Ok(Some(file))
}

/// The first few of some names, and how many more there are.
pub(crate) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 5;
    let more = names.len().saturating_sub(SHOWN);
    let shown: Vec<String> = names
        .take(SHOWN)
        .map(|name| format!("`{}`", ftc_redact::clean(name, 200)))
        .collect();
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The last lines of a log, for people.
pub(crate) fn tail(log: &Path) -> String {
    let mut bytes = Vec::new();
    let read = File::open(log).and_then(|mut file| {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
        file.read_to_end(&mut bytes)
    });
    // Without the last lines the result is as true as with them.
    if read.is_err() {
        return String::new();
    }
    let text = String::from_utf8_lossy(&bytes);
    let text = ftc_redact::clean(&text, usize::MAX);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let mut kept = lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n");
    let mut start = kept.len().saturating_sub(TAIL_TEXT_BYTES);
    while !kept.is_char_boundary(start) {
        start += 1;
    }
    kept.drain(..start);
    kept
}
