//! Cuts a log into lines and shows the interesting ones to the recognisers.

use jiff::Timestamp;

use crate::before::{Before, Tail};
use crate::envelope::Envelope;
use crate::findings::Findings;
use crate::lanes::{self, Labels, Lanes};
use crate::line::{Line, Peeled};
use crate::prefilter::Prefilter;
use crate::scan::Note;
use crate::terminal;

/// Bytes of a line that are kept; the rest is counted and noted.
const LINE_LIMIT: usize = 1024 * 1024;

/// Reads a log line by line.
#[derive(Debug)]
pub(crate) struct LogReader {
    envelope: Envelope,
    labels: Labels,
    lanes: Lanes,
    prefilter: &'static Prefilter,
    findings: Findings,
    /// The beginning of a line whose end has not come yet.
    carry: Vec<u8>,
    /// What was read before the piece or the carried line.
    tail: Tail,
    /// Bytes of that line beyond the limit.
    beyond_limit: u64,
    lines: u64,
    offset: u64,
    first_time: Option<Timestamp>,
    last_line: Vec<u8>,
    /// Room for a line without its escape codes.
    scratch: Vec<u8>,
    long_lines: u64,
    lossy_lines: u64,
}

impl LogReader {
    /// A reader of an input that begins with `head`, which is still to be fed.
    pub(crate) fn new(head: &[u8]) -> Self {
        let envelope = Envelope::detect(head);
        Self {
            envelope,
            prefilter: Prefilter::of_all(),
            labels: Labels::detect(head, envelope),
            lanes: Lanes::new(),
            findings: Findings::default(),
            carry: Vec::new(),
            tail: Tail::default(),
            beyond_limit: 0,
            lines: 0,
            offset: 0,
            first_time: None,
            last_line: Vec::new(),
            scratch: Vec::new(),
            long_lines: 0,
            lossy_lines: 0,
        }
    }

    pub(crate) fn feed(&mut self, mut bytes: &[u8]) {
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
            self.show(&drawn, &[]);
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
        if self.prefilter.is_interesting(&line) || self.lanes.is_followed() || self.lines == 0 {
            self.show(&line, &[]);
        }
        self.tail.push(&line);
        self.tail.push(b"\n");
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
            let start = if self.lanes.is_followed() || self.lines == 0 {
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
                self.show(&line[..LINE_LIMIT], &piece[..at + start]);
            } else {
                self.show(line, &piece[..at + start]);
            }
            self.advance(1, length as u64 + 1);
            at += start + length + 1;
        }
        let body = &piece[..piece.len() - 1];
        let last = memchr::memrchr(b'\n', body).map_or(0, |newline| newline + 1);
        self.remember_last(&body[last..]);
        self.tail.push(piece);
    }

    /// Shows a line; `newer` are the lines of the same piece before it.
    fn show(&mut self, raw: &[u8], newer: &[u8]) {
        let tail = std::mem::take(&mut self.tail);
        let before = Before::new(tail.bytes(), newer, self.envelope);
        self.show_behind(raw, before);
        self.tail = tail;
    }

    fn show_behind(&mut self, raw: &[u8], before: Before<'_>) {
        if self.lines == 0 && self.first_time.is_none() {
            self.first_time = self.time_of(raw);
        }
        if terminal::is_drawn(raw) {
            self.read_at(lanes::MAIN, raw.len());
            // A progress display writes many lines into one, with blanks up to the right edge for line ends.
            let (stamp, payload) = self.envelope.peel(raw);
            for text in terminal::unfold(&String::from_utf8_lossy(payload)) {
                let mask = self.lanes.wanted_by(lanes::MAIN, text.as_bytes());
                let number = self.lines + 1;
                let line = Line::drawn(&text, stamp, number, self.offset, raw.len());
                self.lanes
                    .show(lanes::MAIN, &line, mask, &mut self.findings);
            }
        } else {
            let mut scratch = std::mem::take(&mut self.scratch);
            let mut peeled = Peeled::within(raw, self.envelope, &mut scratch);
            let stream = self.lanes.sort(&mut peeled, &mut self.labels, before);
            self.read_at(stream, raw.len());
            let mask = self.lanes.wanted_by(stream, &peeled.text);
            if mask != 0 {
                let line = peeled.at(self.lines + 1, self.offset, raw.len());
                self.lossy_lines += u64::from(line.lossy);
                let line = line.behind(before.of(stream, &self.labels));
                self.lanes.show(stream, &line, mask, &mut self.findings);
                self.lanes.tell_others(&line, &mut self.findings);
            }
            self.scratch = scratch;
        }
        let findings = &mut self.findings;
        findings.enclosures.read(findings.unexplained.as_ref());
    }

    /// The line of the stream with so many bytes is next.
    fn read_at(&mut self, stream: u8, length: usize) {
        let places = &mut self.findings.enclosures;
        places.read_at(stream, self.offset);
        if self.lanes.is_held(stream) {
            places.held_until = self.offset + length as u64;
        }
    }

    fn time_of(&self, raw: &[u8]) -> Option<Timestamp> {
        Line::peel(raw, 0, 0, self.envelope).time()
    }

    fn advance(&mut self, lines: u64, bytes: u64) {
        self.lines += lines;
        self.offset += bytes;
    }

    /// Keeps the beginning of the newest non-empty line, for its time stamp.
    fn remember_last(&mut self, line: &[u8]) {
        if !line.is_empty() && self.envelope.is_some() {
            self.last_line.clear();
            self.last_line
                .extend_from_slice(&line[..line.len().min(1024)]);
        }
    }

    pub(crate) fn finish(mut self: Box<Self>) -> (Findings, u64, Option<(Timestamp, Timestamp)>) {
        let is_cut = !self.carry.is_empty() || self.beyond_limit > 0;
        if is_cut {
            self.end_carried_line(0);
        }
        // A last line without its ending is followed by the end as if it had one.
        let end = self.offset + u64::from(is_cut);
        let before = Before::new(self.tail.bytes(), &[], self.envelope);
        for stream in self.lanes.streams() {
            let line = Line::peel(&[], self.lines + 1, end, self.envelope);
            let line = line.behind(before.of(stream, &self.labels));
            self.lanes.finish(stream, &line, &mut self.findings);
        }
        let last_time = self.time_of(&self.last_line);
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
