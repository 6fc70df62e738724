//! The probes of a running service.

use super::super::asker::Question;
use super::super::clock;
use super::super::happening::{StopReason, What};
use super::super::probe::{Answer, Check, Surroundings, Tally, Turn};
use super::super::status::ProbeName;
use super::{Active, PROBES, Scene, Supervised};
use crate::service::Service;

/// How many portions of a log (1 MiB each) are read for one answer, so that a flood does not hold the supervisor.
const PORTIONS: usize = 4;

impl Supervised {
    /// Begins with the startup probe, or with the others where there is none or it has passed.
    pub(super) fn begin_probes(&mut self, scene: &mut Scene<'_>) {
        if self.spec.startup.is_some() && !self.record.run.startup_passed {
            self.begin_probe(ProbeName::Startup, scene);
            return;
        }
        self.begin_probe(ProbeName::Readiness, scene);
        self.begin_probe(ProbeName::Liveness, scene);
        if self.spec.readiness.is_none() {
            self.set_ready(true, None, scene);
        }
    }

    fn begin_probe(&mut self, name: ProbeName, scene: &Scene<'_>) {
        let Some(tally) = self
            .probe(name)
            .map(|spec| Tally::begin(spec, scene.now.monotonic))
        else {
            return;
        };
        if let Some(active) = &mut self.active {
            active.tallies.insert(name, tally);
        }
    }

    /// Asks whatever is due.
    pub(in crate::supervisor) fn ask_probes(&mut self, scene: &mut Scene<'_>) {
        let now = scene.now.monotonic;
        for name in PROBES {
            if self.record.run.stopping.is_some() {
                return;
            }
            let Some(spec) = self.probe(name).cloned() else {
                continue;
            };
            let Some(tally) = self
                .active
                .as_mut()
                .and_then(|active| active.tallies.get_mut(&name))
            else {
                continue;
            };
            if tally.due().is_none_or(|due| due > now) {
                continue;
            }
            tally.ask(now);
            let question = Question {
                service: self.place,
                run: self.runs,
                probe: name,
            };
            if let Check::LogLine { contains } = &spec.check {
                let known = self.record.run.lines_seen.len();
                let result = self.find_line(contains);
                if self.record.run.lines_seen.len() != known {
                    self.save(scene);
                }
                self.take_answer(question, result, scene);
            } else {
                let surroundings = Surroundings {
                    directory: self.spec.directory.clone(),
                    environment: self.environment.clone(),
                    shim: scene.shim.clone(),
                    cancel: scene.asker.cancel().clone(),
                };
                scene.asker.ask(question, spec, surroundings);
            }
        }
    }

    /// Takes an answer, unless it is about an earlier run.
    pub(in crate::supervisor) fn take_answer(
        &mut self,
        question: Question,
        result: Result<(), String>,
        scene: &mut Scene<'_>,
    ) {
        let name = question.probe;
        let Some(spec) = self.probe(name).cloned() else {
            return;
        };
        let is_current = question.run == self.runs && self.record.run.stopping.is_none();
        let Some(active) = self.active.as_mut().filter(|_| is_current) else {
            return;
        };
        let Some(tally) = active.tallies.get_mut(&name) else {
            return;
        };
        let answer = Answer {
            at_unix: clock::unix(scene.now.wall),
            problem: result.err(),
        };
        let why = answer.problem.clone();
        match tally.answer(&spec, answer, scene.now.monotonic) {
            Turn::Passes if name == ProbeName::Startup => self.pass_startup(scene),
            Turn::Passes if name == ProbeName::Readiness => self.set_ready(true, None, scene),
            Turn::Nothing | Turn::Passes => {}
            Turn::Fails if name == ProbeName::Readiness => self.set_ready(false, why, scene),
            Turn::Fails => {
                let why = why.unwrap_or_default();
                self.stop(StopReason::Probe { probe: name, why }, scene);
            }
        }
    }

    fn pass_startup(&mut self, scene: &mut Scene<'_>) {
        if let Some(active) = &mut self.active {
            active.tallies.remove(&ProbeName::Startup);
        }
        self.record.run.startup_passed = true;
        self.save(scene);
        self.begin_probes(scene);
    }

    fn set_ready(&mut self, ready: bool, why: Option<String>, scene: &mut Scene<'_>) {
        let Some(active) = &mut self.active else {
            return;
        };
        let was_ready = std::mem::replace(&mut active.ready, ready);
        let what = match (was_ready, ready) {
            (false, true) => What::Ready,
            (_, false) => What::NotReady {
                why: why.unwrap_or_default(),
            },
            (true, true) => return,
        };
        scene.tell(self, what);
    }

    /// Whether the service has printed a line with this text since it was started. Once seen it stays seen.
    fn find_line(&mut self, text: &str) -> Result<(), String> {
        let mut wanted = Vec::new();
        for name in PROBES {
            if let Some(Check::LogLine { contains }) = self.probe(name).map(|probe| &probe.check) {
                wanted.push(contains.clone());
            }
        }
        let directory = self.service_directory();
        let run = &mut self.record.run;
        let Some(Active { log, .. }) = &mut self.active else {
            return Err("the service does not run".to_owned());
        };
        let log = log.get_or_insert_with(|| Service::logs(&directory).from_cursor(run.log_start));
        for _ in 0..PORTIONS {
            if run.lines_seen.iter().any(|seen| seen == text) {
                return Ok(());
            }
            let lines = log
                .read_new()
                .map_err(|error| format!("its log cannot be read: {error}"))?;
            if lines.is_empty() {
                break;
            }
            wanted.retain(|wanted| !run.lines_seen.contains(wanted));
            for line in lines {
                let found = wanted.iter().filter(|wanted| {
                    memchr::memmem::find(&line.bytes, wanted.as_bytes()).is_some()
                });
                let found: Vec<String> = found.cloned().collect();
                wanted.retain(|wanted| !found.contains(wanted));
                run.lines_seen.extend(found);
            }
        }
        if run.lines_seen.iter().any(|seen| seen == text) {
            return Ok(());
        }
        Err(format!("no line with `{text}` yet"))
    }
}
