//! Health checks, as data.

use ftc_durable::Digest;
use serde::{Deserialize, Serialize};

use crate::RepoPath;

/// Something that must hold before a change and again after it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct HealthCheck {
    /// Its name, unique in a plan.
    pub id: String,
    /// Whether the change is rolled back when it fails; otherwise the failure is only recorded.
    #[serde(default = "yes")]
    pub required: bool,
    /// The longest it may take.
    pub timeout_ms: u64,
    /// What is checked.
    pub check: HealthCheckKind,
}

impl HealthCheck {
    /// A required check that may take 60 seconds.
    pub fn new(id: impl Into<String>, check: HealthCheckKind) -> Self {
        Self {
            id: id.into(),
            required: true,
            timeout_ms: 60_000,
            check,
        }
    }
}

fn yes() -> bool {
    true
}

/// What a health check looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum HealthCheckKind {
    /// A command run in the root of the checkout, without a shell.
    Command {
        /// The program and its arguments.
        argv: Vec<String>,
        /// The exit codes that mean healthy.
        #[serde(default = "zero")]
        success: Vec<i32>,
    },
    /// A file that must be there, or must not.
    File {
        /// Which file.
        path: RepoPath,
        /// Whether it must be there.
        #[serde(default = "yes")]
        exists: bool,
        /// The sha256 that its content must have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sha256: Option<Digest>,
    },
}

fn zero() -> Vec<i32> {
    vec![0]
}
