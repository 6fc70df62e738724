//! The command line.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use ftc_cli::config::{ConfigValue as _, FlagValue, ScanFormat, keys};
use ftc_cli::{CommonArgs, CompletionsArgs, ConfigUse, ProgramArgs, ReportFormat};
use ftc_state::FingerprintPrefix;

/// Find failures, fingerprints and classes in CI logs and test reports
///
/// Reads logs of more than sixty test tools, compilers and linters, JUnit XML, plain or as CI systems wrap them, out of files,
/// directories, gzip and zip archives and standard input. For a person, `-v` shows excerpts too.
///
/// Exit status: 0 when nothing failed, 1 when failures were found, 2 when an input could not be read.
#[derive(Debug, Parser)]
#[command(
    name = "ftc-scan",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  ftc-scan unit.log                                  what failed
  ftc-scan -v logs/ reports.zip                      with excerpts
  ftc-scan --format html logs/ > failures.html       a page to keep or to send
  ftc-scan --explain cb82cc9a unit.log               why it is that failure, and that class
  ftc-scan --cluster logs/                           which failures may have one cause
  ftc-scan --store sqlite:flaky.db unit.log          remember it
  ftc-scan --store sqlite:flaky.db --history cb82cc9a
  ftc-scan store reindex --store sqlite:flaky.db     after an update"
)]
pub struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Logs, reports, archives or directories of them; `-` is standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// The form of the answer [default: human]
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub format: Option<ScanFormat>,

    /// Show all that is known of the failure whose fingerprint begins so
    #[arg(long, value_name = "FINGERPRINT")]
    pub show: Option<FingerprintPrefix>,

    /// Tell why the failure whose fingerprint begins so has its identity and its class
    #[arg(long, value_name = "FINGERPRINT", conflicts_with = "show")]
    pub explain: Option<FingerprintPrefix>,

    /// Group the failures of these inputs and of the store that may have one cause
    #[arg(long, conflicts_with_all = ["show", "explain", "history"])]
    pub cluster: bool,

    /// How many files are scanned at once [default: one per processor]
    #[arg(long, value_name = "NUMBER")]
    pub jobs: Option<NonZeroUsize>,

    /// Exit with 0 also when failures were found
    #[arg(long)]
    pub exit_zero: bool,

    /// Remember what is found in this store, and tell how often it was seen: `sqlite:PATH`
    #[arg(long, value_name = "URL", help_heading = "Store options")]
    pub store: Option<String>,

    /// Tell what the remembered runs say of the failure whose fingerprint begins so
    #[arg(
        long,
        value_name = "FINGERPRINT",
        conflicts_with_all = ["show", "explain"],
        help_heading = "Store options"
    )]
    pub history: Option<FingerprintPrefix>,

    /// The repository that the logs are of
    #[arg(long, value_name = "OWNER/NAME", help_heading = "Store options")]
    pub repo: Option<String>,

    /// The commit that ran
    #[arg(long, value_name = "SHA", help_heading = "Store options")]
    pub commit: Option<String>,

    /// The address of the run that the logs are of
    #[arg(long, value_name = "URL", help_heading = "Store options")]
    pub run_url: Option<String>,

    /// Which attempt of the run it was
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "run_url",
        help_heading = "Store options"
    )]
    pub attempt: Option<NonZeroU32>,

    /// The platform that the logs come from
    #[arg(long, value_name = "NAME", help_heading = "Store options")]
    pub platform: Option<String>,

    #[command(flatten)]
    pub common: CommonArgs,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Work on what is remembered
    #[command(subcommand)]
    Store(StoreCommand),

    /// Print the completion script for a shell
    Completions(CompletionsArgs),
}

#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// Make the fingerprints of what is remembered again, by the present rules and masks
    Reindex(ReindexArgs),
}

/// After an update of this program, or of `scan.masks` and `scan.words`, a failure may have another fingerprint than the one
/// under which it is remembered. This brings what is remembered up to date: failures that are one by the present rules
/// become one, with all their occurrences, and the old fingerprints still lead to them. It can be stopped and begun again at
/// any time.
///
/// Exit status: 0 when the store is up to date afterwards, 1 when `--dry-run` found that it is not, 2 when the store could
/// not be used.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ftc-scan store reindex --store sqlite:flaky.db --dry-run
  ftc-scan store reindex --store sqlite:flaky.db --format json")]
pub struct ReindexArgs {
    /// The store: `sqlite:PATH`
    #[arg(long, value_name = "URL")]
    pub store: Option<String>,

    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,

    /// The form of the answer
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: ReportFormat,
}

impl ProgramArgs for Args {
    fn common(&self) -> &CommonArgs {
        &self.common
    }

    fn flags(&self) -> Vec<FlagValue> {
        let mut flags = Vec::new();
        if let Some(format) = self.format {
            flags.push(FlagValue::new(
                &keys::SCAN_FORMAT,
                "--format",
                format.shown(),
            ));
        }
        if let Some(jobs) = self.jobs {
            flags.push(FlagValue::new(&keys::SCAN_JOBS, "--jobs", jobs.shown()));
        }
        let of_command = match &self.command {
            Some(Command::Store(StoreCommand::Reindex(reindex))) => reindex.store.as_ref(),
            _ => None,
        };
        if let Some(store) = self.store.as_ref().or(of_command) {
            flags.push(FlagValue::new(&keys::STORE, "--store", store));
        }
        if let Some(repository) = &self.repo {
            flags.push(FlagValue::new(&keys::REPOSITORY, "--repo", repository));
        }
        if let Some(platform) = &self.platform {
            flags.push(FlagValue::new(&keys::SCAN_PLATFORM, "--platform", platform));
        }
        flags
    }

    fn config_use(&self) -> ConfigUse {
        match self.command {
            Some(Command::Completions(_)) => ConfigUse::Unread,
            Some(Command::Store(_)) | None => ConfigUse::Required,
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
