//! Which command.

use ftc_cli::{CliError, Context, ExitCode, write_completions};

use crate::args::{Args, Command};
use crate::{acquire, list, release};

/// Runs `ftc-worktree`.
pub fn run(args: Args, context: &mut Context) -> Result<ExitCode, CliError> {
    match args.command {
        Command::Acquire(acquire) => acquire::run(&acquire, &args.place, args.format, context),
        Command::Release(release) => release::run(&release, &args.place, args.format, context),
        Command::List => list::run(&args.place, args.format, context),
        Command::Completions(completions) => write_completions::<Args>(&completions, context),
    }
}
