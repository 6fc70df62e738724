//! The journal of a transaction: what is about to be done, then that it is decided, then that it is over.
//!
//! # Format, version 1
//!
//! An append log of `ftc-durable`, each record of which is `{"record":{...},"seal":"<hex>"}`. The seal is the HMAC-SHA256,
//! under the executor's key, of `ftc.journal.v1`, a zero byte and the canonical JSON of the record. The first record is the
//! intent, with everything that recovery has to know; then come at most one `commit` and one `done`. A version that is
//! newer than ours is refused, and so is a record that we do not know.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ftc_durable::{AppendError, AppendLog, Digest, LogReader, ReadError, SyncPolicy};
use serde::{Deserialize, Serialize};

use super::error::{ExecutorError, io_error};
use super::key::Key;
use super::step::Step;
use crate::{Checksum, PlanId};

const DOMAIN: &str = "ftc.journal.v1";
const SCHEMA: u32 = 1;

/// What is about to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Intent {
    pub(super) schema: u32,
    pub(super) execution_id: String,
    pub(super) plan_id: PlanId,
    pub(super) checksum: Checksum,
    /// The tree, so that a journal says nothing about another one.
    pub(super) root: String,
    /// The directories that will be made, outermost first.
    pub(super) made: Vec<String>,
    pub(super) steps: Vec<Step>,
}

impl Intent {
    pub(super) fn new(
        execution_id: String,
        plan_id: PlanId,
        checksum: Checksum,
        root: &Path,
    ) -> Self {
        Self {
            schema: SCHEMA,
            execution_id,
            plan_id,
            checksum,
            root: root_name(root),
            made: Vec::new(),
            steps: Vec::new(),
        }
    }
}

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ending {
    /// Every path is new.
    Applied,
    /// Every path is old.
    RolledBack,
    /// Every path is new, old, or somebody else's.
    Conflicted,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Record {
    Intent {
        intent: Intent,
    },
    Commit {
        execution_id: String,
    },
    Done {
        execution_id: String,
        ending: Ending,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    record: Record,
    seal: Digest,
}

/// A journal open for writing.
pub(super) struct Journal<'a> {
    log: AppendLog,
    key: &'a Key,
    execution_id: String,
}

impl<'a> Journal<'a> {
    /// Opens the journal at `path`, or begins it.
    pub(super) fn open(path: &Path, execution_id: &str, key: &'a Key) -> Result<Self, AppendError> {
        Ok(Self {
            log: AppendLog::open(path, SyncPolicy::EachRecord)?,
            key,
            execution_id: execution_id.to_owned(),
        })
    }

    pub(super) fn intend(&mut self, intent: &Intent) -> Result<(), AppendError> {
        self.append(Record::Intent {
            intent: intent.clone(),
        })
    }

    pub(super) fn commit(&mut self) -> Result<(), AppendError> {
        let execution_id = self.execution_id.clone();
        self.append(Record::Commit { execution_id })
    }

    pub(super) fn done(&mut self, ending: Ending) -> Result<(), AppendError> {
        let execution_id = self.execution_id.clone();
        self.append(Record::Done {
            execution_id,
            ending,
        })
    }

    fn append(&mut self, record: Record) -> Result<(), AppendError> {
        let seal = self.key.seal(DOMAIN, &record);
        let sealed = Sealed { record, seal };
        let bytes = serde_json::to_vec(&sealed).expect("a record has string keys");
        self.log.append(&bytes).map(drop)
    }
}

/// What a journal says.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) intent: Intent,
    pub(super) committed: bool,
    pub(super) ending: Option<Ending>,
}

/// Reads the journal of transaction `id`; `None` if nothing was intended yet.
///
/// A record that is not sealed with `key`, or does not belong here, is never believed: the whole journal is refused then.
pub(super) fn read(
    path: &Path,
    id: &str,
    root: &Path,
    key: Option<&Key>,
) -> Result<Option<Story>, ExecutorError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(refused(path, "it is no regular file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(refused(path, "it is not in a directory"));
        }
        Err(error) => return Err(io_error(path)(error)),
    }
    let unreadable = |source: ReadError| ExecutorError::Journal {
        path: path.to_owned(),
        reason: "it cannot be read",
        source: Some(source),
    };
    let mut story: Option<Story> = None;
    for record in LogReader::open(path).map_err(unreadable)? {
        let payload = record.map_err(unreadable)?.payload;
        let key = key.ok_or_else(|| refused(path, "there is no key to check its seal with"))?;
        let record = unseal(&payload, key).map_err(|reason| refused(path, reason))?;
        story = Some(continued(story, record, id, root).map_err(|reason| refused(path, reason))?);
    }
    if let (Some(story), Some(key)) = (&story, key)
        && story.ending.is_none()
        && !key.is_open(id)?
    {
        return Err(refused(path, "its transaction is not under way any more"));
    }
    Ok(story)
}

fn unseal(payload: &[u8], key: &Key) -> Result<Record, &'static str> {
    let sealed: Sealed =
        serde_json::from_slice(payload).map_err(|_| "a record of it is not one of ours")?;
    if key.verifies(DOMAIN, &sealed.record, &sealed.seal) {
        Ok(sealed.record)
    } else {
        Err("its seal is not ours")
    }
}

/// The story with one more record.
fn continued(
    story: Option<Story>,
    record: Record,
    id: &str,
    root: &Path,
) -> Result<Story, &'static str> {
    match (story, record) {
        (None, Record::Intent { intent }) => {
            if intent.schema != SCHEMA {
                Err("it is of a version that we do not know")
            } else if intent.execution_id != id {
                Err("it belongs to another transaction")
            } else if intent.root != root_name(root) {
                Err("it belongs to another tree")
            } else {
                Ok(Story {
                    intent,
                    committed: false,
                    ending: None,
                })
            }
        }
        (Some(story), Record::Commit { execution_id })
            if execution_id == id && !story.committed && story.ending.is_none() =>
        {
            Ok(Story {
                committed: true,
                ..story
            })
        }
        (
            Some(story),
            Record::Done {
                execution_id,
                ending,
            },
        ) if execution_id == id && story.ending.is_none() => Ok(Story {
            ending: Some(ending),
            ..story
        }),
        _ => Err("its records do not follow one another"),
    }
}

fn refused(path: &Path, reason: &'static str) -> ExecutorError {
    ExecutorError::Journal {
        path: PathBuf::from(path),
        reason,
        source: None,
    }
}

fn root_name(root: &Path) -> String {
    // Bytes that are no UTF-8 are escaped, so that two roots never have the same name.
    root.as_os_str()
        .as_encoded_bytes()
        .escape_ascii()
        .to_string()
}
