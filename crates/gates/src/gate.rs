//! Running one gate.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ftc_process::confine::NetworkLevel;
use ftc_process::{Breach, End, SpawnError, Spill, Stop};

use crate::beneath;
use crate::child;
use crate::context::{Event, RunContext};
use crate::evidence::FailedTest;
use crate::judge::{self, Ended};
use crate::network;
use crate::reading::{self, Reading};
use crate::result::{Exit, GateResult, Outcome, Usage};
use crate::run::RunError;
use crate::spec::GateSpec;

const FAILED_LIMIT: usize = 1_000;
const MESSAGE_BYTES: usize = 4 << 10;

/// Runs one gate once with `argv`, which is that of the gate or what [`GateSpec::rerun_argv`] gave. Writes its log and nothing
/// else.
///
/// A gate that is red, hangs or cannot be started is a result, not an error. The log is `ID.log` in the artifacts directory, or
/// `ID.2.log` and so on where there is one already. The selection of the context is not asked.
pub fn run_gate(
    spec: &GateSpec,
    argv: &[String],
    context: &RunContext<'_>,
) -> Result<GateResult, RunError> {
    prepare(context)?;
    let log = free_log(context.artifacts, spec);
    context.tell(Event::Started {
        gate: spec,
        argv,
        log: &log,
    });
    let result = run_now(spec, argv, context, &log);
    context.tell(Event::Finished { result: &result });
    Ok(result)
}

/// Makes sure that there is a place to run in and one to write to.
pub(crate) fn prepare(context: &RunContext<'_>) -> Result<(), RunError> {
    if !context.worktree.is_dir() {
        return Err(RunError::Worktree {
            path: context.worktree.to_owned(),
        });
    }
    std::fs::create_dir_all(context.artifacts).map_err(|source| RunError::Artifacts {
        path: context.artifacts.to_owned(),
        source,
    })
}

fn free_log(artifacts: &Path, spec: &GateSpec) -> PathBuf {
    let id = &spec.id;
    let numbered = (2_u64..).map(|number| format!("{id}.{number}.log"));
    [format!("{id}.log")]
        .into_iter()
        .chain(numbered)
        .map(|name| artifacts.join(name))
        .find(|path| std::fs::symlink_metadata(path).is_err())
        .expect("the numbers do not end")
}

fn run_now(spec: &GateSpec, argv: &[String], context: &RunContext<'_>, log: &Path) -> GateResult {
    let mut result = GateResult::of(spec, argv);
    if let Err(reason) = clear_the_way(spec, context) {
        result.outcome = Outcome::Error;
        result.reasons.push(reason);
        return result;
    }
    let started = SystemTime::now();
    match child::spawn(spec, argv, context, log).run() {
        Ok(outcome) => result.ended(spec, context, started, &outcome),
        Err(SpawnError::Breached { breach, .. }) => result.breached(&breach),
        Err(_) if context.is_cancelled() => result.outcome = judge::interrupted(),
        Err(error) => {
            result.outcome = Outcome::Error;
            result.reasons.push(chain(&error));
            result.notes.extend(error.hints());
        }
    }
    result
}

/// Removes the reports of earlier runs, and looks whether the gate's directory is one.
fn clear_the_way(spec: &GateSpec, context: &RunContext<'_>) -> Result<(), String> {
    let cwd = &spec.cwd;
    match beneath::open_directory(context.worktree, cwd) {
        Ok(Some(_)) => {}
        Ok(None) => return Err(format!("working directory `{cwd}` does not exist")),
        Err(error) => return Err(format!("working directory `{cwd}` is refused: {error}")),
    }
    for report in &spec.reports {
        let path = &report.path;
        beneath::remove_file(context.worktree, path).map_err(|error| {
            format!("report `{path}` of an earlier run could not be removed: {error}")
        })?;
    }
    Ok(())
}

impl GateResult {
    /// A result of which nothing is known yet.
    pub(crate) fn of(spec: &GateSpec, argv: &[String]) -> Self {
        Self {
            id: spec.id.clone(),
            tier: spec.tier,
            advisory: spec.advisory,
            argv: argv
                .iter()
                .map(|argument| ftc_redact::scrub(argument).into_owned())
                .collect(),
            outcome: Outcome::Error,
            reasons: Vec::new(),
            notes: Vec::new(),
            exit: None,
            duration_ms: 0,
            tests_run: None,
            failed: Vec::new(),
            failed_omitted: 0,
            passed_on_retry: Vec::new(),
            log: None,
            log_bytes: 0,
            log_truncated: false,
            tail: String::new(),
            containment: None,
            leaked: false,
            survivors_killed: 0,
            usage: None,
            confined: None,
        }
    }

