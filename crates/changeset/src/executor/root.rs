//! The tree that is changed, and the only way into it: component by component from its root, never through a link.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use ftc_durable::Digest;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{self, AtFlags, FileType, OFlags};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};

use super::found::Found;
use crate::{Mode, RepoPath, State};

/// How a directory is opened: readable, because `fsync` refuses an `O_PATH` descriptor.
const DIRECTORY: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// How a regular file is opened. Not to block, in case a pipe was put there after the look.
const FILE: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::CLOEXEC);

/// A directory tree that is held open.
#[derive(Debug)]
pub(super) struct Root {
    path: PathBuf,
    handle: OwnedFd,
}

/// Where a path leads: the directory that holds it, and its name there.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) directory: OwnedFd,
    pub(super) name: &'a str,
}

impl Root {
    /// Opens the tree. A link at `path` itself is followed, this once.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let path = std::fs::canonicalize(path)?;
        let handle = fs::open(&path, DIRECTORY, fs::Mode::empty())?;
        Ok(Self { path, handle })
    }

    /// The absolute path without links.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn handle(&self) -> &OwnedFd {
        &self.handle
    }

    /// Opens a directory of the tree; the empty path is the root itself.
    pub(super) fn directory(&self, relative: &str) -> Result<OwnedFd, Errno> {
        open_beneath(
            &self.handle,
            if relative.is_empty() { "." } else { relative },
        )
    }

    /// Opens the directory that holds `path`.
    pub(super) fn place<'a>(&self, path: &'a RepoPath) -> Result<Place<'a>, Errno> {
        let (directory, name) = split(path.as_str());
        Ok(Place {
            directory: self.directory(directory)?,
            name,
        })
    }

    /// What is at `path`, and the open file where it is a regular one.
    pub(super) fn look(&self, path: &RepoPath) -> io::Result<(Found, Option<File>)> {
        match self.place(path) {
            Ok(place) => look_at(&place.directory, place.name),
            Err(Errno::NOENT) => Ok((Found::Missing, None)),
            Err(Errno::LOOP) => Ok((Found::LinkInPath, None)),
            Err(Errno::NOTDIR) => self.why_no_directory(path),
            Err(Errno::XDEV) => Ok((Found::OtherFileSystem, None)),
            Err(error) => Err(error.into()),
        }
    }

    /// What is at `path`.
    pub(super) fn find(&self, path: &RepoPath) -> io::Result<Found> {
        Ok(self.look(path)?.0)
    }

    /// The system says `ENOTDIR` for a link as well as for a file on the way.
    fn why_no_directory(&self, path: &RepoPath) -> io::Result<(Found, Option<File>)> {
        for ancestor in ancestors(path.as_str()) {
            let status = fs::statat(&self.handle, ancestor, AtFlags::SYMLINK_NOFOLLOW);
            match status.map(|status| FileType::from_raw_mode(status.st_mode)) {
                Ok(FileType::Directory) => {}
                Ok(FileType::Symlink) => return Ok((Found::LinkInPath, None)),
                Ok(_) => return Ok((Found::FileInPath, None)),
                Err(error) => return Err(error.into()),
            }
        }
        Ok((Found::FileInPath, None))
    }

    /// Makes the missing directories on the way to `path`.
    pub(super) fn make_parents(&self, path: &RepoPath) -> io::Result<()> {
        for ancestor in ancestors(path.as_str()) {
            let (parent, name) = split(ancestor);
            let parent = self.directory(parent)?;
            match fs::mkdirat(&parent, name, fs::Mode::from_raw_mode(0o777)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The directories on the way to `path` that do not exist, outermost first.
    pub(super) fn missing_parents<'a>(&self, path: &'a RepoPath) -> Vec<&'a str> {
        ancestors(path.as_str())
            .filter(|ancestor| {
                self.directory(ancestor)
                    .is_err_and(|error| error == Errno::NOENT)
            })
            .collect()
    }

    /// Removes a directory if it is empty; what keeps it from being removed keeps it in its place.
    pub(super) fn remove_if_empty(&self, directory: &str) {
        let (parent, name) = split(directory);
        if let Ok(parent) = self.directory(parent) {
            // An empty directory is nothing that git knows, so one that stays does no harm.
            let _ = fs::unlinkat(&parent, name, AtFlags::REMOVEDIR);
        }
    }

    /// Makes the names in all directories from the one that holds `path` up to the root last.
    pub(super) fn sync_way_to(&self, path: &RepoPath) -> io::Result<()> {
        for ancestor in ancestors(path.as_str()) {
            match self.directory(ancestor) {
                Ok(directory) => fs::fsync(directory)?,
                // A directory that is gone holds no names.
                Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(fs::fsync(&self.handle)?)
    }
}

/// What is called `name` in `directory`, and the open file where it is a regular one.
pub(super) fn look_at(directory: impl AsFd, name: &str) -> io::Result<(Found, Option<File>)> {
    // Looked at before it is opened: opening a device can do something.
    let status = match fs::statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(status) => status,
        Err(Errno::NOENT) => return Ok((Found::Missing, None)),
        Err(error) => return Err(error.into()),
    };
    let found = match FileType::from_raw_mode(status.st_mode) {
        FileType::RegularFile => {
            return match fs::openat(&directory, name, FILE, fs::Mode::empty()) {
                Ok(handle) => look_into(File::from(handle)),
                Err(Errno::NOENT) => Ok((Found::Missing, None)),
                Err(Errno::LOOP) => Ok((Found::Link, None)),
                Err(error) => Err(error.into()),
            };
        }
        FileType::Symlink => Found::Link,
        FileType::Directory => Found::Directory,
        _ => Found::Special,
    };
    Ok((found, None))
}

/// Opens a directory of the state directory, or of the transaction in it.
pub(super) fn open_directory(parent: impl AsFd, name: &str) -> Result<OwnedFd, Errno> {
    fs::openat(parent, name, DIRECTORY, fs::Mode::empty())
}

fn look_into(mut file: File) -> io::Result<(Found, Option<File>)> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok((Found::Special, None));
    }
    let (sha256, size) = hash(&mut file)?;
    io::Seek::rewind(&mut file)?;
    let mode = Mode::from_permission_bits(metadata.mode());
    Ok((Found::File(State { sha256, size, mode }), Some(file)))
}

