//! `completions` beside positional paths.

use std::path::PathBuf;

use clap::Parser as _;
use ftc_cli::{
    CommonArgs, CompletionsArgs, ExitCode, Invocation, Program, ProgramArgs, Stream, run_in,
    write_completions,
};

use crate::support::{Captured, Machine};

#[derive(Debug, clap::Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Args {
    #[command(flatten)]
    common: CommonArgs,
    paths: Vec<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Writes a completion script
    Completions(CompletionsArgs),
}

impl ProgramArgs for Args {
    fn common(&self) -> &CommonArgs {
        &self.common
    }
}

#[test]
fn every_shell_gets_a_script_that_knows_the_program() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let machine = Machine::new();
        let out = Captured::default();
        let mut invocation = Invocation::new(["probe", "completions", shell], machine.repository());
        invocation.stdout = Stream::plain(out.clone());
        let code = run_in(
            &Program::new("probe", "1.0"),
            invocation,
            |args: Args, context| match args.command {
                Some(Command::Completions(completions)) => {
                    write_completions::<Args>(&completions, context)
                }
                None => Ok(ExitCode::No),
            },
        );
        assert_eq!(code, ExitCode::Yes, "{shell}");
        let script = out.text();
        assert!(
            script.contains("probe") && script.contains("verbose"),
            "{shell}: {script}"
        );
    }
}

#[test]
fn a_path_with_the_name_of_the_subcommand_is_written_with_a_dot() {
    let args = Args::try_parse_from(["probe", "./completions", "other"]).unwrap();
    assert!(args.command.is_none());
    assert_eq!(
        args.paths,
        [PathBuf::from("./completions"), PathBuf::from("other")]
    );
}
