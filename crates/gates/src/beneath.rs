//! Files beneath a worktree, reached without following a link: what is in there was written by code that nobody trusts.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, fstat, openat, statat, unlinkat};
use rustix::io::Errno;

use crate::relative_path::RelativePath;

/// Why a path beneath a worktree cannot be used. The path is named by the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BeneathError {
    /// A part of the path is a link.
    #[error("`{part}` is a symbolic link")]
    Link { part: String },
    /// A part of the path is not a directory.
    #[error("`{part}` is not a directory")]
    NotADirectory { part: String },
    /// The last part is there and is no file.
    #[error("it is not a regular file")]
    NotAFile,
    /// The system refused.
    #[error("{}", io::Error::from(*.0))]
    System(Errno),
}

/// Opens the directory `path`; `None` when it does not exist.
pub(crate) fn open_directory(
    worktree: &Path,
    path: &RelativePath,
) -> Result<Option<OwnedFd>, BeneathError> {
    let root = openat(
        CWD,
        worktree,
        OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .map_err(BeneathError::System)?;
    let parts: Vec<&str> = path.parts().collect();
    descend(root, &parts)
}

/// Removes the file `path`; a link there is removed and not what it points to. Nothing there is fine.
pub(crate) fn remove_file(worktree: &Path, path: &RelativePath) -> Result<(), BeneathError> {
    let Some((directory, name)) = open_parent(worktree, path)? else {
        return Ok(());
    };
    match statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Directory => {
            return Err(BeneathError::NotAFile);
        }
        Ok(_) => {}
        Err(Errno::NOENT) => return Ok(()),
        Err(error) => return Err(BeneathError::System(error)),
    }
    match unlinkat(&directory, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(BeneathError::System(error)),
    }
}

/// Opens the regular file `path` for reading; `None` when nothing is there.
pub(crate) fn open_file(
    worktree: &Path,
    path: &RelativePath,
) -> Result<Option<File>, BeneathError> {
    let Some((directory, name)) = open_parent(worktree, path)? else {
        return Ok(None);
    };
    // Without NONBLOCK the opening of a pipe would wait for a writer, which whoever made the pipe need not give.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match openat(&directory, name, flags, Mode::empty()) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Ok(None),
        Err(Errno::LOOP) => {
            return Err(BeneathError::Link {
                part: name.to_owned(),
            });
        }
        Err(error) => return Err(BeneathError::System(error)),
    };
    let stat = fstat(&file).map_err(BeneathError::System)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(BeneathError::NotAFile);
    }
    Ok(Some(file.into()))
}

fn open_parent<'a>(
    worktree: &Path,
    path: &'a RelativePath,
) -> Result<Option<(OwnedFd, &'a str)>, BeneathError> {
    let mut parts: Vec<&str> = path.parts().collect();
    let Some(name) = parts.pop() else {
        return Err(BeneathError::NotAFile);
    };
    let root = openat(
        CWD,
        worktree,
        OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .map_err(BeneathError::System)?;
    Ok(descend(root, &parts)?.map(|directory| (directory, name)))
}

/// One step at a time, because only the last part of a path is kept from being a link by `NOFOLLOW`.
fn descend(root: OwnedFd, parts: &[&str]) -> Result<Option<OwnedFd>, BeneathError> {
    let mut directory = root;
    for part in parts {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        directory = match openat(&directory, *part, flags, Mode::empty()) {
            Ok(next) => next,
            Err(Errno::NOENT) => return Ok(None),
            // Linux calls a link `NOTDIR` here, so it has to be looked at.
            Err(Errno::LOOP | Errno::NOTDIR) => return Err(not_a_directory(&directory, part)),
            Err(error) => return Err(BeneathError::System(error)),
        };
    }
    Ok(Some(directory))
}

fn not_a_directory(directory: &OwnedFd, part: &str) -> BeneathError {
    let part = part.to_owned();
    match statat(directory, &part, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink => {
            BeneathError::Link { part }
        }
        _ => BeneathError::NotADirectory { part },
    }
}
