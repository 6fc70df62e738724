//! Places in the raw input.

/// A place in the raw input, byte order mark and undecoded bytes included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Bytes before this place.
    pub offset: u64,
    /// Line, counted from 1.
    pub line: u64,
}

impl Position {
    /// The first byte of an input.
    pub(crate) const START: Self = Self { offset: 0, line: 1 };

    /// The place after `bytes`, which follow this one.
    pub(crate) fn after(self, bytes: &[u8]) -> Self {
        let newlines = memchr::memchr_iter(b'\n', bytes).count();
        Self {
            offset: self.offset + bytes.len() as u64,
            line: self.line + newlines as u64,
        }
    }
}
