//! Checks of the workspace itself: `cargo xtask layers`, `cargo xtask score`.

mod layers;
mod score;
mod workspace;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Checks of the workspace itself")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Checks that dependencies point down the layers, and that every crate is documented
    Layers,
    /// Scores what ftc-scan says about logs against their truth
    Score(score::Args),
}

/// The answer of a check: what to print, and whether it is a yes.
struct Answer {
    text: String,
    yes: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let answer = match args.command {
        Command::Layers => layers::run(),
        Command::Score(args) => score::run(&args),
    };
    let (text, code) = match answer {
        Ok(Answer { text, yes: true }) => (text, ExitCode::SUCCESS),
        Ok(Answer { text, yes: false }) => (text, ExitCode::FAILURE),
        Err(error) => return report(&error),
    };
    match writeln!(io::stdout().lock(), "{}", text.trim_end()) {
        Ok(()) => code,
        Err(error) => report(&anyhow::Error::new(error).context("failed to print the answer")),
    }
}

/// Says why there is no answer. The exit status is 2, so that it cannot be mistaken for a no.
fn report(error: &anyhow::Error) -> ExitCode {
    // Nothing is left to be told where standard error is gone.
    writeln!(io::stderr().lock(), "error: {error:#}").ok();
    ExitCode::from(2)
}
