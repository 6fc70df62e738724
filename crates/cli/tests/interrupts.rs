//! What a program of ours does when it is asked to end. Without the test harness, because signals belong to the whole
//! process: this program starts itself.
#![expect(
    clippy::disallowed_methods,
    reason = "starts itself, which the crate that starts children cannot do for its own test"
)]

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStdout, Command, ExitCode, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use ftc_cli::{CliError, CommonArgs, Context, Interrupts, Program, ProgramArgs};
use ftc_process::{Containment, Event, Spawn};
use rustix::process::{Pid, Signal, kill_process};

const CHILD: &str = "FTC_TEST_INTERRUPTS_CHILD";

#[derive(Debug, clap::Parser)]
struct Args {
    #[command(flatten)]
    common: CommonArgs,
}

impl ProgramArgs for Args {
    fn common(&self) -> &CommonArgs {
        &self.common
    }
}

/// Waits for as much as the test asks for, and then ends as every program should.
fn command(_: Args, context: &mut Context) -> Result<ftc_cli::ExitCode, CliError> {
    let interrupts = Interrupts::watch().map_err(CliError::usage)?;
    let wanted = context.env.var(CHILD).unwrap_or_default().to_owned();
    if wanted == "child" {
        return hold_a_child(context, &interrupts);
    }
    context.print(|out| writeln!(out, "watching"))?;
    let cancel = interrupts.cancel();
    until(|| cancel.is_cancelled());
    context.print(|out| writeln!(out, "cancelled"))?;
    if wanted == "killed" {
        until(|| cancel.is_killed());
    }
    if wanted == "stubborn" {
        until(|| false);
    }
    Ok(interrupts.exit_code().unwrap_or(ftc_cli::ExitCode::Yes))
}

/// Waits for a child that ends only by being stopped, and whose own child has left its process group.
fn hold_a_child(
    context: &mut Context,
    interrupts: &Interrupts,
) -> Result<ftc_cli::ExitCode, CliError> {
    let outcome = Spawn::new(["sh", "-c", "setsid sleep 600 & echo running; sleep 600"])
        .inherit_from(&context.env)
        .shim(context.shim())
        .cancel_on(interrupts.cancel())
        .run_with(&mut |event| {
            if matches!(event, Event::Output { .. }) {
                context
                    .print(|out| writeln!(out, "watching"))
                    .expect("it is read");
            }
        })
        .map_err(CliError::usage)?;
    let stopped = outcome.stopped.map(|stop| stop.to_string());
    context.print(|out| writeln!(out, "{}", stopped.unwrap_or_default()))?;
    if cfg!(target_os = "linux") {
        // A shim was really there: this program itself.
        assert!(outcome.containment >= Containment::Subreaper);
    }
    Ok(interrupts.exit_code().unwrap_or(ftc_cli::ExitCode::Yes))
}

fn until(condition: impl Fn() -> bool) {
    while !condition() {
        thread::sleep(Duration::from_millis(2));
    }
}

struct Run {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Run {
    /// Starts this program and waits until it watches. `prefix` is a shell command that becomes it.
    fn start(wanted: &str, prefix: &str) -> Self {
        let this = std::env::current_exe().expect("this program has a path");
        let mut child = Command::new("/bin/sh")
            .args(["-c", &format!("{prefix} exec \"$0\"")])
            .arg(this)
            .env(CHILD, wanted)
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program can be started");
        let stdout = child.stdout.take().expect("it is piped");
        let mut run = Self {
            child,
            lines: BufReader::new(stdout).lines(),
        };
        assert_eq!(run.line().as_deref(), Some("watching"));
        run
    }

    fn line(&mut self) -> Option<String> {
        self.lines.next().map(|line| line.expect("it is text"))
    }

    fn signal(&self, signal: Signal) {
        // It may have ended in the meantime, but it was not waited for, so the id is its own.
        let _ = kill_process(Pid::from_child(&self.child), signal);
    }

    fn end(mut self) -> ExitStatus {
        self.child.wait().expect("it is our child")
    }

    /// Sends the signal again and again until it has ended.
    fn end_by(mut self, signal: Signal) -> ExitStatus {
        loop {
            self.signal(signal);
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return status;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn each_signal_has_its_exit_code() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut run = Run::start("cancelled", "");
        run.signal(signal);
        assert_eq!(run.line().as_deref(), Some("cancelled"));
        assert_eq!(run.end().code(), Some(code));
    }
}

fn the_second_signal_kills_and_the_first_is_the_exit_code() {
    let mut run = Run::start("killed", "");
    run.signal(Signal::TERM);
    assert_eq!(run.line().as_deref(), Some("cancelled"));
    assert_eq!(run.end_by(Signal::INT).code(), Some(143));
}

fn the_third_signal_ends_a_program_that_does_not_listen() {
    let run = Run::start("stubborn", "");
    assert_eq!(run.end_by(Signal::INT).signal(), Some(2));
}

/// Ignored signals are not queued, so one that is ignored is over before the next is sent.
fn a_signal_that_was_ignored_stays_ignored() {
    if !std::path::Path::new("/proc/self/status").exists() {
        return;
    }
    let mut run = Run::start("cancelled", "trap '' HUP;");
    run.signal(Signal::HUP);
    run.signal(Signal::TERM);
    assert_eq!(run.line().as_deref(), Some("cancelled"));
    assert_eq!(run.end().code(), Some(143));
}

fn a_child_is_stopped_with_all_that_it_has_started() {
    let mut run = Run::start("child", "");
    run.signal(Signal::INT);
    assert_eq!(run.line().as_deref(), Some("cancellation"));
    assert_eq!(run.end().code(), Some(130));
}

fn main() -> ExitCode {
    // A shim has no variables of ours; that `ftc_cli::run` makes it one is part of the test.
    let is_shim = std::env::args().nth(1).as_deref() == Some("__ftc-shim");
    if is_shim || std::env::var_os(CHILD).is_some() {
        return ftc_cli::run(&Program::new("probe", "1.2.3"), command);
    }
    ftc_testkit::signals::let_children_hear();
    each_signal_has_its_exit_code();
    the_second_signal_kills_and_the_first_is_the_exit_code();
    the_third_signal_ends_a_program_that_does_not_listen();
    a_signal_that_was_ignored_stays_ignored();
    a_child_is_stopped_with_all_that_it_has_started();
    ExitCode::SUCCESS
}
