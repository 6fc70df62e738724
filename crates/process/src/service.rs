//! One long-lived program, held by a shim of its own that outlives whoever started it.
//!
//! Everything about a service is in one directory of mode 0700, made by [`Service::launch`] if it is not there:
//!
//! | file | what |
//! |---|---|
//! | `lock` | locked (`flock`) by the shim as long as it lives |
//! | `service.json` | who the shim and the program are, since when, and the key for the socket |
//! | `exit.json` | how the program ended, written when nothing of it is left |
//! | `control` | the shim's socket; only root and the shim's own user are answered, and only with the key |
//! | `log.NNNNNNNN` | what the program printed; the highest number is the current file |
//! | `log` | a link to the current file, for people (`tail -F log`); never read by us |
//! | `private/` | home and temporary folder of a confined program |
//!
//! The JSON files carry `version`; a reader takes what it knows and ignores what it does not.
//!
//! # Limits
//! Linux only: elsewhere every function answers [`ServiceError::Unsupported`]. A program that goes into the background by itself
//! counts as ended when its first process ends: start it so that it stays in the foreground. Whatever it leaves running is killed.
//! If the shim is killed (only root and the program's own user can) and there was no control group, descendants of the program that
//! left its session are not found any more.

mod command;
mod error;
#[cfg(target_os = "linux")]
mod linux;
mod log_files;
mod log_reader;
#[cfg(not(target_os = "linux"))]
mod other;
mod record;

use std::path::Path;
use std::time::{Duration, SystemTime};

pub use command::{LogPolicy, ServiceCommand};
pub use error::ServiceError;
#[cfg(target_os = "linux")]
pub(crate) use linux::shim;
#[cfg(target_os = "linux")]
use linux::{Found, Running, adopt, launch};
pub use log_reader::{LogCursor, LogLine, LogReader};
#[cfg(not(target_os = "linux"))]
use other::{Found, Running, adopt, launch};
pub use record::ExitRecord;

use crate::confine::Confined;
use crate::identity::ProcessIdentity;
use crate::outcome::Containment;
use crate::shim::Shim;
use crate::signal::Signal;

/// A service whose shim runs, or ran when this was made. Dropping it leaves the service alone.
#[derive(Debug)]
pub struct Service {
    running: Running,
}

/// What was found in the directory of a service.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "made once for each question, and looked at at once"
)]
#[non_exhaustive]
pub enum Adoption {
    /// No service was started here, or its start was not finished and left nothing.
    Absent,
    /// It runs.
    Running(Service),
    /// It has ended.
    Ended(ExitRecord),
    /// Its shim has ended without a record: killed, or the machine was restarted. What could be found of the program was killed.
    Lost {
        /// What happened, in words.
        why: String,
        /// How many processes were killed now.
        killed: u32,
    },
}

/// Whether a service runs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "made once for each question, and looked at at once"
)]
#[non_exhaustive]
pub enum ServiceState {
    /// It runs, or is being stopped.
    Running {
        /// When the program was started.
        since: SystemTime,
    },
    /// It has ended, and nothing of it is left.
    Ended(ExitRecord),
}

impl Service {
    /// Starts a program in `directory`, which is made with mode 0700 if it is not there, and returns when the program runs.
    /// An earlier log is continued. What an earlier service whose shim was killed left running is killed first.
    ///
    /// The service is not a child of this process, and stays when this process ends, however it ends.
    pub fn launch(
        directory: &Path,
        command: &ServiceCommand,
        shim: &Shim,
    ) -> Result<Self, ServiceError> {
        Ok(Self {
            running: launch(directory, command, shim)?,
        })
    }

    /// Finds the service of `directory`, whoever started it. A process that only has the number of the recorded one is never
    /// taken for it, and never signalled.
    pub fn adopt(directory: &Path) -> Result<Adoption, ServiceError> {
        Ok(match adopt(directory)? {
            Found::Absent => Adoption::Absent,
            Found::Running(running) => Adoption::Running(Self { running: *running }),
            Found::Ended(record) => Adoption::Ended(record),
            Found::Lost { why, killed } => Adoption::Lost { why, killed },
        })
    }

    /// The program. Its executable and arguments are not part of this identity, because a program may become another one by
    /// `exec`, as most start scripts do.
    pub fn identity(&self) -> &ProcessIdentity {
        self.running.program()
    }

    /// The shim, with its executable and arguments.
    pub fn shim_identity(&self) -> &ProcessIdentity {
        self.running.shim()
    }

    /// When the program was started.
    pub fn since(&self) -> SystemTime {
        self.running.since()
    }

    /// What confinement was reached, where one was asked for.
    pub fn confined(&self) -> Option<&Confined> {
        self.running.confined()
    }

    /// How its descendants are held.
    pub fn containment(&self) -> Containment {
        self.running.containment()
    }

    /// The [`ServiceCommand::digest`] of what it was started with.
    pub fn command_digest(&self) -> &str {
        self.running.command_digest()
    }

    /// Whether it runs. Does not wait.
    pub fn state(&self) -> Result<ServiceState, ServiceError> {
        self.running.state()
    }

    /// Waits until it has ended, for at most `limit`; `None` if it still runs then.
    pub fn wait(&self, limit: Duration) -> Result<Option<ExitRecord>, ServiceError> {
        self.running.wait(limit)
    }

    /// A descriptor that is readable (in `poll`) once the service has ended.
    #[cfg(target_os = "linux")]
    pub fn end_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.running.end_fd()
    }

    /// Sends a signal to the program: to its first process, not to its descendants.
    pub fn signal(&self, signal: Signal) -> Result<(), ServiceError> {
        self.running.signal(signal)
    }

    /// Asks the shim to stop the program, and does not wait for it: the stop signal to its process group, after the grace
    /// SIGKILL to all its descendants. Asking again changes nothing.
    pub fn request_stop(&self) -> Result<(), ServiceError> {
        self.running.request_stop()
    }

    /// Stops it as [`request_stop`](Self::request_stop) does, and waits until nothing of it is left: about the grace at most.
    pub fn stop(&self) -> Result<ExitRecord, ServiceError> {
        self.running.stop()
    }

    /// Begins a new log file now.
    pub fn rotate(&self) -> Result<(), ServiceError> {
        self.running.rotate()
    }

    /// The log of the service of `directory`, from its oldest line. Works whether it runs or not.
    pub fn logs(directory: &Path) -> LogReader {
        LogReader::new(directory)
    }
}
