//! What one log must be read as.

use serde::Deserialize;

/// What one log must be read as. Fields that only people read (`source`, `verified_by`, ...) are not kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Truth {
    /// The log's path below the folder of logs, which is also how a prediction names it.
    pub file: String,
    /// The reporter that wrote the log: `go-test`, `gotestsum`, `pytest`.
    pub framework: String,
    /// Every failure that must be found.
    pub failures: Vec<ExpectedFailure>,
    /// `flaky`, `regression`, `infra`, `pass` or `unknown`.
    pub class: String,
    /// What proves the class: `log` (the log alone), `rerun` or `maintainer` (only something outside the log), `unscored`.
    pub class_basis: String,
    /// Names that may be reported without being right or wrong.
    #[serde(default)]
    pub ignore_tests: Vec<String>,
    /// Whether a failure that is not listed is an error. Where the truth is known to be incomplete it is not.
    #[serde(default = "yes")]
    pub fp_scored: bool,
    /// The log's sha256 in hex, where recorded.
    #[serde(default)]
    pub sha256: Option<String>,
}

/// One failure that must be found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ExpectedFailure {
    /// The most specific name that the tool prints; `None` for build and infrastructure failures.
    pub test: Option<String>,
    /// How it failed.
    pub kind: String,
    /// Kinds that can be defended as well.
    #[serde(default)]
    pub kind_accept: Vec<String>,
    /// Other names for the same test.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Text that the log has about this failure; empty where the tool prints no message.
    #[serde(default)]
    pub message_contains: String,
    /// Failures of one group must share a fingerprint, failures of two groups must not. `None` is not compared.
    #[serde(default)]
    pub group: Option<String>,
    /// Failures of one family and different groups are the ones that are easily confused.
    #[serde(default)]
    pub family: Option<String>,
}

impl Truth {
    /// Reads a truth. `None` when the JSON is about something else: it lacks `failures` or `framework`.
    pub fn parse(json: &str) -> Result<Option<Self>, serde_json::Error> {
        let value: serde_json::Value = serde_json::from_str(json)?;
        if value.get("failures").is_none() || value.get("framework").is_none() {
            return Ok(None);
        }
        serde_json::from_value(value).map(Some)
    }

    /// The first folder of `file`: `pytest` of `pytest/tax.log`. Empty for a log that lies in no folder.
    pub fn folder(&self) -> &str {
        self.file.split_once('/').map_or("", |(folder, _)| folder)
    }

    /// Whether the log is wrapped as GitHub Actions stores it, which its name tells.
    pub(super) fn is_wrapped(&self) -> bool {
        self.file.ends_with("_gha.log")
    }

    /// The reporters among which fingerprints are compared: those of one family report the same tests.
    pub(super) fn family(&self) -> &str {
        match self.framework.as_str() {
            "go-test" | "go-test-json" | "gotestsum" => "go",
            other => other,
        }
    }
}

impl ExpectedFailure {
    /// All names that a prediction may use.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.test
            .iter()
            .chain(&self.aliases)
            .map(String::as_str)
            .filter(|name| !name.is_empty())
    }

    /// Whether it is a failure of a test. An empty name is none.
    pub(super) fn is_named(&self) -> bool {
        self.test.as_deref().is_some_and(|test| !test.is_empty())
    }
}

fn yes() -> bool {
    true
}
