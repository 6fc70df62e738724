//! The directory of a service: nothing in it is followed, and nothing that is not ours is used.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::service::ServiceError;

/// A record is much smaller.
const RECORD_LIMIT_BYTES: u64 = 1 << 20;

pub(super) const PRIVATE: Mode = Mode::RUSR.union(Mode::WUSR);

/// An open directory that is ours alone.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    fd: OwnedFd,
}

impl Directory {
    /// Opens it, and makes it before if it is not there. The directory above must be there.
    pub(super) fn create(path: &Path) -> Result<Self, ServiceError> {
        let path = absolute(path)?;
        match rustix::fs::mkdir(&path, Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(directory_error(&path, error.into())),
        }
        Self::open(&path)?.ok_or_else(|| directory_error(&path, io::ErrorKind::NotFound.into()))
    }

    /// Opens it; `None` if it is not there.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, ServiceError> {
        let path = absolute(path)?;
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::CLOEXEC;
        let fd = match rustix::fs::open(&path, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(None),
            // Linux answers the latter for a link.
            Err(Errno::LOOP | Errno::NOTDIR) => {
                return Err(unsafe_to_use(path, "it is no directory"));
            }
            Err(error) => return Err(directory_error(&path, error.into())),
        };
        let stat = rustix::fs::fstat(&fd).map_err(|error| directory_error(&path, error.into()))?;
        if stat.st_uid != me() {
            return Err(unsafe_to_use(
                path,
                format!("it belongs to user {}", stat.st_uid),
            ));
        }
        let mode = stat.st_mode & 0o7777;
        if mode & 0o077 != 0 {
            return Err(unsafe_to_use(
                path,
                format!("its mode is {mode:04o}, not 0700"),
            ));
        }
        Ok(Some(Self { path, fd }))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where a file of it is said to be, for people.
    pub(super) fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub(super) fn fd(&self) -> &OwnedFd {
        &self.fd
    }

    /// The way to a socket in it, which is short however long the path is: the address of a socket has 108 bytes (unix(7)).
    pub(super) fn short_path(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}/{name}", self.fd.as_raw_fd()))
    }

    /// Opens a file of ours with `flags`; `None` if it is not there and is not to be made.
    pub(super) fn open_file(
        &self,
        name: &str,
        flags: OFlags,
    ) -> Result<Option<(File, Stat)>, ServiceError> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let fd = match rustix::fs::openat(&self.fd, name, flags, PRIVATE) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP) => return Err(self.not_ours(name, "it is a link")),
            Err(Errno::NXIO | Errno::ISDIR) => {
                return Err(self.not_ours(name, "it is no regular file"));
            }
            Err(error) => return Err(self.file_error(name, error.into())),
        };
        let stat = rustix::fs::fstat(&fd).map_err(|error| self.file_error(name, error.into()))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(self.not_ours(name, "it is no regular file"));
        }
        if stat.st_uid != me() {
            return Err(self.not_ours(name, format!("it belongs to user {}", stat.st_uid)));
        }
        if stat.st_nlink > 1 {
            return Err(self.not_ours(name, "it has another name elsewhere"));
        }
        Ok(Some((File::from(fd), stat)))
    }

    /// Reads a record; `None` if it is not there.
    pub(super) fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ServiceError> {
        let Some((file, _)) = self.open_file(name, OFlags::RDONLY)? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        file.take(RECORD_LIMIT_BYTES)
            .read_to_end(&mut bytes)
            .map_err(|error| self.file_error(name, error))?;
        match serde_json::from_slice(&bytes) {
            Ok(record) => Ok(Some(record)),
            Err(error) => Err(self.file_error(name, error.into())),
        }
    }

    /// Writes a record whole: a reader sees the one before or this one. It is not synced, because a change of boot makes it
    /// worthless.
    pub(super) fn write(&self, name: &str, record: &impl Serialize) -> Result<(), ServiceError> {
        let failed = |error| self.file_error(name, error);
        let mut bytes = serde_json::to_vec_pretty(record).map_err(|error| failed(error.into()))?;
        bytes.push(b'\n');
        let new = reserve_name(name);
        // Where one was reserved it is written over in place, which needs no room on a full disk.
        let flags = OFlags::WRONLY | OFlags::CREATE;
        let (mut file, _) = self
            .open_file(&new, flags)?
            .ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
        let length = u64::try_from(bytes.len()).map_err(|error| failed(io::Error::other(error)))?;
        file.write_all(&bytes)
            .and_then(|()| file.set_len(length))
            .map_err(failed)?;
        self.rename(&new, name).map_err(failed)
    }

    /// Takes room on the disk for a later [`write`](Self::write) of so many bytes at most.
    pub(super) fn reserve(&self, name: &str, bytes: usize) -> Result<(), ServiceError> {
        let new = reserve_name(name);
        self.remove(&new)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        if let Some((mut file, _)) = self.open_file(&new, flags)? {
            file.write_all(&vec![b' '; bytes])
                .map_err(|error| self.file_error(&new, error))?;
        }
        Ok(())
    }

    /// Both names are beneath the open directory. Nothing is synced: see [`write`](Self::write).
    pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.fd, from, &self.fd, to)?)
    }

    /// Removes a file if it is there.
    pub(super) fn remove(&self, name: &str) -> Result<(), ServiceError> {
        match rustix::fs::unlinkat(&self.fd, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(self.file_error(name, error.into())),
        }
    }

    /// What is at `name`, without following it.
    pub(super) fn file_type(&self, name: &str) -> Result<Option<FileType>, ServiceError> {
        match rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(FileType::from_raw_mode(stat.st_mode))),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(self.file_error(name, error.into())),
        }
    }

    pub(super) fn file_error(&self, name: &str, source: io::Error) -> ServiceError {
        ServiceError::File {
            path: self.path_of(name),
            source,
        }
    }

    pub(super) fn not_ours(&self, name: &str, why: impl Into<String>) -> ServiceError {
        unsafe_to_use(self.path_of(name), why)
    }
}

fn reserve_name(name: &str) -> String {
    format!("{name}.new")
}

pub(super) fn me() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn absolute(path: &Path) -> Result<PathBuf, ServiceError> {
    std::path::absolute(path).map_err(|error| directory_error(path, error))
}

fn directory_error(path: &Path, source: io::Error) -> ServiceError {
    ServiceError::Directory {
        directory: path.to_owned(),
        source,
    }
}

fn unsafe_to_use(path: PathBuf, why: impl Into<String>) -> ServiceError {
    ServiceError::Unsafe {
        path,
        why: why.into(),
    }
}
