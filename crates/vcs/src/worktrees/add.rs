//! Making a worktree.
//!
//! It is registered by writing the files that git's own `worktree add` writes (gitrepository-layout(5), "worktrees/"): `git
//! worktree add` itself would run hooks and filters that the repository's configuration names.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::{WorktreeError, file_error, remove_all};
use crate::object_id::ObjectId;
use crate::registration::{Registration, located};
use crate::repository::Repository;
use crate::reset::Keep;

pub(super) fn add(
    repository: &Repository,
    path: &Path,
    commit: ObjectId,
    lock_reason: &str,
) -> Result<(), WorktreeError> {
    if lock_reason.contains(['\n', '\0']) {
        return Err(WorktreeError::Text {
            what: "lock reason",
            text: lock_reason.to_owned(),
        });
    }
    if let Some(registration) = repository.find_worktree(path)? {
        return Err(WorktreeError::Registered {
            path: registration.path,
        });
    }
    let made = make_directory(path)?;
    let path = located(path);
    let admin = match make_admin(repository, &path) {
        Ok(admin) => admin,
        Err(error) => {
            undo(&path, made);
            return Err(error);
        }
    };
    let registration = Registration {
        path,
        admin,
        linked: true,
    };
    let result = register(&registration, commit, lock_reason)
        .and_then(|()| repository.materialise(&registration, commit, &Keep::default()));
    if result.is_err() {
        undo(&registration.path, made);
        // The first error is the one to tell. A registration that stays behind is removed by `remove_worktree`.
        let _ = remove_all(&registration.admin);
    }
    result
}

/// Whether the folder of the worktree was there before.
#[derive(Clone, Copy)]
enum Made {
    Folder,
    FilesOnly,
}

fn make_directory(path: &Path) -> Result<Made, WorktreeError> {
    if let Some(parent) = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        fs::create_dir_all(parent).map_err(|source| file_error("create", parent, source))?;
    }
    match fs::create_dir(path) {
        Ok(()) => Ok(Made::Folder),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let is_directory = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
            let is_empty = is_directory
                && fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
            if is_empty {
                Ok(Made::FilesOnly)
            } else {
                Err(WorktreeError::Exists {
                    path: path.to_owned(),
                })
            }
        }
        Err(source) => Err(file_error("create", path, source)),
    }
}

/// Makes a git directory for the worktree, under a name that nobody else has.
fn make_admin(repository: &Repository, path: &Path) -> Result<PathBuf, WorktreeError> {
    let directory = repository.registrations_dir();
    fs::create_dir_all(&directory).map_err(|source| file_error("create", &directory, source))?;
    let name = admin_name(path);
    let mut number = 0_u32;
    loop {
        let admin = match number {
            0 => directory.join(&name),
            _ => directory.join(format!("{name}{number}")),
        };
        match fs::create_dir(&admin) {
            Ok(()) => return Ok(admin),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(source) => return Err(file_error("create", &admin, source)),
        }
    }
}

/// A name that can stand in that of a reference (`worktrees/NAME/HEAD`): the folder's, with all else replaced.
fn admin_name(path: &Path) -> String {
    let name: String = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .chars()
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' => character,
            _ => '-',
        })
        .collect();
    if name.is_empty() {
        "worktree".to_owned()
    } else {
        name
    }
}

/// Writes the records. `locked` comes first, so that no `git worktree prune` can come between, and `gitdir` last, because
/// it makes the worktree known.
fn register(
    registration: &Registration,
    commit: ObjectId,
    lock_reason: &str,
) -> Result<(), WorktreeError> {
    let mut dot_git = registration
        .path
        .join(".git")
        .as_os_str()
        .as_bytes()
        .to_vec();
    dot_git.push(b'\n');
    let files: [(&str, Vec<u8>); 4] = [
        ("locked", format!("{lock_reason}\n").into_bytes()),
        ("HEAD", format!("{commit}\n").into_bytes()),
        ("commondir", b"../..\n".to_vec()),
        ("gitdir", dot_git),
    ];
    for (name, bytes) in files {
        let file = registration.admin.join(name);
        ftc_durable::write_atomic(&file, &bytes).map_err(|source| WorktreeError::Replace {
            path: file.clone(),
            source,
        })?;
    }
    Ok(())
}

/// Deletes what was made of a worktree that did not come to be.
fn undo(path: &Path, made: Made) {
    // The error that led here is the one to tell; what is left is found by whoever wants to use the path.
    let _ = match made {
        Made::Folder => remove_all(path),
        Made::FilesOnly => fs::read_dir(path).and_then(|entries| {
            for entry in entries {
                remove_all(&entry?.path())?;
            }
            Ok(())
        }),
    };
}
