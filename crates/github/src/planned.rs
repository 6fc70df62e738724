//! Everything that is ever written to a forge, as data.

use std::fmt;
use std::path::PathBuf;

use ftc_durable::{DomainHash, canonical_json};
use serde::{Deserialize, Serialize};

use crate::ids::{CommentId, IssueNumber};
use crate::marker::Marker;
use crate::model::{CheckConclusion, CloseReason};

/// One write to a forge as data: it can be stored in an outbox, judged by a policy, shown by a dry run, and made by
/// [`ensure`](crate::ensure) any number of times with the effect of once.
///
/// In JSON the field `op` tells which one it is: `{"op":"close_issue","issue":3,"reason":"completed"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum PlannedWrite {
    /// A label of the repository exists.
    EnsureLabel {
        /// Its name.
        name: String,
        /// Its colour where it has to be created.
        color: String,
        /// Its description where it has to be created.
        description: String,
    },
    /// An issue with this marker exists. One that is there keeps its title, its state and everything in its body but our
    /// blocks; labels that it lacks are added.
    EnsureIssue {
        /// What it is found by.
        marker: Marker,
        /// The title of a new one.
        title: String,
        /// The body of a new one; its blocks are also those of one that is there.
        body: String,
        /// Labels that it has, besides those that people gave it.
        labels: Vec<String>,
    },
    /// The body of an issue or a pull request of ours holds these blocks, everything else in it untouched.
    UpdateBlocks {
        /// Which.
        issue: IssueNumber,
        /// Names and texts of blocks.
        blocks: Vec<(String, String)>,
    },
    /// A comment of ours with this marker says this.
    UpsertComment {
        /// On what.
        issue: IssueNumber,
        /// What it is found by.
        marker: Marker,
        /// What it says.
        body: String,
    },
    /// An issue or a pull request has these labels, besides those that it has.
    AddLabels {
        /// Which.
        issue: IssueNumber,
        /// The labels.
        labels: Vec<String>,
    },
    /// An issue or a pull request does not have this label.
    RemoveLabel {
        /// Which.
        issue: IssueNumber,
        /// The label.
        label: String,
    },
    /// A branch is at this commit.
    PushBranch {
        /// The branch.
        branch: String,
        /// The commit.
        sha: String,
        /// Where the branch has to be before; `None`: it must not exist.
        expected: Option<String>,
        /// A local repository that has the commit.
        objects: PathBuf,
    },
    /// A pull request with this marker exists; see [`PlannedWrite::EnsureIssue`].
    EnsurePull {
        /// What it is found by.
        marker: Marker,
        /// The branch that is to be merged.
        head: String,
        /// The branch that it is to be merged into.
        base: String,
        /// The title of a new one.
        title: String,
        /// The body of a new one; its blocks are also those of one that is there.
        body: String,
        /// Labels that it has, besides those that people gave it.
        labels: Vec<String>,
    },
    /// A check of ours of a commit says this.
    CreateCheck {
        /// The commit.
        sha: String,
        /// Its name.
        name: String,
        /// How it ended.
        conclusion: CheckConclusion,
        /// Markdown.
        summary: String,
    },
    /// An issue or a pull request is not open. One that is closed already keeps its reason.
    CloseIssue {
        /// Which.
        issue: IssueNumber,
        /// Why; a pull request has no reason.
        reason: CloseReason,
    },
    /// An issue or a pull request is open. A merged one cannot be.
    ReopenIssue {
        /// Which.
        issue: IssueNumber,
    },
}

