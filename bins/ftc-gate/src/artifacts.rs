//! The directory of logs and of the result, where the person names none.

use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use ftc_durable::{WriteError, write_atomic};
use jiff::Timestamp;

/// Why there is no directory.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactsError {
    #[error("`{}` is not a directory", path.display())]
    NotADirectory { path: PathBuf },
    #[error("failed to make the directory `{}`", path.display())]
    Make { path: PathBuf, source: io::Error },
    #[error("failed to keep `{}` out of git", path.display())]
    Ignore { path: PathBuf, source: WriteError },
}

/// Makes a new directory in `.ftc/gates` of the worktree. `.ftc` keeps itself out of git.
pub fn make(worktree: &Path, now: Timestamp) -> Result<PathBuf, ArtifactsError> {
    let home = worktree.join(".ftc");
    make_private(&home)?;
    let ignore = home.join(".gitignore");
    if fs::symlink_metadata(&ignore).is_err() {
        write_atomic(&ignore, b"*\n").map_err(|source| ArtifactsError::Ignore {
            path: home.clone(),
            source,
        })?;
    }
    let gates = home.join("gates");
    make_private(&gates)?;
    let name = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let numbered = (2_u64..).map(|number| format!("{name}-{number}"));
    for name in [name.clone()].into_iter().chain(numbered) {
        let path = gates.join(name);
        match DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return Ok(path),
            // Somebody else started in the same second.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(source) => return Err(ArtifactsError::Make { path, source }),
        }
    }
    unreachable!("the numbers do not end")
}

/// A link there could lead anywhere, and whoever writes the worktree could have placed it.
fn make_private(path: &Path) -> Result<(), ArtifactsError> {
    let path = path.to_owned();
    match DirBuilder::new().mode(0o700).create(&path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            match fs::symlink_metadata(&path) {
                Ok(metadata) if metadata.is_dir() => Ok(()),
                _ => Err(ArtifactsError::NotADirectory { path }),
            }
        }
        Err(source) => Err(ArtifactsError::Make { path, source }),
    }
}
