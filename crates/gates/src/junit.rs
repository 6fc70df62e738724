//! A JUnit report, read to what counts for a gate.

use std::collections::BTreeMap;
use std::io::{self, Read};

use ftc_report::junit::{Parser, ReportError, TestCase};

use crate::evidence::FailedTest;

/// What a report says.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Tests that ran: skipped ones and further attempts of one test do not count.
    pub(crate) tests_run: u64,
    pub(crate) failed: Vec<FailedTest>,
    /// Tests that failed and passed when the tool ran them again.
    pub(crate) flaky: Vec<String>,
    /// What was odd and was read over.
    pub(crate) notes: Vec<String>,
}

/// Why a report could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JunitError {
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    Read(#[from] io::Error),
    #[error("it is larger than {limit_bytes} bytes")]
    TooLarge { limit_bytes: u64 },
}

/// Who a case is: suite, class and name. Tools that run a failed test again write one case for each attempt.
type Identity = (String, String, String);

#[derive(Default)]
struct Attempts {
    failed: BTreeMap<Identity, FailedTest>,
    flaky: BTreeMap<Identity, String>,
    repeated: u64,
}

/// Reads a report of at most `limit_bytes`.
pub(crate) fn read(report: &mut dyn Read, limit_bytes: u64) -> Result<Reading, JunitError> {
    let mut parser = Parser::new();
    let mut attempts = Attempts::default();
    let mut piece = vec![0; 64 << 10];
    let mut total = 0;
    loop {
        let length = match report.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        total += length as u64;
        if total > limit_bytes {
            return Err(JunitError::TooLarge { limit_bytes });
        }
        parser.feed(&piece[..length]);
        while let Some(case) = parser.next_case() {
            attempts.add(&case);
        }
    }
    let summary = parser.finish()?;
    while let Some(case) = parser.next_case() {
        attempts.add(&case);
    }
    let mut notes: Vec<String> = summary.notes.iter().map(ToString::to_string).collect();
    if !summary.totals_agree() {
        notes.push("its own totals differ from the cases in it".to_owned());
    }
    let counted = summary.counted;
    Ok(Reading {
        tests_run: counted
            .tests
            .saturating_sub(counted.skipped)
            .saturating_sub(attempts.repeated),
        failed: attempts.failed.into_values().collect(),
        flaky: attempts.flaky.into_values().collect(),
        notes,
    })
}

impl Attempts {
    fn add(&mut self, case: &TestCase) {
        let identity = (
            case.suite.join("\0"),
            case.classname.clone().unwrap_or_default(),
            case.name.clone(),
        );
        let is_repeated = self.failed.contains_key(&identity);
        if let Some(problem) = case.problem() {
            let said = match &problem.message {
                Some(message) if !message.is_blank() => message.text.as_str(),
                _ => problem.text.text.trim_start(),
            };
            let name = (!case.name.is_empty()).then(|| case.name.clone());
            self.repeated += u64::from(is_repeated);
            self.failed
                .insert(identity, FailedTest::new(name, None, said));
        } else if matches!(case.outcome, ftc_report::junit::Outcome::Passed) {
            if is_repeated {
                self.repeated += 1;
                self.failed.remove(&identity);
            }
            if is_repeated || case.passed_on_retry() {
                self.flaky.insert(identity, case.name.clone());
            }
        }
    }
}
