//! Merging a pull request: a person's act, and refused when anything speaks against it.

use std::fmt;
use std::path::PathBuf;

use ftc_vcs::{Expected, Merge, NewCommit, ObjectId, RefError, Signature};

use super::document::Found;
use super::pulls::PullHead;
use super::refs::{git_error, object_id, reference};
use super::{LocalForge, Writes, layout};
use crate::error::Error;
use crate::ids::{IssueNumber, Login};
use crate::model::{CiState, Permission, Pull, PullState};
use crate::rules::Need;

/// What a person insists on when merging.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeOptions {
    /// Merge although checks are red, pending or unknown.
    pub without_checks: bool,
    /// Merge only if the head is at this commit: the one that the person looked at.
    pub expected_head: Option<String>,
}

/// A merge that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Merged {
    /// The merge commit.
    pub sha: String,
    /// The branch that it is on.
    pub base: String,
}

/// What speaks against a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MergeProblem {
    /// It is not open.
    NotOpen(PullState),
    /// Somebody edited its file by hand.
    Unverified,
    /// The head is not where the person looked.
    HeadMoved {
        /// Where the person looked.
        expected: String,
        /// Where it is.
        found: String,
    },
    /// All that these people approved is older than the head.
    StaleApproval(Vec<Login>),
    /// These people asked for changes and have not approved since.
    ChangesRequested(Vec<Login>),
    /// Somebody edited a review by hand, and what it said is not known.
    UnverifiedReview,
    /// Checks of the head are red, pending or unknown.
    Checks(CiState),
}

impl fmt::Display for MergeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOpen(state) => write!(f, "it is {state}"),
            Self::Unverified => f.write_str("its file was edited by hand"),
            Self::HeadMoved { expected, found } => {
                write!(f, "its head is at {found}, not at {expected}")
            }
            Self::StaleApproval(people) => {
                write!(
                    f,
                    "its head moved after it was approved by {}",
                    list(people)
                )
            }
            Self::ChangesRequested(people) => {
                write!(f, "changes are requested by {}", list(people))
            }
            Self::UnverifiedReview => f.write_str("a review was edited by hand"),
            Self::Checks(CiState::Red(failed)) => {
                let names: Vec<_> = failed.iter().map(|check| check.name.as_str()).collect();
                write!(f, "checks failed: {}", names.join(", "))
            }
            Self::Checks(CiState::Pending) => f.write_str("checks have not ended"),
            Self::Checks(_) => f.write_str("no checks vouch for its head"),
        }
    }
}

fn list(people: &[Login]) -> String {
    let names: Vec<_> = people.iter().map(Login::as_str).collect();
    names.join(", ")
}

/// Why a pull request was not merged. The base branch is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// Something speaks against it; everything that does is listed.
    #[error("pull request {number} may not be merged: {}", sentences(problems))]
    Refused {
        /// Which one.
        number: IssueNumber,
        /// What speaks against it.
        problems: Vec<MergeProblem>,
    },
    /// Both branches changed the same lines.
    #[error(
        "pull request {number} conflicts with its base branch in {}",
        paths(files)
    )]
    Conflicted {
        /// Which one.
        number: IssueNumber,
        /// The files.
        files: Vec<PathBuf>,
    },
    /// The forge could not be read or written.
    #[error(transparent)]
    Forge(#[from] Error),
}

fn sentences(problems: &[MergeProblem]) -> String {
    let sentences: Vec<_> = problems.iter().map(ToString::to_string).collect();
    sentences.join("; ")
}

fn paths(files: &[PathBuf]) -> String {
    let names: Vec<_> = files
        .iter()
        .map(|file| format!("`{}`", file.display()))
        .collect();
    names.join(", ")
}

impl MergeError {
    /// Whether the same call may succeed later without anybody doing anything.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Refused { problems, .. } => problems
                .iter()
                .all(|problem| matches!(problem, MergeProblem::Checks(CiState::Pending))),
            Self::Conflicted { .. } => false,
            Self::Forge(error) => error.is_retryable(),
        }
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Refused { problems, .. } => problems.iter().filter_map(hint).collect(),
            Self::Conflicted { .. } => {
                vec!["merge the base branch into the head branch and push that".to_owned()]
            }
            Self::Forge(error) => error.hints(),
        }
    }
}

fn hint(problem: &MergeProblem) -> Option<String> {
    let hint = match problem {
        MergeProblem::StaleApproval(_) | MergeProblem::HeadMoved { .. } => {
            "look at what is there now, and approve it again"
        }
        MergeProblem::ChangesRequested(_) => "whoever asked for changes has to approve first",
        MergeProblem::Checks(_) => "`--no-checks` merges without them",
        _ => return None,
    };
    Some(hint.to_owned())
}

impl LocalForge {
    /// Merges a pull request by a merge commit, as `by`, who must be allowed to write. The base branch moves only if nobody
    /// else moved it meanwhile. A merge that was interrupted is completed.
    pub fn merge(
        &self,
        number: IssueNumber,
        by: &Login,
        options: &MergeOptions,
    ) -> Result<Merged, MergeError> {
        Need::new(Permission::Write, "merge").check(by, self.permission_of(by)?)?;
        let _lock = self.lock()?;
        let pull = self.require_pull(number)?;
        let problems = self.merge_problems(&pull, options)?;
        if !problems.is_empty() {
            return Err(MergeError::Refused { number, problems });
        }
        let (base, commit) = self.merge_commit(&pull, by)?;
        if self.writes == Writes::Made {
            self.complete_merge(&pull, by, base, commit)?;
        }
        Ok(Merged {
            sha: commit.to_string(),
            base: pull.base,
        })
    }

