//! Getting commits from another repository.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use ftc_process::{End, Outcome};
use gix::bstr::BString;

use crate::object_id::ObjectId;
use crate::program::{GitCall, GitCallError};
use crate::references::{Expected, RefError};
use crate::registration::Head;
use crate::remote_url::RemoteUrl;
use crate::repository::{Cause, Repository};

impl Repository {
    /// Gets what `refspecs` name from the repository at `url` (a path or a URL) and changes our references accordingly:
    /// `+refs/heads/*:refs/remotes/origin/*`. A refspec without a destination gets the objects alone.
    ///
    /// Nothing is ever pruned, no tags come along, `FETCH_HEAD` is not written, and a branch that is checked out in a worktree
    /// is refused. Each reference is changed by compare-and-swap, in order of their names; those before a failing one stay
    /// changed.
    pub fn fetch(&self, url: &str, refspecs: &[&str]) -> Result<(), FetchError> {
        let url = remote_url(url)?;
        for refspec in refspecs {
            let is_refspec = !refspec.starts_with('-')
                && gix::refspec::parse((*refspec).into(), gix::refspec::parse::Operation::Fetch)
                    .is_ok();
            if !is_refspec {
                return Err(FetchError::Text {
                    what: "refspec",
                    text: (*refspec).to_owned(),
                });
            }
        }
        let references_error = |source| FetchError::References {
            url: url.shown.clone(),
            source,
        };
        let before = self.raw_references().map_err(references_error)?;
        let after = self.fetch_by_git(&url, refspecs, &before)?;
        let changes: Vec<_> = after
            .into_iter()
            .filter(|(name, id)| before.get(name) != Some(id))
            .collect();
        self.require_not_checked_out(&url, &changes)?;
        for (name, id) in changes {
            let expected = before
                .get(&name)
                .map_or(Expected::Absent, |id| Expected::At(*id));
            let name = name.to_string();
            self.update_ref(&name, Some(id), expected)
                .map_err(references_error)?;
        }
        Ok(())
    }

    /// Lets git fetch into a private git directory that has our references, and returns those that it then has.
    fn fetch_by_git(
        &self,
        url: &RemoteUrl,
        refspecs: &[&str],
        before: &References,
    ) -> Result<References, FetchError> {
        let git_error = |source| FetchError::Git {
            url: url.shown.clone(),
            source,
        };
        let private = self.private_git_dir().map_err(git_error)?;
        let mut packed = Vec::new();
        for (name, id) in before {
            packed.extend_from_slice(format!("{id} ").as_bytes());
            packed.extend_from_slice(name);
            packed.push(b'\n');
        }
        private
            .write("packed-refs", &packed)
            .map_err(|source| git_error(GitCallError::private(&private.path(), source)))?;
        let call = GitCall::new(self.git(), &private, "fetch")
            .args([
                "--no-tags",
                "--no-write-fetch-head",
                "--no-auto-maintenance",
            ])
            .args(["--no-recurse-submodules", "--no-prune", "--atomic"])
            .url(url)
            .args(refspecs.iter().copied());
        let outcome = call.outcome().map_err(git_error)?;
        if !outcome.success() {
            return Err(refused(url, &outcome, call.failed(&outcome)));
        }
        let answer = GitCall::new(self.git(), &private, "for-each-ref")
            .arg("--format=%(objectname) %(refname)")
            .run()
            .map_err(git_error)?;
        parse_references(&answer, b' ')
            .ok_or_else(|| git_error(GitCallError::answer("for-each-ref", &answer)))
    }

    /// What each of our references holds itself, tags not followed; symbolic references are left out.
    fn raw_references(&self) -> Result<References, RefError> {
        let store = self.store();
        let read_error = |source: Cause| RefError::Read {
            name: "refs/".to_owned(),
            source,
        };
        let platform = store
            .references()
            .map_err(|error| read_error(error.into()))?;
        let mut references = References::new();
        for reference in platform.all().map_err(|error| read_error(error.into()))? {
            let reference = reference.map_err(|error| read_error(error.into()))?;
            if let Some(id) = reference.try_id().and_then(|id| ObjectId::of(&id)) {
                references.insert(reference.name().as_bstr().to_owned(), id);
            }
        }
        Ok(references)
    }

    fn require_not_checked_out(
        &self,
        url: &RemoteUrl,
        changes: &[(BString, ObjectId)],
    ) -> Result<(), FetchError> {
        let read_error = |source: io::Error| FetchError::References {
            url: url.shown.clone(),
            source: RefError::Read {
                name: "HEAD".to_owned(),
                source: source.into(),
            },
        };
        let mut worktrees = self.registrations().map_err(read_error)?;
        if let Some(main) = self.main_worktree() {
            worktrees.extend(self.registration(main).map_err(read_error)?);
        }
        for worktree in worktrees {
            if let Head::Branch(name) = worktree.head().map_err(read_error)?
                && changes.iter().any(|(changed, _)| *changed == name)
            {
                return Err(FetchError::CheckedOut {
                    name,
                    worktree: worktree.path,
                });
            }
        }
        Ok(())
    }

