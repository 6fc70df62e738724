//! Reading a log: records in order, then what is left.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::frame::{self, FILE_HEADER, FILE_HEADER_STEM};

/// One record of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// The record's number in its log, counted from 1.
    pub sequence: u64,
    /// Where its frame begins in the file.
    pub offset: u64,
    /// What was appended.
    pub payload: Vec<u8>,
}

/// The remains of an append that was interrupted. The record in it was never acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TornTail {
    /// Where the remains begin; everything before is intact.
    pub offset: u64,
    /// How many bytes they are.
    pub length_bytes: u64,
}

/// Reads a log record by record, holding one record in memory. It takes no lock and changes nothing.
///
/// It sees the file as long as it was at the moment of opening. An append that is under way at that moment looks like a torn
/// tail.
#[derive(Debug)]
pub struct LogReader {
    file: File,
    path: PathBuf,
    length: u64,
    offset: u64,
    next_sequence: u64,
    torn_tail: Option<TornTail>,
    finished: bool,
}

impl LogReader {
    /// Opens the log at `path`.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let file = File::open(path).map_err(|source| ReadError::Io {
            path: path.to_owned(),
            source,
        })?;
        Self::from_file(file, path)
    }

    /// What remains after the last record; known once the iterator has ended.
    pub fn torn_tail(&self) -> Option<TornTail> {
        self.torn_tail
    }

    pub(super) fn from_file(file: File, path: &Path) -> Result<Self, ReadError> {
        let mut reader = Self {
            length: 0,
            offset: 0,
            next_sequence: 1,
            torn_tail: None,
            finished: false,
            path: path.to_owned(),
            file,
        };
        reader.length = reader
            .file
            .metadata()
            .map_err(|source| reader.io_error(source))?
            .len();
        reader.read_file_header()?;
        Ok(reader)
    }

    /// Where the next frame belongs, and its number; known once the iterator has ended.
    pub(super) fn end(&self) -> (u64, u64) {
        (self.offset, self.next_sequence)
    }

    fn read_file_header(&mut self) -> Result<(), ReadError> {
        let mut header = [0; FILE_HEADER.len()];
        let present = usize::try_from(self.length).map_or(header.len(), |n| n.min(header.len()));
        let header = &mut header[..present];
        self.file
            .read_exact_at(header, 0)
            .map_err(|source| self.io_error(source))?;
        if header == FILE_HEADER {
            self.offset = FILE_HEADER.len() as u64;
        } else if self.length <= FILE_HEADER.len() as u64
            && (FILE_HEADER.starts_with(header) || header.iter().all(|byte| *byte == 0))
        {
            // The creator was interrupted: nothing was ever appended. Zeros are what a file system shows for a length that
            // reached the disk before the bytes did.
            self.end_at(0);
        } else if header.starts_with(FILE_HEADER_STEM) {
            return Err(ReadError::UnknownVersion {
                path: self.path.clone(),
                version: String::from_utf8_lossy(&header[FILE_HEADER_STEM.len()..])
                    .trim_end()
                    .to_owned(),
            });
        } else {
            return Err(ReadError::NotALog {
                path: self.path.clone(),
            });
        }
        Ok(())
    }

    fn read_record(&mut self) -> Result<Option<Record>, ReadError> {
        if self.offset == self.length {
            self.finished = true;
            return Ok(None);
        }
        let frame = frame::decode_at(&self.file, self.offset, self.length)
            .map_err(|source| self.io_error(source))?;
        match frame {
            Some(frame) if frame.sequence == self.next_sequence => {
                let record = Record {
                    sequence: frame.sequence,
                    offset: self.offset,
                    payload: frame.payload,
                };
                self.offset = frame.end;
                self.next_sequence += 1;
                Ok(Some(record))
            }
            Some(_) => Err(self.damaged()),
            None if self.intact_frame_follows()? => Err(self.damaged()),
            None => {
                self.end_at(self.offset);
                Ok(None)
            }
        }
    }

    /// Looks for an intact frame where the harmed one says that it ends, and at the beginning of any later line. The former
    /// is for a harmed line end, which hides the beginning of the next line.
    fn intact_frame_follows(&self) -> Result<bool, ReadError> {
        let declared =
            frame::declared_end(&self.file, self.offset).map_err(|source| self.io_error(source))?;
        if let Some(end) = declared
            && self.is_intact_frame(end)?
        {
            return Ok(true);
        }
        let mut chunk = vec![0; 64 << 10];
        let mut position = self.offset;
        while position < self.length {
            let read = self
                .file
                .read_at(&mut chunk, position)
                .map_err(|source| self.io_error(source))?;
            if read == 0 {
                break;
            }
            for (byte, line_end) in chunk[..read].iter().zip(position..) {
                if *byte == b'\n' && self.is_intact_frame(line_end + 1)? {
                    return Ok(true);
                }
            }
            position += read as u64;
        }
        Ok(false)
    }

    fn is_intact_frame(&self, offset: u64) -> Result<bool, ReadError> {
        frame::decode_at(&self.file, offset, self.length)
            .map(|frame| frame.is_some())
            .map_err(|source| self.io_error(source))
    }

    fn end_at(&mut self, offset: u64) {
        self.offset = offset;
        self.finished = true;
        self.torn_tail = (self.length > offset).then_some(TornTail {
            offset,
            length_bytes: self.length - offset,
        });
    }

    fn damaged(&self) -> ReadError {
        ReadError::Damaged {
            path: self.path.clone(),
            offset: self.offset,
            sequence: self.next_sequence,
        }
    }

    fn io_error(&self, source: io::Error) -> ReadError {
        ReadError::Io {
            path: self.path.clone(),
            source,
        }
    }
}

impl Iterator for LogReader {
    type Item = Result<Record, ReadError>;

    /// The next record. Ends after the last intact one, or after the first error.
    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let result = self.read_record();
        self.finished |= result.is_err();
        result.transpose()
    }
}

/// Why a log could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file could not be opened or read.
    #[error("failed to read log `{path}`")]
    Io {
        /// The log.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The file does not begin as our logs do.
    #[error("`{path}` is not a log of ours")]
    NotALog {
        /// The file.
        path: PathBuf,
    },
    /// The log was written by another version of this program.
    #[error("log `{path}` has format version `{version}`, and only version `1` is known")]
    UnknownVersion {
        /// The log.
        path: PathBuf,
        /// What the file says, as far as it was read.
        version: String,
    },
    /// A record that was once whole is harmed or missing. Nothing is repaired.
    #[error("log `{path}` is damaged at offset {offset}, where record {sequence} belongs")]
    Damaged {
        /// The log.
        path: PathBuf,
        /// Where the harmed frame begins; the records before are intact.
        offset: u64,
        /// The number of the record that belongs there.
        sequence: u64,
    },
}

impl ReadError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::Interrupted)
    }

    /// Whether there is no such file.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Damaged { .. } => {
                vec!["restore the file from a copy, or move it away to begin a new log".to_owned()]
            }
            Self::UnknownVersion { .. } => vec!["use a newer program to read it".to_owned()],
            Self::Io { .. } | Self::NotALog { .. } => Vec::new(),
        }
    }
}
