//! Starting a service.

use std::io;
use std::time::Duration;

use super::super::clock;
use super::super::happening::What;
use super::super::probe::{Check, chain};
use super::super::record::RunRecord;
use super::super::restart::{EndedHow, NextStart, next_start};
use super::super::spec::{ConfinementSpec, ServiceSpec};
use super::super::status::LastExit;
use super::{Scene, Supervised};
use crate::service::{LogCursor, Service, ServiceCommand, ServiceError};

impl Supervised {
    /// What is to be done next.
    pub(in crate::supervisor) fn next_start(&self, now: Duration) -> NextStart {
        if self.active.is_some() || self.unknown.is_some() {
            return NextStart::None;
        }
        next_start(
            &self.spec.name,
            &self.spec.restart,
            &self.record.history,
            now,
        )
    }

    /// Does it, if it is time, unless it has to wait for the services `missing`.
    pub(in crate::supervisor) fn start_if_due(
        &mut self,
        missing: Vec<String>,
        scene: &mut Scene<'_>,
    ) {
        let now = scene.now.monotonic;
        match self.next_start(now) {
            NextStart::None => {}
            NextStart::CrashLoop if self.record.history.crash_loop => {}
            NextStart::CrashLoop => {
                self.record.history.crash_loop = true;
                self.save(scene);
                scene.tell(self, What::CrashLoop);
            }
            NextStart::At(due) => {
                if self.told.replace(due) != Some(due) {
                    let after = due.saturating_sub(now);
                    scene.tell(self, What::RestartPlanned { after });
                }
            }
            NextStart::Now { is_restart } => {
                if missing.is_empty() {
                    self.start(is_restart, scene);
                } else if self.waiting_for != missing {
                    let services = missing.clone();
                    scene.tell(self, What::Waiting { services });
                }
                self.waiting_for = missing;
                return;
            }
        }
        self.waiting_for.clear();
    }

    /// What is remembered is written before: a supervisor that is killed in between finds the run, or none and starts it then.
    fn start(&mut self, is_restart: bool, scene: &mut Scene<'_>) {
        let now = scene.now.monotonic;
        self.record
            .history
            .record_start(&self.spec.restart, is_restart, now);
        let log_start = self.log_end();
        self.record.run = RunRecord {
            log_start: *log_start.as_ref().unwrap_or(&LogCursor::default()),
            ..RunRecord::default()
        };
        self.save(scene);
        let launched = match log_start {
            Ok(_) => Service::launch(&self.service_directory(), &self.command(), scene.shim)
                .map_err(|error| (error.is_already_running(), chain(&error))),
            Err(error) => Err((false, format!("its log cannot be read: {error}"))),
        };
        match launched {
            Ok(service) => {
                let pid = service.identity().pid;
                scene.tell(self, What::Started { pid });
                self.activate(service, scene);
            }
            // An earlier supervisor had started it and was killed before it could know.
            Err((true, why)) => {
                self.adopt(scene);
                if self.active.is_none() && self.unknown.is_none() {
                    // That start is not finished yet.
                    self.doubt(why, scene);
                }
            }
            Err((false, why)) => self.fail_start(why, scene),
        }
    }

    pub(super) fn fail_start(&mut self, why: String, scene: &mut Scene<'_>) {
        let at = clock::unix(scene.now.wall);
        self.record.last_exit = Some(LastExit::problem(why.clone(), at));
        scene.tell(self, What::StartFailed { why });
        self.record_end(EndedHow::Failed, scene);
    }

    /// Where the log ends now, if somebody will look for what comes after.
    fn log_end(&self) -> io::Result<LogCursor> {
        let is_log_line = |name| {
            self.probe(name)
                .is_some_and(|probe| matches!(probe.check, Check::LogLine { .. }))
        };
        if !super::PROBES.into_iter().any(is_log_line) {
            return Ok(LogCursor::default());
        }
        Ok(Service::logs(&self.service_directory()).at_end()?.cursor())
    }

    pub(super) fn command(&self) -> ServiceCommand {
        let ServiceSpec {
            stop,
            log,
            confinement,
            ..
        } = &self.spec;
        let mut command = ServiceCommand::new(&self.spec.argv);
        command.directory = Some(self.spec.directory.clone());
        command.environment.clone_from(&self.environment);
        command.stop_signal = stop.signal;
        command.grace = stop.grace;
        command.log = *log;
        command.confinement = confinement.as_ref().map(ConfinementSpec::to_confinement);
        command
    }

    /// Asks the shim. What comes of it is seen at the end of the service.
    pub(super) fn request_stop(&mut self, scene: &mut Scene<'_>) {
        let Some(active) = &mut self.active else {
            return;
        };
        let patience = self.spec.stop.grace.saturating_add(super::RETRY);
        active.stop_due = Some(scene.now.monotonic.saturating_add(patience));
        match active.service.request_stop() {
            Ok(()) | Err(ServiceError::Ended { .. } | ServiceError::Lost { .. }) => {}
            Err(error) => {
                active.stop_due = Some(scene.now.monotonic.saturating_add(super::RETRY));
                let why = format!("it could not be told to end: {}", chain(&error));
                scene.tell(self, What::Trouble { why });
            }
        }
    }

    /// Tells it again if it has not obeyed, which only a halted shim does.
    pub(in crate::supervisor) fn insist_on_stop(&mut self, scene: &mut Scene<'_>) {
        let is_due = self
            .active
            .as_ref()
            .and_then(|active| active.stop_due)
            .is_some_and(|due| due <= scene.now.monotonic);
        if is_due {
            let why = "it has not ended in time; it is told again".to_owned();
            scene.tell(self, What::Trouble { why });
            self.request_stop(scene);
        }
    }

    /// Whether it is being stopped.
    pub(in crate::supervisor) fn is_stopping(&self) -> bool {
        self.active.is_some() && self.record.run.stopping.is_some()
    }
}
