//! One pass over all services, and passes for as long as somebody wants them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::happening::{Happening, StopReason};
use super::restart::Desired;
use super::supervised::Supervised;
use super::{Status, Supervisor, SupervisorError};
use crate::cancel::Cancel;

impl Supervisor {
    /// One pass: sees what has ended, takes the answers of probes, stops and starts what is due, asks probes that are due. It
    /// waits for nothing but for a program to be started, and some seconds for a shim that is halted. Returns what has happened since the last pass.
    pub fn tick(&mut self) -> Vec<Happening> {
        for answered in self.asker.answers() {
            self.at(answered.question.service, |service, scene| {
                service.take_answer(answered.question, answered.result, scene);
            });
        }
        self.each(Supervised::look_again);
        self.each(Supervised::see_end);
        self.each(Supervised::insist_on_stop);
        self.stop_unwanted();
        self.start_wanted();
        self.restart_dependents();
        self.each(Supervised::ask_probes);
        std::mem::take(&mut self.told)
    }

    /// Passes until `cancel`, telling `observer` what happens. In between it waits; the services run on afterwards.
    pub fn run(
        &mut self,
        cancel: &Cancel,
        observer: &mut dyn FnMut(&Happening),
    ) -> Result<(), SupervisorError> {
        self.run_until(cancel, observer, &mut |_| false)
    }

    /// The same, and also until `done` says so, which is asked after every pass.
    pub fn run_until(
        &mut self,
        cancel: &Cancel,
        observer: &mut dyn FnMut(&Happening),
        done: &mut dyn FnMut(&[Status]) -> bool,
    ) -> Result<(), SupervisorError> {
        loop {
            for happening in self.tick() {
                observer(&happening);
            }
            if cancel.is_cancelled() || done(&self.status()) {
                return Ok(());
            }
            self.wait(cancel)
                .map_err(|source| SupervisorError::System {
                    what: "wait for the services",
                    source,
                })?;
        }
    }

    /// Waits until a pass is due, a service ends, a probe answers, or `cancel`.
    fn wait(&self, cancel: &Cancel) -> io::Result<()> {
        let limit = self.next_wake().map(|limit| {
            // Rounded up, so that it is over afterwards.
            let limit = limit.saturating_add(Duration::from_millis(1));
            Timespec::try_from(limit).unwrap_or(LONG)
        });
        let (asker, cancel) = (self.asker.fd(), cancel.fd());
        let mut fds = vec![
            PollFd::new(&asker, PollFlags::IN),
            PollFd::new(&cancel, PollFlags::IN),
        ];
        let ends = self.services.iter().filter_map(Supervised::end_fd);
        let ends: Vec<_> = ends.collect();
        fds.extend(ends.iter().map(|fd| PollFd::new(fd, PollFlags::IN)));
        match poll(&mut fds, limit.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        if !fds[0].revents().is_empty() {
            self.asker.clear()?;
        }
        Ok(())
    }

    /// Whatever was started before something that it depends on follows it, where that says so. Comparing the starts, and not
    /// watching them, forgets none that an earlier supervisor has made.
    fn restart_dependents(&mut self) {
        let started: BTreeMap<String, Duration> = self
            .services
            .iter()
            .filter(|service| service.spec.restart_dependents)
            .filter(|service| service.active.is_some() && !service.is_stopping())
            .filter_map(|service| {
                Some((service.spec.name.clone(), service.record.history.started?))
            })
            .collect();
        self.each(|service, scene| {
            let own = service.record.history.started;
            let newest = service
                .spec
                .depends_on
                .iter()
                .filter_map(|name| started.get(name))
                .max();
            if newest.copied() > own {
                service.stop(StopReason::DependencyRestarted, scene);
            }
        });
    }

    /// What is not wanted is told to end, after those that are not wanted either and depend on it.
    fn stop_unwanted(&mut self) {
        let unwanted = |service: &&Supervised| {
            service.active.is_some() && service.record.history.desired == Desired::Stopped
        };
        let needed: BTreeSet<String> = self
            .services
            .iter()
            .filter(unwanted)
            .flat_map(|service| service.spec.depends_on.iter().cloned())
            .collect();
        self.each(|service, scene| {
            if unwanted(&&*service) && !needed.contains(&service.spec.name) {
                service.stop(StopReason::Asked, scene);
            }
        });
    }

    /// In the order of dependencies, so that one that is ready at once delays nobody.
    fn start_wanted(&mut self) {
        for place in 0..self.services.len() {
            let missing: Vec<String> = self.services[place]
                .spec
                .depends_on
                .iter()
                .filter(|name| {
                    !self
                        .place(name)
                        .is_some_and(|place| self.services[place].is_ready())
                })
                .cloned()
                .collect();
            self.at(place, |service, scene| service.start_if_due(missing, scene));
        }
    }
}

const LONG: Timespec = Timespec {
    tv_sec: 86_400,
    tv_nsec: 0,
};
