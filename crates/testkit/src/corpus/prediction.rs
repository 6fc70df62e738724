//! What a scanner said about each log.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What was said about one log: one line of `ftc-scan --format jsonl`. Fields that are not scored are passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Prediction {
    /// The log, named as in its truth.
    pub file: String,
    /// The failures that were found.
    #[serde(default)]
    pub failures: Vec<PredictedFailure>,
    /// The class; `None` counts as `unknown`.
    #[serde(default)]
    pub class: Option<String>,
}

/// One failure that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PredictedFailure {
    /// The test's name, `None` for build and infrastructure failures.
    #[serde(default)]
    pub test: Option<String>,
    /// How it failed.
    #[serde(default)]
    pub kind: Option<String>,
    /// Any text that is equal for equal failures; empty counts as none.
    #[serde(default)]
    pub fingerprint: Option<String>,
}

impl PredictedFailure {
    /// The test's name, if it is one.
    pub(super) fn name(&self) -> Option<&str> {
        self.test.as_deref().filter(|name| !name.is_empty())
    }
}

/// Predictions by the log they are about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Predictions {
    by_file: BTreeMap<String, Prediction>,
}

/// Why predictions could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParsePredictionsError {
    /// A line is not a prediction.
    #[error("line {line} of the predictions is not a prediction")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// One log has two predictions: which of them counts would be chance.
    #[error("line {line} of the predictions is the second one about `{file}`")]
    Repeated {
        /// Counted from 1.
        line: usize,
        /// The log.
        file: String,
    },
}

impl ParsePredictionsError {
    /// Never: the text does not change.
    pub fn is_retryable(&self) -> bool {
        false
    }
}

impl Predictions {
    /// Reads JSON lines. Empty lines are passed over.
    pub fn parse(text: &str) -> Result<Self, ParsePredictionsError> {
        let mut by_file = BTreeMap::new();
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let line_number = number + 1;
            let prediction: Prediction =
                serde_json::from_str(line).map_err(|source| ParsePredictionsError::Line {
                    line: line_number,
                    source,
                })?;
            if let Some(earlier) = by_file.insert(prediction.file.clone(), prediction) {
                return Err(ParsePredictionsError::Repeated {
                    line: line_number,
                    file: earlier.file,
                });
            }
        }
        Ok(Self { by_file })
    }

    /// What was said about `file`.
    pub fn of(&self, file: &str) -> Option<&Prediction> {
        self.by_file.get(file)
    }

    /// How many logs something was said about.
    pub fn len(&self) -> usize {
        self.by_file.len()
    }

    /// Whether nothing was said at all.
    pub fn is_empty(&self) -> bool {
        self.by_file.is_empty()
    }
}
