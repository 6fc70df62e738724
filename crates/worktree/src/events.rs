//! What happened in a pool, one JSON object per line of `events.jsonl`.
//!
//! ```json
//! {"event":"lease.acquired","ts":"2026-09-01T10:00:00Z","worktree":{"name":"s/1"},"slot":1,"epoch":7,"lease":"…","owner":"ci"}
//! ```
//!
//! | event | when |
//! |---|---|
//! | `worktree.create.before`, `.after`, `.failed` | a slot is made |
//! | `lease.acquired`, `lease.released`, `lease.reclaimed` | a slot changes hands |
//! | `slot.scrub.before`, `.after` | a slot is made clean |
//! | `slot.salvaged` | work was saved before a scrub; `salvage` is the reference |
//! | `slot.quarantined` | something is wrong; `error` says what |
//! | `worktree.remove.before`, `.after` | a half-made or missing worktree is forgotten |
//! | `pool.created`, `pool.rebuilt`, `pool.rebooted` | the registry itself was made, made anew, or is of an earlier boot |
//!
//! Lines are written under the pool's lock and are not synced. A torn last line is closed by the next writer; readers skip
//! lines that they cannot read.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use ftc_vcs::ObjectId;
use jiff::Timestamp;
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};

use crate::lease_id::LeaseId;
use crate::registry::RegistryError;

/// The name of the file in the root of its pool.
pub(crate) const FILE_NAME: &str = "events.jsonl";

/// A line of ours is shorter; a longer one is not read.
const LINE_LIMIT_BYTES: u64 = 64 << 10;

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Event {
    #[serde(rename = "event")]
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worktree: Option<WorktreeName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<u32>,
    epoch: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<ObjectId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<LeaseId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salvage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct WorktreeName {
    name: String,
}

impl Event {
    /// Something that happened to a slot.
    pub fn new(name: &'static str, slot: u32, epoch: u64) -> Self {
        Self {
            worktree: Some(WorktreeName {
                name: format!("s/{slot}"),
            }),
            slot: Some(slot),
            ..Self::of_pool(name, epoch)
        }
    }

    /// Something that happened to the whole pool.
    pub fn of_pool(name: &'static str, epoch: u64) -> Self {
        Self {
            name,
            ts: None,
            worktree: None,
            slot: None,
            epoch,
            commit: None,
            lease: None,
            owner: None,
            salvage: None,
            reason: None,
            error: None,
        }
    }

    pub fn salvage(mut self, reference: &str) -> Self {
        self.salvage = Some(reference.to_owned());
        self
    }

    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    pub fn error(mut self, error: impl Into<String>) -> Self {
        self.error = Some(error.into());
        self
    }
}

/// The file of events.
#[derive(Debug)]
pub(crate) struct EventLog {
    path: PathBuf,
}

impl EventLog {
    pub fn new(root: &Path) -> Self {
        Self {
            path: root.join(FILE_NAME),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends the events in one write. Only under the pool's lock.
    pub fn append(&self, events: &[Event], now: Timestamp) -> Result<(), RegistryError> {
        if events.is_empty() {
            return Ok(());
        }
        self.append_lines(events, now)
            .map_err(|source| RegistryError::Events {
                path: self.path.clone(),
                source,
            })
    }

    fn append_lines(&self, events: &[Event], now: Timestamp) -> io::Result<()> {
        let mut file = self.open(OpenOptions::new().append(true).create(true).mode(0o644))?;
        let mut text = Vec::new();
        if is_torn(&mut file)? {
            text.push(b'\n');
        }
        for event in events {
            let event = Event {
                ts: Some(now),
                ..event.clone()
            };
            serde_json::to_writer(&mut text, &event)?;
            text.push(b'\n');
        }
        file.write_all(&text)
    }

    /// The largest fence that any event names.
    pub fn last_epoch(&self) -> io::Result<u64> {
        #[derive(Deserialize)]
        struct Line {
            epoch: u64,
        }
        let file = match self.open(&mut OpenOptions::new()) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(error),
        };
        let mut reader = BufReader::new(file);
        let (mut last, mut line) = (0, Vec::new());
        loop {
            line.clear();
            let mut part = reader.by_ref().take(LINE_LIMIT_BYTES);
            if part.read_until(b'\n', &mut line)? == 0 {
                return Ok(last);
            }
            // A part of a line that is too long is no JSON either, so it is passed over like any other damage.
            if let Ok(line) = serde_json::from_slice::<Line>(&line) {
                last = last.max(line.epoch);
            }
        }
    }

    /// The file may be anything that a repository can hold, a link and a pipe included.
    fn open(&self, options: &mut OpenOptions) -> io::Result<File> {
        let file = options
            .read(true)
            .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
            .open(&self.path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        Ok(file)
    }
}

/// Whether the last line was cut off.
fn is_torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}
