//! Finding a service that runs, and seeing its end.

use super::super::clock;
use super::super::happening::{StopReason, What};
use super::super::probe::chain;
use super::super::restart::{Desired, EndedHow};
use super::super::status::LastExit;
use super::{Active, Scene, Supervised, Unknown};
use crate::outcome::End;
use crate::service::{Adoption, ExitRecord, Service, ServiceError, ServiceState};

impl Supervised {
    /// Looks whether it runs, whoever started it, and goes on from there.
    pub(in crate::supervisor) fn adopt(&mut self, scene: &mut Scene<'_>) {
        self.unknown = None;
        match Service::adopt(&self.service_directory()) {
            Ok(Adoption::Running(service)) => {
                self.take_over(&service, scene);
                self.activate(service, scene);
            }
            Ok(Adoption::Ended(exit)) => self.end_or_undo(&exit, scene),
            Ok(Adoption::Lost { why, killed }) => self.lose(why, killed, scene),
            Ok(Adoption::Absent) => self.undo_start(scene),
            Err(error) => {
                let why = chain(&error);
                self.doubt(why, scene);
            }
        }
    }

    /// Tries again what could not be told before, if it is time.
    pub(in crate::supervisor) fn look_again(&mut self, scene: &mut Scene<'_>) {
        if self
            .unknown
            .as_ref()
            .is_some_and(|unknown| unknown.due <= scene.now.monotonic)
        {
            self.adopt(scene);
        }
    }

    pub(super) fn doubt(&mut self, why: String, scene: &mut Scene<'_>) {
        let due = scene.now.monotonic.saturating_add(super::RETRY);
        scene.tell(self, What::Trouble { why: why.clone() });
        self.unknown = Some(Unknown { why, due });
    }

    fn take_over(&mut self, service: &Service, scene: &mut Scene<'_>) {
        let pid = service.identity().pid;
        scene.tell(self, What::Adopted { pid });
        let history = &mut self.record.history;
        if !history.is_running() {
            // Started by somebody else.
            history.record_start(&self.spec.restart, false, scene.now.monotonic);
            self.record.run = super::super::record::RunRecord::default();
            self.save(scene);
        }
    }

    /// The service runs: probes begin, and it is stopped if it should not run.
    pub(super) fn activate(&mut self, service: Service, scene: &mut Scene<'_>) {
        self.runs += 1;
        self.told = None;
        let is_outdated = service.command_digest() != self.command().digest();
        self.active = Some(Active {
            service,
            tallies: std::collections::BTreeMap::new(),
            log: None,
            ready: false,
            is_outdated,
            stop_due: None,
        });
        if self.record.run.stopping.is_some() {
            // An earlier supervisor was killed while it waited for the end.
            self.request_stop(scene);
        } else {
            self.begin_probes(scene);
        }
    }

    /// Looks whether the running service has ended.
    pub(in crate::supervisor) fn see_end(&mut self, scene: &mut Scene<'_>) {
        let Some(active) = &self.active else {
            return;
        };
        match active.service.state() {
            Ok(ServiceState::Running { .. }) => {}
            Ok(ServiceState::Ended(exit)) => self.end(&exit, scene),
            Err(ServiceError::Lost { .. }) => {
                // Finding it again kills what is left of it.
                self.active = None;
                self.adopt(scene);
            }
            Err(error) => {
                self.active = None;
                self.doubt(chain(&error), scene);
            }
        }
    }

    /// The end of the run that was started last, or only of the one before: then that start was not made.
    fn end_or_undo(&mut self, exit: &ExitRecord, scene: &mut Scene<'_>) {
        if self.record.last_program.as_ref() == Some(&exit.program) {
            self.undo_start(scene);
        } else if self.record.history.is_running() {
            self.end(exit, scene);
        } else {
            // Of a run that this record does not know: somebody else's.
            self.see(exit);
            self.save(scene);
        }
    }

    /// The supervisor before had decided on a start and was killed before it was made.
    fn undo_start(&mut self, scene: &mut Scene<'_>) {
        let history = &mut self.record.history;
        if history.is_running() {
            history.started = None;
            history.start_asked = true;
            self.save(scene);
        }
    }

    fn end(&mut self, exit: &ExitRecord, scene: &mut Scene<'_>) {
        let exit_seen = self.see(exit);
        scene.tell(self, What::Ended { exit: exit_seen });
        let how = match &self.record.run.stopping {
            Some(StopReason::Probe { .. }) => EndedHow::Failed,
            Some(_) => EndedHow::Asked,
            // Somebody else has asked.
            None if exit.stop_requested => EndedHow::Asked,
            None if exit.end == End::Exited(0) => EndedHow::Clean,
            None => EndedHow::Failed,
        };
        self.record_end(how, scene);
    }

    fn see(&mut self, exit: &ExitRecord) -> LastExit {
        let last_exit = LastExit::of(exit);
        self.record.last_exit = Some(last_exit.clone());
        self.record.last_program = Some(exit.program.clone());
        last_exit
    }

    fn lose(&mut self, why: String, killed: u32, scene: &mut Scene<'_>) {
        let at = clock::unix(scene.now.wall);
        if !self.record.history.is_running() && killed == 0 {
            // It was known.
            return;
        }
        self.record.last_exit = Some(LastExit::problem(why.clone(), at));
        scene.tell(self, What::Lost { why, killed });
        let how = match &self.record.run.stopping {
            None | Some(StopReason::Probe { .. }) => EndedHow::Failed,
            Some(_) => EndedHow::Asked,
        };
        self.record_end(how, scene);
    }

    pub(super) fn record_end(&mut self, how: EndedHow, scene: &mut Scene<'_>) {
        self.active = None;
        self.told = None;
        let stopping = self.record.run.stopping.take();
        let history = &mut self.record.history;
        history.record_end(&self.spec.restart, how, scene.now.monotonic);
        let is_to_return = matches!(
            stopping,
            Some(StopReason::Restart | StopReason::DependencyRestarted)
        );
        history.start_asked |= is_to_return && history.desired == Desired::Running;
        self.save(scene);
    }
}
