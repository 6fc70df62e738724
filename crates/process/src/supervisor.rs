//! Keeping several services running: who starts first, what is probed, when one is started again.
//!
//! A [`ServiceSpec`] says what one service is. What follows from it is computed by pure functions: the order of starts
//! ([`start_order`]), the time of the next start ([`next_start`]), what the answers to a probe amount to. The [`Supervisor`]
//! does what they say, with one [`Service`](crate::service::Service) for each, which outlives it.
//!
//! A directory belongs to one supervisor at a time. For each service `NAME` it holds
//!
//! | | what |
//! |---|---|
//! | `NAME/supervision.json` | what a person wants of it, its restarts, its crash loop: see `record.rs` |
//! | `NAME/service/` | the directory of its [`Service`](crate::service::Service) |
//! | `supervisor.lock` | locked by the supervisor; who it is, for messages |
//!
//! # What it does not guarantee
//! Services without a specification are left alone, also if they were started from one that is gone: stop a service before it
//! is taken out. One that runs keeps the command it was started with until it is started again. While no supervisor runs,
//! services run on, and nobody probes or restarts them. Linux only.

mod asker;
mod clock;
mod error;
mod happening;
mod owner;
mod pass;
mod probe;
mod record;
mod requests;
mod restart;
mod spec;
mod status;
mod supervised;
mod systemd;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use clock::{Clock, Now, SystemClock};
pub use error::SupervisorError;
pub use happening::{Happening, StopReason, What};
pub use probe::{Check, ProbeSpec};
pub use restart::{
    Backoff, Desired, Ended, EndedHow, History, NextStart, RestartPolicy, RestartWhen, next_start,
};
pub use spec::{ConfinementSpec, EnvironmentSpec, ServiceSpec, SpecError, StopSpec, start_order};
pub use status::{LastExit, ProbeName, ProbeStatus, State, Status};
pub use systemd::SystemdOptions;

use crate::env::ParentEnv;
use crate::identity::ProcessIdentity;
use crate::millis;
use crate::shim::Shim;
use asker::Asker;
use owner::Owner;
use record::Record;
use supervised::{Scene, Supervised};

/// Starts, probes, restarts and stops the services of one directory.
///
/// It does nothing by itself: somebody has to call [`run`](Self::run) or, from a loop of his own, [`tick`](Self::tick). Dropping
/// it leaves the services running; the next supervisor of the directory takes them over.
#[must_use = "services are supervised as long as it exists"]
pub struct Supervisor {
    directory: PathBuf,
    /// Each after all that it depends on.
    services: Vec<Supervised>,
    boot_id: String,
    shim: Shim,
    clock: Box<dyn Clock>,
    asker: Asker,
    /// What was not yet told.
    told: Vec<Happening>,
    _owner: Owner,
}

impl Supervisor {
    /// Takes the directory (made with mode 0700 if it is not there) and whatever runs of these services. Nothing is started or
    /// stopped yet; the first pass goes on with what was wanted before.
    ///
    /// `environment` is what the services' variables are taken from.
    pub fn open(
        directory: &Path,
        specs: Vec<ServiceSpec>,
        shim: Shim,
        environment: &ParentEnv,
    ) -> Result<Self, SupervisorError> {
        Self::open_with(directory, specs, shim, environment, Box::new(SystemClock))
    }

    /// The same with a clock of the caller's.
    pub fn open_with(
        directory: &Path,
        specs: Vec<ServiceSpec>,
        shim: Shim,
        environment: &ParentEnv,
        clock: Box<dyn Clock>,
    ) -> Result<Self, SupervisorError> {
        if cfg!(not(target_os = "linux")) {
            return Err(SupervisorError::Unsupported);
        }
        let order = start_order(&specs).map_err(SupervisorError::Spec)?;
        let system = |what| move |source| SupervisorError::System { what, source };
        let me = ProcessIdentity::current().map_err(system("tell who this process is"))?;
        let owner = Owner::take(directory, &me)?;
        let mut specs: Vec<_> = specs.into_iter().map(Some).collect();
        let mut services = Vec::with_capacity(specs.len());
        for spec in order.into_iter().filter_map(|place| specs[place].take()) {
            let directory = directory.join(&spec.name);
            owner::make_directory(&directory)?;
            let record = Record::load(&directory, &me.boot_id).map_err(|source| {
                let path = record::path(&directory);
                SupervisorError::File { path, source }
            })?;
            let variables = spec.environment.resolve(environment);
            let place = services.len();
            services.push(Supervised::new(spec, place, directory, variables, record));
        }
        let mut supervisor = Self {
            directory: directory.to_owned(),
            services,
            boot_id: me.boot_id,
            shim,
            clock,
            asker: Asker::new().map_err(system("make a pipe"))?,
            told: Vec::new(),
            _owner: owner,
        };
        supervisor.each(Supervised::adopt);
        Ok(supervisor)
    }

    /// How the services are, each after all that it depends on, as far as the last pass has seen.
    pub fn status(&self) -> Vec<Status> {
        let now = self.clock.now();
        self.services
            .iter()
            .map(|service| service.status(now))
            .collect()
    }

    /// How long nothing has to be done, unless a service ends or a probe answers. `None`: for ever.
    pub fn next_wake(&self) -> Option<Duration> {
        let now = self.clock.now().monotonic;
        let due = self
            .services
            .iter()
            .filter_map(|service| service.due(now))
            .min()?;
        Some(due.saturating_sub(now))
    }

    /// Does something with each service, in the order of starts.
    fn each(&mut self, mut act: impl FnMut(&mut Supervised, &mut Scene<'_>)) {
        for place in 0..self.services.len() {
            self.at(place, &mut act);
        }
    }

    /// Does something with one service.
    fn at(&mut self, place: usize, act: impl FnOnce(&mut Supervised, &mut Scene<'_>)) {
        let now = self.clock.now();
        let mut scene = Scene {
            // What is stored has whole milliseconds. So has all else, and nothing changes when it is read back.
            now: Now {
                monotonic: Duration::from_millis(millis::of(now.monotonic)),
                ..now
            },
            boot_id: &self.boot_id,
            shim: &self.shim,
            asker: &self.asker,
            told: &mut self.told,
        };
        if let Some(service) = self.services.get_mut(place) {
            act(service, &mut scene);
        }
    }
}

impl std::fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Supervisor")
            .field("directory", &self.directory)
            .field("services", &self.services.len())
            .finish_non_exhaustive()
    }
}
