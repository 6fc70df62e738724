//! What is stored about a service.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::confine::Confined;
use crate::identity::ProcessIdentity;
use crate::millis;
use crate::outcome::{Containment, End, Usage};

pub(crate) const VERSION: u32 = 1;

/// How a service ended. Stored as it is in `exit.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "ExitFile", into = "ExitFile")]
#[non_exhaustive]
pub struct ExitRecord {
    /// The program.
    pub program: ProcessIdentity,
    /// How its first process ended.
    pub end: End,
    /// Whether its end had been asked for, by [`Service::stop`](crate::service::Service::stop) or a signal to the shim.
    pub stop_requested: bool,
    /// When the program was started, in whole milliseconds.
    pub since: SystemTime,
    /// When nothing of it was left, in whole milliseconds.
    pub at: SystemTime,
    /// What it used, with all descendants that were waited for, in whole milliseconds.
    pub usage: Usage,
    /// How many descendants outlived its first process and were killed for it.
    pub survivors_killed: u32,
    /// How many bytes of its output could not be written to the log.
    pub log_bytes_dropped: u64,
}

/// `service.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ServiceFile {
    pub(crate) version: u32,
    pub(crate) shim: ProcessIdentity,
    pub(crate) program: ProcessIdentity,
    pub(crate) since_unix_ms: u64,
    pub(crate) command_sha256: String,
    /// What the control socket wants to be shown.
    pub(crate) key: String,
    /// The pipes of its outputs, as `/proc/PID/fd` shows them. Whoever holds one is of this service.
    #[serde(default)]
    pub(crate) outputs: Vec<String>,
    pub(crate) containment: Containment,
    #[serde(default)]
    pub(crate) cgroup: Option<CgroupRecord>,
    #[serde(default)]
    pub(crate) confined: Option<Confined>,
}

/// A control group that is told from a later one with the same name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CgroupRecord {
    pub(crate) directory: PathBuf,
    pub(crate) inode: u64,
}

/// `exit.json`.
#[derive(Clone, Serialize, Deserialize)]
struct ExitFile {
    version: u32,
    program: ProcessIdentity,
    exit_code: Option<i32>,
    signal: Option<i32>,
    stop_requested: bool,
    since_unix_ms: u64,
    at_unix_ms: u64,
    user_ms: u64,
    system_ms: u64,
    max_rss_bytes: u64,
    survivors_killed: u32,
    log_bytes_dropped: u64,
}

impl From<ExitRecord> for ExitFile {
    fn from(record: ExitRecord) -> Self {
        let (exit_code, signal) = match record.end {
            End::Exited(code) => (Some(code), None),
            End::Signaled(signal) => (None, Some(signal)),
        };
        Self {
            version: VERSION,
            program: record.program,
            exit_code,
            signal,
            stop_requested: record.stop_requested,
            since_unix_ms: unix_ms(record.since),
            at_unix_ms: unix_ms(record.at),
            user_ms: millis::of(record.usage.user),
            system_ms: millis::of(record.usage.system),
            max_rss_bytes: record.usage.max_rss_bytes,
            survivors_killed: record.survivors_killed,
            log_bytes_dropped: record.log_bytes_dropped,
        }
    }
}

impl From<ExitFile> for ExitRecord {
    fn from(file: ExitFile) -> Self {
        Self {
            program: file.program,
            end: match file.signal {
                Some(signal) => End::Signaled(signal),
                None => End::Exited(file.exit_code.unwrap_or_default()),
            },
            stop_requested: file.stop_requested,
            since: from_unix_ms(file.since_unix_ms),
            at: from_unix_ms(file.at_unix_ms),
            usage: Usage {
                user: Duration::from_millis(file.user_ms),
                system: Duration::from_millis(file.system_ms),
                max_rss_bytes: file.max_rss_bytes,
            },
            survivors_killed: file.survivors_killed,
            log_bytes_dropped: file.log_bytes_dropped,
        }
    }
}

/// A clock before 1970 counts as 1970.
pub(crate) fn unix_ms(time: SystemTime) -> u64 {
    millis::of(
        time.duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default(),
    )
}

pub(crate) fn from_unix_ms(unix_ms: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_millis(unix_ms))
        .unwrap_or(SystemTime::UNIX_EPOCH)
}
