//! The scanner: cuts the input into lines, shows the interesting ones to the recognisers, assembles the result.

use jiff::Timestamp;

use crate::assemble;
use crate::envelope::{BYTES_TO_DECIDE, Envelope};
use crate::findings::Findings;
use crate::frameworks;
use crate::line::Line;
use crate::prefilter::Prefilter;
use crate::recognizer::Recognizer;
use crate::report::ReportReader;
use crate::scan::{Note, Options, Scan};
use crate::terminal;

/// Bytes of a line that are kept; the rest is counted and noted.
const LINE_LIMIT: usize = 1024 * 1024;

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
            let mut reader = Box::new(LogReader::new(Envelope::detect(&head)));
            reader.feed(&head);
            State::Log(reader)
        };
    }
}

/// Reads a log line by line.
#[derive(Debug)]
struct LogReader {
    envelope: Envelope,
    recognizers: Vec<Box<dyn Recognizer>>,
    prefilter: Prefilter,
    findings: Findings,
    /// The beginning of a line whose end has not come yet.
    carry: Vec<u8>,
    /// Bytes of that line beyond the limit.
    beyond_limit: u64,
    lines: u64,
    offset: u64,
    first_time: Option<Timestamp>,
    last_line: Vec<u8>,
    long_lines: u64,
    lossy_lines: u64,
}

impl LogReader {
    fn new(envelope: Envelope) -> Self {
        let recognizers = frameworks::all();
        Self {
            envelope,
            prefilter: Prefilter::new(),
            recognizers,
            findings: Findings::default(),
            carry: Vec::new(),
            beyond_limit: 0,
            lines: 0,
            offset: 0,
            first_time: None,
            last_line: Vec::new(),
            long_lines: 0,
            lossy_lines: 0,
        }
    }

    fn feed(&mut self, mut bytes: &[u8]) {
        if !self.carry.is_empty() || self.beyond_limit > 0 {
            let Some(end) = memchr::memchr(b'\n', bytes) else {
                self.keep(bytes);
                return;
            };
            self.keep(&bytes[..end]);
            self.end_carried_line(1);
            bytes = &bytes[end + 1..];
        }
        match memchr::memrchr(b'\n', bytes) {
            Some(last) => {
                self.whole_lines(&bytes[..=last]);
                self.keep(&bytes[last + 1..]);
            }
            None => self.keep(bytes),
        }
    }

    /// Appends to the unfinished line as far as its limit goes. One that a progress display draws has no end as long as
    /// the tool runs: it is shown in parts.
    fn keep(&mut self, mut bytes: &[u8]) {
        while self.carry.len() + bytes.len() > LINE_LIMIT
            && let Some(cut) = terminal::cut(&self.carry)
        {
            let drawn: Vec<u8> = self.carry.drain(..cut).collect();
            self.show(&drawn);
            self.offset += drawn.len() as u64;
            let room = LINE_LIMIT.saturating_sub(self.carry.len()).min(bytes.len());
            self.carry.extend_from_slice(&bytes[..room]);
            bytes = &bytes[room..];
        }
        let room = LINE_LIMIT.saturating_sub(self.carry.len()).min(bytes.len());
        self.carry.extend_from_slice(&bytes[..room]);
        self.beyond_limit += (bytes.len() - room) as u64;
    }

    /// `terminator` is the length of the line ending: 1, or 0 at the end of the input.
    fn end_carried_line(&mut self, terminator: u64) {
        let line = std::mem::take(&mut self.carry);
        let beyond = std::mem::take(&mut self.beyond_limit);
        if self.prefilter.is_interesting(&line) || self.is_followed() || self.lines == 0 {
            self.show(&line);
        }
        self.long_lines += u64::from(beyond > 0);
        self.advance(1, line.len() as u64 + beyond + terminator);
        self.remember_last(&line);
        self.carry = line;
        self.carry.clear();
    }

