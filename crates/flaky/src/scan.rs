//! Logs and reports through the scanner of `ftc-fingerprint`.

use std::error::Error;
use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use ftc_fingerprint::{Options, Scan, Scanner};
use ftc_gates::{FailedTest, LogEvidence, LogReader};

const PIECE_BYTES: usize = 256 * 1024;

/// Reads all of `input`.
pub(crate) fn scan(input: &mut dyn Read) -> io::Result<Scan> {
    let mut scanner = Scanner::new(&Options::default());
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match input.read(&mut piece) {
            Ok(0) => return Ok(scanner.finish()),
            Ok(length) => scanner.feed(&piece[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Tells gates what a log says about tests, in the words of `ftc-fingerprint`.
#[derive(Debug, Clone, Copy, Default)]
pub struct FingerprintReader;

impl LogReader for FingerprintReader {
    fn read(&self, log: &mut dyn Read) -> Result<LogEvidence, Box<dyn Error + Send + Sync>> {
        Ok(evidence(&scan(log)?))
    }
}

/// A reader that keeps what it read: the log, and after it the reports that hold failures.
#[derive(Debug, Default)]
pub(crate) struct KeepingReader {
    scans: Mutex<Vec<Scan>>,
}

impl KeepingReader {
    /// What was read, in that order.
    pub(crate) fn into_scans(self) -> Vec<Scan> {
        self.scans
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogReader for KeepingReader {
    fn read(&self, log: &mut dyn Read) -> Result<LogEvidence, Box<dyn Error + Send + Sync>> {
        let scan = scan(log)?;
        let evidence = evidence(&scan);
        self.scans
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(scan);
        Ok(evidence)
    }
}

fn evidence(scan: &Scan) -> LogEvidence {
    let failed = scan
        .failures
        .iter()
        .filter(|failure| !failure.passed_on_retry)
        .map(|failure| {
            FailedTest::new(
                failure.test.clone(),
                Some(failure.keys.exact.to_string()),
                failure.message.clone(),
            )
        })
        .collect();
    let passed_on_retry = scan
        .failures
        .iter()
        .filter(|failure| failure.passed_on_retry)
        .map(|failure| failure.test.clone().unwrap_or_default())
        .collect();
    LogEvidence::new(scan.tests.map(|tests| tests.run), failed)
        .with_passed_on_retry(passed_on_retry)
}
