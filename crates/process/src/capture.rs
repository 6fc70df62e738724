//! What is kept of a stream: its beginning and its end.

use std::collections::VecDeque;
use std::fmt;

/// One captured stream. Beyond the limit the middle is forgotten: the beginning says what was run, the end how it failed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Captured {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    head_limit: usize,
    tail_limit: usize,
    total_bytes: u64,
}

impl Captured {
    pub(crate) fn new(limit_bytes: usize) -> Self {
        let head_limit = limit_bytes / 2;
        Self {
            head_limit,
            tail_limit: limit_bytes - head_limit,
            ..Self::default()
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.total_bytes += bytes.len() as u64;
        let room = self.head_limit - self.head.len();
        let (head, tail) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(head);
        let tail = &tail[tail.len().saturating_sub(self.tail_limit)..];
        let overflow = (self.tail.len() + tail.len()).saturating_sub(self.tail_limit);
        self.tail.drain(..overflow);
        self.tail.extend(tail);
    }

    /// How many bytes the child wrote, kept or not.
    pub fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// How many bytes of the middle were forgotten.
    pub fn omitted_bytes(&self) -> u64 {
        self.total_bytes - (self.head.len() + self.tail.len()) as u64
    }

    /// Whether anything was forgotten.
    pub fn truncated(&self) -> bool {
        self.omitted_bytes() > 0
    }

    /// The kept bytes, the end directly after the beginning: the stream itself if it is not [`truncated`](Self::truncated).
    pub fn to_bytes(&self) -> Vec<u8> {
        let (first, second) = self.tail.as_slices();
        [&self.head, first, second].concat()
    }

    /// The kept bytes as text for people: invalid UTF-8 replaced, and a line that says how much is missing where it is.
    ///
    /// It is what the child wrote: escape codes and secrets included.
    pub fn to_text(&self) -> String {
        if !self.truncated() {
            return String::from_utf8_lossy(&self.to_bytes()).into_owned();
        }
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        format!(
            "{}\n[{} bytes omitted]\n{}",
            String::from_utf8_lossy(&self.head),
            self.omitted_bytes(),
            String::from_utf8_lossy(&tail)
        )
    }
}

impl fmt::Debug for Captured {
    /// Sizes only: output may be long, and may contain secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captured")
            .field("total_bytes", &self.total_bytes)
            .field("omitted_bytes", &self.omitted_bytes())
            .finish_non_exhaustive()
    }
}
