//! Sending commits to another repository.

use std::collections::HashMap;

use crate::object_id::ObjectId;
use crate::program::{GitCall, GitCallError, readable};
use crate::references::Expected;
use crate::remote_url::RemoteUrl;
use crate::repository::Repository;

/// One reference that a push is to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushUpdate {
    /// Its full name in the other repository: `refs/heads/...`.
    pub reference: String,
    /// What it is to be; `None` deletes it.
    pub new: Option<ObjectId>,
    /// What it has to be there; otherwise the push is [stale](PushError::Stale).
    pub expected: Expected,
}

impl PushUpdate {
    /// A change of `reference` to `new` if it is what is `expected`.
    pub fn new(reference: impl Into<String>, new: Option<ObjectId>, expected: Expected) -> Self {
        Self {
            reference: reference.into(),
            new,
            expected,
        }
    }
}

impl Repository {
    /// Sends what is needed to the repository at `url` (a path or a URL) and changes its references, all or none. Whether an
    /// update is a fast-forward plays no part: [`PushUpdate::expected`] decides. A reference that already is what it is to be is
    /// no error, whatever was expected, so that a push can be repeated.
    ///
    /// Nothing of the repository's configuration is used: no remotes, no rewritten URLs, no hooks, no credential helpers.
    pub fn push(&self, url: &str, updates: &[PushUpdate]) -> Result<(), PushError> {
        let Some(url) = RemoteUrl::new(url) else {
            return Err(text_error("URL", url));
        };
        let store = self.store();
        for update in updates {
            let is_name = update.reference.starts_with("refs/")
                && gix::refs::FullName::try_from(update.reference.as_str()).is_ok();
            if !is_name {
                return Err(text_error("reference", &update.reference));
            }
            if let Some(id) = update.new.filter(|id| !store.has_object(id.to_gix())) {
                return Err(PushError::NoObject { id });
            }
        }
        let updates = self.without_idle_deletions(&url, updates)?;
        if updates.is_empty() {
            return Ok(());
        }
        self.push_by_git(&url, &updates)
    }

    /// git fails to delete what is not there, so that is looked at first.
    fn without_idle_deletions<'a>(
        &self,
        url: &RemoteUrl,
        updates: &'a [PushUpdate],
    ) -> Result<Vec<&'a PushUpdate>, PushError> {
        if updates.iter().all(|update| update.new.is_some()) {
            return Ok(updates.iter().collect());
        }
        let there: HashMap<String, ObjectId> = self
            .list_remote(url)
            .map_err(|error| PushError::of_call(url, error))?
            .into_iter()
            .collect();
        let mut needed = Vec::new();
        for update in updates {
            let found = there.get(&update.reference);
            match (update.new, update.expected, found) {
                (None, Expected::Any | Expected::Absent, None) => {}
                (None, Expected::Absent, Some(_)) | (None, Expected::At(_), None) => {
                    return Err(PushError::stale(url, update));
                }
                _ => needed.push(update),
            }
        }
        Ok(needed)
    }

    fn push_by_git(&self, url: &RemoteUrl, updates: &[&PushUpdate]) -> Result<(), PushError> {
        let git_error = |source| PushError::of_call(url, source);
        let private = self.private_git_dir().map_err(git_error)?;
        let mut call = GitCall::new(self.git(), &private, "push").args([
            "--porcelain",
            "--no-verify",
            "--no-follow-tags",
            "--no-signed",
        ]);
        if updates.len() > 1 {
            call = call.arg("--atomic");
        }
        for update in updates {
            match update.expected {
                Expected::Any => {}
                Expected::Absent => {
                    call = call.arg(format!("--force-with-lease={}:", update.reference));
                }
                Expected::At(id) => {
                    call = call.arg(format!("--force-with-lease={}:{id}", update.reference));
                }
            }
        }
        call = call.url(url);
        for update in updates {
            let force = if update.expected == Expected::Any {
                "+"
            } else {
                ""
            };
            let new = update.new.map(|id| id.to_string()).unwrap_or_default();
            call = call.arg(format!("{force}{new}:{}", update.reference));
        }
        let outcome = call.outcome().map_err(git_error)?;
        if outcome.success() {
            return Ok(());
        }
        let refusals = Refusal::read_all(&outcome.stdout.to_text());
        Err(refusals
            .and_then(|refusal| refusal.into_error(url, updates))
            .unwrap_or_else(|| PushError::of_call(url, call.failed(&outcome))))
    }
}

