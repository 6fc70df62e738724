//! Skips a document type declaration. What it declares is never used.

use super::terminator::Terminator;

/// Finds the end of `<!DOCTYPE ...>`, internal subset included.
#[derive(Debug, Default)]
pub(crate) struct Doctype {
    quote: Option<u8>,
    in_subset: bool,
    comment: Option<Terminator>,
    /// How much of `<!--` the last bytes were.
    comment_start: usize,
}

impl Doctype {
    /// Returns where the declaration ends, if it ends in `input`.
    pub(crate) fn feed(&mut self, input: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < input.len() {
            if let Some(comment) = &mut self.comment {
                at += comment.feed(&input[at..], |_| ())?;
                self.comment = None;
                continue;
            }
            let byte = input[at];
            at += 1;
            if let Some(quote) = self.quote {
                if byte == quote {
                    self.quote = None;
                }
                continue;
            }
            if self.starts_comment(byte) {
                self.comment = Some(Terminator::COMMENT);
                continue;
            }
            match byte {
                b'"' | b'\'' => self.quote = Some(byte),
                b'[' => self.in_subset = true,
                b']' => self.in_subset = false,
                b'>' if !self.in_subset => return Some(at),
                _ => {}
            }
        }
        None
    }

    fn starts_comment(&mut self, byte: u8) -> bool {
        const START: &[u8] = b"<!--";
        self.comment_start = if byte == START[self.comment_start] {
            self.comment_start + 1
        } else {
            usize::from(byte == START[0])
        };
        let complete = self.comment_start == START.len();
        if complete {
            self.comment_start = 0;
        }
        complete
    }
}
