//! The home and temporary folder that a confined child has for itself.

use std::fs::DirBuilder;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::shim::spec::ChildCommand;
use crate::spawn::SpawnError;

/// The directory of the private directories. Dropping it removes it, unless it is the caller's.
#[derive(Debug)]
pub(super) struct PrivateDirectory {
    path: PathBuf,
    is_ours: bool,
}

impl PrivateDirectory {
    /// Makes them in `scratch`, which stays, or in a new directory in the `TMPDIR` of the command.
    pub(super) fn make(scratch: Option<&Path>, command: &ChildCommand) -> Result<Self, SpawnError> {
        let private = match scratch {
            Some(path) => Self {
                path: std::path::absolute(path)
                    .map_err(|error| failure("resolve", path, &error))?,
                is_ours: false,
            },
            None => Self {
                path: make_fresh(command)?,
                is_ours: true,
            },
        };
        for path in private.writable() {
            match make_directory(&path) {
                Ok(()) => {}
                // The caller's, from an earlier child; a link in its place could lead anywhere.
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists && is_directory(&path) => {}
                Err(error) => return Err(failure("create", &path, &error)),
            }
        }
        Ok(private)
    }

    /// The directories that the child may write.
    pub(super) fn writable(&self) -> [PathBuf; 3] {
        ["home", "tmp", "run"].map(|name| self.path.join(name))
    }

    /// The temporary folder.
    pub(super) fn temporary(&self) -> PathBuf {
        self.path.join("tmp")
    }

    /// What is to be removed in the end.
    pub(super) fn removed(&self) -> Option<&Path> {
        self.is_ours.then_some(self.path.as_path())
    }

    /// Points the variables of the command here; see the XDG Base Directory Specification 0.8 for those of that name.
    pub(super) fn point_environment(&self, command: &mut ChildCommand) {
        let home = self.path.join("home");
        for (name, value) in [
            ("TMPDIR", self.temporary()),
            ("XDG_CACHE_HOME", home.join(".cache")),
            ("XDG_CONFIG_HOME", home.join(".config")),
            ("XDG_DATA_HOME", home.join(".local/share")),
            ("XDG_STATE_HOME", home.join(".local/state")),
            ("XDG_RUNTIME_DIR", self.path.join("run")),
            ("HOME", home),
        ] {
            command.environment.insert(name.into(), value.into());
        }
        for name in ["TEMP", "TEMPDIR", "TMP"] {
            command.environment.remove(std::ffi::OsStr::new(name));
        }
    }
}

impl Drop for PrivateDirectory {
    fn drop(&mut self) {
        if self.is_ours {
            remove(&self.path);
        }
    }
}

/// Removes a directory with all that is in it, also what its owner may not write: caches often are. What cannot be removed stays; it
/// is in a temporary directory, and the child's outcome does not depend on it.
pub(super) fn remove(path: &Path) {
    if std::fs::remove_dir_all(path).is_err() {
        open_up(path);
        let _ = std::fs::remove_dir_all(path);
    }
}

/// Lets the owner change all directories beneath `path`. Links are not followed.
fn open_up(path: &Path) {
    // What fails here makes the removal fail, too.
    let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700));
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            open_up(&entry.path());
        }
    }
}

fn make_fresh(command: &ChildCommand) -> Result<PathBuf, SpawnError> {
    let parent = command.environment.get(std::ffi::OsStr::new("TMPDIR"));
    let parent = parent
        .map(PathBuf::from)
        .filter(|parent| parent.is_absolute())
        .unwrap_or_else(|| PathBuf::from("/tmp"));
    loop {
        // Randomly seeded. That nobody else made it is ensured by `mkdir`, not by the name.
        let name = RandomState::new().hash_one(std::process::id());
        let path = parent.join(format!("ftc-{name:016x}"));
        match make_directory(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failure("create", &path, &error)),
        }
    }
}

fn make_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

fn is_directory(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

fn failure(verb: &str, path: &Path, error: &io::Error) -> SpawnError {
    SpawnError::Confinement {
        why: format!("failed to {verb} `{}`: {error}", path.display()),
    }
}
