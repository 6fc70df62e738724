//! Output that is kept whole, in a file.

mod index;
mod read;

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use index::IndexFile;
pub use read::{Only, SpillPiece, SpillReadError, SpillReader};

use crate::event::Output;

/// What became of the file that [`spill_to`](crate::Spawn::spill_to) asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spill {
    /// The file.
    pub path: PathBuf,
    /// How many bytes are in it.
    pub written_bytes: u64,
    /// How many bytes of the output are not: those beyond the limit, and those after an error.
    pub dropped_bytes: u64,
    /// Why writing ended early, in the system's words.
    pub error: Option<String>,
    /// The same for code that branches: [`StorageFull`](io::ErrorKind::StorageFull) where the disk is full.
    pub error_kind: Option<io::ErrorKind>,
    /// What became of the file that [`spill_index`](crate::Spawn::spill_index) asked for.
    pub index: Option<SpillIndex>,
}

/// What became of the index of a [`Spill`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpillIndex {
    /// The file.
    pub path: PathBuf,
    /// Why it ends early, if it does: from some byte on it is then not told which output the bytes are of.
    pub error: Option<String>,
}

impl Spill {
    /// Whether the file holds all that was read of the output.
    pub fn is_complete(&self) -> bool {
        self.dropped_bytes == 0 && self.error.is_none()
    }
}

/// The file while it is written.
pub(crate) struct SpillFile {
    file: File,
    limit_bytes: u64,
    spill: Spill,
    index: Option<IndexFile>,
}

impl SpillFile {
    /// Creates the file, and its index if that is wanted; nothing may be at their paths, not even a link. An error says which
    /// path it is about.
    pub(crate) fn create(
        path: &Path,
        limit_bytes: u64,
        with_index: bool,
    ) -> Result<Self, (PathBuf, io::Error)> {
        let file = create_new(path).map_err(|error| (path.to_owned(), error))?;
        let mut spill = Self {
            file,
            limit_bytes,
            spill: Spill {
                path: path.to_owned(),
                written_bytes: 0,
                dropped_bytes: 0,
                error: None,
                error_kind: None,
                index: None,
            },
            index: None,
        };
        if with_index {
            match IndexFile::create(path) {
                Ok(index) => spill.index = Some(index),
                Err(error) => {
                    Self::remove(path, false);
                    return Err((index::path_of(path), error));
                }
            }
        }
        Ok(spill)
    }

    /// Tells that the next bytes are of `output` and were read so long after the start.
    pub(crate) fn begin_segment(&mut self, output: Output, elapsed: Duration) {
        let is_open = self.spill.error.is_none() && self.spill.written_bytes < self.limit_bytes;
        if let Some(index) = self.index.as_mut().filter(|_| is_open) {
            // Before the bytes: whoever kills us between the two leaves an index that is true.
            index.begin_segment(self.spill.written_bytes, output, elapsed);
        }
    }

    /// Writes as much of `bytes` as the limit and the disk allow.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let room = self.limit_bytes - self.spill.written_bytes;
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let mut rest = match self.spill.error {
            None => &bytes[..room.min(bytes.len())],
            Some(_) => &[],
        };
        let mut written = 0;
        while !rest.is_empty() {
            match self.file.write(rest) {
                Ok(0) => self.fail(&io::ErrorKind::WriteZero.into()),
                Ok(length) => {
                    written += length;
                    rest = &rest[length..];
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => self.fail(&error),
            }
            break;
        }
        self.spill.written_bytes += written as u64;
        self.spill.dropped_bytes += (bytes.len() - written) as u64;
    }

    fn fail(&mut self, error: &io::Error) {
        self.spill.error = Some(error.to_string());
        self.spill.error_kind = Some(error.kind());
    }

    /// Removes the file again, when nothing was started that could fill it.
    pub(crate) fn remove(path: &Path, with_index: bool) {
        // An empty file that stays tells nothing wrong, and the caller gets the error that matters.
        let _ = std::fs::remove_file(path);
        if with_index {
            let _ = std::fs::remove_file(index::path_of(path));
        }
    }

    pub(crate) fn into_spill(mut self) -> Spill {
        self.spill.index = self.index.map(|index| SpillIndex {
            path: index::path_of(&self.spill.path),
            error: index.finish(),
        });
        self.spill
    }
}

fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}
