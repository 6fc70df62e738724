//! From words to commits.

use crate::object_id::ObjectId;
use crate::repository::{Cause, Repository};

impl Repository {
    /// The commit that `revision` names: a branch, tag, id, prefix of an id, or any of git's expressions (`HEAD~2`).
    pub fn resolve(&self, revision: &str) -> Result<ObjectId, ResolveError> {
        let store = self.store();
        let id = store
            .rev_parse_single(revision)
            .map_err(|error| ResolveError::of(revision, error))?;
        let unreadable = |source: gix::Error| ResolveError::Unreadable {
            revision: revision.to_owned(),
            source: source.into(),
        };
        let found = id
            .object()
            .map_err(unreadable)?
            .peel_tags_to_end()
            .map_err(unreadable)?;
        match (found.kind, ObjectId::of(&found.id)) {
            (gix::objs::Kind::Commit, Some(id)) => Ok(id),
            (kind, _) => Err(ResolveError::NotACommit {
                revision: revision.to_owned(),
                kind: kind.to_string(),
            }),
        }
    }
}

/// Whether the expression walks past the end of the history or of a log. gix has no class for that, only words.
fn is_out_of_range(error: &gix::Error) -> bool {
    error
        .iter_errors()
        .any(|cause| cause.to_string().ends_with("is out of range"))
}

/// Why a revision is not a commit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// Nothing has this name.
    #[error("revision `{revision}` was not found")]
    NotFound {
        /// What was asked for.
        revision: String,
    },
    /// It names something else.
    #[error("revision `{revision}` is a {kind}, not a commit")]
    NotACommit {
        /// What was asked for.
        revision: String,
        /// What it names: `tree` or `blob`.
        kind: String,
    },
    /// Several objects have names that begin so.
    #[error("revision `{revision}` is ambiguous")]
    Ambiguous {
        /// What was asked for.
        revision: String,
    },
    /// The expression is not one of git's, or the repository could not be read.
    #[error("failed to resolve revision `{revision}`")]
    Unreadable {
        /// What was asked for.
        revision: String,
        /// Why.
        source: Cause,
    },
}

impl ResolveError {
    fn of(revision: &str, error: gix::Error) -> Self {
        use gix::revision::spec::parse::Error as Known;
        let revision = revision.to_owned();
        match error.downcast_any_ref::<Known>() {
            Some(Known::AmbiguousPrefix { .. } | Known::AmbiguousRefAndObject { .. }) => {
                Self::Ambiguous { revision }
            }
            Some(Known::MissingReference { .. }) => Self::NotFound { revision },
            _ if error.is_not_found() || is_out_of_range(&error) => Self::NotFound { revision },
            _ => Self::Unreadable {
                revision,
                source: error.into(),
            },
        }
    }

    /// Whether nothing has this name.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// Whether the same call may succeed later without anybody doing something.
    pub fn is_retryable(&self) -> bool {
        false
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            // A repository has a HEAD from the beginning, but no commit.
            Self::NotFound { revision } if revision == "HEAD" => {
                vec!["the branch has no commit yet: make one".to_owned()]
            }
            Self::NotFound { .. } => {
                vec![
                    "it may have to be fetched first; a shallow clone has no older commits"
                        .to_owned(),
                ]
            }
            Self::Ambiguous { .. } => vec!["give more digits".to_owned()],
            _ => Vec::new(),
        }
    }
}
