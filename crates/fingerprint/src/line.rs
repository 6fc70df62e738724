//! One line of the input, with everything around the tool's own text taken off.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::ansi;
use crate::envelope::Envelope;
use crate::failure::Span;

/// A line as recognisers see it: no envelope, no escape codes, no line ending.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    /// Number in the raw input, counted from 1.
    pub(crate) number: u64,
    /// Offset of the line's first raw byte.
    pub(crate) start: u64,
    /// Offset after the line's last raw byte, line ending excluded.
    pub(crate) end: u64,
    /// What the tool printed.
    pub(crate) text: Cow<'a, str>,
    /// The envelope's time stamp, unparsed.
    stamp: Option<&'a str>,
    /// Whether bytes had to be replaced because they were not UTF-8.
    pub(crate) lossy: bool,
}

impl<'a> Line<'a> {
    /// Peels `raw`, a line without its `\n`.
    pub(crate) fn peel(raw: &'a [u8], number: u64, start: u64, envelope: Envelope) -> Self {
        let (stamp, payload) = envelope.peel(raw);
        let payload = after_carriage_returns(payload);
        // Nearly always valid, and checking that is several times as fast as decoding.
        let decoded = match std::str::from_utf8(payload) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(payload),
        };
        let lossy = matches!(decoded, Cow::Owned(_));
        Self {
            number,
            start,
            end: start + raw.len() as u64,
            text: ansi::strip(decoded),
            stamp,
            lossy,
        }
    }

    /// A line that a progress display drew inside of a raw one, whose place it shares.
    pub(crate) fn drawn(
        text: &'a str,
        stamp: Option<&'a str>,
        number: u64,
        start: u64,
        length: usize,
    ) -> Self {
        Self {
            number,
            start,
            end: start + length as u64,
            text: Cow::Borrowed(text),
            stamp,
            lossy: false,
        }
    }

    /// The same line with other text and, where it has none, other time: what a structured reporter carries inside one
    /// line.
    pub(crate) fn with_text<'b>(&'b self, text: &'b str, stamp: Option<&'b str>) -> Line<'b> {
        Line {
            number: self.number,
            start: self.start,
            end: self.end,
            text: ansi::strip(Cow::Borrowed(text)),
            stamp: self.stamp.or(stamp),
            lossy: self.lossy,
        }
    }

    /// The line's own time, where its envelope carries one.
    pub(crate) fn time(&self) -> Option<Timestamp> {
        self.stamp?.parse().ok()
    }

    pub(crate) fn span(&self) -> Span {
        Span {
            first_line: self.number,
            last_line: self.number,
            start: self.start,
            end: self.end,
        }
    }
}

/// What a terminal would show of a line that a progress display wrote over: the last non-empty part.
fn after_carriage_returns(payload: &[u8]) -> &[u8] {
    let trimmed = payload
        .iter()
        .rposition(|&byte| byte != b'\r')
        .map_or(&[][..], |last| &payload[..=last]);
    match memchr::memrchr(b'\r', trimmed) {
        Some(at) => &trimmed[at + 1..],
        None => trimmed,
    }
}
