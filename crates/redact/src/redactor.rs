//! Scrubbing a text that comes in pieces.
//!
//! The unit is the line: no rule looks beyond it, except that a private key goes on in the next lines, which takes a flag and
//! no memory. A line that is longer than [`MAX_HELD_BYTES`] is examined in parts that overlap. Where the parts begin depends
//! on the text alone and not on how it was cut, so that every way of cutting gives the same output.

use crate::cap::floor_boundary;
use crate::line::{Finding, Line, Reach, ends_word};
use crate::rules::{Continuation, OpenKey, examine};
use crate::strip::Stripper;

/// How much of a line a [`Redactor`] holds back at most before it decides.
pub const MAX_HELD_BYTES: usize = 64 << 10;

/// How much of an over-long line is examined again with what follows. A secret longer than this whose beginning alone does not
/// give it away may escape if it lies across the seam.
const OVERLAP_BYTES: usize = 8 << 10;

/// Scrubs a stream of text in bounded memory ([`MAX_HELD_BYTES`] and what one line of that length takes to examine).
///
/// The concatenated output equals what [`scrub`](crate::scrub) gives for the concatenated input, however the input is cut. Up
/// to a line is held back between calls, so that output lags behind input.
///
/// ```
/// use ftc_redact::Redactor;
///
/// let mut redactor = Redactor::new();
/// let mut output = String::new();
/// redactor.push("password=hun", &mut output);
/// redactor.push("ter2 ok\n", &mut output);
/// redactor.finish(&mut output);
/// assert_eq!(output, "password=[redacted credential] ok\n");
/// ```
#[derive(Debug, Default)]
pub struct Redactor {
    stripper: Option<Stripper>,
    held: String,
    open_key: Option<Pending>,
    swallowing: Option<Reach>,
    changed: bool,
}

/// An open key, and the line end before its next line, which is written only if that line turns out to be none of it.
#[derive(Debug, Clone, Copy)]
struct Pending {
    key: OpenKey,
    line_end: &'static str,
}

impl Redactor {
    /// Scrubs only, as [`scrub`](crate::scrub) does.
    pub fn new() -> Self {
        Self::default()
    }

    /// Strips control characters before it scrubs, as [`clean`](crate::clean) does. Without a cap.
    pub fn cleaning() -> Self {
        Self {
            stripper: Some(Stripper::default()),
            ..Self::default()
        }
    }

    /// Takes the next piece and appends to `output` what is decided.
    pub fn push(&mut self, text: &str, output: &mut String) {
        if let Some(stripper) = &mut self.stripper {
            let mut stripped = String::with_capacity(text.len());
            stripper.push(text, &mut stripped);
            self.changed |= stripped.len() != text.len();
            self.take(&stripped, output);
        } else {
            self.take(text, output);
        }
    }

    /// Ends the text, appends what was held back, and says whether the output differs from the input.
    pub fn finish(mut self, output: &mut String) -> bool {
        let held = std::mem::take(&mut self.held);
        self.line(&held, "", output);
        self.changed
    }

    fn take(&mut self, text: &str, output: &mut String) {
        for piece in text.split_inclusive('\n') {
            let (mut piece, line_end) = match piece.strip_suffix('\n') {
                Some(piece) => (piece, "\n"),
                None => (piece, ""),
            };
            // Where a line is parted must not depend on how it arrived, so the held part is filled to the brim first.
            while self.held.len() + piece.len() > MAX_HELD_BYTES {
                let taken = floor_boundary(piece, MAX_HELD_BYTES - self.held.len());
                self.held.push_str(&piece[..taken]);
                piece = &piece[taken..];
                self.part(output);
            }
            if line_end.is_empty() {
                self.held.push_str(piece);
            } else if self.held.is_empty() {
                self.line(piece, line_end, output);
            } else {
                let mut held = std::mem::take(&mut self.held);
                held.push_str(piece);
                self.line(&held, line_end, output);
                held.clear();
                self.held = held;
            }
        }
    }

    /// Examines a line, or the last part of one.
    fn line(&mut self, text: &str, line_end: &'static str, output: &mut String) {
        let text = match self.swallowing.take() {
            Some(reach) => &text[swallowed(reach, text)..],
            None => text,
        };
        let Some(text) = self.continue_key(text, line_end, output) else {
            return;
        };
        let mut line = Line::new(text);
        let open_key = examine(&mut line);
        self.write(text, &line.into_findings(), output);
        match open_key {
            Some(key) => self.open_key = Some(Pending { key, line_end }),
            None => output.push_str(line_end),
        }
    }

    /// Examines the held part of an over-long line and lets go of all but its end.
    fn part(&mut self, output: &mut String) {
        let held = std::mem::take(&mut self.held);
        let skipped = match self.swallowing {
            Some(reach) => {
                let skipped = swallowed(reach, &held);
                if skipped == held.len() {
                    return;
                }
                self.swallowing = None;
                skipped
            }
            None => 0,
        };
        let Some(text) = self.continue_key(&held[skipped..], "", output) else {
            return;
        };
        let mut line = Line::new(text);
        let open_key = examine(&mut line);
        let mut findings = line.into_findings();
        let mut seam = floor_boundary(text, text.len().saturating_sub(OVERLAP_BYTES));
        if let Some(across) = findings
            .iter()
            .find(|finding| finding.range.start < seam && finding.range.end > seam)
        {
            seam = across.range.end;
            if seam == text.len() {
                self.swallowing = Some(across.reach);
                self.open_key = open_key.map(|key| Pending { key, line_end: "" });
            }
        }
        findings.retain(|finding| finding.range.end <= seam);
        self.write(&text[..seam], &findings, output);
        text[seam..].clone_into(&mut self.held);
    }

    /// Deals with a line that may belong to an open key; returns what of it does not.
    fn continue_key<'t>(
        &mut self,
        text: &'t str,
        line_end: &'static str,
        output: &mut String,
    ) -> Option<&'t str> {
        let Some(Pending {
            key,
            line_end: before,
        }) = self.open_key
        else {
            return Some(text);
        };
        match key.continuation(text) {
            Continuation::Body => {
                self.open_key = Some(Pending { key, line_end });
                None
            }
            Continuation::End(end) => {
                self.open_key = None;
                Some(&text[end..])
            }
            Continuation::Other => {
                self.open_key = None;
                output.push_str(before);
                Some(text)
            }
        }
    }

    fn write(&mut self, text: &str, findings: &[Finding], output: &mut String) {
        let mut written = 0;
        for Finding { range, kind, .. } in findings {
            output.push_str(&text[written..range.start]);
            output.push_str(kind.mark());
            written = range.end;
        }
        output.push_str(&text[written..]);
        self.changed |= !findings.is_empty();
    }
}

/// How much of `text` still belongs to a secret that reached the end of the part before.
fn swallowed(reach: Reach, text: &str) -> usize {
    match reach {
        Reach::Line => text.len(),
        Reach::Word => text.bytes().position(ends_word).unwrap_or(text.len()),
    }
}
