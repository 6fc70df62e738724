//! The push parser.

use std::collections::VecDeque;

use super::builder::Builder;
use super::case::TestCase;
use super::error::ReportError;
use super::summary::Summary;
use crate::xml::Tokenizer;

/// Reads a JUnit report in pieces of any size.
///
/// Memory does not grow with the report: a case is handed out when its end tag is read, and of long texts only the
/// ends are kept. Take the cases after each [`feed`](Self::feed); those not taken wait.
///
/// How the input is cut does not change what comes out. Nothing stops the reading but a [`ReportError`], which
/// [`finish`](Self::finish) returns; what was read before it stands.
#[derive(Debug)]
pub struct Parser {
    tokenizer: Tokenizer,
    builder: Builder,
    cases: VecDeque<TestCase>,
    failed: Option<ReportError>,
}

impl Default for Parser {
    fn default() -> Self {
        Self::new()
    }
}

impl Parser {
    /// Starts a report.
    pub fn new() -> Self {
        Self {
            tokenizer: Tokenizer::new(),
            builder: Builder::new(),
            cases: VecDeque::new(),
            failed: None,
        }
    }

    /// Takes the next piece of the report. After an error, which `finish` will return, pieces are ignored.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.failed.is_some() {
            return;
        }
        self.failed = self.tokenizer.feed(bytes, &mut self.builder).err();
        self.cases.append(&mut self.builder.cases);
    }

    /// The next case that has been read whole, in the order of the report.
    pub fn next_case(&mut self) -> Option<TestCase> {
        self.cases.pop_front()
    }

    /// Why the reading has stopped, if it has.
    pub fn error(&self) -> Option<&ReportError> {
        self.failed.as_ref()
    }

    /// Says that the report has ended. Cases that were not taken can still be taken afterwards; if the report was cut
    /// off inside a case whose failure had been read, that case is the last of them.
    ///
    /// # Errors
    ///
    /// When the report was cut off or could not be read on. [`summary`](Self::summary) says what was read until then.
    pub fn finish(&mut self) -> Result<Summary, ReportError> {
        let position = self.tokenizer.position();
        let open = self.tokenizer.open_construct().map(str::to_owned);
        let ended = self.builder.finish(open, position);
        self.cases.append(&mut self.builder.cases);
        match self.failed.clone().or(ended.err()) {
            Some(error) => Err(error),
            None => Ok(self.summary()),
        }
    }

    /// What is known so far.
    pub fn summary(&self) -> Summary {
        self.builder.summary()
    }
}