impl PlannedWrite {
    /// The word for what is done, as in JSON: `ensure_issue`.
    pub fn op(&self) -> &'static str {
        match self {
            Self::EnsureLabel { .. } => "ensure_label",
            Self::EnsureIssue { .. } => "ensure_issue",
            Self::UpdateBlocks { .. } => "update_blocks",
            Self::UpsertComment { .. } => "upsert_comment",
            Self::AddLabels { .. } => "add_labels",
            Self::RemoveLabel { .. } => "remove_label",
            Self::PushBranch { .. } => "push_branch",
            Self::EnsurePull { .. } => "ensure_pull",
            Self::CreateCheck { .. } => "create_check",
            Self::CloseIssue { .. } => "close_issue",
            Self::ReopenIssue { .. } => "reopen_issue",
        }
    }

    /// What it is done to, in the repository: `#3`, `branch ai/fix/1`, `issue fingerprint:1f`.
    pub fn target(&self) -> String {
        match self {
            Self::EnsureLabel { name, .. } => format!("label {name}"),
            Self::EnsureIssue { marker, .. } => format!("issue {}:{}", marker.kind, marker.key),
            Self::EnsurePull { marker, .. } => {
                format!("pull request {}:{}", marker.kind, marker.key)
            }
            Self::UpsertComment { issue, marker, .. } => {
                format!("{issue} comment {}:{}", marker.kind, marker.key)
            }
            Self::UpdateBlocks { issue, .. }
            | Self::AddLabels { issue, .. }
            | Self::RemoveLabel { issue, .. }
            | Self::CloseIssue { issue, .. }
            | Self::ReopenIssue { issue } => issue.to_string(),
            Self::PushBranch { branch, .. } => format!("branch {branch}"),
            Self::CreateCheck { sha, name, .. } => format!("commit {} check {name}", short(sha)),
        }
    }

    /// The idempotency key: equal writes have equal keys, writes that differ in anything have different ones. Whoever wants
    /// to make an equal write a second time, because the forge changed in between, adds something of his own.
    pub fn key(&self) -> String {
        let json = canonical_json(self).expect("a planned write has string keys only");
        let digest = DomainHash::new("ftc.forge.write/1").field(&json).finish();
        format!("{}:{}", self.op(), &digest.to_string()[..32])
    }

    /// One line for a person. It may hold what others wrote, so it is escaped before a terminal sees it.
    pub fn summary(&self) -> String {
        match self {
            Self::EnsureLabel { name, .. } => format!("create label `{name}` unless it exists"),
            Self::EnsureIssue { title, .. } => format!("open or update issue `{}`", line(title)),
            Self::UpdateBlocks { issue, blocks } => {
                let names: Vec<_> = blocks.iter().map(|(name, _)| name.as_str()).collect();
                format!("update {} in the body of {issue}", names.join(", "))
            }
            Self::UpsertComment { issue, marker, .. } => {
                format!("comment on {issue} ({})", line(&marker.kind))
            }
            Self::AddLabels { issue, labels } => {
                format!("add {} to {issue}", quoted(labels))
            }
            Self::RemoveLabel { issue, label } => format!("remove `{label}` from {issue}"),
            Self::PushBranch { branch, sha, .. } => {
                format!("push {} to branch `{branch}`", short(sha))
            }
            Self::EnsurePull {
                title, head, base, ..
            } => {
                let title = line(title);
                format!("open pull request `{title}` from `{head}` into `{base}`")
            }
            Self::CreateCheck {
                sha,
                name,
                conclusion,
                ..
            } => {
                format!(
                    "report check `{}` of {}: {conclusion}",
                    line(name),
                    short(sha)
                )
            }
            Self::CloseIssue { issue, reason } => format!("close {issue} ({reason})"),
            Self::ReopenIssue { issue } => format!("reopen {issue}"),
        }
    }
}

fn short(sha: &str) -> String {
    sha.chars().take(12).collect()
}

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn quoted(labels: &[String]) -> String {
    let labels: Vec<_> = labels.iter().map(|label| format!("`{label}`")).collect();
    labels.join(", ")
}

/// What a write changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// Something new is there.
    Created,
    /// Something that was there has changed.
    Updated,
    /// All was as it should be.
    Unchanged,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
        })
    }
}

/// What [`ensure`](crate::ensure) found or made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ensured {
    /// What changed.
    pub effect: Effect,
    /// The issue or pull request that the write was about, where there is one.
    pub number: Option<IssueNumber>,
    /// The comment, for [`PlannedWrite::UpsertComment`].
    pub comment: Option<CommentId>,
}

impl Ensured {
    pub(crate) fn new(effect: Effect, number: Option<IssueNumber>) -> Self {
        Self {
            effect,
            number,
            comment: None,
        }
    }
}
