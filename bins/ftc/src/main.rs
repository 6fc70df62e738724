//! The front door: starts the other `ftc-*` programs, and answers what concerns them all.

mod args;
mod doctor;
mod explain;
mod forge;
mod help;
mod programs;
mod run;
mod trust;

use std::process::ExitCode;

use ftc_cli::{Program, write_completions};

use crate::args::{Args, Command, ConfigCommand};

fn main() -> ExitCode {
    let program = Program::new("ftc", env!("CARGO_PKG_VERSION"));
    ftc_cli::run(&program, |args: Args, context| match args.command {
        Command::Doctor(doctor) => doctor::run(&doctor, context),
        Command::Config(ConfigCommand::Explain(explain)) => explain::run(&explain, context),
        Command::Trust(trust) => trust::run(&trust, context),
        Command::Forge(forge) => forge::run(&forge, context),
        Command::Run(run) => run::run(&run, context),
        Command::Completions(completions) => write_completions::<Args>(&completions, context),
        Command::Help { command } => help::run(&command, &args.common, context),
        Command::Program(words) => programs::start(&words, &args.common, context),
    })
}
