//! Making a repository.

use std::path::Path;

use super::{InitError, Repository};
use crate::program::{GitCallError, GitProgram, bare_spawn, run};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    WithWorktree,
    Bare,
}

pub(super) fn init(
    path: &Path,
    branch: &str,
    shape: Shape,
    git: &GitProgram,
) -> Result<Repository, InitError> {
    let full_name = format!("refs/heads/{branch}");
    if branch.starts_with('-') || gix::validate::reference::name(full_name.as_str().into()).is_err()
    {
        return Err(InitError::BranchName {
            name: branch.to_owned(),
        });
    }
    create(path, branch, shape, git).map_err(|source| InitError::Create {
        path: path.to_owned(),
        source,
    })?;
    Repository::open(path, git).map_err(|source| InitError::Open {
        path: path.to_owned(),
        source,
    })
}

fn create(path: &Path, branch: &str, shape: Shape, git: &GitProgram) -> Result<(), GitCallError> {
    let absolute = std::path::absolute(path).map_err(|source| GitCallError::PrivateDirectory {
        path: path.to_owned(),
        source,
    })?;
    // A home that does not exist: git finds nothing of ours there.
    let mut spawn = bare_spawn(git, &absolute.join(".git").join("no-home"))
        .args(["init", "--quiet", "--template="])
        .arg(format!("--initial-branch={branch}"));
    if shape == Shape::Bare {
        spawn = spawn.arg("--bare");
    }
    let outcome = run("init", &spawn.arg("--").arg(absolute))?;
    if outcome.success() {
        Ok(())
    } else {
        Err(GitCallError::failed("init", &outcome))
    }
}
