//! Temporary files of atomic writes, and the sweep for those that a killed process left behind.
//!
//! A temporary file is named [`TEMP_PREFIX`] followed by twelve letters or digits and lies beside its target. Its writer
//! holds the kernel's lock (`flock`) on it for as long as it lives, so "stale" is not a guess from age or from a process id
//! that may have been reused: a file whose lock can be had has no writer.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;
use tempfile::NamedTempFile;

/// How the names of our temporary files begin.
pub const TEMP_PREFIX: &str = ".ftc-tmp-";

/// Random characters after the prefix.
const RANDOM_CHARACTERS: usize = 12;

/// Removes the temporary files in `directory` whose writers are gone, and returns how many there were.
///
/// Safe beside running writers, of this and of other processes: a file that somebody is writing stays. Only regular files
/// whose name has our exact pattern are looked at, links are not followed, and sub-directories are not entered. On a file
/// system without locks nothing is removed.
///
/// # Errors
/// The first failure to list, open or remove; files before it are already removed. A file that vanishes meanwhile is none.
pub fn remove_stale_temps(directory: &Path) -> io::Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if !is_temporary_name(entry.file_name().as_encoded_bytes()) || !entry.file_type()?.is_file()
        {
            continue;
        }
        match remove_if_stale(&entry.path()) {
            Ok(true) => removed += 1,
            Ok(false) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(removed)
}

/// Creates a temporary file in `directory` that no sweep will take for stale while it is open.
pub(crate) fn create(directory: &Path, mode: u32) -> io::Result<NamedTempFile> {
    loop {
        let temporary = tempfile::Builder::new()
            .prefix(TEMP_PREFIX)
            .rand_bytes(RANDOM_CHARACTERS)
            .permissions(Permissions::from_mode(mode))
            .tempfile_in(directory)?;
        match temporary.as_file().try_lock() {
            // Between our create and our lock a sweep may have locked, removed and released the file: then it has no name.
            Ok(()) if temporary.as_file().metadata()?.nlink() > 0 => return Ok(temporary),
            Ok(()) | Err(TryLockError::WouldBlock) => {}
            // Where there are no locks a sweep cannot lock either and leaves every file alone.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                return Ok(temporary);
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

fn remove_if_stale(path: &Path) -> io::Result<bool> {
    // `O_NONBLOCK` so that a pipe put there after the listing cannot hold us.
    let file = OpenOptions::new()
        .read(true)
        .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
        .open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(false),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
            return Ok(false);
        }
        Err(TryLockError::Error(error)) => return Err(error),
    }
    // The writer may have renamed the file into place, and another may own the name now.
    if !is_same_file(&file, path)? {
        return Ok(false);
    }
    fs::remove_file(path)?;
    Ok(true)
}

/// Whether `path` still names the open file.
pub(crate) fn is_same_file(file: &File, path: &Path) -> io::Result<bool> {
    let open = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(named) => Ok(open.dev() == named.dev() && open.ino() == named.ino()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_temporary_name(name: &[u8]) -> bool {
    name.strip_prefix(TEMP_PREFIX.as_bytes())
        .is_some_and(|rest| {
            rest.len() == RANDOM_CHARACTERS && rest.iter().all(u8::is_ascii_alphanumeric)
        })
}
