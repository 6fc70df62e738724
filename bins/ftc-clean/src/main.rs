//! `ftc-clean` takes flaky tests from their first failure to a merged fix.

mod args;
mod build;
#[cfg(feature = "crashpoints")]
mod crash;
mod demo;
mod failed;
mod narrator;
mod once;
mod render;
mod settings;
mod show;
mod status;

use ftc_cli::{CliError, Context, ExitCode, Program, write_completions};

use crate::args::{Args, Command};

fn main() -> std::process::ExitCode {
    let program = Program::new("ftc-clean", env!("CARGO_PKG_VERSION"));
    ftc_cli::run(&program, run)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the program's arguments are handed over"
)]
fn run(args: Args, context: &mut Context) -> Result<ExitCode, CliError> {
    match &args.command {
        Some(Command::Completions(completions)) => write_completions::<Args>(completions, context),
        Some(Command::Status(status)) => status::run(status, context),
        Some(Command::Show(show)) => show::run(show, context),
        Some(Command::Demo(demo)) => demo::run(demo, context),
        Some(Command::DemoAgent(agent)) => demo::agent::run(agent, context),
        None => once::run(&args, context),
    }
}
