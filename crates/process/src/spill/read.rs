//! Reading a spill file back.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;

use super::index::{self, Entries, Entry};
use crate::event::Output;

/// Reads a file that [`spill_to`](crate::Spawn::spill_to) wrote, whole or by outputs, in bounded memory.
///
/// It reads what was there when it was opened, also while the child still runs. Which output bytes are of is known from the
/// file's index, if [`spill_index`](crate::Spawn::spill_index) asked for one; see [`order_unknown_from`](Self::order_unknown_from).
/// [`Read`] gives all bytes in the order in which they were read from the child.
#[derive(Debug)]
pub struct SpillReader {
    path: PathBuf,
    spill: File,
    length: u64,
    position: u64,
    known_to: u64,
    entries: Option<Entries>,
    segment: Option<Entry>,
    next: Option<Entry>,
}

/// Some bytes of a spill file: as many as fitted, and all of one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpillPiece<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Where they begin in the file.
    pub offset: u64,
    /// Which output they are of, and how long after the start the first bytes of their segment were read, to the
    /// millisecond; `None` where the order is not known.
    pub source: Option<(Output, Duration)>,
}

/// A spill file or its index could not be opened, or is none.
#[derive(Debug, thiserror::Error)]
#[error("failed to open the output file `{path}`")]
#[non_exhaustive]
pub struct SpillReadError {
    /// Which file.
    pub path: PathBuf,
    /// Why. [`InvalidData`](io::ErrorKind::InvalidData) is not a regular file, or an index of an unknown version.
    pub source: io::Error,
}

impl SpillReader {
    /// Opens the file at `path`, and its index, if there is one. Links are not followed. Looks through the whole index.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, SpillReadError> {
        let path = path.into();
        let (spill, length) = open(&path).map_err(|source| SpillReadError {
            path: path.clone(),
            source,
        })?;
        let index = index::path_of(&path);
        let (entries, known_to) =
            match open(&index).and_then(|(file, _)| Entries::open(file, length)) {
                Ok((entries, known_to)) => (Some(entries), known_to),
                Err(error) if error.kind() == io::ErrorKind::NotFound => (None, 0),
                Err(source) => {
                    return Err(SpillReadError {
                        path: index,
                        source,
                    });
                }
            };
        Ok(Self {
            path,
            spill,
            length,
            position: 0,
            known_to,
            entries,
            segment: None,
            next: None,
        })
    }

    /// How many bytes there are.
    pub fn total_bytes(&self) -> u64 {
        self.length
    }

    /// From which byte on it is not known which output the bytes are of; `None` if it is known of all. It is unknown from the
    /// beginning without an index, and from some byte on if writing the index failed or was torn.
    pub fn order_unknown_from(&self) -> Option<u64> {
        (self.known_to < self.length).then_some(self.known_to)
    }

    /// Reads the bytes of one output only. Where the order is not known, reading is an error of kind
    /// [`InvalidData`](io::ErrorKind::InvalidData), not an end.
    pub fn only(self, output: Output) -> Only {
        Only {
            reader: self,
            output,
        }
    }

    /// Reads the next bytes into `buffer`, with what is known of them; `None` at the end, and if `buffer` is empty.
    pub fn read_piece<'a>(&mut self, buffer: &'a mut [u8]) -> io::Result<Option<SpillPiece<'a>>> {
        let (segment, end) = self.segment()?;
        let offset = self.position;
        let length = self.read_to(end, buffer)?;
        Ok((length > 0).then(|| SpillPiece {
            bytes: &buffer[..length],
            offset,
            source: segment.map(|segment| (segment.output, segment.elapsed)),
        }))
    }

    /// The segment at the position, and where it ends.
    fn segment(&mut self) -> io::Result<(Option<Entry>, u64)> {
        if self.position >= self.known_to {
            return Ok((None, self.length));
        }
        let Some(entries) = &mut self.entries else {
            return Ok((None, self.length));
        };
        if self.segment.is_none() {
            self.segment = entries.next()?;
            self.next = entries.next()?;
        }
        while let Some(next) = self.next.filter(|next| next.offset <= self.position) {
            self.segment = Some(next);
            self.next = entries.next()?;
        }
        let end = self.next.map_or(self.known_to, |next| next.offset);
        Ok((self.segment, end))
    }

    fn read_to(&mut self, end: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(end.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let room = room.min(buffer.len());
        if room == 0 {
            return Ok(0);
        }
        let length = self.spill.read_at(&mut buffer[..room], self.position)?;
        if length == 0 {
            let message = format!(
                "`{}` has been cut off at byte {}",
                self.path.display(),
                self.position
            );
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        }
        self.position += length as u64;
        Ok(length)
    }
}

impl Read for SpillReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.read_to(self.length, buffer)
    }
}

/// What [`SpillReader::only`] gives.
#[derive(Debug)]
pub struct Only {
    reader: SpillReader,
    output: Output,
}

impl Read for Only {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.reader.position < self.reader.length {
            match self.reader.segment()? {
                (Some(segment), end) if segment.output == self.output => {
                    return self.reader.read_to(end, buffer);
                }
                (Some(_), end) => self.reader.position = end,
                (None, _) => {
                    let message = format!(
                        "from byte {} of `{}` on it is not known which output is which",
                        self.reader.position,
                        self.reader.path.display()
                    );
                    return Err(io::Error::new(io::ErrorKind::InvalidData, message));
                }
            }
        }
        Ok(0)
    }
}

/// A regular file and its length. Does not wait for a writer if it is a pipe.
fn open(path: &Path) -> io::Result<(File, u64)> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        let message = "it is not a regular file";
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    Ok((file, metadata.len()))
}
