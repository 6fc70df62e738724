//! The scanner: decides what the input is, has it read, and assembles the result.

use crate::assemble;
use crate::envelope::BYTES_TO_DECIDE;
use crate::reader::LogReader;
use crate::report::ReportReader;
use crate::scan::{Options, Scan};

/// Reads one input in pieces of any size. Memory does not grow with the input, only with the number of failures.
#[derive(Debug)]
pub struct Scanner {
    options: Options,
    state: State,
    bytes: u64,
}

#[derive(Debug)]
enum State {
    /// The first bytes, until they tell what the input is.
    Undecided(Vec<u8>),
    Log(Box<LogReader>),
    Report(Box<ReportReader>),
}

impl Scanner {
    /// Starts a scan.
    pub fn new(options: &Options) -> Self {
        Self {
            options: options.clone(),
            state: State::Undecided(Vec::new()),
            bytes: 0,
        }
    }

    /// Takes the next piece of the input; pieces may be cut anywhere, also inside a character.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        match &mut self.state {
            State::Undecided(head) => {
                head.extend_from_slice(bytes);
                if head.len() >= BYTES_TO_DECIDE {
                    self.decide();
                }
            }
            State::Log(reader) => reader.feed(bytes),
            State::Report(reader) => reader.feed(bytes),
        }
    }

    /// Says that the input has ended, and returns what it held.
    pub fn finish(mut self) -> Scan {
        if matches!(self.state, State::Undecided(_)) {
            self.decide();
        }
        let (findings, lines, time) = match self.state {
            State::Undecided(_) => unreachable!("the input was decided just above"),
            State::Log(reader) => reader.finish(),
            State::Report(reader) => reader.finish(),
        };
        let mut scan = assemble::assemble(findings, &self.options);
        scan.lines = lines;
        scan.bytes = self.bytes;
        scan.time = time;
        scan
    }

    fn decide(&mut self) {
        let State::Undecided(head) =
            std::mem::replace(&mut self.state, State::Undecided(Vec::new()))
        else {
            return;
        };
        self.state = if ftc_report::junit::looks_like_junit(&head) {
            let mut reader = Box::new(ReportReader::new());
            reader.feed(&head);
            State::Report(reader)
        } else {
            let mut reader = Box::new(LogReader::new(&head));
            reader.feed(&head);
            State::Log(reader)
        };
    }
}
