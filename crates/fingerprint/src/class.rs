//! Classes: what a log proves about the cause of its failures, with the evidence.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::kind::UnknownName;

/// What the evidence says. `Unknown` is an honest answer and never writes anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Class {
    /// Failed and passed on the same code.
    Flaky,
    /// The code is wrong: it does not build, or history shows where it broke.
    Regression,
    /// The machine, network or runner failed, not the code.
    Infra,
    /// A recognised success summary and no failure.
    Pass,
    /// The evidence does not decide.
    Unknown,
}

impl Class {
    /// The name used on the wire: lower case, stable.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flaky => "flaky",
            Self::Regression => "regression",
            Self::Infra => "infra",
            Self::Pass => "pass",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Class {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Ok(match name {
            "flaky" => Self::Flaky,
            "regression" => Self::Regression,
            "infra" => Self::Infra,
            "pass" => Self::Pass,
            "unknown" => Self::Unknown,
            _ => {
                return Err(UnknownName {
                    what: "class",
                    name: name.to_owned(),
                });
            }
        })
    }
}

/// One reason for a class, short enough for a table cell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evidence {
    /// Stable name of the rule that spoke, such as `passed-on-retry`.
    pub rule: &'static str,
    /// A few words for a person, redacted, such as `passed on attempt 2 of 2`.
    pub text: String,
}

impl Evidence {
    /// Records that `rule` spoke; `text` says what it saw.
    pub fn new(rule: &'static str, text: impl Into<String>) -> Self {
        Self {
            rule,
            text: text.into(),
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// A class with the confidence in it and the reasons for it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Classification {
    /// The class.
    pub class: Class,
    /// Belief in `class`, 0 to 1.
    pub confidence: f64,
    /// Why, strongest first. Empty only when nothing was seen at all.
    pub evidence: Vec<Evidence>,
}
