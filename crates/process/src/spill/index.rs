//! Which bytes of a spill file are of which output.
//!
//! `PATH.index` beside the spill file `PATH`, version 1, numbers in little endian:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `ftcorder` |
//! | 4 | the version, 1 |
//! | 4 | how many entries there are; zero: it was not finished, and they are as many as there are |
//! | 8 | of how many bytes of the spill file the entries speak; all ones: of all |
//! | 16 each | entries |
//!
//! An entry begins a segment, which ends where the next one begins: 8 bytes say where in the spill file, 8 bytes twice the
//! milliseconds since the start, plus 1 if it is of standard error. The first one begins at 0, and each later than the one
//! before it. An entry is written before the bytes that it speaks of, so that a killed writer leaves nothing wrong behind. If
//! entries are missing or there is a piece of one, the segment before them ends somewhere unknown. What a power loss takes from
//! an unfinished index cannot be seen.
//!
//! A reader refuses other versions. A later version may not change the first 12 bytes.

mod entries;

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) use entries::Entries;

use crate::event::Output;

const MAGIC: &[u8; 8] = b"ftcorder";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 24;
const COUNT_AT: u64 = 12;
const KNOWN_TO_AT: u64 = 16;
const ENTRY_BYTES: usize = 16;

/// How large an index becomes at most: four million segments.
const LIMIT_BYTES: u64 = 64 << 20;

pub(super) fn path_of(spill: &Path) -> PathBuf {
    let mut path = spill.as_os_str().to_owned();
    path.push(".index");
    path.into()
}

/// The index while it is written.
pub(super) struct IndexFile {
    file: File,
    written_bytes: u64,
    error: Option<String>,
}

impl IndexFile {
    pub(super) fn create(spill: &Path) -> io::Result<Self> {
        let mut file = super::create_new(&path_of(spill))?;
        let mut header = [0; HEADER_BYTES];
        header[..8].copy_from_slice(MAGIC);
        header[8..12].copy_from_slice(&VERSION.to_le_bytes());
        header[16..].copy_from_slice(&u64::MAX.to_le_bytes());
        if let Err(error) = file.write_all(&header) {
            // The error is what matters; the piece that stays is no index and is not taken for one.
            let _ = std::fs::remove_file(path_of(spill));
            return Err(error);
        }
        Ok(Self {
            file,
            written_bytes: HEADER_BYTES as u64,
            error: None,
        })
    }

    pub(super) fn begin_segment(&mut self, offset: u64, output: Output, elapsed: Duration) {
        if self.error.is_some() {
            return;
        }
        if self.written_bytes + ENTRY_BYTES as u64 > LIMIT_BYTES {
            self.end_at(
                offset,
                format!("it has reached its limit of {LIMIT_BYTES} bytes"),
            );
            return;
        }
        let entry = Entry {
            offset,
            output,
            elapsed,
        };
        match self.file.write_all(&entry.to_bytes()) {
            Ok(()) => self.written_bytes += ENTRY_BYTES as u64,
            Err(error) => self.end_at(offset, error.to_string()),
        }
    }

    /// Says in the file that nothing is known from `offset` on.
    fn end_at(&mut self, offset: u64, error: String) {
        let marked = self
            .file
            .set_len(self.written_bytes)
            .and_then(|()| self.file.write_all_at(&offset.to_le_bytes(), KNOWN_TO_AT));
        self.error = Some(match marked.or_else(|_| self.file.set_len(0)) {
            Ok(()) => error,
            // An index that can neither be marked nor emptied. Saying so is all that is left to do.
            Err(marking) => {
                format!("{error}; and what it says from byte {offset} on is wrong: {marking}")
            }
        });
    }

    /// Ends the index, and says why it is not as it should be, if it is not.
    pub(super) fn finish(self) -> Option<String> {
        let count = (self.written_bytes - HEADER_BYTES as u64) / ENTRY_BYTES as u64;
        // The limit keeps it below; zero says of an index only that it is unfinished.
        let count = u32::try_from(count).unwrap_or(0);
        let finished = self.file.write_all_at(&count.to_le_bytes(), COUNT_AT);
        self.error.or(finished.err().map(|error| error.to_string()))
    }
}

/// The beginning of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) offset: u64,
    pub(super) output: Output,
    pub(super) elapsed: Duration,
}

impl Entry {
    fn to_bytes(self) -> [u8; ENTRY_BYTES] {
        // 63 bits of milliseconds are 292 million years.
        let elapsed = u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX >> 1);
        let word = (elapsed << 1) | u64::from(self.output == Output::Stderr);
        let mut bytes = [0; ENTRY_BYTES];
        bytes[..8].copy_from_slice(&self.offset.to_le_bytes());
        bytes[8..].copy_from_slice(&word.to_le_bytes());
        bytes
    }

    fn of_bytes(bytes: [u8; ENTRY_BYTES]) -> Self {
        let word = u64_at(&bytes, 8);
        Self {
            offset: u64_at(&bytes, 0),
            output: match word & 1 {
                0 => Output::Stdout,
                _ => Output::Stderr,
            },
            elapsed: Duration::from_millis(word >> 1),
        }
    }
}

fn u64_at(bytes: &[u8], start: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[start..start + 8]);
    u64::from_le_bytes(word)
}
