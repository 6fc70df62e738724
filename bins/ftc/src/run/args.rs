//! What can be written after `ftc run`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use ftc_cli::{ReportFormat, parse_duration, parse_size};

use super::words::{Limit, Variable, parse_limit, parse_variable};

#[derive(Debug, clap::Args)]
#[command(
    override_usage = "ftc run [OPTIONS] [--] COMMAND [ARGUMENT]...",
    after_help = "\
The command gets no standard input. Of the environment it gets HOME, LANG, LC_*,
LOGNAME, PATH, TMPDIR, TZ, USER, and what --env and --set name.

When it ends, or is stopped, or ftc is interrupted or killed, everything that
the command has started is killed. What it prints comes through as it is; with
--format json it is in the document instead.

With --confine, `agent` and `gate` may write beneath the current directory,
`health` may not. All have a HOME and TMPDIR of their own, and can read the
programs of the system. What this machine could not do is told; --require makes
that an error before the start.

Exit codes:
  0      it exited with 0
  1      it failed, was stopped by a limit, or killed the process that held it
  2      it could not be started
  75     it could not be started at this moment
  128+n  ftc was interrupted by signal n
With --exit-code, the command's own code takes the place of 1.

Examples:
  ftc run -- make test
  ftc run --timeout 10m --idle 60s -- pytest -x
  ftc run -v -- make               also says what it used and how it was held
  ftc run --confine gate --require full -- make check
  ftc run --limit processes=200,memory=4GiB --log build.log -- make -j8
  ftc run --format json -- go test ./... | jq .result"
)]
pub struct RunArgs {
    /// Stop it after this time, such as `90s` or `10m`
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub timeout: Option<Duration>,

    /// Stop it when it has printed nothing for this time
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub idle: Option<Duration>,

    /// How long it has to end by itself when it is stopped [default: 2s]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub grace: Option<Duration>,

    /// What it may do to this machine
    #[arg(long, value_enum, value_name = "PROFILE", default_value_t)]
    pub confine: Profile,

    /// Whether it has the network [default: off for `gate`, else on]
    #[arg(long, value_enum, value_name = "WHETHER")]
    pub network: Option<Switch>,

    /// With --confine, let it also write beneath this path
    #[arg(long, value_name = "PATH")]
    pub write: Vec<PathBuf>,

    /// With --confine, let it also read beneath this path
    #[arg(long, value_name = "PATH")]
    pub read: Vec<PathBuf>,

    /// Do not start it unless this can be had
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    pub require: Vec<Requirement>,

    /// What it may use: `processes=N`, `memory=SIZE`, `files=N`, `file-size=SIZE`, `cpu=TIME`
    ///
    /// `processes` counts all processes and threads of your account and does not bind root; the others bind each process.
    #[arg(long, value_name = "LIMIT", value_delimiter = ',', value_parser = parse_limit)]
    pub limit: Vec<Limit>,

    /// Pass this environment variable on
    #[arg(long, value_name = "NAME")]
    pub env: Vec<OsString>,

    /// Set an environment variable
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_variable)]
    pub set: Vec<Variable>,

    /// Also write all that it prints to this file, which must not exist
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,

    /// How large that file may become; the rest is dropped, and that is told
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "1GiB", requires = "log")]
    pub log_limit: u64,

    /// End with the command's own exit code, and with 128+n if signal n has killed it
    #[arg(long)]
    pub exit_code: bool,

    /// The form of the answer; `json` keeps the command's output for the document (-v shows it on standard error)
    #[arg(long, value_enum, default_value_t, conflicts_with = "json")]
    pub format: ReportFormat,

    /// The same as --format json
    #[arg(long)]
    pub json: bool,

    /// The command and its arguments; no shell looks at them
    #[arg(value_name = "COMMAND", required = true, trailing_var_arg = true)]
    pub command: Vec<OsString>,
}

impl RunArgs {
    /// The form of the answer.
    pub fn format(&self) -> ReportFormat {
        if self.json {
            ReportFormat::Json
        } else {
            self.format
        }
    }

    /// Whether this has to be had.
    pub fn requires(&self, requirement: Requirement) -> bool {
        self.require.contains(&requirement)
    }
}

/// What a command may do to this machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// Write beneath the current directory, use the network: a coding agent
    Agent,
    /// Write beneath the current directory, no network: tests, builds, linters
    Gate,
    /// Write nothing, use the network: a health check
    Health,
    /// What you may
    #[default]
    None,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// That of this machine
    On,
    /// None
    Off,
}

/// What has to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Requirement {
    /// The whole confinement: files, network and signals
    Full,
    /// Hold of every descendant, also of those that leave its process group
    Subreaper,
    /// The same by a control group, which the kernel kills at once
    Cgroup,
}
