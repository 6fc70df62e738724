//! What a person asks a supervisor for. All of these write down what is wanted and return; the next passes do it.

use std::collections::BTreeSet;

use super::happening::StopReason;
use super::restart::Desired;
use super::{Supervisor, SupervisorError};
use crate::service::{LogReader, Service};

impl Supervisor {
    /// Wants a service to run, and all that it depends on, also those that a person had stopped.
    pub fn start(&mut self, name: &str) -> Result<(), SupervisorError> {
        let place = self.require(name)?;
        if self.services[place].record.history.crash_loop {
            return Err(SupervisorError::CrashLoop {
                service: name.to_owned(),
            });
        }
        let wanted = self.with_dependencies(place);
        for service in wanted.into_iter().rev() {
            self.want(service)?;
        }
        Ok(())
    }

    /// Wants all services to run but those that a person has stopped.
    pub fn start_all(&mut self) -> Result<(), SupervisorError> {
        for place in 0..self.services.len() {
            if self.services[place].record.history.desired == Desired::Unset {
                self.want(place)?;
            }
        }
        Ok(())
    }

    /// Wants a service to be down, and to stay down until somebody starts it. Those that depend on it run on.
    pub fn stop(&mut self, name: &str) -> Result<(), SupervisorError> {
        let place = self.require(name)?;
        self.unwant(place)
    }

    /// Wants all services to be down. Each is stopped when those that depend on it have ended.
    pub fn stop_all(&mut self) -> Result<(), SupervisorError> {
        let results: Vec<_> = (0..self.services.len())
            .map(|place| self.unwant(place))
            .collect();
        results.into_iter().collect()
    }

    /// Wants a service to be started anew, or to be started if it does not run.
    pub fn restart(&mut self, name: &str) -> Result<(), SupervisorError> {
        self.start(name)?;
        let place = self.require(name)?;
        self.at(place, |service, scene| {
            service.stop(StopReason::Restart, scene);
        });
        Ok(())
    }

    /// Forgets the failures of a service. One in a crash loop is started again.
    pub fn reset(&mut self, name: &str) -> Result<(), SupervisorError> {
        let place = self.require(name)?;
        self.services[place].record.history.reset();
        self.save(place)
    }

    /// The log of a service, from its oldest line.
    pub fn logs(&self, name: &str) -> Result<LogReader, SupervisorError> {
        let place = self.require(name)?;
        Ok(Service::logs(&self.services[place].service_directory()))
    }

    fn require(&self, name: &str) -> Result<usize, SupervisorError> {
        self.place(name)
            .ok_or_else(|| SupervisorError::NoSuchService {
                service: name.to_owned(),
                directory: self.directory.clone(),
            })
    }

    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.services
            .iter()
            .position(|service| service.spec.name == name)
    }

    /// The place itself and those of all that it depends on, directly or not.
    fn with_dependencies(&self, place: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut open = vec![place];
        while let Some(place) = open.pop() {
            if found.insert(place) {
                let names = &self.services[place].spec.depends_on;
                open.extend(names.iter().filter_map(|name| self.place(name)));
            }
        }
        found
    }

    fn want(&mut self, place: usize) -> Result<(), SupervisorError> {
        let service = &mut self.services[place];
        let is_stopping = service.is_stopping();
        let history = &mut service.record.history;
        if !history.is_running() || is_stopping {
            history.start_asked = true;
        }
        history.desired = Desired::Running;
        self.save(place)
    }

    /// It is stopped even if that cannot be written down, and the error is returned afterwards: a supervisor that is started
    /// later might start the service again.
    fn unwant(&mut self, place: usize) -> Result<(), SupervisorError> {
        let history = &mut self.services[place].record.history;
        history.desired = Desired::Stopped;
        history.start_asked = false;
        self.save(place)
    }

    fn save(&mut self, place: usize) -> Result<(), SupervisorError> {
        let service = &self.services[place];
        service
            .try_save(&self.boot_id)
            .map_err(|source| SupervisorError::File {
                path: super::record::path(service.directory()),
                source,
            })
    }
}
