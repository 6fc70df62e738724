//! What is kept of a stream: its beginning and its end.

mod keep;

use std::fmt;

pub(crate) use keep::Keep;

use crate::hex::hex;

/// One captured stream. Beyond the limit the middle is forgotten: the beginning says what was run, the end how it failed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Captured {
    head: Vec<u8>,
    tail: Vec<u8>,
    total_bytes: u64,
    sha256: Option<[u8; 32]>,
}

impl Captured {
    pub(crate) fn with_sha256(mut self, sha256: Option<[u8; 32]>) -> Self {
        self.sha256 = sha256;
        self
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

    /// The beginning of the stream, as far as it is kept.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The end of the stream, as far as it is kept and is not [`head`](Self::head) already.
    pub fn tail(&self) -> &[u8] {
        &self.tail
    }

    /// The kept bytes, the end directly after the beginning: the stream itself if it is not [`truncated`](Self::truncated).
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.head(), self.tail()].concat()
    }

    /// The same, for who needs nothing else of it.
    pub fn into_bytes(self) -> Vec<u8> {
        let mut bytes = self.head;
        bytes.extend_from_slice(&self.tail);
        bytes
    }

    /// The kept bytes as text for people: invalid UTF-8 replaced, and a line that says how much is missing where it is.
    ///
    /// It is what the child wrote: escape codes and secrets included.
    pub fn to_text(&self) -> String {
        if !self.truncated() {
            return String::from_utf8_lossy(&self.to_bytes()).into_owned();
        }
        format!(
            "{}\n[{} bytes omitted]\n{}",
            String::from_utf8_lossy(&self.head),
            self.omitted_bytes(),
            String::from_utf8_lossy(&self.tail)
        )
    }

    /// The sha256 of the whole stream, forgotten bytes included, if [`digest`](crate::Spawn::digest) asked for it.
    pub fn sha256(&self) -> Option<[u8; 32]> {
        self.sha256
    }

    /// The same in 64 lower-case hexadecimal digits.
    pub fn sha256_hex(&self) -> Option<String> {
        Some(hex(&self.sha256?))
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
