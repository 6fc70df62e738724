//! Which worktrees a repository has, by its own records alone: a worktree's `.git` file proves nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::object_id::ObjectId;
use crate::references::RefError;
use crate::repository::{Repository, path_of_line};

/// A worktree and the git directory that belongs to it alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Registration {
    /// Its top folder.
    pub(crate) path: PathBuf,
    /// `HEAD`, index and locks. Of the main worktree, the repository's own git directory.
    pub(crate) admin: PathBuf,
    /// Whether it is a linked worktree.
    pub(crate) linked: bool,
}

/// What a `HEAD` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Head {
    Branch(String),
    Detached(ObjectId),
    Unreadable,
}

impl Registration {
    pub(crate) fn head(&self) -> io::Result<Head> {
        let bytes = match fs::read(self.admin.join("HEAD")) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Head::Unreadable),
            Err(error) => return Err(error),
        };
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_end();
        Ok(match text.strip_prefix("ref:") {
            Some(name) => Head::Branch(name.trim_start().to_owned()),
            None => text.parse().map_or(Head::Unreadable, Head::Detached),
        })
    }
}

impl Repository {
    /// Where the records of linked worktrees are.
    pub(crate) fn registrations_dir(&self) -> PathBuf {
        self.common_dir().join("worktrees")
    }

    /// The linked worktrees, in order of their paths.
    pub(crate) fn registrations(&self) -> io::Result<Vec<Registration>> {
        let directory = self.registrations_dir();
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut registrations = Vec::new();
        for entry in entries {
            let admin = entry?.path();
            // Without a readable `gitdir` it is one that is just being made or removed.
            let Ok(bytes) = fs::read(admin.join("gitdir")) else {
                continue;
            };
            let dot_git = admin.join(path_of_line(&bytes));
            if let Some(path) = dot_git.parent() {
                registrations.push(Registration {
                    path: located(path),
                    admin,
                    linked: true,
                });
            }
        }
        registrations.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(registrations)
    }

    /// The worktree whose top folder is `path`, which need not exist any more.
    pub(crate) fn registration(&self, path: &Path) -> io::Result<Option<Registration>> {
        let resolved = fs::canonicalize(path).ok();
        let located = located(path);
        let is_it =
            |candidate: &Path| candidate == located || Some(candidate) == resolved.as_deref();
        if let Some(main) = self.main_worktree().filter(|main| is_it(main)) {
            return Ok(Some(Registration {
                path: main.to_owned(),
                admin: self.common_dir().to_owned(),
                linked: false,
            }));
        }
        Ok(self
            .registrations()?
            .into_iter()
            .find(|registration| is_it(&registration.path)))
    }

    /// The main worktree, where there is one for certain.
    pub(crate) fn main_worktree(&self) -> Option<&Path> {
        if self
            .common_dir()
            .file_name()
            .is_some_and(|name| name == ".git")
        {
            self.common_dir().parent()
        } else if self.git_dir() == self.common_dir() {
            self.work_dir()
        } else {
            None
        }
    }

    /// The commit that a `HEAD` leads to; `None` for a branch without commits.
    pub(crate) fn head_commit(&self, head: &Head) -> Result<Option<ObjectId>, RefError> {
        match head {
            Head::Branch(name) => self.reference(name),
            Head::Detached(id) => Ok(Some(*id)),
            Head::Unreadable => Ok(None),
        }
    }
}

/// `path` with the links of its parents resolved, but not itself: whoever can replace a worktree by a link must not be able to
/// direct us elsewhere.
pub(crate) fn located(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (absolute.parent(), absolute.file_name()) {
        (Some(parent), Some(name)) => existing_part(parent).join(name),
        _ => absolute,
    }
}

/// `path` without links; of a path that does not exist, as much of it as does.
fn existing_part(path: &Path) -> PathBuf {
    match (fs::canonicalize(path), path.parent(), path.file_name()) {
        (Ok(path), _, _) => path,
        (Err(_), Some(parent), Some(name)) => existing_part(parent).join(name),
        (Err(_), _, _) => path.to_owned(),
    }
}
