//! Making a worktree be a commit again, whatever was done to it.

mod keep;
mod sweep;
mod wanted;

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use ftc_durable::{LinkPolicy, SyncLevel};
pub(crate) use keep::Keep;
use sweep::sweep;
use wanted::Wanted;

use crate::object_id::ObjectId;
use crate::program::GitCall;
use crate::registration::Registration;
use crate::repository::Repository;
use crate::worktrees::{WorktreeError, file_error, make_writable, remove_all};

impl Repository {
    /// Makes the linked worktree at `worktree` hold exactly the files of `commit`, with `HEAD` detached there: whatever else is
    /// in it is deleted, ignored files and nested repositories included, and nothing of an earlier user is left in its git
    /// directory (locks, merges in progress, index flags, configuration of its own).
    ///
    /// `keep` names what survives at the top of the worktree if the commit does not have it: names or globs (`target`,
    /// `.cache*`). Links are never kept. Files that already are as they should be are not written, so that they keep their
    /// times.
    ///
    /// No other process may be at work in it. If this fails it can be repeated.
    pub fn reset_worktree(
        &self,
        worktree: &Path,
        commit: ObjectId,
        keep: &[String],
    ) -> Result<(), WorktreeError> {
        let registration = self
            .find_worktree(worktree)?
            .ok_or_else(|| self.not_a_worktree(worktree))?;
        if !registration.linked {
            return Err(WorktreeError::MainWorktree {
                path: registration.path,
            });
        }
        let keep = Keep::new(keep)?;
        self.materialise(&registration, commit, &keep)
    }

    /// Makes the files and the git directory of a registered worktree be those of `commit`.
    pub(crate) fn materialise(
        &self,
        registration: &Registration,
        commit: ObjectId,
        keep: &Keep,
    ) -> Result<(), WorktreeError> {
        let mut wanted = Wanted::load(&self.store(), commit, &registration.path)?;
        restore_link(registration)?;
        sweep(&registration.path, &mut wanted, keep)?;
        let index = self.check_out(registration, wanted)?;
        clean_admin(registration)?;
        replace(&registration.admin.join("index"), &index)?;
        replace(
            &registration.admin.join("HEAD"),
            format!("{commit}\n").as_bytes(),
        )
    }

    /// Writes the files that are not yet as they should be, and returns the bytes of the index that describes all of them.
    fn check_out(
        &self,
        registration: &Registration,
        wanted: Wanted,
    ) -> Result<Vec<u8>, WorktreeError> {
        let path = &registration.path;
        let is_complete = wanted.is_complete();
        let bytes = wanted.into_index_bytes(path)?;
        if is_complete {
            return Ok(bytes);
        }
        let checkout_error = |source| WorktreeError::Checkout {
            path: path.clone(),
            source,
        };
        let private = self.private_git_dir().map_err(checkout_error)?;
        let index = private.path().join(INDEX);
        private
            .write(INDEX, &bytes)
            .map_err(|source| file_error("write", &index, source))?;
        GitCall::new(self.git(), &private, "checkout-index")
            .worktree(path, INDEX)
            .args(["--all", "--force", "--index", "--quiet"])
            .run()
            .map_err(checkout_error)?;
        fs::read(&index).map_err(|source| file_error("read", &index, source))
    }
}

/// The name of the index in a private git directory.
const INDEX: &str = "index";

/// What a git directory of a worktree keeps when it gets a new user; what begins with `ftc-` is ours.
const ADMIN_FILES: &[&str] = &["HEAD", "commondir", "gitdir", "locked", "logs"];

/// Deletes what an earlier user left in the worktree's git directory: locks, an index with flags, merges in progress,
/// configuration and references of its own.
fn clean_admin(registration: &Registration) -> Result<(), WorktreeError> {
    let admin = &registration.admin;
    let read_error = |source| file_error("read", admin, source);
    for entry in fs::read_dir(admin).map_err(read_error)? {
        let entry = entry.map_err(read_error)?;
        let name = entry.file_name();
        let stays = name
            .to_str()
            .is_some_and(|name| ADMIN_FILES.contains(&name) || name.starts_with("ftc-"));
        if !stays {
            let path = entry.path();
            remove_all(&path).map_err(|source| file_error("delete", &path, source))?;
        }
    }
    replace(&admin.join("commondir"), b"../..\n")
}

/// Makes the worktree's `.git` file lead to its git directory again, whatever is in its place.
fn restore_link(registration: &Registration) -> Result<(), WorktreeError> {
    let path = registration.path.join(".git");
    let mut wanted = b"gitdir: ".to_vec();
    wanted.extend_from_slice(registration.admin.as_os_str().as_bytes());
    wanted.push(b'\n');
    let top = &registration.path;
    let metadata = fs::symlink_metadata(top).map_err(|source| file_error("read", top, source))?;
    if !metadata.is_dir() {
        return Err(file_error("read", top, io::ErrorKind::NotADirectory.into()));
    }
    make_writable(top, &metadata).map_err(|source| file_error("make writable", top, source))?;
    let is_file = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file());
    if is_file && fs::read(&path).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    remove_all(&path).map_err(|source| file_error("delete", &path, source))?;
    replace(&path, &wanted)
}

/// Replaces a file as a whole. Not synced: a worktree that was being reset in a power loss is reset again.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), WorktreeError> {
    let options = ftc_durable::Options {
        links: LinkPolicy::Replace,
        sync: SyncLevel::RenameOnly,
        ..ftc_durable::Options::default()
    };
    ftc_durable::write_atomic_with(path, options, &mut |file| file.write_all(bytes)).map_err(
        |source| WorktreeError::Replace {
            path: path.to_owned(),
            source,
        },
    )
}
