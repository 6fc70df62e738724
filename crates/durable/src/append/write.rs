//! Writing a log: one writer at a time, one frame per append.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::frame::{self, FILE_HEADER, MAX_RECORD_BYTES};
use super::read::{LogReader, ReadError, TornTail};

/// When an append reaches the disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SyncPolicy {
    /// Before [`AppendLog::append`] returns: an acknowledged record survives a power loss.
    #[default]
    EachRecord,
    /// When [`AppendLog::sync`] is called. Until then a power loss may take any of the records since, and may even leave a
    /// later one without an earlier one, which readers report as damage.
    OnRequest,
}

/// A log open for appending. One process at a time: the kernel's lock on the file is held until this is dropped.
#[derive(Debug)]
pub struct AppendLog {
    file: File,
    path: PathBuf,
    policy: SyncPolicy,
    end: u64,
    next_sequence: u64,
    repaired: Option<TornTail>,
    failed: bool,
}

impl AppendLog {
    /// Opens the log at `path` for appending and creates it (mode 0644 less the umask) if it is missing.
    ///
    /// Reads the whole log to check it. A torn tail is cut off and reported by [`repaired`](Self::repaired); a damaged
    /// middle is an error and changes nothing. A symbolic link is refused.
    pub fn open(path: &Path, policy: SyncPolicy) -> Result<Self, AppendError> {
        let io_error = |source| AppendError::Io {
            path: path.to_owned(),
            source,
        };
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o644)
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(path)
            .map_err(io_error)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(AppendError::Locked {
                    path: path.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(io_error(source)),
        }
        let mut reader = LogReader::from_file(file.try_clone().map_err(io_error)?, path)
            .map_err(AppendError::Read)?;
        reader
            .by_ref()
            .try_for_each(|record| record.map(drop))
            .map_err(AppendError::Read)?;
        let (end, next_sequence) = reader.end();
        let mut log = Self {
            file,
            path: path.to_owned(),
            policy,
            end,
            next_sequence,
            repaired: reader.torn_tail(),
            failed: false,
        };
        log.prepare().map_err(io_error)?;
        Ok(log)
    }

    /// Appends one record and returns its number.
    ///
    /// When this returns an error the record is not in the log, except after [`AppendError::Sync`], when it may or may not
    /// survive. After an error that leaves the file in doubt every further append fails with [`AppendError::Failed`]: open
    /// the log again, which finds out.
    pub fn append(&mut self, record: &[u8]) -> Result<u64, AppendError> {
        if self.failed {
            return Err(AppendError::Failed {
                path: self.path.clone(),
            });
        }
        if record.len() > MAX_RECORD_BYTES {
            return Err(AppendError::TooLarge {
                path: self.path.clone(),
                length_bytes: record.len(),
            });
        }
        let frame = frame::encode(self.next_sequence, record);
        if let Err(source) = self.file.write_all(&frame) {
            // Half a frame may be there, and a frame after it would turn a torn tail into a damaged middle.
            self.failed = self.file.set_len(self.end).is_err();
            return Err(AppendError::Io {
                path: self.path.clone(),
                source,
            });
        }
        let sequence = self.next_sequence;
        self.end += frame.len() as u64;
        self.next_sequence += 1;
        if self.policy == SyncPolicy::EachRecord {
            self.sync()?;
        }
        Ok(sequence)
    }

    /// Waits until everything appended so far is on the disk.
    pub fn sync(&mut self) -> Result<(), AppendError> {
        self.file.sync_data().map_err(|source| {
            // The kernel may have dropped the dirty pages, so a second fsync could report success without a reason.
            self.failed = true;
            AppendError::Sync {
                path: self.path.clone(),
                source,
            }
        })
    }

    /// The torn tail that [`open`](Self::open) cut off, if there was one.
    pub fn repaired(&self) -> Option<TornTail> {
        self.repaired
    }

    /// The log file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Cuts a torn tail off and writes the header of a new log, both synced.
    fn prepare(&mut self) -> io::Result<()> {
        if self.repaired.is_some() {
            self.file.set_len(self.end)?;
            self.file.sync_all()?;
        }
        if self.end == 0 {
            self.file.write_all(FILE_HEADER)?;
            self.file.sync_all()?;
            sync_parent(&self.path)?;
            self.end = FILE_HEADER.len() as u64;
        }
        Ok(())
    }
}

impl Drop for AppendLog {
    fn drop(&mut self) {
        // Closing the file is not enough: a child that another thread is just starting has a copy of it until it executes its
        // program, and would hold the lock for so long. Where unlocking fails closing still frees the lock in the end.
        let _ = self.file.unlock();
    }
}

fn sync_parent(path: &Path) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(directory)?.sync_all()
}

/// Why a log could not be opened for appending, or a record not be appended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// Another writer has the log open. Retryable.
    #[error("log `{path}` is open in another writer")]
    Locked {
        /// The log.
        path: PathBuf,
    },
    /// What is in the log could not be read.
    #[error(transparent)]
    Read(ReadError),
    /// The file could not be opened, prepared or written.
    #[error("failed to write log `{path}`")]
    Io {
        /// The log.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The records since the last sync may not survive a power loss.
    #[error("failed to sync log `{path}`")]
    Sync {
        /// The log.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The record is larger than a log takes (64 MiB).
    #[error("a record of {length_bytes} bytes is too large for log `{path}`")]
    TooLarge {
        /// The log.
        path: PathBuf,
        /// The length of the record.
        length_bytes: usize,
    },
    /// An earlier append left the file in doubt.
    #[error("log `{path}` failed earlier and has to be opened again")]
    Failed {
        /// The log.
        path: PathBuf,
    },
}

impl AppendError {
    /// Whether the same call may succeed later. [`Self::Failed`] is not: the log has to be opened again.
    pub fn is_retryable(&self) -> bool {
        use io::ErrorKind::{Interrupted, QuotaExceeded, StorageFull};
        match self {
            Self::Locked { .. } => true,
            Self::Read(error) => error.is_retryable(),
            Self::Io { source, .. } => {
                matches!(source.kind(), Interrupted | StorageFull | QuotaExceeded)
            }
            Self::Sync { .. } | Self::TooLarge { .. } | Self::Failed { .. } => false,
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Read(error) => error.hints(),
            _ => Vec::new(),
        }
    }
}
