//! The commits that work starts from, fetched into references of our own so that no branch of a person moves.

use ftc_vcs::ObjectId;

use crate::cleaner::Cx;
use crate::error::{FailureError, PassError};
use crate::step::Tracked;

impl Cx {
    /// The tip of the base branch where fixes are proposed, fetched now.
    pub(crate) fn fetch_base(&self) -> Result<ObjectId, FetchBaseError> {
        let branch = &self.parts.base_branch;
        let reference = format!("refs/ftc/base/{branch}");
        let refspec = format!("+refs/heads/{branch}:{reference}");
        let code = &self.parts.code;
        code.fetch(&self.parts.remote, &[&refspec])?;
        code.reference(&reference)?
            .ok_or_else(|| FetchBaseError::NoBranch {
                branch: branch.clone(),
            })
    }

    /// The commit of the base branch that `head` goes on from. What judges a change is read from it: on a branch that is
    /// proposed, gates and policy may have been changed by what nobody has merged yet.
    pub(crate) fn fork_point(&self, head: ObjectId) -> Result<ObjectId, FailureError> {
        let base = self.fetch_base()?;
        let code = &self.parts.code;
        code.merge_base(base, head)?
            .ok_or_else(|| FailureError::Unrelated {
                head: head.to_string(),
                branch: self.parts.base_branch.clone(),
            })
    }

    /// The commit at the head of a pull request. It is here already unless a person pushed to the branch.
    pub(crate) fn fetch_branch(
        &self,
        tracked: &Tracked,
        head: &str,
    ) -> Result<ObjectId, FailureError> {
        let code = &self.parts.code;
        if let Ok(commit) = code.resolve(head) {
            return Ok(commit);
        }
        let branch = tracked
            .memo
            .fix
            .as_ref()
            .map_or("", |fix| fix.branch.as_str());
        let refspec = format!("+refs/heads/{branch}:refs/ftc/base/{branch}");
        code.fetch(&self.parts.remote, &[&refspec])?;
        Ok(code.resolve(head)?)
    }
}

/// Why the base branch is not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchBaseError {
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(#[from] ftc_vcs::FetchError),
    /// It could not be read after it was fetched.
    #[error(transparent)]
    Reference(#[from] ftc_vcs::RefError),
    /// There is no such branch.
    #[error("there is no branch `{branch}` where fixes are proposed")]
    NoBranch {
        /// Its name.
        branch: String,
    },
}

impl From<FetchBaseError> for PassError {
    fn from(error: FetchBaseError) -> Self {
        Self::Base(error)
    }
}
