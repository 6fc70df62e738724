//! Whole-file writes: after a crash at any instant the file holds the old bytes or the new bytes.
//!
//! The order is: open the directory, create a temporary file beside the target, set its mode, write, fsync it, rename it
//! over the target, fsync the directory. The file is synced before the rename because a journal may otherwise commit the
//! rename ahead of the data and leave an empty file; the directory is synced last because only that makes the rename
//! itself survive a power loss.

mod error;
mod target;

use std::fs::{File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

pub use error::WriteError;
use target::Target;

use crate::temps;

/// The mode of a new file before the umask is applied.
const NEW_FILE_MODE: u32 = 0o644;
/// The mode of a file until it gets the exact mode that it is to have.
const PRIVATE_MODE: u32 = 0o600;

/// How [`write_atomic_with`] writes. The default is what [`write_atomic`] does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// The exact permission bits of the written file, the umask notwithstanding. `None` keeps the bits of a replaced file
    /// and gives a new file 0644 less the umask.
    pub mode: Option<u32>,
    /// What to do with a symbolic link at the target.
    pub links: LinkPolicy,
    /// How much is synced to the disk.
    pub sync: SyncLevel,
}

/// What to do with a symbolic link at the path that is to be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LinkPolicy {
    /// Refuse: whoever can place a link should not choose which file we write.
    #[default]
    Refuse,
    /// Write the file that the link points to; the link stays. The file must exist.
    Follow,
    /// Put a regular file in the place of the link; the file that it pointed to is not touched.
    Replace,
}

/// How much [`write_atomic_with`] syncs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SyncLevel {
    /// Data and directory: the new content survives a power loss once the call has returned.
    #[default]
    Full,
    /// Nothing. Other processes, and this one after being killed, still see old or new; after a power loss the file may be
    /// old, new or empty. For files that can be rebuilt.
    RenameOnly,
}

/// Replaces the file at `path` by `bytes`, or creates it, so that a crash at any instant leaves the old or the new content.
///
/// A relative path is taken from the current directory; the parent directory must exist. The mode of a replaced file is
/// kept; owner, extended attributes and hard links are not (the new file is a new inode). Blocks until the disk has the
/// data. A symbolic link at `path` is an error: see [`Options::links`].
///
/// When this returns an error the old file is untouched and no temporary file is left, with the single exception of
/// [`WriteError::SyncDirectory`]. Only a killed process leaves a temporary file: see
/// [`remove_stale_temps`](crate::remove_stale_temps).
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write_atomic_with(path, Options::default(), &mut |file| file.write_all(bytes))
}

/// Like [`write_atomic`], with `write` producing the content. An error that `write` returns leaves the old file untouched.
///
/// The file handed to `write` is empty and open for reading and writing; its own syncing is not needed.
pub fn write_atomic_with(
    path: &Path,
    options: Options,
    write: &mut dyn FnMut(&mut File) -> io::Result<()>,
) -> Result<(), WriteError> {
    let target = Target::resolve(path, options.links)?;
    let directory = target.directory().to_owned();
    // Opened first: an unreadable directory must fail the call before anything has changed, not after the rename.
    let directory_handle = match File::open(&directory) {
        Ok(handle) => handle,
        Err(source) => {
            return Err(WriteError::OpenDirectory {
                path: directory,
                source,
            });
        }
    };
    let exact_mode = options.mode.or(target.mode());
    // A file that will be private is private from its first instant, or somebody could open it before the chmod.
    let create_mode = exact_mode.map_or(NEW_FILE_MODE, |_| PRIVATE_MODE);
    let (mut file, temporary) = match temps::create(&directory, create_mode) {
        Ok(temporary) => temporary.into_parts(),
        Err(source) => return Err(WriteError::CreateTemporary { directory, source }),
    };
    // From here on every early return drops `temporary`, which removes the file.
    let path = path.to_owned();
    if let Err(source) = fill(&mut file, exact_mode, write) {
        return Err(WriteError::Write { path, source });
    }
    // A failed fsync is final: the kernel may have dropped the dirty pages, so a second fsync could lie.
    if let Err(source) = options.sync.sync(&file) {
        return Err(WriteError::Sync { path, source });
    }
    if let Err(error) = temporary.persist(&target.path) {
        let source = error.error;
        return Err(WriteError::Rename { path, source });
    }
    if let Err(source) = options.sync.sync(&directory_handle) {
        return Err(WriteError::SyncDirectory { path, source });
    }
    Ok(())
}

fn fill(
    file: &mut File,
    exact_mode: Option<u32>,
    write: &mut dyn FnMut(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    write(file)?;
    match exact_mode {
        Some(mode) => file.set_permissions(Permissions::from_mode(mode & 0o7777)),
        None => Ok(()),
    }
}

impl SyncLevel {
    fn sync(self, file: &File) -> io::Result<()> {
        match self {
            Self::Full => file.sync_all(),
            Self::RenameOnly => Ok(()),
        }
    }
}
