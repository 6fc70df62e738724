//! What can be written on the command line.

use std::path::PathBuf;

use ftc_cli::config::{FlagValue, keys};
use ftc_cli::{CommonArgs, CompletionsArgs, ConfigUse, ProgramArgs, ReportFormat};

/// Takes flaky tests from their first failure to a merged fix
///
/// Without a command it does one pass: it looks for failures where `--source` says, opens an issue for each test that is
/// proved to fail and pass on the same code, analyses it, waits for a maintainer's approval, lets the agent write a fix,
/// judges and proves the fix, opens a pull request, answers its review, and closes the issue when it is merged. A pass takes
/// every failure as far as it goes without waiting for anybody; the next pass goes on from there.
#[derive(Debug, clap::Parser)]
#[command(
    name = "ftc-clean",
    version,
    disable_help_subcommand = true,
    after_help = "\
Exit codes: 0 done, 1 the demo's fix was not merged, 2 wrong usage or configuration, 3 done in part, 4 `ftc trust` is needed, 75
try again later

Examples:
  ftc-clean demo                                  the whole story on this machine, in two minutes
  ftc-clean --once --source runs:30               run the tests thirty times, file what is flaky, go on with the rest
  ftc-clean --once --dry-run --source dir:logs    say what would be written to the forge
  ftc-clean status                                every failure and what it waits for
  ftc-clean show 5f3c                             everything about one"
)]
pub struct Args {
    #[command(flatten)]
    pub common: CommonArgs,

    #[command(subcommand)]
    pub command: Option<Command>,

    /// Do one pass and end
    #[arg(long)]
    pub once: bool,

    /// Say what would be written to the forge; write nothing there or into the store
    #[arg(long)]
    pub dry_run: bool,

    /// Where failures are looked for: runs:N or dir:PATH
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<String>,

    /// The local repository [default: the current directory]
    #[arg(short = 'C', long = "repository", value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,

    /// The repository's name on the forge
    #[arg(long, value_name = "OWNER/NAME", global = true)]
    pub repo: Option<String>,

    /// The forge, as local:DIR
    #[arg(long, value_name = "FORGE", global = true)]
    pub forge: Option<String>,

    /// The store, as sqlite:PATH
    #[arg(long, value_name = "URL", global = true)]
    pub store: Option<String>,

    /// The profile of the coding agent
    #[arg(long, value_name = "FILE")]
    pub agent: Option<PathBuf>,

    /// The branch that fixes are proposed for [default: main]
    #[arg(long, value_name = "BRANCH")]
    pub base: Option<String>,

    /// The gate that runs the tests [default: `test` or the first]
    #[arg(long, value_name = "ID")]
    pub gate: Option<String>,

    #[command(flatten)]
    pub confine: ConfineArgs,

    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

/// What the agent, gates and health checks may do.
#[derive(Debug, clap::Args)]
pub struct ConfineArgs {
    /// Let the agent, gates and health checks read, write and reach whatever you can
    #[arg(long, conflicts_with_all = ["require_confinement", "read", "write"])]
    pub unconfined: bool,

    /// Start none of them where the kernel cannot confine them wholly
    #[arg(long)]
    pub require_confinement: bool,

    /// Let gates and health checks also read beneath this; may be given several times
    #[arg(long, value_name = "PATH")]
    pub read: Vec<PathBuf>,

    /// Let gates also write beneath this; may be given several times
    #[arg(long, value_name = "PATH")]
    pub write: Vec<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Lists every failure that is looked after, and what it waits for
    Status(StatusArgs),

    /// Shows everything about one failure
    Show(ShowArgs),

    /// Plays the whole story on this machine: a red run, an issue, a fix, a merge
    Demo(DemoArgs),

    /// The scripted agent of the demo
    #[command(hide = true)]
    DemoAgent(DemoAgentArgs),

    /// Prints a completion script for a shell
    #[command(after_help = "\
Examples:
  ftc-clean completions bash > ~/.local/share/bash-completion/completions/ftc-clean")]
    Completions(CompletionsArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ftc-clean status
  ftc-clean status --format json | jq '.failures[] | select(.waits_for != null)'")]
pub struct StatusArgs {
    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes: 0 shown, 1 there is no such failure, 2 the beginning fits several

Examples:
  ftc-clean show 5f3c
  ftc-clean show 5f3c --format json | jq .journal")]
pub struct ShowArgs {
    /// The beginning of its fingerprint, four digits or more
    pub fingerprint: String,

    /// The form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Needs git and a Rust toolchain, no network and no token.
Exit codes: 0 merged, 1 not merged

Examples:
  ftc-clean demo
  ftc-clean demo --keep story                 look at everything afterwards
  ftc-clean demo --patch wrong                a fix that does not hold
  ftc-clean demo --patch delete-test          an agent that takes the test away")]
pub struct DemoArgs {
    /// Leave everything in this folder, which must be empty or absent
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,

    /// What the scripted agent does
    #[arg(long, value_enum, default_value_t)]
    pub patch: Patch,
}

/// What the scripted agent does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Patch {
    /// Mends the race
    #[default]
    Good,
    /// Changes something that does not help
    Wrong,
    /// Takes the failing test away
    DeleteTest,
}

#[derive(Debug, clap::Args)]
pub struct DemoAgentArgs {
    /// What to do
    #[arg(long, value_enum)]
    pub patch: Patch,

    /// What the agent is told
    pub prompt: PathBuf,
}

impl ProgramArgs for Args {
    fn common(&self) -> &CommonArgs {
        &self.common
    }

    fn flags(&self) -> Vec<FlagValue> {
        let path = |path: &PathBuf| path.to_string_lossy().into_owned();
        [
            self.source
                .clone()
                .map(|text| FlagValue::new(&keys::CLEAN_SOURCE, "--source", text)),
            self.directory
                .as_ref()
                .map(|dir| FlagValue::new(&keys::CLEAN_DIRECTORY, "--repository", path(dir))),
            self.repo
                .clone()
                .map(|name| FlagValue::new(&keys::REPOSITORY, "--repo", name)),
            self.forge
                .clone()
                .map(|url| FlagValue::new(&keys::FORGE, "--forge", url)),
            self.store
                .clone()
                .map(|url| FlagValue::new(&keys::STORE, "--store", url)),
            self.agent
                .as_ref()
                .map(|file| FlagValue::new(&keys::CLEAN_AGENT, "--agent", path(file))),
            self.base
                .clone()
                .map(|name| FlagValue::new(&keys::CLEAN_BASE, "--base", name)),
            self.gate
                .clone()
                .map(|id| FlagValue::new(&keys::CLEAN_GATE, "--gate", id)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The demo is its own world: a person's configuration has no part in it.
    fn config_use(&self) -> ConfigUse {
        match self.command {
            Some(Command::Demo(_) | Command::DemoAgent(_) | Command::Completions(_)) => {
                ConfigUse::Unread
            }
            _ => ConfigUse::Required,
        }
    }
}
