//! How much can go wrong.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much can go wrong with a change, from little to much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum RiskLevel {
    /// Nothing that matters.
    Low,
    /// Something that is noticed and easily mended.
    Medium,
    /// Something that hurts. From here up an approval must be proved.
    High,
    /// Something that may not be mended.
    Critical,
}

impl RiskLevel {
    /// All of them, lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word used in JSON, in policies and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Critical => "CRITICAL",
        }
    }
}

impl fmt::Display for RiskLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
