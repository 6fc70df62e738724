//! What failed, in the field's words: the kind of a failure and the framework that reported it.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// How a failure showed itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Kind {
    /// An assertion mechanism failed: `assert!`, `expect`, `t.Error`, `self.fail()`.
    Assertion,
    /// Any other exception, panic or unwrap inside a test.
    Panic,
    /// The test, or the run that it belonged to, took too long.
    Timeout,
    /// A data race that a detector reported.
    Race,
    /// Compile, type, lint, vet, import or collection error; no test ran.
    Build,
    /// The machine, the network or the runner failed.
    Infra,
    /// Signal, abort, fatal runtime error or sanitizer report.
    Crash,
}

impl Kind {
    /// The name used on the wire: lower case, stable.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assertion => "assertion",
            Self::Panic => "panic",
            Self::Timeout => "timeout",
            Self::Race => "race",
            Self::Build => "build",
            Self::Infra => "infra",
            Self::Crash => "crash",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Ok(match name {
            "assertion" => Self::Assertion,
            "panic" => Self::Panic,
            "timeout" => Self::Timeout,
            "race" => Self::Race,
            "build" => Self::Build,
            "infra" => Self::Infra,
            "crash" => Self::Crash,
            _ => {
                return Err(UnknownName {
                    what: "kind",
                    name: name.to_owned(),
                });
            }
        })
    }
}

/// A name that is not one of the names we know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} `{name}`")]
pub struct UnknownName {
    /// What kind of name was expected: `kind`, `class`.
    pub what: &'static str,
    /// The name as given.
    pub name: String,
}

/// The tool that printed a failure.
///
/// `family` is what identity is built from: `go test`, `go test -json` and gotestsum report the same tests and are one
/// family, so one failure seen through each of them has one fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Framework {
    /// The reporter: `go-test`, `gotestsum`, `pytest`, `cargo-test`, `nextest`, `junit`.
    pub name: &'static str,
    /// The family hashed into the fingerprint: `go`, `pytest`, `rust`, `junit`.
    pub family: &'static str,
}

impl Framework {
    /// Names a framework; `const`, so that each recogniser declares its own.
    pub const fn new(name: &'static str, family: &'static str) -> Self {
        Self { name, family }
    }
}

impl Serialize for Framework {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}
