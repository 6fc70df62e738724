//! Services on Linux.

mod adopt;
mod client;
mod directory;
mod launch;
mod leftovers;
mod protocol;
pub(crate) mod shim;

use std::os::fd::{AsFd as _, BorrowedFd};
use std::time::{Duration, Instant, SystemTime};

pub(super) use adopt::{Found, adopt};
pub(super) use launch::launch;

use crate::confine::Confined;
use crate::identity::{Process, ProcessIdentity};
use crate::outcome::Containment;
use crate::service::linux::directory::Directory;
use crate::service::linux::protocol::Order;
use crate::service::record::{ServiceFile, from_unix_ms};
use crate::service::{ExitRecord, ServiceError, ServiceState};
use crate::signal::Signal;

const LOCK: &str = "lock";
const SERVICE: &str = "service.json";
const EXIT: &str = "exit.json";
const CONTROL: &str = "control";

/// How long a shim may take to answer, and a process that was killed to end, until something is wrong with it.
const PATIENCE: Duration = Duration::from_secs(5);

/// A service whose shim runs, or ran when this was made.
#[derive(Debug)]
pub(super) struct Running {
    directory: Directory,
    record: ServiceFile,
    shim: Process,
}

impl Running {
    pub(super) fn program(&self) -> &ProcessIdentity {
        &self.record.program
    }

    pub(super) fn shim(&self) -> &ProcessIdentity {
        self.shim.identity()
    }

    pub(super) fn since(&self) -> SystemTime {
        from_unix_ms(self.record.since_unix_ms)
    }

    pub(super) fn confined(&self) -> Option<&Confined> {
        self.record.confined.as_ref()
    }

    pub(super) fn containment(&self) -> Containment {
        self.record.containment
    }

    pub(super) fn command_digest(&self) -> &str {
        &self.record.command_sha256
    }

    pub(super) fn end_fd(&self) -> BorrowedFd<'_> {
        self.shim.as_fd()
    }

    pub(super) fn state(&self) -> Result<ServiceState, ServiceError> {
        Ok(match self.wait(Duration::ZERO)? {
            Some(record) => ServiceState::Ended(record),
            None => ServiceState::Running {
                since: self.since(),
            },
        })
    }

    pub(super) fn wait(&self, limit: Duration) -> Result<Option<ExitRecord>, ServiceError> {
        let has_ended = self
            .shim
            .wait(limit)
            .map_err(|error| self.directory.file_error(SERVICE, error))?;
        if has_ended {
            self.exit_record().map(Some)
        } else {
            Ok(None)
        }
    }

    pub(super) fn signal(&self, signal: Signal) -> Result<(), ServiceError> {
        self.order(Order::Signal(signal.system().as_raw()), "be signalled")
    }

    /// One that has ended by itself meanwhile is stopped.
    pub(super) fn request_stop(&self) -> Result<(), ServiceError> {
        match self.order(Order::Stop, "be stopped") {
            Err(ServiceError::Ended { .. }) => Ok(()),
            answer => answer,
        }
    }

    /// The shim alone knows the grace. Asked again it says whether it is still there.
    pub(super) fn stop(&self) -> Result<ExitRecord, ServiceError> {
        let mut asked = Instant::now();
        self.request_stop()?;
        loop {
            if let Some(record) = self.wait(PATIENCE)? {
                return Ok(record);
            }
            if asked.elapsed() >= PATIENCE {
                self.request_stop()?;
                asked = Instant::now();
            }
        }
    }

    pub(super) fn rotate(&self) -> Result<(), ServiceError> {
        self.order(Order::Rotate, "begin a new log file")
    }

    fn order(&self, order: Order, what: &str) -> Result<(), ServiceError> {
        client::order(&self.directory, &self.record.key, &self.shim, order, what)
    }

    /// After the end of the shim.
    fn exit_record(&self) -> Result<ExitRecord, ServiceError> {
        match self.directory.read::<ExitRecord>(EXIT)? {
            // Another service may have been started here since.
            Some(record) if record.program == self.record.program => Ok(record),
            _ => Err(ServiceError::Lost {
                directory: self.directory.path().to_owned(),
                why: "its shim has ended without a record".to_owned(),
            }),
        }
    }
}
