//! What a gate is.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use ftc_process::confine::{Network, ResourceLimits};
use serde::{Deserialize, Serialize};

use crate::id::GateId;
use crate::relative_path::RelativePath;

/// How long a gate may take that names no `timeout`.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// The item of `rerun` that the name of a test is put in the place of.
pub const TEST_PLACEHOLDER: &str = "{test}";

/// A gate: a command that has to succeed on a tree, and what proves that it did anything.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GateSpec {
    /// Its name, unique in the file.
    pub id: GateId,
    /// Program and arguments. No shell looks at them.
    pub argv: Vec<String>,
    /// Where it runs.
    pub cwd: RelativePath,
    /// When it runs: all required fast gates come before the first slow one.
    pub tier: Tier,
    /// The wall-clock limit.
    pub timeout: Duration,
    /// How long it may print nothing.
    pub idle_timeout: Option<Duration>,
    /// What it sees of the environment.
    pub env: Environment,
    /// The reports that it writes.
    pub reports: Vec<ReportSpec>,
    /// What must be proved beside the exit code.
    pub evidence: Evidence,
    /// Whether its log is read for tests.
    pub log: LogUse,
    /// The exit codes that mean success.
    pub success: Vec<i32>,
    /// Program and arguments that run one test, whose name takes the place of the item [`TEST_PLACEHOLDER`].
    pub rerun: Option<Vec<String>>,
    /// Its outcome is told and does not decide.
    pub advisory: bool,
    /// Whether it reaches the network where gates are confined.
    pub network: Network,
    /// What processes mean that it leaves behind. They are killed whatever they mean.
    pub leaks: Leaks,
    /// What it may use. Needs a shim.
    pub limits: ResourceLimits,
}

impl GateSpec {
    /// A required fast gate with the defaults of the gate file.
    pub fn new(id: GateId, argv: impl IntoIterator<Item: Into<String>>) -> Self {
        Self {
            id,
            argv: argv.into_iter().map(Into::into).collect(),
            cwd: RelativePath::root(),
            tier: Tier::Fast,
            timeout: DEFAULT_TIMEOUT,
            idle_timeout: None,
            env: Environment::default(),
            reports: Vec::new(),
            evidence: Evidence::default(),
            log: LogUse::Auto,
            success: vec![0],
            rerun: None,
            advisory: false,
            network: Network::Off,
            leaks: Leaks::Allow,
            limits: ResourceLimits::default(),
        }
    }

    /// The command that runs the one test `test`, whose name stays a single argument whatever is in it.
    ///
    /// `None` when the gate has no such command, and for a name that cannot be one argument or would be taken for an option: an
    /// empty one, one with a NUL byte, and one that begins with `-`.
    pub fn rerun_argv(&self, test: &str) -> Option<Vec<String>> {
        let rerun = self.rerun.as_ref()?;
        if test.is_empty() || test.starts_with('-') || test.contains('\0') {
            return None;
        }
        let fill = |item: &String| match item.as_str() {
            TEST_PLACEHOLDER => test.to_owned(),
            _ => item.clone(),
        };
        Some(rerun.iter().map(fill).collect())
    }
}

/// When a gate runs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Tier {
    /// First, on every attempt.
    #[default]
    Fast,
    /// After all fast gates have passed.
    Slow,
}

impl Tier {
    /// The word in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Slow => "slow",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a gate sees of the environment, beside the few variables that every child gets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Environment {
    /// Names of variables that are passed on if they are set.
    pub pass: Vec<String>,
    /// Variables with their values.
    pub set: BTreeMap<String, String>,
}

/// A report that a gate writes. It is deleted before the gate starts, so that an old one proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportSpec {
    /// Where, from the root of the worktree.
    pub path: RelativePath,
    /// In which form.
    pub format: ReportFormat,
    /// Whether a gate without it has not passed.
    pub required: bool,
}

impl ReportSpec {
    /// A required report.
    pub fn new(path: RelativePath, format: ReportFormat) -> Self {
        Self {
            path,
            format,
            required: true,
        }
    }
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReportFormat {
    /// JUnit XML in any tool's dialect.
    Junit,
}

/// What must be proved beside the exit code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Evidence {
    /// So many tests must have run; skipped ones do not count.
    pub min_tests: Option<u64>,
}

/// Whether a gate's log is read for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LogUse {
    /// It is read when the caller has a [`LogReader`](crate::LogReader).
    #[default]
    Auto,
    /// It is not read: for a gate that prints the logs of other tools.
    Never,
}

/// What processes mean that a gate leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Leaks {
    /// They are told.
    #[default]
    Allow,
    /// The gate has failed. Without a shim they are not counted, so that it cannot pass either.
    Fail,
}
