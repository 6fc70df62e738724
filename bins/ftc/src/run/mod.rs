//! `ftc run`: any command, under the rules of this house.

mod args;
mod child;
mod document;
mod relay;
mod summary;
mod words;

use std::thread;
use std::time::Duration;

use ftc_cli::{CliError, Context, ExitCode, Interrupts, ReportFormat, Verbosity};
use ftc_process::{Breach, Cancel, End, Event, Outcome, Output, Spawn, SpawnError};

pub use self::args::RunArgs;
use self::relay::Relay;

/// How the command came to its end.
enum Ended {
    Outcome(Box<Outcome>),
    Breached(Box<Breach>),
}

/// Starts the command, passes on what it prints, and says how it ended.
pub fn run(args: &RunArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    // A thread and a few files are all that it needs.
    let interrupts = Interrupts::watch().map_err(|error| {
        let message = format!("failed to watch for signals: {error}");
        CliError::new(ExitCode::TryAgain, message)
    })?;
    let spawn = child::describe(args, context, interrupts.cancel())?;
    let (ended, dropped_bytes) = match args.format() {
        ReportFormat::Json if context.verbosity < Verbosity::Verbose => (spawn.run(), 0),
        ReportFormat::Json => pass_on(&spawn, args, context, interrupts.cancel(), Show::OnStderr)?,
        ReportFormat::Human => pass_on(&spawn, args, context, interrupts.cancel(), Show::AsItIs)?,
    };
    let ended = match ended {
        Ok(outcome) => Ended::Outcome(Box::new(outcome)),
        Err(SpawnError::Breached { breach, .. }) => Ended::Breached(breach),
        // Only a signal cancels before the start.
        Err(SpawnError::Cancelled) => return Ok(interrupts.exit_code().unwrap_or(ExitCode::No)),
        Err(error) => return Err(failure(error)),
    };
    match args.format() {
        ReportFormat::Json => context.print_json(&document::of(args, &ended, &interrupts))?,
        ReportFormat::Human => summary::tell(args, &ended, &interrupts, dropped_bytes, context),
    }
    Ok(exit_code(args, &ended, &interrupts))
}

/// Where the person sees what the command prints.
#[derive(Clone, Copy)]
enum Show {
    AsItIs,
    OnStderr,
}

/// Runs the child and passes on what it prints while it does. Says how many bytes nobody took in time.
fn pass_on(
    spawn: &Spawn,
    args: &RunArgs,
    context: &mut Context,
    cancel: &Cancel,
    show: Show,
) -> Result<(Result<Outcome, SpawnError>, u64), CliError> {
    let relay = Relay::default();
    let (stdout, stderr) = context.streams();
    let result = thread::scope(|scope| {
        scope.spawn(|| relay.write_to(stdout, stderr, cancel));
        let result = spawn.run_with(&mut |event| {
            if let Event::Output {
                output,
                bytes,
                elapsed,
                ..
            } = event
            {
                let output = match show {
                    Show::AsItIs => output,
                    Show::OnStderr => Output::Stderr,
                };
                relay.push(output, bytes, out_of_time(args.timeout, elapsed, cancel));
            }
        });
        relay.end();
        result
    });
    Ok((result, relay.finish()?))
}

/// Whether the command is to be stopped at last, whoever reads its output or not.
fn out_of_time(timeout: Option<Duration>, elapsed: Duration, cancel: &Cancel) -> impl Fn() -> bool {
    let since = std::time::Instant::now();
    move || {
        cancel.is_cancelled() || timeout.is_some_and(|timeout| elapsed + since.elapsed() >= timeout)
    }
}

/// Why the command could not be started.
fn failure(error: SpawnError) -> CliError {
    let code = if error.is_retryable() {
        ExitCode::TryAgain
    } else {
        ExitCode::Usage
    };
    let mut hints = error.hints();
    if matches!(error, SpawnError::DirectoryMissing { .. }) {
        hints.push("the current directory has been removed; change into another one".to_owned());
    }
    hints
        .into_iter()
        .fold(CliError::new(code, error), CliError::hint)
}

/// The command's own code only if it ended by itself.
fn exit_code(args: &RunArgs, ended: &Ended, interrupts: &Interrupts) -> ExitCode {
    if let Some(code) = interrupts.exit_code() {
        return code;
    }
    match ended {
        Ended::Outcome(outcome) if outcome.success() => ExitCode::Yes,
        Ended::Outcome(outcome) if args.exit_code && outcome.stopped.is_none() => {
            own_code(outcome.end)
        }
        Ended::Outcome(_) | Ended::Breached(_) => ExitCode::No,
    }
}

fn own_code(end: End) -> ExitCode {
    // Exit codes and signals fit into a byte; the kernel has cut off the rest.
    match end {
        End::Exited(code) => ExitCode::Command(u8::try_from(code).unwrap_or(u8::MAX)),
        End::Signaled(signal) => ExitCode::Signal(u8::try_from(signal).unwrap_or(u8::MAX)),
    }
}
