//! The records of executions: `executions/<id>/` in the state directory.
//!
//! `execution.json` says what became of an execution, and is sealed like the journal, since a plan is not carried out twice
//! on its word. The other files are for people: `plan.json`, `changeset.json`, `decision.json` and `events.jsonl`.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ftc_durable::{Digest, Options, SyncLevel, write_atomic, write_atomic_with};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::{ExecutorError, io_error};
use super::health::HealthReport;
use super::key::Key;
use super::result::FileResult;
use super::state_dir::StateDir;
use crate::{Authorized, Checksum, PlanId};

const DOMAIN: &str = "ftc.execution.v1";
const SCHEMA: u32 = 1;
const EXECUTIONS: &str = "executions";
const RECORD: &str = "execution.json";

/// What became of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// It runs, or its process died.
    InProgress,
    /// The change is made.
    Completed,
    /// The change was taken back.
    RolledBack,
    /// Nothing was begun.
    Failed,
    /// It was ended, but for files that somebody else has changed.
    Conflicted,
}

/// The word for an ending in the audit log.
pub(super) fn word(status: Status) -> &'static str {
    match status {
        Status::InProgress => "in_progress",
        Status::Completed => "applied",
        Status::RolledBack => "rolled_back",
        Status::Failed => "failed",
        Status::Conflicted => "conflicted",
    }
}

/// The record of an execution.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExecutionRecord {
    schema: u32,
    pub(super) execution_id: String,
    pub(super) plan_id: PlanId,
    pub(super) checksum: Checksum,
    policy_digest: Digest,
    actor: String,
    pub(super) status: Status,
    pub(super) files: Vec<FileResult>,
    pub(super) health: Vec<HealthReport>,
    /// The approvals that it used.
    pub(super) approvals: Vec<String>,
    pub(super) error: Option<String>,
    started_at: Timestamp,
    pub(super) finished_at: Option<Timestamp>,
    seal: Option<Digest>,
}

impl ExecutionRecord {
    pub(super) fn begin(
        execution_id: &str,
        authorized: &Authorized<'_>,
        actor: &str,
        files: Vec<FileResult>,
    ) -> Self {
        let change_set = authorized.change_set();
        Self {
            schema: SCHEMA,
            execution_id: execution_id.to_owned(),
            plan_id: change_set.plan_id().clone(),
            checksum: change_set.checksum(),
            policy_digest: authorized.policy().digest(),
            actor: actor.to_owned(),
            status: Status::InProgress,
            files,
            health: Vec::new(),
            approvals: authorized
                .approvals()
                .iter()
                .map(|approval| approval.id.clone())
                .collect(),
            error: None,
            started_at: Timestamp::now(),
            finished_at: None,
            seal: None,
        }
    }

    /// The same record with its end.
    pub(super) fn finished(mut self, status: Status, error: Option<String>) -> Self {
        self.status = status;
        self.error = error;
        self.finished_at = Some(Timestamp::now());
        self
    }

    /// Writes the record to the disk.
    pub(super) fn store(&self, state: &StateDir, key: &Key) -> Result<(), ExecutorError> {
        let mut record = self.clone();
        record.seal = None;
        record.seal = Some(key.seal(DOMAIN, &record));
        let path = directory(state, &self.execution_id).join(RECORD);
        write_atomic(&path, crate::json::to_string(&record).as_bytes())
            .map_err(ExecutorError::Write)
    }
}

/// Makes the directory of an execution with the files for people.
pub(super) fn begin(
    state: &StateDir,
    record: &ExecutionRecord,
    authorized: &Authorized<'_>,
    key: &Key,
) -> Result<(), ExecutorError> {
    let path = directory(state, &record.execution_id);
    fs::create_dir_all(&path).map_err(io_error(&path))?;
    for directory in [state.join(EXECUTIONS), state.join("")] {
        let sync = || fs::File::open(&directory)?.sync_all();
        sync().map_err(io_error(&directory))?;
    }
    let files = [
        ("plan.json", authorized.plan().to_json()),
        ("changeset.json", authorized.change_set().to_json()),
        (
            "decision.json",
            crate::json::to_string(authorized.decision()),
        ),
    ];
    // No decision depends on these, so they need not outlive a power loss.
    let options = Options {
        sync: SyncLevel::RenameOnly,
        ..Options::default()
    };
    for (name, text) in files {
        write_atomic_with(&path.join(name), options, &mut |file| {
            file.write_all(text.as_bytes())
        })
        .map_err(ExecutorError::Write)?;
    }
    record.store(state, key)
}

/// Notes a step of an execution for people. A failure to do so is nobody's trouble.
pub(super) fn event(state: &StateDir, execution_id: &str, step: &str) {
    let path = directory(state, execution_id).join("events.jsonl");
    let line = json!({"at": Timestamp::now(), "event": step});
    // Nothing is lost: the record and the audit log say what happened, this only says when.
    let _ = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
}

/// The record of an execution; `None` if it has none.
pub(super) fn load(
    state: &StateDir,
    execution_id: &str,
    key: &Key,
) -> Result<Option<ExecutionRecord>, ExecutorError> {
    read(&directory(state, execution_id).join(RECORD), key)
}

/// The records of all executions, oldest first.
pub(super) fn load_all(state: &StateDir, key: &Key) -> Result<Vec<ExecutionRecord>, ExecutorError> {
    let path = state.join(EXECUTIONS);
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io_error(&path)(error)),
    };
    let mut records = Vec::new();
    for entry in entries {
        let entry = entry.map_err(io_error(&path))?.path();
        records.extend(read(&entry.join(RECORD), key)?);
    }
    records.sort_by(|left, right| left.execution_id.cmp(&right.execution_id));
    Ok(records)
}

fn read(path: &Path, key: &Key) -> Result<Option<ExecutionRecord>, ExecutorError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        // The process died before it wrote the record, which is before it began anything.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error(path)(error)),
    };
    let refuse = |reason| ExecutorError::Record {
        path: path.to_owned(),
        reason,
    };
    let mut record: ExecutionRecord =
        serde_json::from_slice(&text).map_err(|_| refuse("it is not one of ours"))?;
    let seal = record.seal.take();
    if !seal.is_some_and(|seal| key.verifies(DOMAIN, &record, &seal)) {
        return Err(refuse("its seal is not ours"));
    }
    Ok(Some(record))
}

fn directory(state: &StateDir, execution_id: &str) -> PathBuf {
    state.join(EXECUTIONS).join(execution_id)
}
