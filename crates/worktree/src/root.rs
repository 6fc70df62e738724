//! The folder of a pool.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ftc_durable::network_filesystem;
use ftc_vcs::Repository;

use crate::pool::OpenPoolError;

/// The folder of the slots in the root.
const SLOTS: &str = "s";
/// The root's name where nobody chooses another.
const DEFAULT_NAME: &str = ".worktrees";

/// Where the pool of a repository is unless somebody chooses another place.
///
/// It is in the main worktree, so all linked worktrees, slots included, have the same pool. `None` for a repository without
/// one, such as a bare one.
pub(crate) fn default_root(repository: &Repository) -> Option<PathBuf> {
    Some(main_worktree(repository)?.join(DEFAULT_NAME))
}

fn main_worktree(repository: &Repository) -> Option<&Path> {
    if repository.git_dir() == repository.common_dir() {
        return repository.work_dir();
    }
    let common = repository.common_dir();
    common
        .parent()
        .filter(|_| common.file_name().is_some_and(|name| name == ".git"))
}

/// Makes the root where it is missing, and hides it from the repository that it is in.
pub(crate) fn prepare(repository: &Repository, root: &Path) -> Result<PathBuf, OpenPoolError> {
    let root = make_folder(root)?;
    if let Some(kind) = network_filesystem(&root) {
        return Err(OpenPoolError::NetworkFilesystem { path: root, kind });
    }
    make_folder(&root.join(SLOTS))?;
    if let Some(pattern) = exclude_pattern(repository, &root)? {
        repository
            .exclude(&pattern)
            .map_err(|error| OpenPoolError::Exclude {
                path: root.clone(),
                source: Box::new(error),
            })?;
    }
    Ok(root)
}

/// The root as [`prepare`] would make it, without making it.
pub(crate) fn examine(repository: &Repository, root: &Path) -> Result<PathBuf, OpenPoolError> {
    let failed = |source| OpenPoolError::Root {
        path: root.to_owned(),
        source,
    };
    let (root, existing) = match fs::symlink_metadata(root) {
        Ok(metadata) if metadata.is_dir() => {
            let root = fs::canonicalize(root).map_err(failed)?;
            (root.clone(), root)
        }
        Ok(_) => {
            return Err(OpenPoolError::NotAFolder {
                path: root.to_owned(),
            });
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let parent = root.parent().unwrap_or(root);
            let parent = fs::canonicalize(parent).map_err(failed)?;
            (parent.join(root.file_name().unwrap_or_default()), parent)
        }
        Err(error) => return Err(failed(error)),
    };
    if let Some(kind) = network_filesystem(&existing) {
        return Err(OpenPoolError::NetworkFilesystem { path: root, kind });
    }
    exclude_pattern(repository, &root)?;
    Ok(root)
}

/// The worktree of a slot.
pub(crate) fn slot_path(root: &Path, slot: u32) -> PathBuf {
    root.join(SLOTS).join(slot.to_string())
}

/// The slot that `path` is the worktree of.
pub(crate) fn slot_at(root: &Path, path: &Path) -> Option<u32> {
    let name = path.strip_prefix(root.join(SLOTS)).ok()?.to_str()?;
    // Compared as text: `+1`, `01` and `1/..` are no slots of ours.
    name.parse()
        .ok()
        .filter(|slot: &u32| slot.to_string() == name)
}

/// A folder, not a link to one: the repository's content must not choose where slots are made and scrubbed.
fn make_folder(path: &Path) -> Result<PathBuf, OpenPoolError> {
    let failed = |source| OpenPoolError::Root {
        path: path.to_owned(),
        source,
    };
    match fs::create_dir(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(error)),
    }
    let metadata = fs::symlink_metadata(path).map_err(failed)?;
    if !metadata.is_dir() {
        return Err(OpenPoolError::NotAFolder {
            path: path.to_owned(),
        });
    }
    fs::canonicalize(path).map_err(failed)
}

/// The pattern that hides the root, if it is inside of a worktree of the repository.
fn exclude_pattern(repository: &Repository, root: &Path) -> Result<Option<String>, OpenPoolError> {
    for worktree in repository
        .work_dir()
        .into_iter()
        .chain(main_worktree(repository))
    {
        let worktree = fs::canonicalize(worktree).map_err(|source| OpenPoolError::Root {
            path: worktree.to_owned(),
            source,
        })?;
        let Ok(inside) = root.strip_prefix(&worktree) else {
            continue;
        };
        if inside.as_os_str().is_empty() {
            return Err(OpenPoolError::IsWorktree {
                path: root.to_owned(),
            });
        }
        let Some(inside) = inside.to_str() else {
            return Err(OpenPoolError::NotUtf8 {
                path: root.to_owned(),
            });
        };
        return Ok(Some(format!("/{}/", escaped(inside))));
    }
    Ok(None)
}

/// `path` as a pattern that matches nothing else.
fn escaped(path: &str) -> String {
    let mut pattern = String::with_capacity(path.len());
    for character in path.chars() {
        if matches!(character, '\\' | '*' | '?' | '[' | ']' | ' ') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
