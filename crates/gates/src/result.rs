//! What a run gives.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ftc_durable::Digest;
use ftc_process::{Confined, Containment};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::evidence::FailedTest;
use crate::id::GateId;
use crate::spec::Tier;

/// The name of the file that a run leaves in its artifacts directory.
pub const RUN_FILE: &str = "gate-run.json";

/// The schema of [`RUN_FILE`]. Version 2 tells of each gate how its processes were held and confined, and what they used.
pub const SCHEMA: &str = "ftc.gate-run/2";

/// The schema before, which is read, too: what it does not tell is unknown.
const SCHEMA_BEFORE: &str = "ftc.gate-run/1";

/// A run of gates and its verdict, which is about one tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GateRun {
    /// [`SCHEMA`].
    pub schema: String,
    /// The run.
    pub run_id: String,
    /// The tree that the verdict is about.
    pub tree: String,
    /// The commit that the gate file was read from.
    pub base: Option<String>,
    /// The digest of the gate file.
    pub gate_file: Digest,
    /// When it started.
    pub started_at: Timestamp,
    /// How long it took.
    pub duration_ms: u64,
    /// Whether every gate of the file was to be run: a part that passed proves only that part.
    pub whole: bool,
    /// The answer.
    pub verdict: Verdict,
    /// Why it is not a pass, one fragment for each gate that stands in the way.
    pub reasons: Vec<String>,
    /// All gates of the file, in the order in which they were run.
    pub gates: Vec<GateResult>,
}

impl GateRun {
    /// Reads what a run has left, also one of the version before. What is returned says [`SCHEMA`] in either case.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let bytes = fs::read(path).map_err(|source| LoadError::Read {
            path: path.to_owned(),
            source,
        })?;
        let malformed = |source| LoadError::Malformed {
            path: path.to_owned(),
            source,
        };
        // Looked at first: a file of another version need not have our fields.
        let header: Header = serde_json::from_slice(&bytes).map_err(malformed)?;
        if header.schema != SCHEMA && header.schema != SCHEMA_BEFORE {
            return Err(LoadError::Schema {
                path: path.to_owned(),
                found: header.schema,
            });
        }
        let run: Self = serde_json::from_slice(&bytes).map_err(malformed)?;
        Ok(Self {
            schema: SCHEMA.to_owned(),
            ..run
        })
    }

    /// Whether this run proves that `tree` passes every gate of the file with this digest.
    pub fn proves(&self, tree: &str, gate_file: &Digest) -> bool {
        self.verdict == Verdict::Pass
            && self.whole
            && self.tree == tree
            && self.gate_file == *gate_file
    }
}

#[derive(Deserialize)]
struct Header {
    schema: String,
}

/// The answer of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// Every required gate has passed.
    Pass,
    /// A required gate has failed or taken too long.
    Fail,
    /// Nothing failed, but not everything could be decided: no gate to run, a program that is missing, a report that cannot be
    /// read.
    Error,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Error => "error",
        })
    }
}

/// What one gate gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GateResult {
    /// The gate.
    pub id: GateId,
    /// Its tier.
    pub tier: Tier,
    /// Whether it only advises.
    pub advisory: bool,
    /// What was run.
    pub argv: Vec<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it did not pass.
    pub reasons: Vec<String>,
    /// What a person should know although it decides nothing.
    pub notes: Vec<String>,
    /// How the program ended; `None` when it was not started.
    pub exit: Option<Exit>,
    /// How long the program ran.
    pub duration_ms: u64,
    /// How many tests ran, skipped ones left out; `None` when nothing says.
    pub tests_run: Option<u64>,
    /// What failed in the end.
    pub failed: Vec<FailedTest>,
    /// How many more failed than are listed.
    pub failed_omitted: u64,
    /// Tests that failed and passed when the tool ran them again. They decide nothing here, but prove no stability either.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_on_retry: Vec<String>,
    /// Its log: all that it printed, in the order in which it was read.
    pub log: Option<PathBuf>,
    /// Bytes in the log.
    pub log_bytes: u64,
    /// Whether it printed more than the log holds.
    pub log_truncated: bool,
    /// The last lines that it printed, scrubbed and without control characters.
    pub tail: String,
    /// How its processes were held; `None` when it was not started, and in files of version 1.
    #[serde(default)]
    pub containment: Option<Containment>,
    /// Whether it ended by itself and left processes behind, which were then killed as far as they were found.
    #[serde(default)]
    pub leaked: bool,
    /// How many processes were killed after the program had ended. They are not counted with [`Containment::Group`].
    #[serde(default)]
    pub survivors_killed: u32,
    /// What it used; `None` when that is not known.
    #[serde(default)]
    pub usage: Option<Usage>,
    /// How it was confined; `None` when it was not to be.
    #[serde(default)]
    pub confined: Option<Confined>,
}

/// What a gate used, together with all processes of it that were waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usage {
    /// Processor time in programs.
    pub user_ms: u64,
    /// Processor time in the kernel.
    pub system_ms: u64,
    /// The largest resident size that one of its processes reached; 0 where it is not known.
    pub max_rss_bytes: u64,
}

/// How a gate ended. Only [`Pass`](Self::Pass) satisfies a required gate.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// It succeeded, and what it had to prove is proved.
    Pass,
    /// It failed, or said two things that cannot both be true.
    Fail,
    /// It was stopped because it took too long or printed nothing for too long.
    Timeout,
    /// Whether the tree passes it could not be found out.
    Error,
    /// It was not to be run.
    Skipped {
        /// Why.
        because: String,
    },
    /// It was to be run and was not started.
    Cancelled {
        /// Why.
        because: String,
    },
}

impl Outcome {
    /// Whether a required gate is satisfied.
    pub fn is_pass(&self) -> bool {
        *self == Self::Pass
    }

    /// The word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Timeout => "timeout",
            Self::Error => "error",
            Self::Skipped { .. } => "skipped",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Exit {
    /// It exited with this code.
    Code(i32),
    /// It was killed by the signal of this number.
    Signal(i32),
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
        }
    }
}

/// Why what a run has left could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file could not be read.
    #[error("failed to read the gate run `{path}`")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The file is not what a run leaves.
    #[error("`{path}` is not a gate run")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// The file was written by another version.
    #[error("`{path}` has the schema `{found}`, not `{SCHEMA}`")]
    Schema {
        /// The file.
        path: PathBuf,
        /// The schema that it names.
        found: String,
    },
}

impl LoadError {
    /// Whether the same call may succeed later: never by itself.
    pub fn is_retryable(&self) -> bool {
        false
    }
}
