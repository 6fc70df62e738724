//! What a supervisor tells while it goes on.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::status::{LastExit, ProbeName};
use crate::millis;

/// Something that has happened to a service. Prints as a line for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Happening {
    /// The service.
    pub service: String,
    /// What.
    pub what: What,
}

/// What has happened to a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "pids and reasons are what they are called")]
pub enum What {
    /// It was found running, and is supervised from now on.
    Adopted { pid: u32 },
    /// It was started.
    Started { pid: u32 },
    /// It could not be started.
    StartFailed { why: String },
    /// It waits for others to become ready.
    Waiting { services: Vec<String> },
    /// It is ready.
    Ready,
    /// Its readiness probe fails. It runs on.
    NotReady { why: String },
    /// It is told to end.
    Stopping { reason: StopReason },
    /// It has ended.
    Ended { exit: LastExit },
    /// Its shim was killed. What was found of it was killed, too.
    Lost { why: String, killed: u32 },
    /// It will be started again.
    RestartPlanned {
        #[serde(rename = "after_ms", with = "millis")]
        after: Duration,
    },
    /// It was restarted too often, and stays down until it is reset.
    CrashLoop,
    /// Something about it could not be done. The supervisor goes on.
    Trouble { why: String },
}

/// Why a running service is told to end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StopReason {
    /// A person wants it down.
    Asked,
    /// A person wants it started anew.
    Restart,
    /// A service that it depends on is started anew.
    DependencyRestarted,
    /// Its startup or liveness probe fails.
    Probe {
        /// Which.
        probe: ProbeName,
        /// The last answer.
        why: String,
    },
}

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.service, self.what)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Adopted { pid } => write!(f, "found running (process {pid})"),
            Self::Started { pid } => write!(f, "started (process {pid})"),
            Self::StartFailed { why } => write!(f, "could not be started: {why}"),
            Self::Waiting { services } => write!(f, "waits for {}", services.join(", ")),
            Self::Ready => f.write_str("ready"),
            Self::NotReady { why } => write!(f, "not ready: {why}"),
            Self::Stopping { reason } => write!(f, "is stopped: {reason}"),
            Self::Ended { exit } => write!(f, "ended: {exit}"),
            Self::Lost { why, killed } => write!(f, "lost: {why} ({killed} processes killed)"),
            Self::RestartPlanned { after } => {
                write!(f, "is restarted in {:.1} s", after.as_secs_f64())
            }
            Self::CrashLoop => f.write_str("restarted too often, stays down until it is reset"),
            Self::Trouble { why } => f.write_str(why),
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("asked for"),
            Self::Restart => f.write_str("restart asked for"),
            Self::DependencyRestarted => f.write_str("a dependency is restarted"),
            Self::Probe { probe, why } => write!(f, "{probe} probe fails: {why}"),
        }
    }
}
