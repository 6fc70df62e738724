//! Branches: references of the bare repository.

use std::path::Path;

use ftc_vcs::{Expected, ObjectId, PushError, PushUpdate, RefError, Repository};

use super::{LocalForge, Writes};
use crate::error::{Error, Result, Source};
use crate::forge::{BoxFuture, RefsRead, RefsWrite};
use crate::model::Permission;
use crate::rules::{self, Need};

pub(super) fn git_error(
    doing: impl Into<String>,
    source: impl Into<Source>,
    retryable: bool,
) -> Error {
    Error::Git {
        doing: doing.into(),
        source: source.into(),
        retryable,
    }
}

pub(super) fn reference(branch: &str) -> String {
    format!("refs/heads/{branch}")
}

pub(super) fn object_id(sha: &str) -> Result<ObjectId> {
    rules::sha(sha)?;
    sha.parse()
        .map_err(|_| Error::invalid("the commit", "is not a full id in hex"))
}

impl LocalForge {
    /// The commit that a branch is at.
    pub(super) fn load_branch(&self, name: &str) -> Result<Option<ObjectId>> {
        rules::branch(name)?;
        self.branches()
            .reference(&reference(name))
            .map_err(|error| {
                let retryable = error.is_retryable();
                git_error(format!("read the branch `{name}`"), error, retryable)
            })
    }

    pub(super) fn is_ancestor(&self, ancestor: ObjectId, descendant: ObjectId) -> Result<bool> {
        self.branches()
            .is_ancestor(ancestor, descendant)
            .map_err(|error| git_error("look into the history of the branches", error, false))
    }

    fn set_branch(
        &self,
        name: &str,
        sha: &str,
        expected: Option<&str>,
        objects: &Path,
    ) -> Result<()> {
        rules::branch(name)?;
        let id = object_id(sha)?;
        let expected = match expected {
            Some(expected) => Expected::At(object_id(expected)?),
            None => Expected::Absent,
        };
        self.require(Need::new(Permission::Write, "push"))?;
        self.require_unprotected(name, "push to")?;
        let doing = || format!("push to the branch `{name}`");
        let source = Repository::open(objects, self.branches().git())
            .map_err(|error| git_error(doing(), error, false))?;
        let url = self.branches().git_dir();
        let url = url
            .to_str()
            .ok_or_else(|| Error::damaged(url, "its path is not UTF-8"))?;
        if self.writes == Writes::Rehearsed {
            return Ok(());
        }
        let update = PushUpdate::new(reference(name), Some(id), expected);
        source.push(url, &[update]).map_err(|error| match error {
            PushError::Stale { .. } => self.moved(name, expected),
            PushError::NoObject { id } => Error::not_found(format!(
                "commit `{id}` in the repository `{}`",
                objects.display()
            )),
            other => {
                let retryable = other.is_retryable();
                git_error(doing(), other, retryable)
            }
        })
    }

    fn drop_branch(&self, name: &str, expected: &str) -> Result<()> {
        rules::branch(name)?;
        let expected = Expected::At(object_id(expected)?);
        self.require(Need::new(Permission::Write, "delete branches"))?;
        self.require_unprotected(name, "delete")?;
        if self.load_branch(name)?.is_none() || self.writes == Writes::Rehearsed {
            return Ok(());
        }
        let result = self.branches().update_ref(&reference(name), None, expected);
        result.map_err(|error| match error {
            RefError::Moved { .. } => self.moved(name, expected),
            other => {
                let retryable = other.is_retryable();
                git_error(format!("delete the branch `{name}`"), other, retryable)
            }
        })
    }

    fn require_unprotected(&self, branch: &str, action: &str) -> Result<()> {
        if branch != self.shared.default_branch {
            return Ok(());
        }
        Err(Error::Forbidden {
            login: self.viewer.to_string(),
            action: format!("{action} `{branch}`"),
            reason: "the default branch changes by merges of pull requests only".to_owned(),
        })
    }

    fn moved(&self, branch: &str, expected: Expected) -> Error {
        let found = match self.load_branch(branch) {
            Ok(Some(id)) => id.to_string(),
            // Only the wording depends on it.
            Ok(None) | Err(_) => "nothing".to_owned(),
        };
        Error::conflict(
            format!("the branch `{branch}`"),
            format!("is at {found}, not at {expected}"),
        )
    }
}

impl RefsRead for LocalForge {
    fn default_branch(&self) -> BoxFuture<'_, Result<String>> {
        Box::pin(async move { Ok(self.shared.default_branch.clone()) })
    }

    fn branch<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(async move { Ok(self.load_branch(name)?.map(|id| id.to_string())) })
    }
}

impl RefsWrite for LocalForge {
    fn push_branch<'a>(
        &'a self,
        name: &'a str,
        sha: &'a str,
        expected: Option<&'a str>,
        objects: &'a Path,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.set_branch(name, sha, expected, objects) })
    }

    fn delete_branch<'a>(&'a self, name: &'a str, expected: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.drop_branch(name, expected) })
    }
}
