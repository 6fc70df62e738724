//! Reading the log of a service while it is written and rotated.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use crate::service::log_files::{file_name, list};

/// A longer line comes in pieces.
const LINE_BYTES: usize = 1 << 20;

/// How much is looked for at once.
const BATCH_BYTES: usize = 1 << 20;

const READ_BYTES: usize = 64 << 10;

/// Reads the log of a service line by line, over all its files, the oldest first. What is read once is not read again; new
/// lines are found by asking again.
#[derive(Debug)]
pub struct LogReader {
    directory: PathBuf,
    /// After the last line that was told.
    cursor: LogCursor,
    /// The beginning of a line whose end was not there yet.
    partial: Vec<u8>,
    /// After what is in `partial`.
    place: LogCursor,
    file: Option<(u64, File)>,
    missed_files: u64,
}

/// A place in a log. It stays what it is when the log is rotated. The default is the beginning.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct LogCursor {
    /// The number of the file; 0 is before the first.
    pub file: u64,
    /// How many bytes of it come before this place.
    pub offset: u64,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogLine {
    /// Its bytes, without the line feed. They are what the program printed: escape codes and secrets included.
    pub bytes: Vec<u8>,
    /// Whether the line goes on in the next one, because it is longer than 1 MiB.
    pub goes_on: bool,
}

impl LogLine {
    /// As text; bytes that are not UTF-8 are replaced.
    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl LogReader {
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            cursor: LogCursor::default(),
            partial: Vec::new(),
            place: LogCursor::default(),
            file: None,
            missed_files: 0,
        }
    }

    /// Goes on at a place that [`cursor`](Self::cursor) told, in this process or an earlier one.
    #[must_use]
    pub fn from_cursor(mut self, cursor: LogCursor) -> Self {
        self.go_to(cursor);
        self
    }

    /// Skips to the last `lines` lines of what is there now, or to less where one of them is longer than 1 MiB.
    pub fn tail(mut self, lines: usize) -> io::Result<Self> {
        let mut wanted = lines;
        let mut found = None;
        for number in self.numbers()?.into_iter().rev() {
            let Some(file) = self.open(number)? else {
                continue;
            };
            let (offset, more) = tail_of(&file, wanted)?;
            found = Some(LogCursor {
                file: number,
                offset,
            });
            if more == 0 {
                break;
            }
            wanted = more;
        }
        if let Some(cursor) = found {
            self.go_to(cursor);
        }
        Ok(self)
    }

    /// Skips to the end of what is there now.
    pub fn at_end(self) -> io::Result<Self> {
        self.tail(0)
    }

    /// The place after the last line that was read.
    pub fn cursor(&self) -> LogCursor {
        self.cursor
    }

    /// How many files had been deleted by the rotation before they were read, or read to their end.
    pub fn missed_files(&self) -> u64 {
        self.missed_files
    }

    /// The next complete lines, about 1 MiB of them at most; none if there are none now. Does not wait.
    pub fn read_new(&mut self) -> io::Result<Vec<LogLine>> {
        let mut lines = Vec::new();
        let mut read_bytes = 0;
        let mut buffer = vec![0; READ_BYTES];
        // A line that is longer than a batch is read on for until a piece of it is complete.
        while read_bytes < BATCH_BYTES || lines.is_empty() {
            let mut length = self.read_at_place(&mut buffer)?;
            if length == 0 {
                let Some(next) = self.successor()? else {
                    break;
                };
                // Nothing is written to a file any more once it has a successor: now its end is its end.
                length = self.read_at_place(&mut buffer)?;
                if length == 0 {
                    self.enter(next, &mut lines);
                }
            }
            read_bytes += length;
            self.take(&buffer[..length], &mut lines);
        }
        Ok(lines)
    }

    /// How much was read; 0 at the end of the file, or where it is not there.
    fn read_at_place(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let is_open = matches!(&self.file, Some((number, _)) if *number == self.place.file);
        if !is_open {
            self.file = self
                .open(self.place.file)?
                .map(|file| (self.place.file, file));
        }
        let Some((_, file)) = &self.file else {
            return Ok(0);
        };
        loop {
            match file.read_at(buffer, self.place.offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }

    /// The file after the one that is read.
    fn successor(&self) -> io::Result<Option<u64>> {
        let numbers = self.numbers()?;
        Ok(numbers.into_iter().find(|&number| number > self.place.file))
    }

    /// Goes to the beginning of a later file.
    fn enter(&mut self, number: u64, lines: &mut Vec<LogLine>) {
        if self.place.file > 0 {
            let was_missed = u64::from(self.file.is_none());
            let missed = number - self.place.file - 1 + was_missed;
            self.missed_files += missed;
            if missed > 0 && !self.partial.is_empty() {
                // Its end is lost.
                let bytes = std::mem::take(&mut self.partial);
                lines.push(LogLine {
                    bytes,
                    goes_on: false,
                });
            }
        }
        self.file = None;
        self.place = LogCursor {
            file: number,
            offset: 0,
        };
        if self.partial.is_empty() {
            self.cursor = self.place;
        }
    }

    fn take(&mut self, bytes: &[u8], lines: &mut Vec<LogLine>) {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.place.offset += piece.len() as u64;
            let text = piece.strip_suffix(b"\n");
            self.partial.extend_from_slice(text.unwrap_or(piece));
            let goes_on = text.is_none();
            if !goes_on || self.partial.len() > LINE_BYTES {
                let bytes = std::mem::take(&mut self.partial);
                lines.push(LogLine { bytes, goes_on });
                self.cursor = self.place;
            }
        }
    }

    fn go_to(&mut self, cursor: LogCursor) {
        self.cursor = cursor;
        self.place = cursor;
        self.partial.clear();
        self.file = None;
    }

    /// The numbers of the files that are there, in order.
    fn numbers(&self) -> io::Result<Vec<u64>> {
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        match rustix::fs::open(&self.directory, flags, Mode::empty()) {
            Ok(directory) => list(directory),
            Err(Errno::NOENT) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// `None` where it is not there, and for what is no log file.
    fn open(&self, number: u64) -> io::Result<Option<File>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let path = self.directory.join(file_name(number));
        let file = match rustix::fs::open(&path, flags, Mode::empty()) {
            Ok(file) => file,
            Err(Errno::NOENT | Errno::LOOP) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let stat = rustix::fs::fstat(&file)?;
        let is_regular = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
        Ok(is_regular.then(|| file.into()))
    }
}

/// Where the last `wanted` lines begin, and how many of them are not in this file.
fn tail_of(file: &File, wanted: usize) -> io::Result<(u64, usize)> {
    let mut found = 0;
    let mut end = file.metadata()?.len();
    while end > 0 {
        let start = end.saturating_sub(READ_BYTES as u64);
        let length = usize::try_from(end - start).unwrap_or(READ_BYTES);
        let mut chunk = vec![0; length];
        file.read_exact_at(&mut chunk, start)?;
        for (index, _) in chunk
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, byte)| **byte == b'\n')
        {
            if found == wanted {
                return Ok((start + index as u64 + 1, 0));
            }
            found += 1;
        }
        end = start;
    }
    Ok((0, wanted - found))
}
