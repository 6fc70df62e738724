//! Deleting what is in the way, and finding out what is already right.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use gix::bstr::{BStr, BString};
use gix::index::entry::{Mode, Stat};
use rustix::fs::OFlags;

use super::keep::Keep;
use super::wanted::{Wanted, WantedFile};
use crate::object_id::ObjectId;
use crate::worktrees::{WorktreeError, file_error, make_writable, remove_all};

/// Deletes everything below `top` that does not belong there, and notes what is as it should be. Afterwards no link is left
/// where a directory should be, so that nothing is ever written through one.
pub(super) fn sweep(top: &Path, wanted: &mut Wanted, keep: &Keep) -> Result<(), WorktreeError> {
    let mut sweep = Sweep { top, wanted, keep };
    sweep.directory(BString::default().as_ref())
}

struct Sweep<'a> {
    top: &'a Path,
    wanted: &'a mut Wanted,
    keep: &'a Keep,
}

impl Sweep<'_> {
    fn directory(&mut self, path: &BStr) -> Result<(), WorktreeError> {
        let full = self.full(path);
        let read_error = |source| file_error("read", &full, source);
        for child in fs::read_dir(&full).map_err(read_error)? {
            let child = child.map_err(read_error)?;
            let name = BString::from(child.file_name().into_vec());
            if path.is_empty() && name == ".git" {
                continue;
            }
            let metadata = child.metadata().map_err(read_error)?;
            let mut child_path = BString::from(path);
            if !path.is_empty() {
                child_path.push(b'/');
            }
            child_path.extend_from_slice(&name);
            let is_kept = path.is_empty() && self.keep.matches(name.as_ref());
            self.entry(child_path.as_ref(), &metadata, is_kept)?;
        }
        Ok(())
    }

    fn entry(
        &mut self,
        path: &BStr,
        metadata: &Metadata,
        is_kept: bool,
    ) -> Result<(), WorktreeError> {
        let full = self.full(path);
        if self.wanted.has_directory(path) && metadata.is_dir() {
            make_writable(&full, metadata)
                .map_err(|source| file_error("make writable", &full, source))?;
            return self.directory(path);
        }
        if let Some(file) = self.wanted.file(path) {
            return self.wanted_file(&full, path, file, metadata);
        }
        let is_plain = metadata.is_dir() || metadata.is_file();
        if is_kept && is_plain && !self.wanted.has_directory(path) {
            return Ok(());
        }
        remove_all(&full).map_err(|source| file_error("delete", &full, source))
    }

    fn wanted_file(
        &mut self,
        full: &Path,
        path: &BStr,
        file: WantedFile,
        metadata: &Metadata,
    ) -> Result<(), WorktreeError> {
        let verbatim = self.wanted.is_verbatim();
        let is_right = match file.mode {
            Mode::SYMLINK => metadata.is_symlink() && link_is(full, file.id),
            Mode::COMMIT => metadata.is_dir() && is_empty(full),
            mode => {
                verbatim
                    && metadata.is_file()
                    && permissions_fit(metadata, mode)
                    && content_is(full, file.id)
            }
        };
        if is_right {
            let stat = gix::index::fs::Metadata::from_path_no_follow(full)
                .and_then(|metadata| Stat::from_fs(&metadata).map_err(io::Error::other))
                .map_err(|source| file_error("read", full, source))?;
            self.wanted.set_up_to_date(file.index, stat);
            return Ok(());
        }
        // git replaces a file, but only one of the right kind; and it would read its rules from an outdated `.gitattributes`.
        let is_attributes = path == ".gitattributes" || path.ends_with(b"/.gitattributes");
        let is_replaced = metadata.is_file() && file.mode != Mode::COMMIT && !is_attributes;
        if is_replaced {
            return Ok(());
        }
        remove_all(full).map_err(|source| file_error("delete", full, source))
    }

    fn full(&self, path: &BStr) -> PathBuf {
        if path.is_empty() {
            return self.top.to_owned();
        }
        self.top.join(std::ffi::OsStr::from_bytes(path))
    }
}

/// Whether the file may stay as it is: the right executable bit, readable and writable for us, nothing set that git never
/// sets, and no second name by which somebody else could change it.
fn permissions_fit(metadata: &Metadata, mode: Mode) -> bool {
    let bits = metadata.permissions().mode();
    let is_executable = bits & 0o100 != 0;
    bits & 0o7002 == 0
        && bits & 0o600 == 0o600
        && is_executable == (mode == Mode::FILE_EXECUTABLE)
        && (is_executable || bits & 0o111 == 0)
        && metadata.nlink() == 1
}

/// Whether the file holds this blob. One that cannot be read does not: it is written anew.
fn content_is(path: &Path, id: ObjectId) -> bool {
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::options()
            .read(true)
            .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
            .open(path)?
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().is_ok_and(|bytes| is_blob(&bytes, id))
}

fn link_is(path: &Path, id: ObjectId) -> bool {
    fs::read_link(path).is_ok_and(|target| is_blob(target.as_os_str().as_bytes(), id))
}

fn is_blob(bytes: &[u8], id: ObjectId) -> bool {
    gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, bytes)
        .is_ok_and(|found| ObjectId::of(&found) == Some(id))
}

fn is_empty(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}
