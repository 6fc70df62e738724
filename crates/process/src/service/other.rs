//! Where services cannot be held.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::confine::Confined;
use crate::identity::ProcessIdentity;
use crate::outcome::Containment;
use crate::service::{ExitRecord, ServiceCommand, ServiceError, ServiceState};
use crate::shim::Shim;
use crate::signal::Signal;

/// There is none.
#[derive(Debug)]
pub(super) enum Running {}

#[expect(dead_code, reason = "nothing is ever found")]
pub(super) enum Found {
    Absent,
    Running(Box<Running>),
    Ended(ExitRecord),
    Lost { why: String, killed: u32 },
}

pub(super) fn launch(_: &Path, _: &ServiceCommand, _: &Shim) -> Result<Running, ServiceError> {
    Err(ServiceError::Unsupported)
}

pub(super) fn adopt(_: &Path) -> Result<Found, ServiceError> {
    Err(ServiceError::Unsupported)
}

impl Running {
    pub(super) fn program(&self) -> &ProcessIdentity {
        match *self {}
    }

    pub(super) fn shim(&self) -> &ProcessIdentity {
        match *self {}
    }

    pub(super) fn since(&self) -> SystemTime {
        match *self {}
    }

    pub(super) fn confined(&self) -> Option<&Confined> {
        match *self {}
    }

    pub(super) fn containment(&self) -> Containment {
        match *self {}
    }

    pub(super) fn command_digest(&self) -> &str {
        match *self {}
    }

    pub(super) fn state(&self) -> Result<ServiceState, ServiceError> {
        match *self {}
    }

    pub(super) fn wait(&self, _: Duration) -> Result<Option<ExitRecord>, ServiceError> {
        match *self {}
    }

    pub(super) fn signal(&self, _: Signal) -> Result<(), ServiceError> {
        match *self {}
    }

    pub(super) fn request_stop(&self) -> Result<(), ServiceError> {
        match *self {}
    }

    pub(super) fn stop(&self) -> Result<ExitRecord, ServiceError> {
        match *self {}
    }

    pub(super) fn rotate(&self) -> Result<(), ServiceError> {
        match *self {}
    }
}
