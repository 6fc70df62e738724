//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};
use ftc_changeset::{Actor, RiskLevel};
use ftc_cli::{CommonArgs, CompletionsArgs, ConfigUse, ProgramArgs, ReportFormat};

/// Judges changes by a policy, and applies them all or not at all
///
/// `check` takes what a worktree differs from a commit by, judges it, and can write it into a bundle. `apply` judges a bundle
/// again and applies it to a clean checkout. `recover` ends what a killed `apply` left behind.
#[derive(Debug, Parser)]
#[command(
    name = "ftc-change",
    version,
    after_help = "\
Exit codes: 0 done or allowed, 1 denied, 2 wrong usage or input, 4 approval needed, 5 tried and taken back, 6 the checkout is
not what the change starts from, 75 try again (somebody else is at work, or recovery is needed)

Examples:
  ftc-change check                              judge what is uncommitted here
  ftc-change check --from agent --out bundle    judge what an agent did, and write it down
  ftc-change apply bundle --to live --dry-run
  ftc-change apply bundle --to live"
)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,

    #[command(flatten)]
    pub common: CommonArgs,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judges what a worktree differs from a commit by
    Check(CheckArgs),
    /// Judges a bundle again and applies it to a clean checkout
    Apply(ApplyArgs),
    /// Ends what a killed process left behind in a checkout
    Recover(RecoverArgs),
    /// Prints a completion script for a shell
    #[command(after_help = "\
Examples:
  ftc-change completions bash > ~/.local/share/bash-completion/completions/ftc-change")]
    Completions(CompletionsArgs),
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Exit codes: 0 allowed, 1 denied, 2 wrong usage or nothing to judge, 4 approval needed

Examples:
  ftc-change check
  ftc-change check --repository hub --from agent --out bundle --intent 'mend the race' --risk medium
  ftc-change check --format json | jq '.decision.findings[]'")]
pub struct CheckArgs {
    /// The repository, or any folder in it [default: the current one]
    #[arg(long, value_name = "DIR")]
    pub repository: Option<PathBuf>,

    /// The commit that the change starts from, whose policy judges it
    #[arg(long, value_name = "REVISION", default_value = "HEAD")]
    pub base: String,

    /// The worktree with the change [default: that of the repository]
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,

    /// Judge by this file instead of the policy of the base commit
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,

    /// Write the change into this new folder, for `apply`
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    #[command(flatten)]
    pub plan: PlanArgs,

    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

/// What is said of the change.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Plan options")]
pub struct PlanArgs {
    /// What the change is for
    #[arg(long, value_name = "TEXT")]
    pub intent: Option<String>,

    /// Who made it [default: $USER]
    #[arg(long, value_name = "NAME")]
    pub author: Option<Actor>,

    /// How much can go wrong, as the author sees it; the policy may only raise it
    #[arg(long, value_name = "LEVEL", default_value = "LOW", value_parser = risk)]
    pub risk: RiskLevel,

    /// A pattern of the paths that it may touch; may be given more than once [default: all]
    #[arg(long, value_name = "GLOB")]
    pub scope: Vec<String>,

    /// A gate that must pass on the changed tree; may be given more than once
    #[arg(long, value_name = "GATE")]
    pub verify: Vec<String>,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Exit codes: 0 applied, 1 denied, 2 wrong usage or input, 4 approval needed, 5 tried and taken back, 6 the checkout is not what
the change starts from, 75 somebody else is at work there, or `ftc-change recover` is needed

Examples:
  ftc-change apply bundle --to live --dry-run
  ftc-change apply bundle --to live --approve-as alice
  ftc-change apply bundle --to live --allow-commands --write live/target    a health check that builds")]
pub struct ApplyArgs {
    /// The folder that `check --out` wrote
    pub bundle: PathBuf,

    /// The checkout that is changed
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,

    /// Approve it in this name, on your own word: enough up to MEDIUM risk
    #[arg(long, value_name = "NAME")]
    pub approve_as: Option<Actor>,

    /// Judge by this file instead of the policy of the base commit
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,

    /// Run the commands that the plan names as health checks
    #[arg(long)]
    pub allow_commands: bool,

    #[command(flatten)]
    pub confine: ConfineArgs,

    /// Go all the way but for writing anything
    #[arg(long)]
    pub dry_run: bool,

    #[command(flatten)]
    pub keys: KeyArgs,

    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

/// What health checks may do: your word, which no plan can give.
#[derive(Debug, ClapArgs)]
pub struct ConfineArgs {
    /// Confine the commands of health checks, or let them read, write and reach whatever you can
    #[arg(long, value_enum, value_name = "PROFILE", default_value_t)]
    pub confine: Confine,

    /// Let them fail where the kernel cannot confine them wholly
    #[arg(long)]
    pub require_confinement: bool,

    /// Let them also read beneath this; may be given several times
    #[arg(long, value_name = "PATH")]
    pub read: Vec<PathBuf>,

    /// Let them also write beneath this; may be given several times
    #[arg(long, value_name = "PATH")]
    pub write: Vec<PathBuf>,
}

/// Whether health checks are confined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Confine {
    /// They read the checkout, write a private home and temporary folder, and have the network
    #[default]
    Health,
    /// They may do what you may
    None,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Exit codes: 0 recovered, or nothing to do; 2 wrong usage or unreadable; 6 files that somebody else has changed were left alone;
75 somebody else is at work there, or a journal is not believed

Examples:
  ftc-change recover --dry-run
  ftc-change recover live")]
pub struct RecoverArgs {
    /// The checkout, or any folder in it [default: the current folder]
    pub directory: Option<PathBuf>,

    /// Tell what would be done
    #[arg(long)]
    pub dry_run: bool,

    #[command(flatten)]
    pub keys: KeyArgs,

    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

#[derive(Debug, ClapArgs)]
pub struct KeyArgs {
    /// Where the key is that seals journals [default: `ftc` in your state directory]
    #[arg(long, value_name = "DIR")]
    pub key_dir: Option<PathBuf>,
}

impl ProgramArgs for Args {
    fn common(&self) -> &CommonArgs {
        &self.common
    }

    fn config_use(&self) -> ConfigUse {
        match self.command {
            Command::Completions(_) => ConfigUse::Unread,
            Command::Check(_) | Command::Apply(_) | Command::Recover(_) => ConfigUse::Required,
        }
    }
}

fn risk(text: &str) -> Result<RiskLevel, String> {
    let quoted = format!("\"{}\"", text.to_ascii_uppercase());
    serde_json::from_str(&quoted)
        .map_err(|_| "the levels are LOW, MEDIUM, HIGH and CRITICAL".to_owned())
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
