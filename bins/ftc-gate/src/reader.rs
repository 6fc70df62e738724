//! Joins the gates with the fingerprints: reads a log for tests.

use std::error::Error;
use std::io::{ErrorKind, Read};

use ftc_fingerprint::{Options, Scanner};
use ftc_gates::{FailedTest, LogEvidence, LogReader};

/// Reads the logs and reports of every framework that is known.
pub struct FingerprintReader;

impl LogReader for FingerprintReader {
    fn read(&self, log: &mut dyn Read) -> Result<LogEvidence, Box<dyn Error + Send + Sync>> {
        let mut scanner = Scanner::new(&Options::default());
        let mut piece = vec![0; 256 << 10];
        loop {
            match log.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => scanner.feed(&piece[..length]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        let scan = scanner.finish();
        let passed_on_retry = scan
            .failures
            .iter()
            .filter(|failure| failure.passed_on_retry)
            .map(|failure| failure.test.clone().unwrap_or_default())
            .collect();
        let failed = scan
            .failures
            .into_iter()
            .filter(|failure| !failure.passed_on_retry)
            .map(|failure| {
                let fingerprint = failure.keys.exact.to_string();
                FailedTest::new(failure.test, Some(fingerprint), failure.message)
            })
            .collect();
        let tests_run = scan.tests.map(|tests| tests.run);
        Ok(LogEvidence::new(tests_run, failed).with_passed_on_retry(passed_on_retry))
    }
}
