//! The audit log: what was done to a tree, each entry chained to the one before it.
//!
//! # Format, version 1
//!
//! An append log of `ftc-durable` whose records are JSON objects. `hash` is the HMAC-SHA256, under the executor's key, of
//! `ftc.audit.v1`, a zero byte and the canonical JSON of all other members; `prev` is the `hash` of the entry before. So an
//! entry that is changed, left out, moved or added without the key is noticed. That the newest entries are missing is not.

use std::path::Path;

use ftc_durable::{AppendLog, Digest, LogReader, ReadError, SyncPolicy};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::{ExecutorError, io_error};
use super::key::Key;
use super::options::ExecutorOptions;
use super::result::FileResult;
use super::root::Root;
use super::state_dir::StateDir;
use crate::{Checksum, PlanId};

const DOMAIN: &str = "ftc.audit.v1";
const LOG: &str = "audit.log";

/// One entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ExecutionAudit {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What happened: `applied`, `rolled_back`, `conflicted`, `recovered`.
    pub event: String,
    /// The execution.
    pub execution_id: String,
    /// The plan.
    pub plan_id: PlanId,
    /// The ChangeSet.
    pub checksum: Checksum,
    /// The files of the change.
    pub files: Vec<FileResult>,
    /// Why, where it went wrong.
    pub reason: Option<String>,
    /// The hash of the entry before.
    pub prev: Option<Digest>,
    /// The hash of this entry.
    pub hash: Option<Digest>,
}

impl ExecutionAudit {
    /// Whether the entry is ours and follows the one with the hash `prev`.
    fn follows(&self, prev: Option<Digest>, key: &Key) -> bool {
        let mut entry = self.clone();
        let hash = entry.hash.take();
        entry.prev == prev && hash.is_some_and(|hash| key.verifies(DOMAIN, &entry, &hash))
    }
}

/// Appends an entry, which is on the disk when this returns. The log must be whole.
pub(super) fn append(
    state: &StateDir,
    key: &Key,
    mut entry: ExecutionAudit,
) -> Result<(), ExecutorError> {
    let path = state.join(LOG);
    let mut log = AppendLog::open(&path, SyncPolicy::EachRecord).map_err(ExecutorError::Append)?;
    entry.prev = entries(&path)?.last().and_then(|last| last.hash);
    entry.hash = None;
    entry.hash = Some(key.seal(DOMAIN, &entry));
    let bytes = serde_json::to_vec(&entry).expect("an entry has string keys");
    log.append(&bytes).map_err(ExecutorError::Append).map(drop)
}

/// Reads the audit log of the tree at `root` and insists that every entry is ours and in its place. A tree without a log has
/// no entries.
pub fn verify_audit(
    root: &Path,
    options: &ExecutorOptions,
) -> Result<Vec<ExecutionAudit>, ExecutorError> {
    let root = Root::open(root).map_err(io_error(root))?;
    let Some(state) = StateDir::open_existing(&root)? else {
        return Ok(Vec::new());
    };
    let path = state.join(LOG);
    let entries = entries(&path)?;
    let refuse = |reason| ExecutorError::Record {
        path: path.clone(),
        reason,
    };
    if entries.is_empty() {
        return Ok(entries);
    }
    let key = Key::open_existing(&options.key_dir)?
        .ok_or_else(|| refuse("there is no key to check it with"))?;
    let mut prev = None;
    for entry in &entries {
        if !entry.follows(prev, &key) {
            return Err(refuse(
                "an entry was changed, or does not follow the one before it",
            ));
        }
        prev = entry.hash;
    }
    Ok(entries)
}

fn entries(path: &Path) -> Result<Vec<ExecutionAudit>, ExecutorError> {
    let unreadable = |_: ReadError| ExecutorError::Record {
        path: path.to_owned(),
        reason: "it cannot be read as a log",
    };
    let log = match LogReader::open(path) {
        Err(error) if error.is_not_found() => return Ok(Vec::new()),
        log => log.map_err(unreadable)?,
    };
    log.map(|record| {
        let payload = record.map_err(unreadable)?.payload;
        serde_json::from_slice(&payload).map_err(|_| ExecutorError::Record {
            path: path.to_owned(),
            reason: "an entry of it is not one of ours",
        })
    })
    .collect()
}
