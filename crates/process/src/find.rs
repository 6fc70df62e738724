//! Finding programs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

/// Finds the program `name`: in the directory `beside` first, then in the directories of `path` (the value of `PATH`).
///
/// `name` is a bare name; one with a slash is never found. Relative and empty entries of `path` are skipped: they would make
/// the answer depend on the current directory, which may belong to somebody else.
pub fn find_program(
    name: impl AsRef<OsStr>,
    beside: Option<&Path>,
    path: Option<&OsStr>,
) -> Option<PathBuf> {
    let name = name.as_ref();
    if name.is_empty() || name.as_encoded_bytes().contains(&b'/') {
        return None;
    }
    beside
        .map(Path::to_owned)
        .into_iter()
        .chain(
            path.into_iter()
                .flat_map(std::env::split_paths)
                .filter(|directory| directory.is_absolute()),
        )
        .map(|directory| directory.join(name))
        .find(|candidate| is_executable(candidate))
}

/// Whether `path` is a file that this process may execute.
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}
