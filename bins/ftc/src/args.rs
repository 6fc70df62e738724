//! What can be written after `ftc`.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::forge::ForgeArgs;
use crate::run::RunArgs;
use ftc_cli::config::FlagValue;
use ftc_cli::{CommonArgs, CompletionsArgs, ConfigUse, ProgramArgs, ReportFormat};

/// Find, test, change: autonomous code maintenance
///
/// `ftc NAME ...` starts the program `ftc-NAME`, from beside this program or from PATH, with everything that follows.
#[derive(Debug, clap::Parser)]
#[command(
    name = "ftc",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "\
Programs:
  ftc scan        finds failures in CI logs and test reports
  ftc clean       takes flaky tests from their first failure to a merged fix
  ftc gate        runs the gates of a repository
  ftc change      judges a change by a policy and applies it whole or not at all
  ftc worktree    leases isolated worktrees

Examples:
  ftc scan ci-logs/         find failures in CI logs (the program ftc-scan)
  ftc help scan             how to use it; `ftc help gate run` is about a command of ftc-gate
  ftc doctor                is this machine ready?
  ftc config explain        what is configured, and where
  ftc trust                 allow the gates of this repository to run
  ftc run --timeout 10m -- make test
                            run any command, and leave nothing of it behind"
)]
pub struct Args {
    #[command(flatten)]
    pub common: CommonArgs,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Checks whether this machine has what the programs need
    Doctor(DoctorArgs),

    /// Shows the configuration
    #[command(subcommand)]
    Config(ConfigCommand),

    /// Allows the commands of a repository's gate file to run
    Trust(TrustArgs),

    /// Runs a command that really ends: limits, no process left over, confinement
    Run(Box<RunArgs>),

    /// Your hand on the local forge: read, comment, label, approve, review, merge
    Forge(ForgeArgs),

    /// Prints a completion script for a shell
    #[command(after_help = "\
Examples:
  ftc completions bash > ~/.local/share/bash-completion/completions/ftc
  ftc completions fish > ~/.config/fish/completions/ftc.fish")]
    Completions(CompletionsArgs),

    /// Explains a command or a program
    #[command(after_help = "\
Examples:
  ftc help config explain   a command of ftc itself
  ftc help scan             the program ftc-scan")]
    Help {
        /// The command or program; none for ftc itself
        command: Vec<OsString>,
    },

    /// A program and what follows it.
    #[command(external_subcommand)]
    Program(Vec<OsString>),
}

#[derive(Debug, clap::Subcommand)]
pub enum ConfigCommand {
    /// Shows each value and where it comes from; secrets are hidden
    Explain(ExplainArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes: 0 ready (warnings included), 1 something is missing or wrong

Examples:
  ftc doctor
  ftc doctor --format json | jq '.checks[] | select(.status == \"fail\")'")]
pub struct DoctorArgs {
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Later beats earlier: defaults, the repository's ftc.toml, your own file, FTC_* variables, flags.

Examples:
  ftc config explain
  ftc config explain scan.jobs
  ftc config explain --format json | jq '.settings[] | select(.key == \"store\")'")]
pub struct ExplainArgs {
    /// A key such as `scan.jobs`, or a table such as `scan`; all when absent
    pub key: Option<String>,

    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
No command that a repository names runs before you have allowed it. What is allowed is the text of gates.yaml as HEAD has it; a
changed text has to be allowed again. In CI, set FTC_TRUST to the digests that this command prints.

Exit codes: 0; 2 there is no gate file, or it is wrong

Examples:
  ftc trust --dry-run       what would be allowed
  ftc trust ../other
  ftc trust --list
  ftc trust --remove")]
pub struct TrustArgs {
    /// The repository [default: the current directory]; with --remove, also a digest that --list shows
    #[arg(value_name = "DIR")]
    pub target: Option<PathBuf>,

    /// Read the gate file as it is in this commit [default: HEAD]
    #[arg(long, value_name = "REVISION", conflicts_with = "list")]
    pub commit: Option<String>,

    /// Show what is allowed
    #[arg(long, conflicts_with_all = ["remove", "target", "dry_run"])]
    pub list: bool,

    /// Allow it no longer
    #[arg(long)]
    pub remove: bool,

    /// Change nothing, and show what would be
    #[arg(long)]
    pub dry_run: bool,

    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

impl ProgramArgs for Args {
    fn common(&self) -> &CommonArgs {
        &self.common
    }

    fn flags(&self) -> Vec<FlagValue> {
        match &self.command {
            Command::Forge(forge) => forge.flags(),
            _ => Vec::new(),
        }
    }

    /// A broken configuration is for the started program to complain of, and for `doctor` to explain.
    fn config_use(&self) -> ConfigUse {
        match self.command {
            Command::Config(_) | Command::Trust(_) | Command::Forge(_) => ConfigUse::Required,
            Command::Doctor(_)
            | Command::Run(_)
            | Command::Completions(_)
            | Command::Help { .. }
            | Command::Program(_) => ConfigUse::Unread,
        }
    }
}