    /// Goes through a piece that ends with a line ending.
    fn whole_lines(&mut self, piece: &[u8]) {
        let mut at = 0;
        while at < piece.len() {
            let rest = &piece[at..];
            let start = if self.is_followed() || self.lines == 0 {
                0
            } else if let Some(hit) = self.prefilter.find(rest) {
                memchr::memrchr(b'\n', &rest[..hit]).map_or(0, |newline| newline + 1)
            } else {
                self.advance(count_lines(rest), rest.len() as u64);
                break;
            };
            self.advance(count_lines(&rest[..start]), start as u64);
            let length = memchr::memchr(b'\n', &rest[start..]).unwrap_or(rest.len() - start);
            let line = &rest[start..start + length];
            if length > LINE_LIMIT && !terminal::is_drawn(line) {
                self.long_lines += 1;
                self.show(&line[..LINE_LIMIT]);
            } else {
                self.show(line);
            }
            self.advance(1, length as u64 + 1);
            at += start + length + 1;
        }
        let body = &piece[..piece.len() - 1];
        let last = memchr::memrchr(b'\n', body).map_or(0, |newline| newline + 1);
        self.remember_last(&body[last..]);
    }

    fn is_followed(&self) -> bool {
        self.recognizers
            .iter()
            .any(|recognizer| recognizer.follows())
    }

    fn show(&mut self, raw: &[u8]) {
        if !terminal::is_drawn(raw) {
            let line = Line::peel(raw, self.lines + 1, self.offset, self.envelope);
            self.show_line(&line);
            return;
        }
        // A progress display writes many lines into one, with blanks up to the right edge for line ends.
        let (stamp, payload) = self.envelope.peel(raw);
        for text in terminal::unfold(&String::from_utf8_lossy(payload)) {
            let number = self.lines + 1;
            let line = Line::drawn(&text, stamp, number, self.offset, raw.len());
            self.show_line(&line);
        }
    }

    fn show_line(&mut self, line: &Line<'_>) {
        self.lossy_lines += u64::from(line.lossy);
        if self.lines == 0 {
            self.first_time = self.first_time.or_else(|| line.time());
        }
        self.findings.enclosures.at = self.offset;
        let holder = self
            .recognizers
            .iter()
            .position(|recognizer| recognizer.holds());
        // The runner's own lines tell everybody that a step has ended.
        let holder = holder.filter(|_| !line.text.starts_with("##["));
        for (at, recognizer) in self.recognizers.iter_mut().enumerate() {
            if holder.is_none_or(|holder| holder == at) || recognizer.reads_held_lines() {
                recognizer.line(line, &mut self.findings);
            }
        }
        let findings = &mut self.findings;
        findings.enclosures.read(findings.unexplained.as_ref());
    }

    fn advance(&mut self, lines: u64, bytes: u64) {
        self.lines += lines;
        self.offset += bytes;
    }

    /// Keeps the beginning of the newest non-empty line, for its time stamp.
    fn remember_last(&mut self, line: &[u8]) {
        if !line.is_empty() && self.envelope != Envelope::None {
            self.last_line.clear();
            self.last_line
                .extend_from_slice(&line[..line.len().min(1024)]);
        }
    }

    fn finish(mut self: Box<Self>) -> (Findings, u64, Option<(Timestamp, Timestamp)>) {
        if !self.carry.is_empty() || self.beyond_limit > 0 {
            self.end_carried_line(0);
        }
        for recognizer in &mut self.recognizers {
            recognizer.finish(&mut self.findings);
        }
        let last_time = Line::peel(&self.last_line, 0, 0, self.envelope).time();
        let time = self
            .first_time
            .zip(last_time.or(self.first_time))
            .or_else(|| self.findings.time());
        self.note_reading();
        (self.findings, self.lines, time)
    }

    fn note_reading(&mut self) {
        if self.offset == 0 {
            self.findings
                .notes
                .push(Note::new("empty-input", "the input is empty"));
        }
        if self.long_lines > 0 {
            let text = format!(
                "{} lines are longer than 1 MiB; the rest of each was not looked at",
                self.long_lines
            );
            self.findings.notes.push(Note::new("line-too-long", text));
        }
        if self.lossy_lines > 0 {
            let text = format!(
                "{} of the lines that matter are not valid UTF-8; bad bytes were replaced",
                self.lossy_lines
            );
            self.findings.notes.push(Note::new("invalid-utf8", text));
        }
    }
}

fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
