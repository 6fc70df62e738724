//! What proves that a gate did something.

use std::error::Error;
use std::io::Read;

use serde::{Deserialize, Serialize};

/// Reads a gate's log for tests. The gates know no framework; whoever does joins them with this.
pub trait LogReader: Sync {
    /// Reads a whole log, from its file and not from what was kept of it.
    fn read(&self, log: &mut dyn Read) -> Result<LogEvidence, Box<dyn Error + Send + Sync>>;
}

/// What a log says about tests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct LogEvidence {
    /// How many tests ran, skipped ones left out; `None` when the log does not say.
    pub tests_run: Option<u64>,
    /// What failed in the end. A test that passed when the tool ran it again is not in it.
    pub failed: Vec<FailedTest>,
    /// Tests that failed and passed when the tool ran them again.
    pub passed_on_retry: Vec<String>,
}

impl LogEvidence {
    /// What a log said.
    pub fn new(tests_run: Option<u64>, failed: Vec<FailedTest>) -> Self {
        Self {
            tests_run,
            failed,
            passed_on_retry: Vec::new(),
        }
    }

    /// Names the tests that passed only when the tool ran them again.
    #[must_use]
    pub fn with_passed_on_retry(self, passed_on_retry: Vec<String>) -> Self {
        Self {
            passed_on_retry,
            ..self
        }
    }
}

/// A test that failed, or a failure of the build without a test.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FailedTest {
    /// The name of the test, secrets scrubbed and nothing else changed: it can be run again by it.
    pub name: Option<String>,
    /// The fingerprint, where somebody made one.
    pub fingerprint: Option<String>,
    /// The first lines of what it said, scrubbed and without control characters.
    pub message: String,
}

impl FailedTest {
    /// A failed test as a reader found it. What is stored of it is scrubbed and bounded by the run.
    pub fn new(
        name: Option<String>,
        fingerprint: Option<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            name,
            fingerprint,
            message: message.into(),
        }
    }
}