    /// A result of a gate that was not started.
    pub(crate) fn not_started(spec: &GateSpec, outcome: Outcome) -> Self {
        Self {
            outcome,
            ..Self::of(spec, &spec.argv)
        }
    }

    /// Takes in a child that has ended, and judges it.
    fn ended(
        &mut self,
        spec: &GateSpec,
        context: &RunContext<'_>,
        started: SystemTime,
        outcome: &ftc_process::Outcome,
    ) {
        self.exit = Some(match outcome.end {
            End::Exited(code) => Exit::Code(code),
            End::Signaled(signal) => Exit::Signal(signal),
        });
        self.duration_ms = milliseconds(outcome.duration);
        self.containment = Some(outcome.containment);
        self.survivors_killed = outcome.survivors_killed;
        self.leaked =
            outcome.stopped.is_none() && (outcome.survivors_killed > 0 || outcome.output_abandoned);
        self.usage = Usage::of(outcome);
        self.confined.clone_from(&outcome.confined);
        let mut reading = Reading::default();
        for report in &spec.reports {
            reading.add_report(context.worktree, report, started, context.reader);
        }
        if let Some(spill) = &outcome.spill {
            reading.add_log(spill, spec.log, context.reader);
            self.take_log(spill);
        }
        if outcome.output_abandoned {
            reading
                .notes
                .push("a process that it left behind still held its output open".to_owned());
        }
        let ended = Ended {
            end: outcome.end,
            stopped: outcome.stopped,
            containment: outcome.containment,
            leaked: self.leaked,
            survivors_killed: outcome.survivors_killed,
        };
        (self.outcome, self.reasons) = judge::outcome(spec, &ended, &reading);
        self.take(reading);
        if self.leaked && outcome.survivors_killed > 0 {
            let left = judge::left_behind(outcome.survivors_killed);
            let were = if outcome.survivors_killed == 1 {
                "was"
            } else {
                "were"
            };
            self.notes.push(format!("{left}, which {were} killed"));
        }
        let is_offline = self
            .confined
            .as_ref()
            .is_some_and(|confined| confined.network != NetworkLevel::Open);
        if is_offline && !self.outcome.is_pass() && network::is_missed(outcome) {
            self.notes.push(network::NOTE.to_owned());
        }
    }

    /// Whoever kills the shim may have written the reports and the log to his liking: none of it is read.
    fn breached(&mut self, breach: &Breach) {
        self.outcome = Outcome::Error;
        self.containment = Some(breach.containment);
        if let Some(spill) = &breach.spill {
            self.take_log(spill);
        }
        self.reasons.push(
            "breached: the process that held it was killed while it ran, so nothing that it did proves anything"
                .to_owned(),
        );
        if let Some(stop @ (Stop::WallTimeout | Stop::IdleTimeout)) = breach.stopped {
            self.notes
                .push(format!("it was being stopped at its {stop}"));
        }
    }

    fn take_log(&mut self, spill: &Spill) {
        self.log = Some(spill.path.clone());
        self.log_bytes = spill.written_bytes;
        self.log_truncated = !spill.is_complete();
        self.tail = reading::tail(&spill.path);
    }

    fn take(&mut self, reading: Reading) {
        self.tests_run = reading.tests_run;
        self.failed_omitted = reading.failed.len().saturating_sub(FAILED_LIMIT) as u64;
        self.failed = reading
            .failed
            .into_iter()
            .take(FAILED_LIMIT)
            .map(bounded)
            .collect();
        self.passed_on_retry = reading
            .passed_on_retry
            .iter()
            .take(FAILED_LIMIT)
            .map(|name| ftc_redact::scrub(name).into_owned())
            .collect();
        self.notes = reading.notes;
        if !self.passed_on_retry.is_empty() {
            let names = reading::listed(self.passed_on_retry.iter().map(String::as_str));
            self.notes
                .push(format!("passed only when run again: {names}"));
        }
    }
}

/// What is stored of a failed test.
fn bounded(test: FailedTest) -> FailedTest {
    let scrubbed = |text: String| ftc_redact::scrub(&text).into_owned();
    FailedTest {
        name: test.name.map(scrubbed),
        fingerprint: test.fingerprint.map(scrubbed),
        message: ftc_redact::clean(&test.message, MESSAGE_BYTES).into(),
    }
}

impl Usage {
    /// What is known of it: a program that ran had some memory.
    fn of(outcome: &ftc_process::Outcome) -> Option<Self> {
        let usage = &outcome.usage;
        let is_known = usage.max_rss_bytes > 0 || !usage.user.is_zero() || !usage.system.is_zero();
        is_known.then(|| Self {
            user_ms: milliseconds(usage.user),
            system_ms: milliseconds(usage.system),
            max_rss_bytes: usage.max_rss_bytes,
        })
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// An error with its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
