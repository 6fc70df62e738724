//! One line of the input, with everything around the tool's own text taken off.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::ansi;
use crate::before::Before;
use crate::envelope::{self, Envelope};
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
    /// What stands before it.
    before: Before<'a>,
}

impl<'a> Line<'a> {
    /// Peels `raw`, a line without its `\n`.
    pub(crate) fn peel(raw: &'a [u8], number: u64, start: u64, envelope: Envelope) -> Self {
        let peeled = Peeled::of(raw, envelope);
        peeled.at(number, start, raw.len())
    }

    /// The same line, with what stands before it.
    pub(crate) fn behind(mut self, before: Before<'a>) -> Self {
        self.before = before;
        self
    }

    /// The texts of the lines before this one, the nearest first, as far as 64 lines and 16 KiB go. Whether anybody has read
    /// them makes no difference, so this is how a recogniser learns what stands above an anchor: a path, a heading, the test
    /// that was started.
    pub(crate) fn before(&self) -> impl Iterator<Item = Cow<'a, str>> {
        self.above().map(|line| line.text)
    }

    /// The same lines with their places.
    pub(crate) fn above(&self) -> impl Iterator<Item = Line<'a>> {
        self.before.lines(self.number, self.start)
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
            before: Before::NOTHING,
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
            before: self.before,
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

/// A raw line without its envelope, carriage returns and escape codes, before anybody has asked whether it is UTF-8.
#[derive(Debug)]
pub(crate) struct Peeled<'a> {
    stamp: Option<&'a str>,
    pub(crate) text: Cow<'a, [u8]>,
}

impl<'a> Peeled<'a> {
    /// Peels a raw line, with `scratch` for what has to be written anew.
    pub(crate) fn within(raw: &'a [u8], envelope: Envelope, scratch: &'a mut Vec<u8>) -> Self {
        if is_plain(raw) {
            let (stamp, payload) = envelope.peel(raw.strip_suffix(b"\r").unwrap_or(raw));
            let text = payload.strip_prefix(ansi::BOM).unwrap_or(payload);
            return Self {
                stamp,
                text: Cow::Borrowed(text),
            };
        }
        let (stamp, payload) = envelope.peel(raw);
        let payload = after_carriage_returns(payload);
        let is_plain = ansi::strip_into(payload, scratch);
        Self {
            stamp,
            text: Cow::Borrowed(if is_plain { payload } else { scratch }),
        }
    }

    pub(crate) fn of(raw: &'a [u8], envelope: Envelope) -> Self {
        let (stamp, payload) = envelope.peel(raw);
        Self {
            stamp,
            text: ansi::strip_bytes(after_carriage_returns(payload)),
        }
    }

    /// Takes off the first bytes, and a time stamp behind them.
    pub(crate) fn cut(&mut self, length: usize) {
        if length == 0 {
            return;
        }
        match &mut self.text {
            Cow::Borrowed(text) => {
                let rest = &text[length..];
                let inner = envelope::inner_stamp(rest);
                self.stamp = self.stamp.or(inner.map(|(stamp, _)| stamp));
                *text = inner.map_or(rest, |(_, rest)| rest);
            }
            Cow::Owned(text) => {
                let rest = &text[length..];
                let kept = envelope::inner_stamp(rest).map_or(rest.len(), |(_, rest)| rest.len());
                text.drain(..text.len() - kept);
            }
        }
    }

    /// The line, which begins at `start` and has `length` raw bytes.
    pub(crate) fn at(self, number: u64, start: u64, length: usize) -> Line<'a> {
        let (text, lossy) = decode(self.text);
        Line {
            number,
            start,
            end: start + length as u64,
            text,
            stamp: self.stamp,
            lossy,
            before: Before::NOTHING,
        }
    }
}

/// The text, and whether bytes of it had to be replaced.
fn decode(text: Cow<'_, [u8]>) -> (Cow<'_, str>, bool) {
    // Nearly always valid, and checking that is several times as fast as decoding.
    match text {
        Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), false),
            Err(_) => (String::from_utf8_lossy(bytes), true),
        },
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => (Cow::Owned(text), false),
            Err(error) => {
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                (Cow::Owned(text), true)
            }
        },
    }
}

/// Whether a raw line holds nothing that a terminal would obey, but for a line ending of two bytes: most lines are so, and one
/// look shows it.
pub(crate) fn is_plain(raw: &[u8]) -> bool {
    let body = raw.strip_suffix(b"\r").unwrap_or(raw);
    memchr::memchr3(ansi::ESCAPE, ansi::BACKSPACE, b'\r', body).is_none()
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
