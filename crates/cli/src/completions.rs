//! Completions of a program for a shell.

use clap_complete::Shell;

use crate::context::Context;
use crate::error::CliError;
use crate::exit::ExitCode;

/// The arguments of `completions`, a subcommand that every program has.
///
/// Beside positional paths, declare it with `#[command(args_conflicts_with_subcommands = true)]`; a path that has the
/// name of the subcommand is then written `./completions`.
#[derive(Debug, Clone, clap::Args)]
pub struct CompletionsArgs {
    /// The shell that the script is for
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Writes the completion script of the program with the arguments `A` to standard output.
pub fn write_completions<A: clap::Parser>(
    args: &CompletionsArgs,
    context: &mut Context,
) -> Result<ExitCode, CliError> {
    let name = context.program.name;
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut A::command().name(name), name, &mut script);
    context.print(|out| out.write_all(&script))?;
    Ok(ExitCode::Yes)
}