/// What git says of one reference that was not changed.
struct Refusal {
    reference: String,
    reason: String,
}

impl Refusal {
    /// The most telling refusal in the answer to `git push --porcelain`: lines of a flag, `from:to` and a summary, separated by
    /// tabs (git-push(1), "OUTPUT"). That the others failed along with it says nothing.
    fn read_all(answer: &str) -> Option<Self> {
        let mut refusals: Vec<Self> = answer
            .lines()
            .filter_map(|line| {
                let (names, summary) = line.strip_prefix("!\t")?.split_once('\t')?;
                let (_, reference) = names.rsplit_once(':')?;
                Some(Self {
                    reference: reference.to_owned(),
                    reason: readable(summary),
                })
            })
            .collect();
        refusals.sort_by_key(|refusal| {
            if refusal.is_stale() {
                0
            } else {
                1 + u8::from(refusal.reason.contains("atomic"))
            }
        });
        refusals.into_iter().next()
    }

    fn is_stale(&self) -> bool {
        self.reason.contains("(stale info)") || self.reason.contains("incorrect old value")
    }

    fn into_error(self, url: &RemoteUrl, updates: &[&PushUpdate]) -> Option<PushError> {
        let update = updates
            .iter()
            .find(|update| update.reference == self.reference)?;
        Some(if self.is_stale() {
            PushError::stale(url, update)
        } else {
            PushError::Rejected {
                url: url.shown.clone(),
                reference: self.reference,
                reason: self.reason,
            }
        })
    }
}

fn text_error(what: &'static str, text: &str) -> PushError {
    PushError::Text {
        what,
        text: text.to_owned(),
    }
}

/// Why a push did not happen. No reference was changed unless the variant says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// The URL or the name of a reference cannot be used.
    #[error("`{text}` cannot be used as a {what}")]
    Text {
        /// What it was to be.
        what: &'static str,
        /// The text.
        text: String,
    },
    /// Our repository does not have the object.
    #[error("`{id}` cannot be pushed, since the repository does not have it")]
    NoObject {
        /// The object.
        id: ObjectId,
    },
    /// A reference there is not what was expected.
    #[error("reference `{reference}` of `{url}` is not {expected}")]
    Stale {
        /// Where to.
        url: String,
        /// The reference.
        reference: String,
        /// What was expected.
        expected: Expected,
    },
    /// The other side refused a reference: a hook or a rule there.
    #[error("`{url}` rejected reference `{reference}`: {reason}")]
    Rejected {
        /// Where to.
        url: String,
        /// The reference.
        reference: String,
        /// What the other side says.
        reason: String,
    },
    /// The other side could not be reached, or is no repository that we may use. Retryable.
    #[error("failed to reach `{url}`")]
    Unreachable {
        /// Where to.
        url: String,
        /// What git says.
        source: GitCallError,
    },
    /// git could not be run. It is not known whether references were changed if it was stopped.
    #[error("failed to push to `{url}`")]
    Git {
        /// Where to.
        url: String,
        /// Why.
        source: GitCallError,
    },
}

impl PushError {
    fn stale(url: &RemoteUrl, update: &PushUpdate) -> Self {
        Self::Stale {
            url: url.shown.clone(),
            reference: update.reference.clone(),
            expected: update.expected,
        }
    }

    /// git fails without a word on any reference only if it did not get to talk about them.
    fn of_call(url: &RemoteUrl, source: GitCallError) -> Self {
        let url = url.shown.clone();
        match source {
            GitCallError::Failed { .. } => Self::Unreachable { url, source },
            _ => Self::Git { url, source },
        }
    }

    /// Whether a reference was not what was expected.
    pub fn is_stale(&self) -> bool {
        matches!(self, Self::Stale { .. })
    }

    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Git { source, .. } => source.is_retryable(),
            _ => false,
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Stale { .. } => {
                vec!["somebody else changed it: look at what is there, and start from that".to_owned()]
            }
            Self::Unreachable { .. } => vec![
                "credentials of your own git configuration are not used; a path or a URL that needs none works".to_owned(),
            ],
            Self::Git { source, .. } => source.hints(),
            _ => Vec::new(),
        }
    }
}
