//! `ftc-gate` runs the gates of a repository and says whether its tree passes.

mod args;
mod artifacts;
mod confinement;
mod list;
mod progress;
mod reader;
mod render;
mod run;
mod source;

use std::process::ExitCode;

use ftc_cli::{Program, write_completions};

use crate::args::{Args, Command};

fn main() -> ExitCode {
    let program = Program::new("ftc-gate", env!("CARGO_PKG_VERSION"));
    ftc_cli::run(&program, |args: Args, context| match args.command {
        Command::Run(run) => run::run(&run, context),
        Command::List(list) => list::run(&list, context),
        Command::Completions(completions) => write_completions::<Args>(&completions, context),
    })
}
