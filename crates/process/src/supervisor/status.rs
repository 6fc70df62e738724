//! How services are.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::restart::Desired;
use crate::millis;
use crate::outcome::End;
use crate::service::ExitRecord;

/// How a service is. Times of day are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Status {
    /// Its name.
    pub name: String,
    /// What it does.
    pub state: State,
    /// What a person wants of it.
    pub desired: Desired,
    /// The process of its program, while it runs.
    pub pid: Option<u32>,
    /// When its program was started, while it runs.
    #[serde(rename = "since_unix_ms", with = "millis::option")]
    pub since: Option<Duration>,
    /// How many restarts count against it now.
    pub restarts: u32,
    /// When it is started again, from now, in back-off.
    #[serde(rename = "restart_in_ms", with = "millis::option")]
    pub restart_in: Option<Duration>,
    /// The services that it waits for.
    pub waiting_for: Vec<String>,
    /// How it last ended.
    pub last_exit: Option<LastExit>,
    /// What its probes said last, while it runs.
    pub probes: Vec<ProbeStatus>,
    /// Whether it runs with another command than it would be started with now.
    pub is_outdated: bool,
    /// What a person should look at.
    pub problem: Option<String>,
}

/// What a service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum State {
    /// It is down, as a person wants or as nobody has said otherwise.
    Stopped,
    /// It is down because it has ended and its restart policy leaves it so.
    Ended,
    /// It waits for others to become ready.
    Waiting,
    /// It runs, and its startup probe has not passed yet.
    Starting,
    /// It runs and is not ready.
    Running,
    /// It runs and is ready.
    Ready,
    /// It was told to end.
    Stopping,
    /// It is down until it is started again.
    Backoff,
    /// It was restarted too often, and stays down until it is reset.
    CrashLoop,
    /// Whether it runs cannot be told. It is left alone.
    Lost,
}

/// One of the probes of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ProbeName {
    /// Whether it has started.
    Startup,
    /// Whether it can be used.
    Readiness,
    /// Whether it is alive.
    Liveness,
}

/// What a probe said last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProbeStatus {
    /// Which.
    pub probe: ProbeName,
    /// Whether it passes; `None` before it is known.
    pub passes: Option<bool>,
    /// When it last answered.
    #[serde(rename = "answered_unix_ms", with = "millis::option")]
    pub answered: Option<Duration>,
    /// Why its last answer was bad, if it was.
    pub problem: Option<String>,
}

/// How a service ended, or why it could not be started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LastExit {
    /// The exit code of its program, if it exited.
    pub code: Option<i32>,
    /// The signal that killed it, if one did.
    pub signal: Option<i32>,
    /// Why nothing else is known, where that is so.
    pub problem: Option<String>,
    /// When.
    #[serde(rename = "at_unix_ms", with = "millis")]
    pub at: Duration,
}

impl LastExit {
    pub(crate) fn of(record: &ExitRecord) -> Self {
        let (code, signal) = match record.end {
            End::Exited(code) => (Some(code), None),
            End::Signaled(signal) => (None, Some(signal)),
        };
        Self {
            code,
            signal,
            problem: None,
            at: super::clock::unix(record.at),
        }
    }

    pub(crate) fn problem(why: String, at: Duration) -> Self {
        Self {
            code: None,
            signal: None,
            problem: Some(why),
            at,
        }
    }
}

impl fmt::Display for LastExit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.signal, &self.problem) {
            (Some(code), ..) => End::Exited(code).fmt(f),
            (_, Some(signal), _) => End::Signaled(signal).fmt(f),
            (.., Some(problem)) => f.write_str(problem),
            _ => f.write_str("unknown"),
        }
    }
}

impl fmt::Display for ProbeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Startup => "startup",
            Self::Readiness => "readiness",
            Self::Liveness => "liveness",
        })
    }
}
