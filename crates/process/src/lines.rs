//! Lines of what a child prints.

use memchr::memchr;

use crate::event::Output;

/// Makes lines of the pieces that [`Event::Output`](crate::Event::Output) tells, those of each output apart.
///
/// A line that lies whole within a piece is handed out where it is; only what goes on in the next piece is copied, and never more
/// than the limit.
#[derive(Debug)]
pub struct Lines {
    limit_bytes: usize,
    partial: [Vec<u8>; 2],
}

/// A line of one output, without its end. It is what the child wrote: escape codes and secrets included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line<'a> {
    /// Where it was printed.
    pub output: Output,
    /// Its bytes, without line feed and without a carriage return before that.
    pub bytes: &'a [u8],
    /// Whether the line goes on, because it is longer than the limit.
    pub goes_on: bool,
}

impl Lines {
    /// Lines of at most `limit_bytes`, at least one; longer ones come in pieces of that length, which are not cut where a
    /// character ends.
    pub fn new(limit_bytes: usize) -> Self {
        Self {
            limit_bytes: limit_bytes.max(1),
            partial: [Vec::new(), Vec::new()],
        }
    }

    /// Takes what was printed, and tells each line that is complete.
    pub fn push(&mut self, output: Output, bytes: &[u8], line: &mut dyn FnMut(Line<'_>)) {
        let mut rest = bytes;
        while let Some(end) = memchr(b'\n', rest) {
            self.line(output, &rest[..end], line);
            rest = &rest[end + 1..];
        }
        let rest = self.pieces(output, rest, line);
        self.partial[output.index()].extend_from_slice(rest);
    }

    /// Tells what is left at the end, which has no line feed. A carriage return there is part of it.
    pub fn finish(&mut self, line: &mut dyn FnMut(Line<'_>)) {
        for output in [Output::Stdout, Output::Stderr] {
            let partial = std::mem::take(&mut self.partial[output.index()]);
            if !partial.is_empty() {
                line(Line {
                    output,
                    bytes: &partial,
                    goes_on: false,
                });
            }
        }
    }

    /// Tells the line that `bytes` end.
    fn line(&mut self, output: Output, bytes: &[u8], line: &mut dyn FnMut(Line<'_>)) {
        let bytes = self.pieces(output, bytes, line);
        let partial = &mut self.partial[output.index()];
        let whole = if partial.is_empty() {
            bytes
        } else {
            partial.extend_from_slice(bytes);
            partial.as_slice()
        };
        line(Line {
            output,
            bytes: whole.strip_suffix(b"\r").unwrap_or(whole),
            goes_on: false,
        });
        partial.clear();
    }

    /// Tells as many pieces as are certainly followed by more of the line, and hands out what is left of `bytes`: with what is
    /// partial, not more than the limit.
    fn pieces<'a>(
        &mut self,
        output: Output,
        bytes: &'a [u8],
        line: &mut dyn FnMut(Line<'_>),
    ) -> &'a [u8] {
        let partial = &mut self.partial[output.index()];
        let mut rest = bytes;
        while partial.len() + rest.len() > self.limit_bytes {
            let (piece, more) = rest.split_at(self.limit_bytes - partial.len());
            rest = more;
            let whole = if partial.is_empty() {
                piece
            } else {
                partial.extend_from_slice(piece);
                partial.as_slice()
            };
            line(Line {
                output,
                bytes: whole,
                goes_on: true,
            });
            partial.clear();
        }
        rest
    }
}
