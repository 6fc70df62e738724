//! Remembering what was found.

use ftc_cli::CliError;
use ftc_state::{
    FindError, FingerprintPrefix, KnownFailure, KnownFingerprint, Occurrence, OccurrenceSource,
};
use ftc_state::{OpenError, PageRequest, RepositoryName, Run, ScanRecord, Store, StoreError};
use jiff::Timestamp;

use crate::inputs::FileReport;
use crate::model::Seen;
use crate::plan::StorePlan;

/// A store and what is known of the run whose files it is given.
pub struct Memory<'a> {
    store: Box<dyn Store>,
    plan: &'a StorePlan,
    scanned_at: Timestamp,
}

impl<'a> Memory<'a> {
    /// Opens the store. Everything is recorded as scanned at `scanned_at`.
    pub fn open(plan: &'a StorePlan, scanned_at: Timestamp) -> Result<Self, CliError> {
        let store = ftc_state::open(&plan.url).map_err(open_error)?;
        Ok(Self {
            store,
            plan,
            scanned_at,
        })
    }

    /// Records one file and says what is now known of its failures, in their order.
    pub fn record(&self, report: &FileReport) -> Result<Vec<Seen>, CliError> {
        let Some(source) = self.source(report) else {
            // A file that was not read to its end is not remembered: what is missing could be taken for passed.
            return Ok(Vec::new());
        };
        let mut record = ScanRecord::new(self.plan.repository(), source, &report.scan);
        record.commit.clone_from(&self.plan.commit);
        record.platform.clone_from(&self.plan.platform);
        let recorded = self
            .store
            .record_scan(&record, self.scanned_at)
            .map_err(store_error)?;
        Ok(recorded.failures.iter().map(Seen::from).collect())
    }

    fn source(&self, report: &FileReport) -> Option<OccurrenceSource> {
        let digest = report.digest?;
        Some(match &self.plan.run {
            Some(run) => OccurrenceSource::run(&run.url, run.attempt, &report.file),
            None => OccurrenceSource::file(&report.file, digest),
        })
    }

    /// Finds the one fingerprint that begins with `prefix` and all of its occurrences, latest first. It is looked for in
    /// the repository that the person has named, or in all.
    pub fn find(
        &self,
        prefix: &FingerprintPrefix,
    ) -> Result<Option<(KnownFingerprint, Vec<Occurrence>)>, CliError> {
        let known = self
            .store
            .find_fingerprint(self.plan.named_repository.as_ref(), prefix)
            .map_err(find_error)?;
        let Some(known) = known else {
            return Ok(None);
        };
        let mut occurrences = Vec::new();
        let mut request = PageRequest::first(PageRequest::MAX_LIMIT);
        loop {
            let page = self
                .store
                .list_occurrences(&known.repository, &known.fingerprint, &request)
                .map_err(store_error)?;
            occurrences.extend(page.items);
            match page.next {
                Some(cursor) => request = request.after(cursor),
                None => return Ok(Some((known, occurrences))),
            }
        }
    }
}

impl Memory<'_> {
    /// Shows every fingerprint of the repository, the last seen first.
    pub fn visit_fingerprints(
        &self,
        mut visit: impl FnMut(KnownFingerprint),
    ) -> Result<(), CliError> {
        let repository = self.plan.repository();
        let mut request = PageRequest::first(PageRequest::MAX_LIMIT);
        loop {
            let page = self
                .store
                .list_fingerprints(&repository, &request)
                .map_err(store_error)?;
            page.items.into_iter().for_each(&mut visit);
            match page.next {
                Some(cursor) => request = request.after(cursor),
                None => return Ok(()),
            }
        }
    }

    /// Every run of a repository, the last ended first.
    pub fn runs(&self, repository: &RepositoryName) -> Result<Vec<Run>, CliError> {
        let mut runs = Vec::new();
        let mut request = PageRequest::first(PageRequest::MAX_LIMIT);
        loop {
            let page = self
                .store
                .list_runs(repository, &request)
                .map_err(store_error)?;
            runs.extend(page.items);
            match page.next {
                Some(cursor) => request = request.after(cursor),
                None => return Ok(runs),
            }
        }
    }
}

impl From<&KnownFailure> for Seen {
    fn from(known: &KnownFailure) -> Self {
        let fingerprint = &known.fingerprint;
        Self {
            times: fingerprint.times_seen,
            since: fingerprint.first_seen.unwrap_or(fingerprint.first_scanned),
            is_new: known.is_first(),
        }
    }
}

pub fn open_error(error: OpenError) -> CliError {
    let hints = error.hints();
    hints
        .into_iter()
        .fold(CliError::usage(error), CliError::hint)
}

pub fn store_error(error: StoreError) -> CliError {
    let hints = error.hints();
    hints
        .into_iter()
        .fold(CliError::usage(error), CliError::hint)
}

fn find_error(error: FindError) -> CliError {
    let hints = error.hints();
    hints
        .into_iter()
        .fold(CliError::usage(error), CliError::hint)
}
