//! The directory of a transaction, and the moves between it and the tree.
//!
//! Every move is one system call on a name in a directory that is held open, and hands back what it displaced: nothing is
//! overwritten unseen, and a move that displaced something unexpected is undone at once.

use std::fs::{File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fd::OwnedFd;
use rustix::fs::{self, AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::error::{ExecutorError, io_error};
use super::found::Found;
use super::root::{Place, Root, look_at, open_directory};
use super::state_dir::StateDir;
use crate::State;

/// Where transactions are, in the state directory.
pub(super) const TRANSACTIONS: &str = "txn";

/// The mode of a file until it gets its own.
const PRIVATE: Mode = Mode::RUSR.union(Mode::WUSR);

const JOURNAL: &str = "journal";
const NEW: &str = "new";
const OLD: &str = "old";

/// The directory of one transaction.
#[derive(Debug)]
pub(super) struct Transaction {
    path: PathBuf,
    directory: OwnedFd,
    /// New files, then what they displaced.
    pub(super) new: OwnedFd,
    /// Second names of the old files.
    pub(super) old: OwnedFd,
}

/// What a move came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// It was made.
    Done,
    /// Something unexpected was in the way, and still is where it was.
    Foreign(Found),
}

impl Transaction {
    /// The directory of transaction `id`, made where it is missing.
    pub(super) fn open(state: &StateDir, id: &str) -> Result<Self, ExecutorError> {
        let path = state.join(TRANSACTIONS).join(id);
        let error = || io_error(&path);
        let transactions = made(state.handle(), TRANSACTIONS).map_err(error())?;
        let directory = made(&transactions, id).map_err(error())?;
        let new = made(&directory, NEW).map_err(error())?;
        let old = made(&directory, OLD).map_err(error())?;
        Ok(Self {
            path,
            directory,
            new,
            old,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn journal_path(&self) -> PathBuf {
        self.path.join(JOURNAL)
    }

    /// Insists that the file system can exchange two files.
    pub(super) fn probe_exchange(&self) -> io::Result<()> {
        for name in ["probe-a", "probe-b"] {
            create(&self.directory, name, PRIVATE)?;
        }
        let directory = &self.directory;
        fs::renameat_with(
            directory,
            "probe-a",
            directory,
            "probe-b",
            RenameFlags::EXCHANGE,
        )?;
        for name in ["probe-a", "probe-b"] {
            fs::unlinkat(directory, name, AtFlags::empty())?;
        }
        Ok(())
    }

    /// Makes the names in this directory last.
    pub(super) fn sync(&self, state: &StateDir) -> io::Result<()> {
        fs::fsync(&self.new)?;
        fs::fsync(&self.old)?;
        fs::fsync(&self.directory)?;
        fs::fsync(open_directory(state.handle(), TRANSACTIONS)?)?;
        Ok(fs::fsync(state.handle())?)
    }

    /// Removes the directory with all that is in it.
    pub(super) fn remove(self, state: &StateDir) -> Result<(), ExecutorError> {
        remove(state, &self.path)
    }

    /// Moves the directory to those that a person should look at, and returns where it is then.
    pub(super) fn keep(self, state: &StateDir) -> Result<PathBuf, ExecutorError> {
        let error = || io_error(&self.path);
        let conflicts = made(state.handle(), "conflict").map_err(error())?;
        let transactions = open_directory(state.handle(), TRANSACTIONS).map_err(error())?;
        let name = self.path.file_name().unwrap_or_default();
        fs::renameat(&transactions, name, &conflicts, name).map_err(error())?;
        fs::fsync(&conflicts).map_err(error())?;
        remove_if_empty(state);
        Ok(state.join("conflict").join(name))
    }

    /// Moves the file `slot` to `place`, where nothing may be.
    pub(super) fn put(&self, slot: &str, place: &Place<'_>) -> io::Result<Moved> {
        match fs::renameat_with(
            &self.new,
            slot,
            &place.directory,
            place.name,
            RenameFlags::NOREPLACE,
        ) {
            Ok(()) => Ok(Moved::Done),
            Err(Errno::EXIST) => Ok(Moved::Foreign(look_at(&place.directory, place.name)?.0)),
            Err(error) => Err(error.into()),
        }
    }

    /// Exchanges the file `slot` with what is at `place`, which must be `expected`.
    pub(super) fn exchange(
        &self,
        slot: &str,
        place: &Place<'_>,
        expected: &State,
    ) -> io::Result<Moved> {
        let swap = || {
            fs::renameat_with(
                &self.new,
                slot,
                &place.directory,
                place.name,
                RenameFlags::EXCHANGE,
            )
        };
        match swap() {
            Ok(()) => {}
            Err(Errno::NOENT) => return Ok(Moved::Foreign(Found::Missing)),
            Err(error) => return Err(error.into()),
        }
        let displaced = look_at(&self.new, slot)?.0;
        if displaced.is(Some(expected)) {
            return Ok(Moved::Done);
        }
        // What comes back in exchange is ours, or yet another edit; that one then stays in the slot and is kept.
        swap()?;
        Ok(Moved::Foreign(displaced))
    }

    /// Moves what is at `place` to `slot`; it must be `expected`.
    pub(super) fn take(
        &self,
        slot: &str,
        place: &Place<'_>,
        expected: &State,
    ) -> io::Result<Moved> {
        match fs::renameat_with(
            &place.directory,
            place.name,
            &self.new,
            slot,
            RenameFlags::NOREPLACE,
        ) {
            Ok(()) => {}
            Err(Errno::NOENT) => return Ok(Moved::Foreign(Found::Missing)),
            Err(error) => return Err(error.into()),
        }
        let taken = look_at(&self.new, slot)?.0;
        if taken.is(Some(expected)) {
            return Ok(Moved::Done);
        }
        // If somebody has put another file there by now, what was taken stays in the slot and is kept.
        self.put(slot, place)?;
        Ok(Moved::Foreign(taken))
    }

    /// Writes a copy of an old file, where a second name of it cannot be had.
    pub(super) fn write_old(&self, slot: &str, bytes: &[u8], bits: u32) -> io::Result<File> {
        let mut file = create(&self.old, slot, PRIVATE)?;
        file.write_all(bytes)?;
        file.set_permissions(Permissions::from_mode(bits))?;
        Ok(file)
    }

    /// Writes a new file into `slot`. With `bits` it gets exactly these permissions, else those of a new file of `mode`.
    pub(super) fn write(
        &self,
        slot: &str,
        bytes: &[u8],
        mode: crate::Mode,
        bits: Option<u32>,
    ) -> io::Result<File> {
        // Without `bits` the system takes the umask off, as for any new file.
        let open_mode = match (bits, mode) {
            (Some(_), _) => PRIVATE,
            (None, crate::Mode::Executable) => Mode::from_raw_mode(0o777),
            (None, crate::Mode::Regular) => Mode::from_raw_mode(0o666),
        };
        let mut file = create(&self.new, slot, open_mode)?;
        file.write_all(bytes)?;
        if let Some(bits) = bits {
            file.set_permissions(Permissions::from_mode(bits))?;
        }
        Ok(file)
    }
}

/// The directories of transactions that were left behind, oldest first.
pub(super) fn left_behind(state: &StateDir) -> Result<Vec<PathBuf>, ExecutorError> {
    let path = state.join(TRANSACTIONS);
    match open_directory(state.handle(), TRANSACTIONS) {
        Ok(_) => {}
        Err(Errno::NOENT) => return Ok(Vec::new()),
        Err(error) => return Err(io_error(&path)(error)),
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&path).map_err(io_error(&path))? {
        found.push(entry.map_err(io_error(&path))?.path());
    }
    found.sort();
    Ok(found)
}

/// Removes the directory of a transaction. Links in it are removed, never followed.
pub(super) fn remove(state: &StateDir, path: &Path) -> Result<(), ExecutorError> {
    std::fs::remove_dir_all(path).map_err(io_error(path))?;
    remove_if_empty(state);
    Ok(())
}

/// The journal in the directory of a transaction.
pub(super) fn journal_in(path: &Path) -> PathBuf {
    path.join(JOURNAL)
}

/// The directory of new files in the directory of a transaction, and that of old ones, where they are.
pub(super) fn stashes_in(state: &StateDir, id: &str) -> Vec<OwnedFd> {
    let open = |name: &str| {
        let transactions = open_directory(state.handle(), TRANSACTIONS)?;
        open_directory(open_directory(transactions, id)?, name)
    };
    [NEW, OLD]
        .into_iter()
        .filter_map(|name| open(name).ok())
        .collect()
}

/// Gives the file at `place` a second name in the transaction.
pub(super) fn link_old(place: &Place<'_>, old: &OwnedFd, slot: &str) -> Result<(), Errno> {
    fs::linkat(&place.directory, place.name, old, slot, AtFlags::empty())
}

/// Removes the directory of transactions unless one is in it.
pub(super) fn remove_if_empty(state: &StateDir) {
    // Others may be left behind in it; an empty directory that stays does no harm.
    let _ = fs::unlinkat(state.handle(), TRANSACTIONS, AtFlags::REMOVEDIR);
}

fn made(parent: &OwnedFd, name: &str) -> Result<OwnedFd, Errno> {
    match fs::mkdirat(parent, name, Mode::from_raw_mode(0o700)) {
        Ok(()) | Err(Errno::EXIST) => open_directory(parent, name),
        Err(error) => Err(error),
    }
}

fn create(directory: &OwnedFd, name: &str, mode: Mode) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let handle = fs::openat(directory, name, flags, mode)?;
    Ok(File::from(handle))
}

/// The place of a path whose directory may have vanished.
pub(super) fn place_or_missing<'a>(
    root: &Root,
    path: &'a crate::RepoPath,
) -> io::Result<Option<Place<'a>>> {
    match root.place(path) {
        Ok(place) => Ok(Some(place)),
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::XDEV) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
