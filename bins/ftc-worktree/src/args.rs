//! The command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};
use ftc_cli::{CommonArgs, CompletionsArgs, ConfigUse, ProgramArgs, ReportFormat, parse_duration};

/// Leases isolated git worktrees
///
/// A pool of worktrees belongs to a repository and is shared by everybody who uses it. A lease is the right to one of them;
/// whoever has it finds a clean checkout, and is disturbed by nobody. What a killed process leaves is put in order by the
/// next command, and its uncommitted work is saved under refs/ftc/salvage.
#[derive(Debug, Parser)]
#[command(
    name = "ftc-worktree",
    version,
    after_help = "\
Exit codes: 0 done, 1 there is no such lease, 2 wrong usage or unreadable, 6 somebody else took it over, 75 all are taken

Examples:
  cd \"$(ftc-worktree acquire)\"                     # a clean checkout of HEAD for an hour
  ftc-worktree acquire --rev main --pid $$          # for as long as this shell lives
  ftc-worktree release .                            # give back the one that we are in
  ftc-worktree list --format json"
)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,

    #[command(flatten)]
    pub place: PlaceArgs,

    /// The form of the answer
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        global = true
    )]
    pub format: ReportFormat,

    #[command(flatten)]
    pub common: CommonArgs,
}

/// Which pool.
#[derive(Debug, clap::Args)]
pub struct PlaceArgs {
    /// The repository, or any folder in it [default: the current one]
    #[arg(long, value_name = "DIR", global = true, help_heading = "Pool options")]
    pub repository: Option<PathBuf>,

    /// The folder of the pool [default: `.worktrees` in the main worktree]
    #[arg(long, value_name = "DIR", global = true, help_heading = "Pool options")]
    pub root: Option<PathBuf>,

    /// How many worktrees there may be at once
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = "4",
        value_parser = parse_capacity,
        global = true,
        help_heading = "Pool options"
    )]
    pub capacity: NonZeroUsize,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Leases a worktree and prints its path
    Acquire(AcquireArgs),
    /// Gives a worktree back and makes it clean
    Release(ReleaseArgs),
    /// Shows all worktrees of the pool
    #[command(after_help = "\
Exit codes: 0; 2 no repository, or a registry that cannot be read

Examples:
  ftc-worktree list
  ftc-worktree list --format json | jq -r '.slots[] | select(.state == \"leased\") | .lease.owner'")]
    List,
    /// Prints a completion script for a shell
    #[command(after_help = "\
Examples:
  ftc-worktree completions bash > ~/.local/share/bash-completion/completions/ftc-worktree")]
    Completions(CompletionsArgs),
}

/// `acquire`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes: 0 leased, 2 wrong usage or an unknown revision, 6 somebody else took it over, 75 all worktrees are taken: try again

Examples:
  cd \"$(ftc-worktree acquire)\"
  ftc-worktree acquire --rev v1.2.0 --ttl 30m --owner ci --purpose 'reproduce issue 3'
  ftc-worktree acquire --pid $$ --keep target
  ftc-worktree acquire --dry-run                    # is there one?

Without --pid the worktree is ours until the time of --ttl has passed. With --pid it is ours as long as that process lives,
and with both until both have ended.")]
pub struct AcquireArgs {
    /// What is checked out: a branch, a tag, a commit
    #[arg(long, value_name = "REVISION", default_value = "HEAD")]
    pub rev: String,

    /// For how long, such as 90s, 10m or 2h [default: 1h, with --pid none]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub ttl: Option<Duration>,

    /// Who wants it [default: the name of the user]
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,

    /// What for
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub purpose: String,

    /// The process that uses it
    #[arg(long, value_name = "PID")]
    pub pid: Option<u32>,

    /// What survives at the top of the worktree when it changes hands: a name or a glob; may be given several times
    #[arg(long, value_name = "PATTERN")]
    pub keep: Vec<String>,

    /// Lease nothing, and say what would be leased
    #[arg(long)]
    pub dry_run: bool,
}

/// `release`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes: 0 given back, 1 there is no such lease, 2 wrong usage or unreadable, 6 somebody else took it over, 75 try again

Examples:
  ftc-worktree release 0198c2f4-6f0e-7d32-9a51-3c5be0d4a7f1
  ftc-worktree release --discard .
  ftc-worktree release --dry-run .                  # is there work that would be saved?

What was not committed to a branch is saved as a commit under refs/ftc/salvage; ignored files are not.")]
pub struct ReleaseArgs {
    /// The lease, or a folder in its worktree
    #[arg(value_name = "LEASE")]
    pub lease: PathBuf,

    /// Throw away what was not committed
    #[arg(long)]
    pub discard: bool,

    /// Give nothing back, and say what would be
    #[arg(long)]
    pub dry_run: bool,
}

impl ProgramArgs for Args {
    fn common(&self) -> &CommonArgs {
        &self.common
    }

    fn config_use(&self) -> ConfigUse {
        match self.command {
            Command::Completions(_) => ConfigUse::Unread,
            _ => ConfigUse::Required,
        }
    }
}

fn parse_capacity(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse()
        .map_err(|_| "it is not a whole number above zero")
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
