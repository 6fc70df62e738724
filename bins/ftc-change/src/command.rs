//! One command each.

use ftc_cli::{CliError, Context, ExitCode, write_completions};

use crate::args::{Args, Command};
use crate::{apply, check, recover};

/// Runs `ftc-change`.
pub fn run(args: Args, context: &mut Context) -> Result<ExitCode, CliError> {
    match args.command {
        Command::Check(args) => check::run(&args, context),
        Command::Apply(args) => apply::run(&args, context),
        Command::Recover(args) => recover::run(&args, context),
        Command::Completions(args) => write_completions::<Args>(&args, context),
    }
}