    fn complete_merge(
        &self,
        pull: &Pull,
        by: &Login,
        base: ObjectId,
        commit: ObjectId,
    ) -> Result<(), Error> {
        // The intent first: after a crash the base branch tells whether it came to the merge.
        self.record_merge(pull, by, commit, PullState::Open)?;
        self.move_base(pull, base, commit)?;
        self.record_merge(pull, by, commit, PullState::Merged)
    }

    /// Everything that speaks against merging now, without trying it: whether the branches conflict is not looked at.
    pub fn merge_problems(
        &self,
        pull: &Pull,
        options: &MergeOptions,
    ) -> Result<Vec<MergeProblem>, Error> {
        let mut problems = Vec::new();
        if pull.state != PullState::Open {
            return Ok(vec![MergeProblem::NotOpen(pull.state.clone())]);
        }
        if !pull.verified {
            problems.push(MergeProblem::Unverified);
        }
        if let Some(expected) = &options.expected_head
            && *expected != pull.head_sha
        {
            problems.push(MergeProblem::HeadMoved {
                expected: expected.clone(),
                found: pull.head_sha.clone(),
            });
        }
        let reviews = self.load_reviews(pull.number)?;
        // What a request for changes said before somebody edited it away is not known.
        if reviews.iter().any(|review| !review.verified) {
            problems.push(MergeProblem::UnverifiedReview);
        }
        let summary = self.summarise(pull, &reviews)?;
        if summary.approved_by.is_empty() && !summary.stale_approvals.is_empty() {
            problems.push(MergeProblem::StaleApproval(summary.stale_approvals));
        }
        if !summary.changes_requested.is_empty() {
            let people = summary.changes_requested.into_iter();
            problems.push(MergeProblem::ChangesRequested(
                people.map(|review| review.author).collect(),
            ));
        }
        let ci = CiState::of(&self.load_checks(&pull.head_sha)?);
        if !options.without_checks && ci != CiState::Green {
            problems.push(MergeProblem::Checks(ci));
        }
        Ok(problems)
    }

    /// Writes the commit that merges the head into the base as they are now; where the base is, and the commit.
    fn merge_commit(&self, pull: &Pull, by: &Login) -> Result<(ObjectId, ObjectId), MergeError> {
        let number = pull.number;
        let base = self.require_base(pull)?;
        let head = object_id(&pull.head_sha)?;
        let merge = self.branches().merge_trees(base, head).map_err(|error| {
            let retryable = error.is_retryable();
            git_error(format!("merge pull request {number}"), error, retryable)
        })?;
        let tree = match merge {
            Merge::Clean { tree } => tree,
            Merge::Conflicted { paths: files } => {
                return Err(MergeError::Conflicted { number, files });
            }
            _ => {
                return Err(
                    Error::conflict(format!("pull request {number}"), "cannot be merged").into(),
                );
            }
        };
        let signature = Signature::new(
            by.as_str(),
            format!("{by}@localhost"),
            self.now().as_second(),
        );
        let commit = NewCommit {
            tree,
            parents: vec![base, head],
            author: signature.clone(),
            committer: signature,
            message: format!(
                "Merge pull request {number} from {}\n\n{}\n",
                pull.head, pull.title
            ),
        };
        let commit = self.branches().commit_tree(&commit).map_err(|error| {
            let retryable = error.is_retryable();
            git_error("write the merge commit", error, retryable)
        })?;
        Ok((base, commit))
    }

    fn require_base(&self, pull: &Pull) -> Result<ObjectId, Error> {
        self.load_branch(&pull.base)?
            .ok_or_else(|| Error::not_found(format!("branch `{}`", pull.base)))
    }

    fn record_merge(
        &self,
        pull: &Pull,
        by: &Login,
        commit: ObjectId,
        state: PullState,
    ) -> Result<(), Error> {
        let path = layout::pull(pull.number);
        let found: Option<Found<PullHead>> = self.files().load_page(&path)?;
        let mut found =
            found.ok_or_else(|| Error::not_found(format!("pull request {}", pull.number)))?;
        found.head.state = state;
        found.head.head_sha.clone_from(&pull.head_sha);
        found.head.merged_sha = Some(commit.to_string());
        found.head.merged_by = Some(by.clone());
        found.head.updated_at = self.now();
        self.files().save_page(&path, &found)
    }

    /// Moves the base branch to the merge commit, from its first parent and from nowhere else.
    fn move_base(&self, pull: &Pull, base: ObjectId, commit: ObjectId) -> Result<(), Error> {
        let result =
            self.branches()
                .update_ref(&reference(&pull.base), Some(commit), Expected::At(base));
        result.map_err(|error| match error {
            RefError::Moved { .. } => Error::conflict(
                format!("the branch `{}`", pull.base),
                "was moved by somebody else meanwhile",
            ),
            other => {
                let retryable = other.is_retryable();
                git_error(format!("move the branch `{}`", pull.base), other, retryable)
            }
        })
    }
}
