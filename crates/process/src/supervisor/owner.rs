//! One supervisor per directory.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

use super::error::SupervisorError;
use crate::identity::{Liveness, ProcessIdentity};

const LOCK_FILE: &str = "supervisor.lock";
/// How much of the file is read for a message.
const OWNER_LIMIT_BYTES: usize = 4096;
/// How long a dead owner's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// The right to supervise a directory. It ends with this, and with the process, however that ends: what counts is the lock,
/// not what stands in the file.
#[derive(Debug)]
pub(super) struct Owner {
    lock: File,
}

impl Owner {
    /// Takes the directory, which is made with mode 0700 if it is not there.
    pub(super) fn take(directory: &Path, me: &ProcessIdentity) -> Result<Self, SupervisorError> {
        make_directory(directory)?;
        let path = directory.join(LOCK_FILE);
        let failed = |source| SupervisorError::File {
            path: path.clone(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(&path)
            .map_err(failed)?;
        lock(&file, directory, failed)?;
        file.set_len(0).map_err(failed)?;
        let text = serde_json::to_vec(me).map_err(|error| failed(error.into()))?;
        file.write_all(&text).map_err(failed)?;
        Ok(Self { lock: file })
    }
}

impl Drop for Owner {
    /// Closing the file would not do: a child that another thread is just starting has a copy of the descriptor until it has
    /// become its program.
    fn drop(&mut self) {
        // Then it is free when that child has.
        let _ = self.lock.unlock();
    }
}

/// A lock whose owner has died is held by a child of it that has not become its program yet, and is free in a moment: such a
/// child has copies of all descriptors until then.
fn lock(
    file: &File,
    directory: &Path,
    failed: impl Fn(io::Error) -> SupervisorError,
) -> Result<(), SupervisorError> {
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
            Err(TryLockError::WouldBlock) => {}
        }
        let owner = read_owner(file);
        let is_dead = owner
            .as_ref()
            .is_some_and(|owner| owner.liveness() == Liveness::Gone);
        if !is_dead || began.elapsed() >= PATIENCE {
            return Err(SupervisorError::AlreadySupervised {
                directory: directory.to_owned(),
                owner: owner.map(Box::new),
            });
        }
        thread::sleep(LOOK_AGAIN);
    }
}

pub(super) fn make_directory(directory: &Path) -> Result<(), SupervisorError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|source| SupervisorError::File {
            path: directory.to_owned(),
            source,
        })
}

/// `None` if it cannot be read: it is being written, and is for a message only.
fn read_owner(file: &File) -> Option<ProcessIdentity> {
    let mut text = [0; OWNER_LIMIT_BYTES];
    let count = file.read_at(&mut text, 0).ok()?;
    serde_json::from_slice(&text[..count]).ok()
}
