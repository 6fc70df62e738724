//! Output that is kept whole, in a file.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

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
}

impl SpillFile {
    /// Creates the file; nothing may be at `path`, not even a link.
    pub(crate) fn create(path: &Path, limit_bytes: u64) -> io::Result<Self> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        Ok(Self {
            file,
            limit_bytes,
            spill: Spill {
                path: path.to_owned(),
                written_bytes: 0,
                dropped_bytes: 0,
                error: None,
                error_kind: None,
            },
        })
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
    pub(crate) fn remove(&self) {
        // An empty file that stays tells nothing wrong, and the caller gets the error that matters.
        let _ = std::fs::remove_file(&self.spill.path);
    }

    pub(crate) fn into_spill(self) -> Spill {
        self.spill
    }
}
