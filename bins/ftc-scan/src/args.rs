//! The command line.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use ftc_cli::config::{ConfigValue as _, FlagValue, ScanFormat, keys};
use ftc_cli::{CommonArgs, CompletionsArgs, ConfigUse, ProgramArgs};
use ftc_state::FingerprintPrefix;

/// Find failures, fingerprints and classes in CI logs and test reports
///
/// Reads logs of go test, pytest, cargo test and nextest, JUnit XML, plain or as GitHub Actions wraps them, out of files,
/// directories, gzip and zip archives and standard input. For a person, `-v` shows excerpts too.
///
/// Exit status: 0 when nothing failed, 1 when failures were found, 2 when an input could not be read.
#[derive(Debug, Parser)]
#[command(name = "ftc-scan", version, args_conflicts_with_subcommands = true)]
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

    /// How many files are scanned at once [default: one per processor]
    #[arg(long, value_name = "NUMBER")]
    pub jobs: Option<NonZeroUsize>,

    /// Exit with 0 also when failures were found
    #[arg(long)]
    pub exit_zero: bool,

    /// Remember what is found in this store, and tell how often it was seen: `sqlite:PATH`
    #[arg(long, value_name = "URL", help_heading = "Store options")]
    pub store: Option<String>,

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
    /// Print the completion script for a shell
    Completions(CompletionsArgs),
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
        if let Some(store) = &self.store {
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
            None => ConfigUse::Required,
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
