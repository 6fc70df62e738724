//! Advisory locks between processes that all go through a lock file.
//!
//! The kernel's lock (`flock`) is the truth, never the existence or the text of the file: a killed holder frees the lock at
//! once, and the file stays for the next one. An exclusive holder writes who it is into the file, for people and for the
//! message of whoever is refused.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::temps::is_same_file;

/// How much of a lock file is read for the message: owners are one short line, and the file may hold anything.
const OWNER_LIMIT_BYTES: u64 = 512;

/// Whether others may hold the lock at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockMode {
    /// Nobody else holds it.
    Exclusive,
    /// Others may hold it shared.
    Shared,
}

/// Who takes a lock, in words for a person. The library reads neither clock nor host name, so the caller gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The process.
    pub pid: u32,
    /// The machine: a lock file on a shared disk may be held from elsewhere.
    pub host: String,
    /// When the lock was asked for, as RFC 3339.
    pub since: String,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pid {} on {} since {}", self.pid, self.host, self.since)
    }
}

/// A held lock. Dropping it releases it; [`release`](Self::release) does so and reports failure.
#[derive(Debug)]
#[must_use = "the lock is released when this is dropped"]
pub struct FileLock {
    file: File,
    path: PathBuf,
    mode: LockMode,
}

impl FileLock {
    /// Takes the lock or says at once who holds it ([`LockError::Held`]).
    ///
    /// Creates the lock file if it is missing; its directory must exist. A symbolic link there is refused.
    pub fn try_acquire(path: &Path, mode: LockMode, owner: &Owner) -> Result<Self, LockError> {
        Self::acquire_by(path, mode, owner, |file| {
            let result = match mode {
                LockMode::Exclusive => file.try_lock(),
                LockMode::Shared => file.try_lock_shared(),
            };
            match result {
                Ok(()) => Ok(()),
                Err(TryLockError::WouldBlock) => Err(LockError::Held {
                    path: path.to_owned(),
                    holder: read_holder(path),
                }),
                Err(TryLockError::Error(source)) => Err(LockError::Lock {
                    path: path.to_owned(),
                    source,
                }),
            }
        })
    }

    /// Takes the lock, waiting as long as it takes. Two locks taken in different orders by two processes wait for ever.
    pub fn acquire(path: &Path, mode: LockMode, owner: &Owner) -> Result<Self, LockError> {
        Self::acquire_by(path, mode, owner, |file| {
            match mode {
                LockMode::Exclusive => file.lock(),
                LockMode::Shared => file.lock_shared(),
            }
            .map_err(|source| LockError::Lock {
                path: path.to_owned(),
                source,
            })
        })
    }

    fn acquire_by(
        path: &Path,
        mode: LockMode,
        owner: &Owner,
        mut take: impl FnMut(&File) -> Result<(), LockError>,
    ) -> Result<Self, LockError> {
        let open_error = |source| LockError::Open {
            path: path.to_owned(),
            source,
        };
        loop {
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o644)
                .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
                .open(path)
                .map_err(open_error)?;
            take(&file)?;
            // Somebody may have removed the file after we opened it. A lock on a file without a name excludes nobody.
            if !is_same_file(&file, path).map_err(open_error)? {
                continue;
            }
            let mut lock = Self {
                file,
                path: path.to_owned(),
                mode,
            };
            lock.write_owner(match mode {
                LockMode::Exclusive => Some(owner),
                // Several may hold it shared, so no single name would be true; a dead holder's name must not stay either.
                LockMode::Shared => None,
            })?;
            return Ok(lock);
        }
    }

    /// The lock file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether others may hold it too.
    pub fn mode(&self) -> LockMode {
        self.mode
    }

    /// Releases the lock. The file stays: removing it would race with whoever waits for it.
    pub fn release(mut self) -> Result<(), LockError> {
        if self.mode == LockMode::Exclusive {
            self.write_owner(None)?;
        }
        self.file.unlock().map_err(|source| LockError::Lock {
            path: self.path.clone(),
            source,
        })
    }

    fn write_owner(&mut self, owner: Option<&Owner>) -> Result<(), LockError> {
        let mut write = || -> io::Result<()> {
            self.file.set_len(0)?;
            self.file.rewind()?;
            match owner {
                Some(owner) => self.file.write_all(format!("{owner}\n").as_bytes()),
                None => Ok(()),
            }
        };
        write().map_err(|source| LockError::WriteOwner {
            path: self.path.clone(),
            source,
        })
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        if self.mode == LockMode::Exclusive {
            // Nothing is lost: the text is for people only, and closing the file frees the kernel's lock in any case.
            let _ = self.write_owner(None);
        }
        // Closing the file is not enough: a child that another thread is just starting has a copy of it until it executes its
        // program, and would hold the lock for so long. Where unlocking fails closing still frees the lock in the end.
        let _ = self.file.unlock();
    }
}

/// What the lock file says about its holder, made harmless for a message; `None` if it says nothing readable.
fn read_holder(path: &Path) -> Option<String> {
    let mut text = Vec::new();
    // Only the wording of the refusal depends on this, so a failure to read means that we do not know.
    File::open(path)
        .and_then(|file| file.take(OWNER_LIMIT_BYTES).read_to_end(&mut text))
        .ok()?;
    let text = String::from_utf8_lossy(&text);
    let line: String = text
        .lines()
        .next()?
        .chars()
        .filter(|character| !character.is_control())
        .collect();
    (!line.is_empty()).then_some(line)
}

/// Why a lock could not be taken or released.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Somebody else holds it. Retryable.
    #[error("lock `{path}` is held by {}", holder.as_deref().unwrap_or("another process"))]
    Held {
        /// The lock file.
        path: PathBuf,
        /// What an exclusive holder wrote about itself; `None` for shared holders.
        holder: Option<String>,
    },
    /// The lock file could not be opened or looked at.
    #[error("failed to open lock file `{path}`")]
    Open {
        /// The lock file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The kernel refused the lock: for instance a file system without locks.
    #[error("failed to lock `{path}`")]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The owner's text could not be written; the lock is released.
    #[error("failed to write the owner into lock file `{path}`")]
    WriteOwner {
        /// The lock file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl LockError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Held { .. })
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Held { .. } => vec![
                "wait for it to finish; removing the lock file does not free the lock".to_owned(),
            ],
            _ => Vec::new(),
        }
    }
}
