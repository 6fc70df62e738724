//! Running one gate.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ftc_process::{End, Spawn};

use crate::beneath;
use crate::context::{Event, RunContext};
use crate::evidence::FailedTest;
use crate::judge::{self, Ended};
use crate::reading::{self, Reading};
use crate::result::{Exit, GateResult, Outcome};
use crate::run::RunError;
use crate::spec::GateSpec;

/// The log is what is read, so little has to be kept in memory.
const CAPTURE_BYTES: usize = 64 << 10;

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
    let outcome = match spawn(spec, argv, context, log).run() {
        Ok(outcome) => outcome,
        Err(error) => {
            result.outcome = Outcome::Error;
            result.reasons.push(chain(&error));
            result.notes.extend(error.hints());
            return result;
        }
    };
    let mut reading = Reading::default();
    for report in &spec.reports {
        reading.add_report(context.worktree, report, started, context.reader);
    }
    if let Some(spill) = &outcome.spill {
        reading.add_log(spill, spec.log, context.reader);
        result.log = Some(spill.path.clone());
        result.log_bytes = spill.written_bytes;
        result.log_truncated = !spill.is_complete();
        result.tail = reading::tail(&spill.path);
    }
    if outcome.output_abandoned {
        reading
            .notes
            .push("a process that it left behind still held its output open".to_owned());
    }
    let ended = Ended {
        end: outcome.end,
        stopped: outcome.stopped,
    };
    (result.outcome, result.reasons) = judge::outcome(spec, &ended, &reading);
    result.exit = Some(match outcome.end {
        End::Exited(code) => Exit::Code(code),
        End::Signaled(signal) => Exit::Signal(signal),
    });
    result.duration_ms = u64::try_from(outcome.duration.as_millis()).unwrap_or(u64::MAX);
    result.take(reading);
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

fn spawn(spec: &GateSpec, argv: &[String], context: &RunContext<'_>, log: &Path) -> Spawn {
    let mut spawn = Spawn::new(argv)
        .directory(context.worktree.join(spec.cwd.as_path()))
        .inherit_from(context.env)
        .env("CI", "1")
        .timeout(spec.timeout)
        .capture_limit(CAPTURE_BYTES)
        .spill_to(log, context.log_limit_bytes);
    if let Some(idle_timeout) = spec.idle_timeout {
        spawn = spawn.idle_timeout(idle_timeout);
    }
    for name in &spec.env.pass {
        if let Some(value) = context.env.var_os(name) {
            spawn = spawn.env(name, value);
        }
    }
    for (name, value) in &spec.env.set {
        spawn = spawn.env(name, value);
    }
    spawn
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
        }
    }

    /// A result of a gate that was not started.
    pub(crate) fn not_started(spec: &GateSpec, outcome: Outcome) -> Self {
        Self {
            outcome,
            ..Self::of(spec, &spec.argv)
        }
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
