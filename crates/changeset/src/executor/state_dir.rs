//! The state directory of a tree: `.ftc` at its root.
//!
//! ```text
//! .ftc/                      mode 0700
//!   .gitignore               `*`: git sees nothing of it
//!   lock                     held by whoever changes the tree
//!   txn/<id>/journal         the transaction that is under way, or was when its process died
//!   txn/<id>/new/<n>         the new file of step n, then the file that it displaced
//!   txn/<id>/old/<n>         a hard link to the old file of step n
//!   conflict/<id>/           a transaction that met somebody else's edits, kept for a person
//!   executions/<id>/         plan.json, changeset.json, decision.json, execution.json, events.jsonl
//!   audit.log                what was done, each entry chained to the one before it
//! ```

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ftc_durable::{FileLock, LockError, LockMode, Owner, write_atomic};
use jiff::Timestamp;
use rustix::fd::OwnedFd;
use rustix::fs::{self, AtFlags, Mode};
use rustix::io::Errno;

use super::error::{ExecutorError, io_error};
use super::options::ExecutorOptions;
use super::root::{Root, open_directory};

/// The name of the state directory.
pub const STATE_DIR: &str = ".ftc";

const IGNORE_FILE: &str = ".gitignore";
const IGNORE_ALL: &[u8] = b"*\n";

/// How long to sleep between two looks at a lock that is held.
const POLL: Duration = Duration::from_millis(10);

/// The state directory of a tree, found fit for use.
#[derive(Debug)]
pub(super) struct StateDir {
    path: PathBuf,
    handle: OwnedFd,
}

impl StateDir {
    /// Opens the state directory of `root`, and makes it if there is none.
    pub(super) fn open(root: &Root) -> Result<Self, ExecutorError> {
        let path = root.path().join(STATE_DIR);
        match fs::mkdirat(root.handle(), STATE_DIR, Mode::from_raw_mode(0o700)) {
            Ok(()) => fs::fsync(root.handle()).map_err(io_error(root.path()))?,
            Err(Errno::EXIST) => {}
            Err(error) => return Err(io_error(&path)(error)),
        }
        let directory = Self::open_existing(root)?
            .ok_or_else(|| io_error(&path)(io::Error::from(io::ErrorKind::NotFound)))?;
        let ignore = directory.join(IGNORE_FILE);
        if !std::fs::read(&ignore).is_ok_and(|text| text == IGNORE_ALL) {
            write_atomic(&ignore, IGNORE_ALL).map_err(ExecutorError::Write)?;
        }
        Ok(directory)
    }

    /// Opens the state directory of `root` if there is one, without changing anything.
    ///
    /// It is refused if it is a link, belongs to somebody else or lets others in: what lies in it would be anybody's word.
    pub(super) fn open_existing(root: &Root) -> Result<Option<Self>, ExecutorError> {
        let path = root.path().join(STATE_DIR);
        let refuse = |reason| {
            Err(ExecutorError::StateDir {
                path: path.clone(),
                reason,
            })
        };
        let handle = match open_directory(root.handle(), STATE_DIR) {
            Ok(handle) => handle,
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP | Errno::NOTDIR) => return refuse("it is no directory of its own"),
            Err(error) => return Err(io_error(&path)(error)),
        };
        let metadata = metadata(&handle).map_err(io_error(&path))?;
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return refuse("it belongs to another user");
        }
        // The other bits come from the directory above and let nobody in.
        if metadata.mode() & 0o777 != 0o700 {
            return refuse("its mode is not 0700");
        }
        let root_metadata = self::metadata(root.handle()).map_err(io_error(root.path()))?;
        if metadata.dev() != root_metadata.dev() {
            return refuse("it is on another file system than the tree");
        }
        Ok(Some(Self { path, handle }))
    }

    pub(super) fn handle(&self) -> &OwnedFd {
        &self.handle
    }

    pub(super) fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
    }

    /// Takes the lock of the tree, waiting as long as the options say.
    pub(super) fn lock(&self, options: &ExecutorOptions) -> Result<FileLock, LockError> {
        let path = self.join("lock");
        let owner = owner(options);
        let give_up = Instant::now().checked_add(options.lock_wait);
        loop {
            match FileLock::try_acquire(&path, LockMode::Exclusive, &owner) {
                Err(LockError::Held { .. }) if give_up.is_none_or(|end| Instant::now() < end) => {
                    std::thread::sleep(POLL);
                }
                result => return result,
            }
        }
    }

    /// Whether this is still the state directory of `root`: nobody has put another one in its place.
    pub(super) fn is_in_place(&self, root: &Root) -> bool {
        let named = fs::statat(root.handle(), STATE_DIR, AtFlags::SYMLINK_NOFOLLOW);
        let (Ok(ours), Ok(named)) = (fs::fstat(&self.handle), named) else {
            return false;
        };
        ours.st_dev == named.st_dev && ours.st_ino == named.st_ino
    }
}

fn metadata(handle: &OwnedFd) -> io::Result<Metadata> {
    File::from(handle.try_clone()?).metadata()
}

/// Who holds a lock, for whoever is kept waiting.
pub(super) fn owner(options: &ExecutorOptions) -> Owner {
    Owner {
        pid: std::process::id(),
        host: options.host.clone(),
        since: Timestamp::now().to_string(),
    }
}
