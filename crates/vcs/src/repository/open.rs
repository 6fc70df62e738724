//! Finding a repository.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Inner, OpenError, Repository};
use crate::program::GitProgram;

/// What a `.git` file begins with.
const LINK_PREFIX: &[u8] = b"gitdir: ";

struct Found {
    git_dir: PathBuf,
    work_dir: Option<PathBuf>,
}

pub(super) fn open(path: &Path, git: &GitProgram) -> Result<Repository, OpenError> {
    let start = fs::canonicalize(path).map_err(|source| OpenError::Path {
        path: path.to_owned(),
        source,
    })?;
    let found = find(&start, path)?;
    let common_dir = common_dir(&found.git_dir)?;
    for directory in [&found.git_dir, &common_dir] {
        require_own(directory)?;
    }
    let store = gix::open::Options::isolated()
        .open_path_as_is(true)
        .with(gix::sec::Trust::Full)
        .strict_config(false)
        // Objects are what their names say, and history is what commits say: whoever can write a reference or a cache file
        // must not be able to change what is read.
        .config_overrides([
            "core.useReplaceRefs=false",
            "core.commitGraph=false",
            "core.filesRefLockTimeout=1000",
            "core.packedRefsTimeout=1000",
        ])
        .open(&found.git_dir)
        .map_err(|source| OpenError::Unreadable {
            path: found.git_dir.clone(),
            source: source.into(),
        })?;
    Ok(Repository {
        inner: Arc::new(Inner {
            git: git.clone(),
            git_dir: found.git_dir,
            common_dir,
            work_dir: found.work_dir,
            store,
        }),
    })
}

fn find(start: &Path, asked: &Path) -> Result<Found, OpenError> {
    for directory in start.ancestors() {
        let dot_git = directory.join(".git");
        let metadata = match fs::metadata(&dot_git) {
            Ok(metadata) => Some(metadata),
            Err(error) if is_absent(&error) => None,
            Err(source) => {
                return Err(OpenError::Path {
                    path: dot_git,
                    source,
                });
            }
        };
        if let Some(metadata) = metadata {
            if metadata.is_file() {
                return follow_link(directory, &dot_git);
            }
            if is_git_dir(&dot_git) {
                return Ok(Found {
                    git_dir: canonical(&dot_git)?,
                    work_dir: Some(directory.to_owned()),
                });
            }
        }
        if is_git_dir(directory) {
            return Ok(Found {
                git_dir: directory.to_owned(),
                work_dir: worktree_of(directory),
            });
        }
    }
    Err(OpenError::NotARepository {
        path: asked.to_owned(),
    })
}

/// The worktree that a git directory belongs to, where that is certain: it is called `.git`.
fn worktree_of(git_dir: &Path) -> Option<PathBuf> {
    if git_dir.file_name()? == ".git" {
        git_dir.parent().map(Path::to_owned)
    } else {
        None
    }
}

fn follow_link(directory: &Path, dot_git: &Path) -> Result<Found, OpenError> {
    let bytes = fs::read(dot_git).map_err(|source| OpenError::Path {
        path: dot_git.to_owned(),
        source,
    })?;
    let target = bytes
        .strip_prefix(LINK_PREFIX)
        .map(|target| directory.join(path_of_line(target)))
        .unwrap_or_default();
    if !is_git_dir(&target) {
        return Err(OpenError::BrokenLink {
            path: dot_git.to_owned(),
            target,
        });
    }
    Ok(Found {
        git_dir: canonical(&target)?,
        work_dir: Some(directory.to_owned()),
    })
}

/// git's own test: a `HEAD`, references, and objects, the last two here or where `commondir` says.
fn is_git_dir(path: &Path) -> bool {
    let has_head = fs::symlink_metadata(path.join("HEAD")).is_ok_and(|head| !head.is_dir());
    has_head
        && common_dir(path).is_ok_and(|common| {
            common.join("objects").is_dir()
                && (common.join("refs").is_dir() || common.join("reftable").is_dir())
        })
}

fn common_dir(git_dir: &Path) -> Result<PathBuf, OpenError> {
    let file = git_dir.join("commondir");
    match fs::read(&file) {
        Ok(bytes) => canonical(&git_dir.join(path_of_line(&bytes))),
        Err(error) if is_absent(&error) => Ok(git_dir.to_owned()),
        Err(source) => Err(OpenError::Path { path: file, source }),
    }
}

fn canonical(path: &Path) -> Result<PathBuf, OpenError> {
    fs::canonicalize(path).map_err(|source| OpenError::Path {
        path: path.to_owned(),
        source,
    })
}

fn require_own(path: &Path) -> Result<(), OpenError> {
    use gix::sec::Trust;
    let trust = Trust::from_path_ownership(path).map_err(|source| OpenError::Path {
        path: path.to_owned(),
        source,
    })?;
    match trust {
        Trust::Full => Ok(()),
        Trust::Reduced => Err(OpenError::OtherOwner {
            path: path.to_owned(),
        }),
    }
}

/// The path in a file of one line.
pub(crate) fn path_of_line(bytes: &[u8]) -> PathBuf {
    let end = bytes
        .iter()
        .rposition(|byte| !matches!(byte, b'\n' | b'\r'))
        .map_or(0, |last| last + 1);
    PathBuf::from(std::ffi::OsStr::from_bytes(&bytes[..end]))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
