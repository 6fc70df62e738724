//! From files to trees.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::index::entry::Mode;
use gix::objs::tree::{Entry, EntryKind};

use super::TreeError;
use super::convert::Rules;
use super::tracked::Tracked;
use crate::object_id::ObjectId;
use crate::repository::Repository;

/// One walk over the files of a worktree. Links are not followed.
pub(super) struct Walk<'a> {
    repository: &'a Repository,
    store: &'a gix::Repository,
    root: &'a Path,
    tracked: &'a Tracked,
    elsewhere: HashSet<PathBuf>,
    rules: Rules<'a>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        repository: &'a Repository,
        store: &'a gix::Repository,
        root: &'a Path,
        tracked: &'a Tracked,
        elsewhere: HashSet<PathBuf>,
    ) -> Result<Self, TreeError> {
        let exclude_file = repository.exclude_file();
        let rules = Rules::new(store, root, &exclude_file)
            .map_err(|source| file_error(&exclude_file, source))?;
        Ok(Self {
            repository,
            store,
            root,
            tracked,
            elsewhere,
            rules,
        })
    }

    /// Writes the tree of the whole worktree.
    pub(super) fn run(&mut self) -> Result<ObjectId, TreeError> {
        let metadata =
            fs::symlink_metadata(self.root).map_err(|source| file_error(self.root, source))?;
        if !metadata.is_dir() {
            return Err(file_error(self.root, io::ErrorKind::NotADirectory.into()));
        }
        let entries = self.directory(BString::default().as_ref(), false)?;
        self.write_tree(entries)
    }

    /// The entries of the directory at `path`. In an ignored one, only what is tracked counts.
    fn directory(&mut self, path: &BStr, ignored: bool) -> Result<Vec<Entry>, TreeError> {
        let full = self.full(path);
        let mut entries = Vec::new();
        for child in fs::read_dir(&full).map_err(|source| file_error(&full, source))? {
            let child = child.map_err(|source| file_error(&full, source))?;
            let name = BString::from(child.file_name().into_vec());
            let metadata = match child.metadata() {
                Ok(metadata) => metadata,
                Err(source) => return Err(file_error(&child.path(), source)),
            };
            if !is_storable(&name) || (path.is_empty() && name == ".git") {
                continue;
            }
            let mut child_path = BString::from(path);
            if !path.is_empty() {
                child_path.push(b'/');
            }
            child_path.extend_from_slice(&name);
            let found = self.entry(child_path.as_ref(), &metadata, ignored)?;
            entries.extend(found.map(|(kind, id)| Entry {
                mode: kind.into(),
                filename: name,
                oid: id.to_gix(),
            }));
        }
        entries.sort();
        Ok(entries)
    }

    fn entry(
        &mut self,
        path: &BStr,
        metadata: &Metadata,
        ignored: bool,
    ) -> Result<Option<(EntryKind, ObjectId)>, TreeError> {
        if metadata.is_dir() {
            return self.directory_entry(path, ignored);
        }
        let is_link = metadata.is_symlink();
        if !is_link && !metadata.is_file() {
            return Ok(None);
        }
        if !self.tracked.has_file(path) && (ignored || self.is_ignored(path, Mode::FILE)?) {
            return Ok(None);
        }
        let full = self.full(path);
        let (kind, content) = if is_link {
            let target = fs::read_link(&full).map_err(|source| file_error(&full, source))?;
            (EntryKind::Link, target.into_os_string().into_vec())
        } else {
            let is_executable = metadata.permissions().mode() & 0o100 != 0;
            let kind = if is_executable {
                EntryKind::BlobExecutable
            } else {
                EntryKind::Blob
            };
            let known = self.tracked.blob(path);
            (kind, self.rules.content(&full, path, known)?)
        };
        let id = self
            .store
            .write_blob(content)
            .map_err(|source| self.write_error(source))?;
        Ok(ObjectId::of(&id).map(|id| (kind, id)))
    }

    fn directory_entry(
        &mut self,
        path: &BStr,
        ignored: bool,
    ) -> Result<Option<(EntryKind, ObjectId)>, TreeError> {
        if let Some(commit) = self.tracked.submodule(path) {
            return Ok(Some((EntryKind::Commit, commit)));
        }
        if self.elsewhere.contains(&self.full(path)) {
            return Ok(None);
        }
        let ignored = ignored || self.is_ignored(path, Mode::DIR)?;
        if ignored && !self.tracked.has_below(path) {
            return Ok(None);
        }
        let entries = self.directory(path, ignored)?;
        if entries.is_empty() {
            return Ok(None);
        }
        self.write_tree(entries)
            .map(|id| Some((EntryKind::Tree, id)))
    }

    fn is_ignored(&mut self, path: &BStr, mode: Mode) -> Result<bool, TreeError> {
        let full = self.full(path);
        self.rules
            .is_ignored(path, mode)
            .map_err(|source| file_error(&full, source))
    }

    fn write_tree(&self, entries: Vec<Entry>) -> Result<ObjectId, TreeError> {
        let id = self
            .store
            .write_object(gix::objs::Tree { entries })
            .map_err(|source| self.write_error(source))?;
        Ok(ObjectId::of(&id).unwrap_or(ObjectId::EMPTY_TREE))
    }

    fn write_error(&self, source: gix::Error) -> TreeError {
        TreeError::Write {
            repository: self.repository.common_dir().to_owned(),
            source: source.into(),
        }
    }

    fn full(&self, path: &BStr) -> PathBuf {
        if path.is_empty() {
            return self.root.to_owned();
        }
        self.root.join(std::ffi::OsStr::from_bytes(path.as_bytes()))
    }
}

/// Whether a tree may have an entry of this name: not `.git` in any of the ways in which some file system spells it.
fn is_storable(name: &BString) -> bool {
    let options = gix::validate::path::component::Options {
        protect_windows: false,
        protect_hfs: true,
        protect_ntfs: true,
    };
    gix::validate::path::component(name.as_ref(), None, options).is_ok()
}

fn file_error(path: &Path, source: io::Error) -> TreeError {
    TreeError::File {
        path: path.to_owned(),
        source,
    }
}
