//! One service and all that is known of it.

mod ends;
mod probing;
mod starts;
mod state;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::asker::Asker;
use super::clock::Now;
use super::happening::{Happening, StopReason, What};
use super::probe::{ProbeSpec, Tally};
use super::record::Record;
use super::spec::ServiceSpec;
use super::status::ProbeName;
use crate::service::{LogReader, Service};
use crate::shim::Shim;

pub(super) const PROBES: [ProbeName; 3] = [
    ProbeName::Startup,
    ProbeName::Readiness,
    ProbeName::Liveness,
];

/// How long after a failure of ours, not of the service, something is tried again.
pub(super) const RETRY: Duration = Duration::from_secs(10);

/// A service, whether it runs or not.
#[derive(Debug)]
pub(super) struct Supervised {
    pub(super) spec: ServiceSpec,
    /// Among all services.
    place: usize,
    /// Holds the record, and in `service` the service's own directory.
    directory: PathBuf,
    environment: BTreeMap<OsString, OsString>,
    pub(super) record: Record,
    pub(super) active: Option<Active>,
    /// How many runs were seen.
    runs: u64,
    /// The services that it was told to wait for.
    pub(super) waiting_for: Vec<String>,
    unknown: Option<Unknown>,
    /// The next restart that was told.
    told: Option<Duration>,
}

/// The run of a service.
#[derive(Debug)]
pub(super) struct Active {
    pub(super) service: Service,
    tallies: BTreeMap<ProbeName, Tally>,
    log: Option<LogReader>,
    ready: bool,
    is_outdated: bool,
    /// When to look again whether it has obeyed.
    stop_due: Option<Duration>,
}

/// It cannot be told whether the service runs.
#[derive(Debug)]
struct Unknown {
    why: String,
    /// When to look again.
    due: Duration,
}

/// What is around a service in one pass of its supervisor.
pub(super) struct Scene<'a> {
    pub(super) now: Now,
    pub(super) boot_id: &'a str,
    pub(super) shim: &'a Shim,
    pub(super) asker: &'a Asker,
    pub(super) told: &'a mut Vec<Happening>,
}

impl Scene<'_> {
    fn tell(&mut self, service: &Supervised, what: What) {
        self.told.push(Happening {
            service: service.spec.name.clone(),
            what,
        });
    }
}

impl Supervised {
    pub(super) fn new(
        spec: ServiceSpec,
        place: usize,
        directory: PathBuf,
        environment: BTreeMap<OsString, OsString>,
        record: Record,
    ) -> Self {
        Self {
            spec,
            place,
            directory,
            environment,
            record,
            active: None,
            runs: 0,
            waiting_for: Vec::new(),
            unknown: None,
            told: None,
        }
    }

    /// The directory of [`Service`].
    pub(super) fn service_directory(&self) -> PathBuf {
        service_directory(&self.directory)
    }

    /// Writes down what is remembered; tells if that fails, and goes on with what is in memory.
    pub(super) fn save(&self, scene: &mut Scene<'_>) {
        if let Err(error) = self.record.save(&self.directory, scene.boot_id) {
            let why = format!("failed to write `{}`: {error}", self.directory.display());
            scene.tell(self, What::Trouble { why });
        }
    }

    pub(super) fn try_save(&self, boot_id: &str) -> std::io::Result<()> {
        self.record.save(&self.directory, boot_id)
    }

    /// Readable once the running service has ended.
    #[cfg(target_os = "linux")]
    pub(super) fn end_fd(&self) -> Option<BorrowedFd<'_>> {
        self.active.as_ref().map(|active| active.service.end_fd())
    }

    /// There are no services.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn end_fd(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    fn probe(&self, name: ProbeName) -> Option<&ProbeSpec> {
        match name {
            ProbeName::Startup => self.spec.startup.as_ref(),
            ProbeName::Readiness => self.spec.readiness.as_ref(),
            ProbeName::Liveness => self.spec.liveness.as_ref(),
        }
    }

    /// Tells the running service to end. If it was told before, only the reason changes to one that leaves it down.
    pub(super) fn stop(&mut self, reason: StopReason, scene: &mut Scene<'_>) {
        let is_first = self.record.run.stopping.is_none();
        if self.active.is_none() || (!is_first && reason != StopReason::Asked) {
            return;
        }
        if is_first {
            let reason = reason.clone();
            scene.tell(self, What::Stopping { reason });
        }
        self.record.run.stopping = Some(reason);
        self.save(scene);
        if is_first {
            self.request_stop(scene);
        }
    }
}

pub(super) fn service_directory(directory: &Path) -> PathBuf {
    directory.join("service")
}
