//! Ends of comments, CDATA sections and processing instructions.

/// Finds the end of a section: some repetitions of one byte, then `>`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminator {
    repeated: u8,
    times: usize,
    seen: usize,
}

impl Terminator {
    /// `-->`.
    pub(crate) const COMMENT: Self = Self::new(b'-', 2);
    /// `]]>`.
    pub(crate) const CDATA: Self = Self::new(b']', 2);
    /// `?>`.
    pub(crate) const INSTRUCTION: Self = Self::new(b'?', 1);

    const fn new(repeated: u8, times: usize) -> Self {
        Self {
            repeated,
            times,
            seen: 0,
        }
    }

    /// Passes the content in `input` to `emit` and returns where the terminator ends, if it ends in `input`.
    ///
    /// Bytes that may belong to the terminator are held back until the next byte decides.
    pub(crate) fn feed(&mut self, input: &[u8], mut emit: impl FnMut(&[u8])) -> Option<usize> {
        let mut at = 0;
        while at < input.len() {
            if self.seen == 0 {
                let next = memchr::memchr(self.repeated, &input[at..]);
                let end = next.map_or(input.len(), |next| at + next);
                emit(&input[at..end]);
                next?;
                at = end + 1;
                self.seen = 1;
                continue;
            }
            match input[at] {
                b'>' if self.seen == self.times => return Some(at + 1),
                byte if byte == self.repeated && self.seen == self.times => emit(&[byte]),
                byte if byte == self.repeated => self.seen += 1,
                _ => {
                    for _ in 0..self.seen {
                        emit(&[self.repeated]);
                    }
                    self.seen = 0;
                    // The byte itself is looked at again as plain content.
                    continue;
                }
            }
            at += 1;
        }
        None
    }
}
