//! The lines just before the one that is read, whether or not anybody has seen them.

use crate::envelope::Envelope;
use crate::lanes::{self, Labels};
use crate::line::{Line, Peeled};

/// Bytes that can be looked back at.
const KEPT: usize = 16 * 1024;

/// Lines that can be looked back at.
const LINES: usize = 64;

/// Whole lines that were read already, the newest bytes of them.
#[derive(Debug, Default)]
pub(crate) struct Tail(Vec<u8>);

impl Tail {
    /// Takes in lines with their line endings.
    pub(crate) fn push(&mut self, lines: &[u8]) {
        let lines = &lines[lines.len().saturating_sub(KEPT)..];
        if self.0.len() + lines.len() > 4 * KEPT {
            let kept = KEPT - lines.len();
            let start = self.0.len().saturating_sub(kept);
            self.0.drain(..start);
        }
        self.0.extend_from_slice(lines);
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Text that ends where a line begins: `older` lines, then `newer` ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Before<'a> {
    older: &'a [u8],
    newer: &'a [u8],
    envelope: Envelope,
    labels: Option<&'a Labels>,
    stream: u8,
}

impl<'a> Before<'a> {
    /// What stands before a first line.
    pub(crate) const NOTHING: Self = Self {
        older: &[],
        newer: &[],
        envelope: Envelope::NONE,
        labels: None,
        stream: lanes::MAIN,
    };

    /// Only the last [`KEPT`] bytes count, so that it makes no difference how the input was cut.
    pub(crate) fn new(older: &'a [u8], newer: &'a [u8], envelope: Envelope) -> Self {
        let newer = &newer[newer.len().saturating_sub(KEPT)..];
        let room = (KEPT - newer.len()).min(older.len());
        Self {
            older: &older[older.len() - room..],
            newer,
            envelope,
            labels: None,
            stream: lanes::MAIN,
        }
    }

    /// Only the lines of a stream.
    pub(crate) fn of(self, stream: u8, labels: &'a Labels) -> Self {
        Self {
            labels: (!labels.is_empty()).then_some(labels),
            stream,
            ..self
        }
    }

    /// The lines, the nearest first, peeled. One that is cut at the far end is not among them. The one before which they
    /// stand has the number and begins at the offset given.
    pub(crate) fn lines(self, number: u64, start: u64) -> impl Iterator<Item = Line<'a>> {
        let is_cut = self.older.len() + self.newer.len() >= KEPT;
        let mut lines = raw_lines(self.newer)
            .chain(raw_lines(self.older))
            .peekable();
        let (mut number, mut start) = (number, start);
        std::iter::from_fn(move || {
            loop {
                let raw = lines.next()?;
                number = number.saturating_sub(1);
                start = start.saturating_sub(raw.len() as u64 + 1);
                if is_cut && lines.peek().is_none() {
                    return None;
                }
                let mut peeled = Peeled::of(raw, self.envelope);
                if let Some(labels) = self.labels {
                    let (stream, length) = labels.place(&peeled.text);
                    if stream != self.stream {
                        continue;
                    }
                    peeled.cut(length);
                }
                return Some(peeled.at(number, start, raw.len()));
            }
        })
        .take(LINES)
    }
}

fn raw_lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let body = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let mut rest = (!bytes.is_empty()).then_some(body);
    std::iter::from_fn(move || {
        let body = rest?;
        let start = memchr::memrchr(b'\n', body).map(|at| at + 1);
        rest = start.map(|start| &body[..start - 1]);
        Some(&body[start.unwrap_or(0)..])
    })
}
