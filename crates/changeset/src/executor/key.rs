//! The key that seals what recovery will act on.
//!
//! Whoever can write into a tree can put a journal into its state directory. A journal is acted on only with a seal under
//! this key, which lies outside of every tree, readable by its owner alone.
//!
//! A sealed journal could be copied while it is good and be put back when its transaction is long over. So an empty file
//! `open-<id>` beside the key says which transactions are under way; a journal without it is not acted on.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use ftc_durable::{Digest, FileLock, LockMode, Options, Owner, canonical_json, write_atomic_with};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rustix::fs::OFlags;
use serde::Serialize;
use sha2::Sha256;

use super::error::{ExecutorError, io_error};

const KEY_FILE: &str = "executor.key";
const LOCK_FILE: &str = "executor.key.lock";
const KEY_BYTES: usize = 32;

/// A key for seals, and the list of the transactions that are under way.
pub(super) struct Key {
    bytes: [u8; KEY_BYTES],
    directory: PathBuf,
}

impl std::fmt::Debug for Key {
    /// Nothing of the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").finish_non_exhaustive()
    }
}

impl Key {
    /// Reads the key of `directory`, and makes one if there is none. `root` is the tree that must not hold it.
    pub(super) fn open(
        directory: &Path,
        root: &Path,
        owner: &Owner,
    ) -> Result<Self, ExecutorError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(io_error(directory))?;
        let directory = fs::canonicalize(directory).map_err(io_error(directory))?;
        if directory.starts_with(root) {
            return Err(ExecutorError::KeyInTree { path: directory });
        }
        require_private(&directory, 0o022)?;
        let path = directory.join(KEY_FILE);
        let lock = FileLock::acquire(&directory.join(LOCK_FILE), LockMode::Exclusive, owner)
            .map_err(ExecutorError::Lock)?;
        if fs::symlink_metadata(&path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            create(&path)?;
        }
        drop(lock);
        read(&path)
    }

    /// Reads the key of `directory`; `None` if there is none.
    pub(super) fn open_existing(directory: &Path) -> Result<Option<Self>, ExecutorError> {
        match read(&directory.join(KEY_FILE)) {
            Err(ExecutorError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Ok(None)
            }
            result => result.map(Some),
        }
    }

    /// Notes that transaction `id` is under way, on the disk.
    pub(super) fn note_open(&self, id: &str) -> Result<(), ExecutorError> {
        let path = self.marker(id);
        let note = || {
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)?;
            fs::File::open(&self.directory)?.sync_all()
        };
        note().map_err(io_error(&path))
    }

    /// Whether transaction `id` is under way.
    pub(super) fn is_open(&self, id: &str) -> Result<bool, ExecutorError> {
        let path = self.marker(id);
        path.try_exists().map_err(io_error(&path))
    }

    /// Notes that transaction `id` is over.
    pub(super) fn note_over(&self, id: &str) {
        // A note that stays, or comes back after a power loss, is about a journal that says itself that it is over.
        let _ = fs::remove_file(self.marker(id));
    }

    fn marker(&self, id: &str) -> PathBuf {
        self.directory.join(format!("open-{id}"))
    }

    /// The seal of `value`, which is of the kind that `domain` names.
    pub(super) fn seal<T: Serialize>(&self, domain: &str, value: &T) -> Digest {
        Digest::from_bytes(self.mac(domain, value).finalize().into_bytes().into())
    }

    /// Whether `seal` is the seal of `value`.
    pub(super) fn verifies<T: Serialize>(&self, domain: &str, value: &T, seal: &Digest) -> bool {
        self.mac(domain, value)
            .verify_slice(seal.as_bytes())
            .is_ok()
    }

    fn mac<T: Serialize>(&self, domain: &str, value: &T) -> Hmac<Sha256> {
        let json =
            canonical_json(value).expect("what is sealed has string keys and small integers");
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.bytes).expect("a key of any length will do");
        mac.update(domain.as_bytes());
        mac.update(&[0]);
        mac.update(&json);
        mac
    }
}

fn create(path: &Path) -> Result<(), ExecutorError> {
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| ExecutorError::Io {
        path: path.to_owned(),
        source: io::Error::other(error),
    })?;
    let options = Options {
        mode: Some(0o600),
        ..Options::default()
    };
    write_atomic_with(path, options, &mut |file| file.write_all(&key)).map_err(ExecutorError::Write)
}

fn read(path: &Path) -> Result<Key, ExecutorError> {
    require_private(path, 0o077)?;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(path)
        .map_err(io_error(path))?;
    let mut bytes = Vec::new();
    (&file)
        .take(KEY_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(io_error(path))?;
    match bytes.try_into() {
        Ok(bytes) => Ok(Key {
            bytes,
            directory: path.parent().unwrap_or(path).to_owned(),
        }),
        Err(_) => Err(ExecutorError::BadKey {
            path: path.to_owned(),
        }),
    }
}

/// Insists that `path` is ours, no link, and that none of the permissions `forbidden` is given.
pub(super) fn require_private(path: &Path, forbidden: u32) -> Result<(), ExecutorError> {
    let metadata = fs::symlink_metadata(path).map_err(io_error(path))?;
    let refuse = |reason| {
        Err(ExecutorError::NotPrivate {
            path: PathBuf::from(path),
            reason,
        })
    };
    if metadata.is_symlink() {
        return refuse("it is a symbolic link");
    }
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return refuse("it belongs to another user");
    }
    if metadata.mode() & forbidden != 0 {
        return refuse("its permissions let others in");
    }
    Ok(())
}
