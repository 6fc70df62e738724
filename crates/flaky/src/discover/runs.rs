//! `runs:N`: the repository's own tests, run again and again at one commit.

use std::path::Path;

use ftc_durable::Digest;
use ftc_fingerprint::{Class, Failure, Scan};
use ftc_gates::{
    GATE_FILE, GateFile, GateFileError, GateResult, GateSpec, Outcome, RunError, run_gate,
};
use ftc_state::{OccurrenceSource, ScanRecord, StoreError};
use ftc_vcs::{ObjectId, ReadError};
use ftc_worktree::{AcquireError, ReleaseError, Request};
use uuid::Uuid;

use super::{DiscoverError, Discovery};
use crate::cleaner::Cx;
use crate::observe::Event;
use crate::scan::KeepingReader;

/// Lines of a red run's log that are quoted.
const LAST_WORDS: usize = 4;

/// Why the tests could not be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunsError {
    /// The commit has no gate file.
    #[error("there is no `{GATE_FILE}` at commit `{commit}`")]
    NoGateFile {
        /// The commit.
        commit: String,
    },
    /// The gate file is wrong.
    #[error("failed to read the gates at commit `{commit}`")]
    GateFile {
        /// The commit.
        commit: String,
        /// What is wrong with it, and where.
        source: GateFileError,
    },
    /// Nobody has allowed the commands of the gate file.
    #[error("the commands of `{GATE_FILE}` at commit `{commit}` are not trusted (sha256 {digest})")]
    Untrusted {
        /// The commit.
        commit: String,
        /// The digest of the file.
        digest: Digest,
    },
    /// There is no such gate.
    #[error("`{GATE_FILE}` has no gate `{gate}`")]
    #[non_exhaustive]
    NoSuchGate {
        /// The id that was asked for.
        gate: String,
        /// The ids that there are.
        known: Vec<String>,
    },
    /// No worktree could be leased.
    #[error("failed to lease a worktree")]
    Lease(#[from] AcquireError),
    /// The worktree could not be given back.
    #[error("failed to release a worktree")]
    Release(#[from] ReleaseError),
    /// The commit could not be read.
    #[error("failed to read commit `{commit}`")]
    Commit {
        /// The commit.
        commit: String,
        /// What git says.
        source: ReadError,
    },
    /// The gate could not be started.
    #[error("failed to run the gate `{gate}`")]
    Gate {
        /// Its id.
        gate: String,
        /// What went wrong.
        source: RunError,
    },
    /// The gate's program could not be started.
    #[error("the gate `{gate}` was not started: {reason}")]
    NotStarted {
        /// Its id.
        gate: String,
        /// Why.
        reason: String,
    },
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RunsError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Lease(error) => error.is_retryable(),
            Self::Store(error) => error.is_retryable(),
            _ => false,
        }
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::NoGateFile { .. } => vec![format!(
                "commit a `{GATE_FILE}` with the command that runs the tests"
            )],
            Self::Untrusted { .. } => {
                vec!["look at the file, then run `ftc trust` in the repository".to_owned()]
            }
            Self::GateFile { source, .. } => source.hints(),
            Self::NoSuchGate { known, .. } => {
                vec![format!("the gates are `{}`", known.join("`, `"))]
            }
            Self::NotStarted { .. } => vec![format!(
                "gates start with the `PATH` of this program, in a worktree without the files that git does not track; \
                 `{GATE_FILE}` says what is run"
            )],
            Self::Lease(error) => error.hints(),
            Self::Store(error) => error.hints(),
            _ => Vec::new(),
        }
    }
}

/// Reads the gate file of `commit` and makes sure that a person has allowed it.
pub(crate) fn load_gates(cx: &Cx, commit: ObjectId) -> Result<GateFile, RunsError> {
    let name = || commit.to_string();
    let bytes = cx
        .parts
        .code
        .read_file(commit, GATE_FILE)
        .map_err(|source| RunsError::Commit {
            commit: name(),
            source,
        })?
        .ok_or_else(|| RunsError::NoGateFile { commit: name() })?;
    let text = String::from_utf8_lossy(&bytes);
    let digest = Digest::of_content(&bytes);
    let file = GateFile::parse(&text, GATE_FILE).map_err(|source| RunsError::GateFile {
        commit: name(),
        source,
    })?;
    if !cx.parts.trust.allows(&digest) {
        return Err(RunsError::Untrusted {
            commit: name(),
            digest,
        });
    }
    Ok(file)
}

/// The gate that runs the tests.
pub(crate) fn chosen_gate<'a>(cx: &Cx, file: &'a GateFile) -> Result<&'a GateSpec, RunsError> {
    let find = |id: &str| file.gates.iter().find(|gate| gate.id.as_str() == id);
    let chosen = match &cx.options.gate {
        Some(id) => find(id),
        None => find("test")
            .or_else(|| find("tests"))
            .or_else(|| file.gates.first()),
    };
    chosen.ok_or_else(|| RunsError::NoSuchGate {
        gate: cx.options.gate.clone().unwrap_or_default(),
        known: file.gates.iter().map(|gate| gate.id.to_string()).collect(),
    })
}

