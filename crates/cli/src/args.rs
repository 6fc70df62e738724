//! The arguments that every program has.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::config::FlagValue;
use crate::terminal::ColorChoice;

/// The arguments that every program has. Flatten them: `#[command(flatten)] common: CommonArgs`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct CommonArgs {
    /// Read this file instead of the user's configuration
    #[arg(
        long,
        value_name = "FILE",
        global = true,
        help_heading = "Common options"
    )]
    pub config: Option<PathBuf>,

    /// When to use colour [default: auto]
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        global = true,
        help_heading = "Common options"
    )]
    pub color: Option<ColorChoice>,

    /// Say more on standard error; give it twice for even more
    #[arg(short, long, action = clap::ArgAction::Count, global = true, help_heading = "Common options")]
    pub verbose: u8,

    /// Say nothing on standard error but errors
    #[arg(
        short,
        long,
        conflicts_with = "verbose",
        global = true,
        help_heading = "Common options"
    )]
    pub quiet: bool,
}

/// The form of an answer, for commands that have no others: `#[arg(long, value_enum, default_value_t)]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ReportFormat {
    /// For a person
    #[default]
    Human,
    /// One JSON document with a `schema` field
    Json,
}

/// How much a program says on standard error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// Errors and warnings.
    #[default]
    Normal,
    /// Also what is being done.
    Verbose,
    /// Also why.
    VeryVerbose,
}

impl CommonArgs {
    /// What `-v` and `-q` ask for.
    pub fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, 1) => Verbosity::Verbose,
            (false, _) => Verbosity::VeryVerbose,
        }
    }

    /// These arguments as they would be written on a command line, for a program that starts another one of ours.
    pub fn to_args(&self) -> Vec<OsString> {
        let mut args = Vec::new();
        if let Some(config) = &self.config {
            args.extend(["--config".into(), config.clone().into_os_string()]);
        }
        if let Some(color) = self.color {
            args.extend(["--color".into(), color.as_str().into()]);
        }
        args.extend((0..self.verbose).map(|_| OsString::from("--verbose")));
        if self.quiet {
            args.push("--quiet".into());
        }
        args
    }
}

/// What [`run`](crate::run) has to know of the arguments of a program.
pub trait ProgramArgs: clap::Parser {
    /// The arguments that every program has.
    fn common(&self) -> &CommonArgs;

    /// The flags of this program that stand for a configuration key and were given. They beat every other layer.
    /// `--color` need not be listed.
    fn flags(&self) -> Vec<FlagValue> {
        Vec::new()
    }

    /// Whether this command works only with a valid configuration.
    fn config_use(&self) -> ConfigUse {
        ConfigUse::Required
    }
}

/// Whether a command works only with a valid configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigUse {
    /// The configuration is loaded before the command starts, and what is wrong with it ends the program.
    Required,
    /// No file is read: the command sees defaults, and loads [`Sources`](crate::config::Sources) itself if it wants to.
    /// For commands that have to work when the configuration is broken.
    Unread,
}
