//! How a child ended.

use std::fmt;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::capture::Captured;
use crate::confine::Confined;
use crate::order::{Order, merged_text};
use crate::spill::Spill;

/// What is known about a child that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// How the program itself ended.
    pub end: End,
    /// Whether a limit passed, and the group was therefore told to end: the same as `stopped.is_some()`. A program that
    /// handles SIGTERM may then still have exited by itself, even with code 0.
    pub timed_out: bool,
    /// Which limit it was.
    pub stopped: Option<Stop>,
    /// Standard output.
    pub stdout: Captured,
    /// Standard error.
    pub stderr: Captured,
    /// In which order the bytes of both were read.
    pub order: Order,
    /// From the start to the end of the program.
    pub duration: Duration,
    /// From the start to the end of its output, which a descendant may have held open longer.
    pub total_duration: Duration,
    /// A descendant that had left the process group still held the output open when it was given up. What it wrote later is
    /// not captured.
    pub output_abandoned: bool,
    /// What became of the file that [`spill_to`](crate::Spawn::spill_to) asked for.
    pub spill: Option<Spill>,
    /// How the descendants were held.
    pub containment: Containment,
    /// How many descendants outlived the program and were killed for it, as far as they were seen. With
    /// [`Containment::Group`] they are not counted.
    pub survivors_killed: u32,
    /// What it used, with all descendants that were waited for.
    pub usage: Usage,
    /// What confinement was reached, where one was asked for.
    pub confined: Option<Confined>,
}

impl Outcome {
    /// Whether the program exited with code 0 within its time.
    pub fn success(&self) -> bool {
        self.end == End::Exited(0) && !self.timed_out
    }

    /// Both outputs as one text for people, in the [`order`](Self::order) in which they were read, as far as they are kept:
    /// invalid UTF-8 replaced, and a line in brackets that says how much is missing where it is.
    ///
    /// It is what the child wrote: escape codes and secrets included, and it may print such a line itself.
    pub fn merged_text(&self) -> String {
        merged_text(&self.stdout, &self.stderr, &self.order)
    }
}

/// How the descendants of a child are held, the weakest first. Prints as a word: `group`, `subreaper`, `cgroup`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Containment {
    /// By their process group. One that leaves it (`setsid`) is not found, and if this process is killed, nobody kills them.
    Group,
    /// By a shim that inherits every orphan, and kills all of them when its lifeline to this process ends.
    Subreaper,
    /// By a shim, and by a control group of their own that the kernel kills at once.
    Cgroup,
}

impl fmt::Display for Containment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Group => "group",
            Self::Subreaper => "subreaper",
            Self::Cgroup => "cgroup",
        })
    }
}

/// What a child used, together with all descendants that were waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usage {
    /// Processor time in programs.
    pub user: Duration,
    /// Processor time in the kernel.
    pub system: Duration,
    /// The largest resident size that one of its processes reached, in bytes; 0 where it is not known.
    pub max_rss_bytes: u64,
}

/// The limit for which a child was stopped. Prints as a fragment: `time limit`, `idle limit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stop {
    /// It ran for too long.
    WallTimeout,
    /// It printed nothing for too long.
    IdleTimeout,
    /// The caller asked, by a [`Cancel`](crate::Cancel).
    Cancelled,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WallTimeout => "time limit",
            Self::IdleTimeout => "idle limit",
            Self::Cancelled => "cancellation",
        })
    }
}

/// How a process ended. Prints as a fragment: `exit code 3`, `signal 9`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// It exited with this code.
    Exited(i32),
    /// It was killed by the signal of this number.
    Signaled(i32),
}

impl End {
    pub(crate) fn of(status: ExitStatus) -> Self {
        match status.code() {
            Some(code) => Self::Exited(code),
            // A status that was waited for is one or the other: stopped children are not reported to us.
            None => Self::Signaled(status.signal().unwrap_or_default()),
        }
    }

    /// The exit code, if it exited.
    pub fn code(self) -> Option<i32> {
        match self {
            Self::Exited(code) => Some(code),
            Self::Signaled(_) => None,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "exit code {code}"),
            Self::Signaled(signal) => write!(f, "signal {signal}"),
        }
    }
}