/// Runs the tests of `commit` so many times in one leased worktree and records each run, passing ones too.
pub(crate) fn run_tests(cx: &Cx, commit: ObjectId, count: u32) -> Result<Discovery, DiscoverError> {
    let file = load_gates(cx, commit)?;
    let gate = chosen_gate(cx, &file)?;
    let request = Request::new(commit, cx.owner(), "discovery", cx.parts.process.clone());
    let lease = cx.parts.pool.acquire(&request).map_err(RunsError::Lease)?;
    let session = Uuid::now_v7();
    let folder = cx.parts.work.join("runs").join(session.to_string());
    let mut discovery = Discovery {
        commit: Some(commit.to_string()),
        logs: Some(folder.clone()),
        ..Discovery::default()
    };
    for run in 1..=count {
        let artifacts = folder.join(run.to_string());
        let (result, scans) = run_once(cx, gate, lease.path(), commit, &artifacts)?;
        let source = OccurrenceSource::run(&format!("local:{session}"), run, gate.id.as_str());
        let failed = record(cx, &result, scans, source, commit)?;
        discovery.count(&result, failed);
        cx.tell(&Event::Ran {
            run,
            of: count,
            failed,
            passed: result.outcome == Outcome::Pass,
        });
    }
    lease.release().map_err(RunsError::Release)?;
    Ok(discovery)
}

fn run_once(
    cx: &Cx,
    gate: &GateSpec,
    worktree: &Path,
    commit: ObjectId,
    artifacts: &Path,
) -> Result<(GateResult, Vec<Scan>), RunsError> {
    let reader = KeepingReader::default();
    let mut context = cx.gates(worktree, commit.to_string(), artifacts);
    context.reader = Some(&reader);
    let result = run_gate(gate, &gate.argv, &context).map_err(|source| RunsError::Gate {
        gate: gate.id.to_string(),
        source,
    })?;
    if result.log.is_none() {
        return Err(RunsError::NotStarted {
            gate: gate.id.to_string(),
            reason: result.reasons.join("; "),
        });
    }
    Ok((result, reader.into_scans()))
}

/// Remembers one run and tells how many failures it had.
fn record(
    cx: &Cx,
    result: &GateResult,
    scans: Vec<Scan>,
    source: OccurrenceSource,
    commit: ObjectId,
) -> Result<usize, RunsError> {
    let mut scans = scans.into_iter();
    let Some(mut found) = scans.next() else {
        return Ok(0);
    };
    for report in scans {
        let is_new =
            |failure: &Failure| !found.failures.iter().any(|known| is_same(known, failure));
        let new: Vec<Failure> = report.failures.into_iter().filter(is_new).collect();
        found.failures.extend(new);
    }
    let mut record = ScanRecord::new(cx.parts.repository.clone(), source, &found);
    record.commit = Some(commit.to_string());
    if found.failures.is_empty() && result.outcome == Outcome::Pass && ran_tests(result) {
        // A report may say so where the log does not.
        record.class = Class::Pass;
        record.confidence = 1.0;
    }
    cx.parts.store.record_scan(&record, cx.now())?;
    Ok(found
        .failures
        .iter()
        .filter(|failure| !failure.passed_on_retry)
        .count())
}

/// A report tells of a failure that the output has told of. Where the report does not show which tool wrote it, its family is
/// another than the output's, and the test's name tells.
fn is_same(known: &Failure, reported: &Failure) -> bool {
    let has_no_author = [known, reported]
        .iter()
        .any(|it| it.framework.name == "junit");
    known.keys.exact == reported.keys.exact
        || (has_no_author && known.test.is_some() && known.test == reported.test)
}

fn ran_tests(result: &GateResult) -> bool {
    result.tests_run.is_some_and(|tests| tests > 0)
}

/// What is known of a run that is red: the gate's reasons, and the last words of its log.
pub(crate) fn why_red(result: &GateResult) -> String {
    let reasons = result.reasons.join("; ");
    let lines: Vec<&str> = result
        .tail
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let last = lines.len().saturating_sub(LAST_WORDS);
    std::iter::once(reasons.as_str())
        .chain(lines[last..].iter().copied())
        .collect::<Vec<_>>()
        .join("\n")
}

impl Discovery {
    fn count(&mut self, result: &GateResult, failed: usize) {
        self.read += 1;
        self.failed += u64::from(failed > 0);
        let is_pass = result.outcome == Outcome::Pass;
        if failed == 0 && !is_pass {
            self.unexplained += 1;
            self.first_unexplained
                .get_or_insert_with(|| why_red(result));
        }
        self.silent += u64::from(failed == 0 && is_pass && !ran_tests(result));
    }
}
