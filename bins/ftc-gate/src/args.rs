//! What can be written after `ftc-gate`.

use std::path::PathBuf;

use ftc_cli::{CommonArgs, CompletionsArgs, ConfigUse, ProgramArgs, ReportFormat};
use ftc_gates::{GateId, Tier};

/// Runs the gates of a repository and says whether its tree passes
#[derive(Debug, clap::Parser)]
#[command(
    name = "ftc-gate",
    version,
    arg_required_else_help = true,
    after_help = "\
Exit codes: 0 passed, 1 failed, 2 nothing can be said or wrong usage, 4 the gate file is not trusted, 75 try again

Examples:
  ftc gate run                 run the gates of HEAD on what is in the worktree
  ftc gate run --tier fast     only the fast ones
  ftc gate list                what would be run"
)]
pub struct Args {
    #[command(flatten)]
    pub common: CommonArgs,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Runs gates on what is in the worktree, uncommitted changes included
    Run(RunArgs),

    /// Shows the gates without running them
    List(ListArgs),

    /// Prints a completion script for a shell
    #[command(after_help = "\
Examples:
  ftc-gate completions bash > ~/.local/share/bash-completion/completions/ftc-gate")]
    Completions(CompletionsArgs),
}

/// Where the gates come from.
#[derive(Debug, clap::Args)]
pub struct SourceArgs {
    /// The repository, or any folder in it [default: the current one]
    #[arg(long, value_name = "DIR")]
    pub repository: Option<PathBuf>,

    /// Read gates.yaml as it is in this commit [default: HEAD]
    #[arg(long, value_name = "REVISION")]
    pub base: Option<String>,

    /// Read this file instead; naming it is trusting it
    #[arg(long, value_name = "FILE", conflicts_with = "base")]
    pub gates: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The gate file is read from a commit, never from the worktree, and runs only after `ftc trust`.

Exit codes: 0 every required gate passed, 1 one failed or took too long, 2 nothing can be said (no gate to run, a program or
report missing, wrong usage or gate file), 4 the gate file is not trusted, 130 you pressed Ctrl-C

Examples:
  ftc gate run --base origin/main
  ftc gate run --write ~/.cache/go-build       a cache that gates share
  ftc gate run --only unit --artifacts out/
  ftc gate run --format json | jq '.gates[] | select(.outcome.status != \"pass\")'")]
pub struct RunArgs {
    #[command(flatten)]
    pub source: SourceArgs,

    /// Run only the gates of this tier: `fast` or `slow`
    #[arg(long, value_name = "TIER", value_parser = tier)]
    pub tier: Option<Tier>,

    /// Run only this gate; may be given several times
    #[arg(long, value_name = "ID")]
    pub only: Vec<GateId>,

    /// Where logs and gate-run.json go [default: a new directory in .ftc/gates of the worktree]
    #[arg(long, value_name = "DIR")]
    pub artifacts: Option<PathBuf>,

    #[command(flatten)]
    pub confine: ConfineArgs,

    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

/// What gates may do: your word, which no file of a repository can give.
#[derive(Debug, clap::Args)]
pub struct ConfineArgs {
    /// Confine gates, or let them read, write and reach whatever you can
    #[arg(long, value_enum, value_name = "PROFILE", default_value_t)]
    pub confine: Confine,

    /// Start no gate where the kernel cannot confine it wholly
    #[arg(long)]
    pub require_confinement: bool,

    /// Let gates also read beneath this; may be given several times
    #[arg(long, value_name = "PATH")]
    pub read: Vec<PathBuf>,

    /// Let gates also write beneath this; may be given several times
    #[arg(long, value_name = "PATH")]
    pub write: Vec<PathBuf>,
}

/// Whether gates are confined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Confine {
    /// They write the worktree, a private home and temporary folder, and have no network
    #[default]
    Gate,
    /// They may do what you may
    None,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes: 0; 2 wrong usage or gate file

Examples:
  ftc gate list
  ftc gate list --format json | jq -r '.gates[].id'")]
pub struct ListArgs {
    #[command(flatten)]
    pub source: SourceArgs,

    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

fn tier(text: &str) -> Result<Tier, &'static str> {
    [Tier::Fast, Tier::Slow]
        .into_iter()
        .find(|tier| tier.as_str() == text)
        .ok_or("a tier is `fast` or `slow`")
}

impl ProgramArgs for Args {
    fn common(&self) -> &CommonArgs {
        &self.common
    }

    fn config_use(&self) -> ConfigUse {
        match self.command {
            Command::Run(_) | Command::List(_) => ConfigUse::Required,
            Command::Completions(_) => ConfigUse::Unread,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_makes_sense() {
        Args::command().debug_assert();
    }
}
