//! What a supervisor remembers of a service: `supervision.json`, beside the service's own directory.
//!
//! Version 1. Whole milliseconds; those without `unix` count since the boot that `boot_id` names, and mean nothing in another.
//! It is written before a service is started, so that a supervisor which is killed in between has counted that start. Keys that
//! are not known are ignored; another version is an error.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};

use super::happening::StopReason;
use super::restart::{Desired, Ended, EndedHow, History};
use super::status::LastExit;
use crate::identity::ProcessIdentity;
use crate::millis;
use crate::service::LogCursor;

const VERSION: u32 = 1;
const FILE: &str = "supervision.json";
const NEW_FILE: &str = ".supervision.json.new";
const LIMIT_BYTES: u64 = 1 << 20;

/// What is remembered of the run that was last started.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RunRecord {
    /// Where its log began.
    pub(super) log_start: LogCursor,
    /// The startup probe has passed.
    pub(super) startup_passed: bool,
    /// Texts of log-line probes that were seen.
    pub(super) lines_seen: Vec<String>,
    /// It was told to end.
    pub(super) stopping: Option<StopReason>,
}

/// All that is remembered of a service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Record {
    pub(super) history: History,
    pub(super) run: RunRecord,
    pub(super) last_exit: Option<LastExit>,
    /// The program whose end was seen last, to tell its record from that of a later one.
    pub(super) last_program: Option<ProcessIdentity>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    boot_id: String,
    desired: Desired,
    crash_loop: bool,
    start_asked: bool,
    #[serde(rename = "started_ms", with = "millis::option")]
    started: Option<Duration>,
    #[serde(rename = "ended_ms", with = "millis::option")]
    ended: Option<Duration>,
    ended_how: Option<EndedHow>,
    restarts_ms: Vec<u64>,
    attempt: u32,
    run: RunRecord,
    last_exit: Option<LastExit>,
    last_program: Option<ProcessIdentity>,
}

pub(super) fn path(directory: &Path) -> PathBuf {
    directory.join(FILE)
}

impl Record {
    /// What is stored in `directory`; as of a service that was never started, where nothing is.
    pub(super) fn load(directory: &Path, boot_id: &str) -> io::Result<Self> {
        let flags = OFlags::NOFOLLOW.bits().cast_signed();
        let file = match OpenOptions::new()
            .read(true)
            .custom_flags(flags)
            .open(path(directory))
        {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error),
        };
        let mut text = Vec::new();
        file.take(LIMIT_BYTES).read_to_end(&mut text)?;
        let stored: Stored = serde_json::from_slice(&text)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        if stored.version != VERSION {
            let words = format!("version {} is not known", stored.version);
            return Err(io::Error::new(io::ErrorKind::InvalidData, words));
        }
        Ok(stored.into_record(boot_id))
    }

    /// Replaces what is stored: a crash leaves the old or the new.
    pub(super) fn save(&self, directory: &Path, boot_id: &str) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(&Stored::of(self, boot_id))?;
        let new = directory.join(NEW_FILE);
        let mut file = File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(&new)?;
        file.write_all(&text)?;
        // A person's word must survive a power loss.
        file.sync_data()?;
        std::fs::rename(&new, path(directory))
    }
}

impl Stored {
    fn of(record: &Record, boot_id: &str) -> Self {
        let history = &record.history;
        Self {
            version: VERSION,
            boot_id: boot_id.to_owned(),
            desired: history.desired,
            crash_loop: history.crash_loop,
            start_asked: history.start_asked,
            started: history.started,
            ended: history.ended.map(|ended| ended.at),
            ended_how: history.ended.map(|ended| ended.how),
            restarts_ms: history.restarts.iter().copied().map(millis::of).collect(),
            attempt: history.attempt,
            run: record.run.clone(),
            last_exit: record.last_exit.clone(),
            last_program: record.last_program.clone(),
        }
    }

    fn into_record(self, boot_id: &str) -> Record {
        let ended = self
            .ended
            .zip(self.ended_how)
            .map(|(at, how)| Ended { at, how });
        let mut history = History {
            desired: self.desired,
            crash_loop: self.crash_loop,
            start_asked: self.start_asked,
            started: self.started,
            ended,
            restarts: self
                .restarts_ms
                .into_iter()
                .map(Duration::from_millis)
                .collect(),
            attempt: self.attempt,
        };
        if self.boot_id != boot_id {
            // The machine was restarted since, which ended all services, and not by their fault.
            history.restarts.clear();
            history.attempt = 0;
            history.started = None;
            history.ended = None;
        }
        Record {
            history,
            run: self.run,
            last_exit: self.last_exit,
            last_program: self.last_program,
        }
    }
}