/// The digest and length of all that can be read.
pub(super) fn hash(reader: &mut dyn Read) -> io::Result<(Digest, u64)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    let mut size = 0;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((Digest::from_bytes(hasher.finalize().into()), size)),
            Ok(length) => {
                hasher.update(&buffer[..length]);
                size += length as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The directory of a path, empty for the root, and its last component.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// The directories above `path`, outermost first, without the root.
pub(super) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end])
}

#[cfg(target_os = "linux")]
fn open_beneath(root: &OwnedFd, relative: &str) -> Result<OwnedFd, Errno> {
    use rustix::fs::ResolveFlags;

    let resolve = ResolveFlags::BENEATH
        | ResolveFlags::NO_SYMLINKS
        | ResolveFlags::NO_MAGICLINKS
        | ResolveFlags::NO_XDEV;
    loop {
        return match fs::openat2(root, relative, DIRECTORY, fs::Mode::empty(), resolve) {
            // Something was renamed meanwhile; the kernel asks to try again.
            Err(Errno::AGAIN | Errno::INTR) => continue,
            // Kernels before 5.6, and filters that do not know the call.
            Err(Errno::NOSYS | Errno::PERM) => walk(root, relative),
            result => result,
        };
    }
}

#[cfg(not(target_os = "linux"))]
fn open_beneath(root: &OwnedFd, relative: &str) -> Result<OwnedFd, Errno> {
    walk(root, relative)
}

/// The same without `openat2`. A bind mount of the same file system is not noticed here.
fn walk(root: &OwnedFd, relative: &str) -> Result<OwnedFd, Errno> {
    let device = fs::fstat(root)?.st_dev;
    let mut directory = open_directory(root, ".")?;
    for component in relative.split('/') {
        directory = open_directory(&directory, component)?;
        if fs::fstat(&directory)?.st_dev != device {
            return Err(Errno::XDEV);
        }
    }
    Ok(directory)
}

#[cfg(test)]
mod tests;