    /// The references of the repository at `url` whose names begin with `prefix`, in order of their names. A tag is the tag
    /// object, not what it leads to.
    pub fn remote_refs(
        &self,
        url: &str,
        prefix: &str,
    ) -> Result<Vec<(String, ObjectId)>, FetchError> {
        let url = remote_url(url)?;
        let references = self
            .list_remote(&url)
            .map_err(|source| FetchError::of_call(&url, source))?;
        Ok(references
            .into_iter()
            .filter(|(name, _)| name.starts_with(prefix))
            .collect())
    }

    /// The references of another repository whose names are UTF-8, in order of their names.
    pub(crate) fn list_remote(
        &self,
        url: &RemoteUrl,
    ) -> Result<Vec<(String, ObjectId)>, GitCallError> {
        let private = self.private_git_dir()?;
        let answer = GitCall::new(self.git(), &private, "ls-remote")
            .args(["--refs", "--quiet"])
            .url(url)
            .run()?;
        let references = parse_references(&answer, b'\t')
            .ok_or_else(|| GitCallError::answer("ls-remote", &answer))?;
        Ok(references
            .into_iter()
            .filter_map(|(name, id)| Some((String::from_utf8(name.into()).ok()?, id)))
            .collect())
    }
}

type References = BTreeMap<BString, ObjectId>;

fn remote_url(text: &str) -> Result<RemoteUrl, FetchError> {
    RemoteUrl::new(text).ok_or_else(|| FetchError::Text {
        what: "URL",
        text: text.to_owned(),
    })
}

/// Lines of an id, a separator and a name.
fn parse_references(answer: &[u8], separator: u8) -> Option<References> {
    answer
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (id, rest) = line.split_at_checked(40)?;
            let id = std::str::from_utf8(id).ok()?.parse().ok()?;
            let name = rest.strip_prefix(&[separator])?;
            Some((BString::from(name), id))
        })
        .collect()
}

/// Tells what the other side does not have, and what would not be a move forward, from not being able to talk to it.
fn refused(url: &RemoteUrl, outcome: &Outcome, source: GitCallError) -> FetchError {
    let text = outcome.stderr.to_text();
    let is_refusal = outcome.end == End::Exited(1)
        || text.contains("couldn't find remote ref")
        || text.contains("no such remote ref");
    match source {
        GitCallError::Failed { message, .. } if is_refusal => FetchError::Refused {
            url: url.shown.clone(),
            reason: message,
        },
        source => FetchError::of_call(url, source),
    }
}

/// Why nothing, or not everything, was fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The URL or a refspec cannot be used.
    #[error("`{text}` cannot be used as a {what}")]
    Text {
        /// What it was to be.
        what: &'static str,
        /// The text.
        text: String,
    },
    /// The branch is checked out in a worktree, whose files would no longer belong to it.
    #[error("branch `{name}` is checked out in `{worktree}`")]
    CheckedOut {
        /// The branch.
        name: String,
        /// The worktree.
        worktree: PathBuf,
    },
    /// The other side does not have the reference, or ours would not be moved forward.
    #[error("`{url}` was not fetched: {reason}")]
    Refused {
        /// Where from.
        url: String,
        /// What git says.
        reason: String,
    },
    /// The other side could not be reached, or is no repository that we may use. Retryable.
    #[error("failed to reach `{url}`")]
    Unreachable {
        /// Where from.
        url: String,
        /// What git says.
        source: GitCallError,
    },
    /// git could not be run.
    #[error("failed to fetch from `{url}`")]
    Git {
        /// Where from.
        url: String,
        /// Why.
        source: GitCallError,
    },
    /// A reference of ours could not be read or changed.
    #[error("failed to change references after fetching from `{url}`")]
    References {
        /// Where from.
        url: String,
        /// Why.
        source: RefError,
    },
}

impl FetchError {
    fn of_call(url: &RemoteUrl, source: GitCallError) -> Self {
        let url = url.shown.clone();
        match source {
            GitCallError::Failed { .. } => Self::Unreachable { url, source },
            _ => Self::Git { url, source },
        }
    }

    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Git { source, .. } => source.is_retryable(),
            // A reference that moved meanwhile is looked at anew by the next call.
            Self::References { source, .. } => source.is_retryable() || source.is_moved(),
            _ => false,
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::CheckedOut { .. } => {
                vec!["fetch into `refs/remotes/` instead of `refs/heads/`".to_owned()]
            }
            Self::Unreachable { .. } => vec![
                "credentials of your own git configuration are not used; a path or a URL that needs none works".to_owned(),
            ],
            Self::Git { source, .. } => source.hints(),
            Self::References { source, .. } => source.hints(),
            _ => Vec::new(),
        }
    }
}
