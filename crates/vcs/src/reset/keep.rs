//! What survives a reset.

use gix::bstr::BStr;
use gix::glob::wildmatch::Mode;

use crate::worktrees::WorktreeError;

/// Names and globs of what stays at the top of a worktree.
#[derive(Default)]
pub(crate) struct Keep {
    patterns: Vec<String>,
}

impl Keep {
    pub(crate) fn new(patterns: &[String]) -> Result<Self, WorktreeError> {
        for pattern in patterns {
            // The top of the worktree is all that is looked at, and `.git` is not for anybody to decide about.
            if pattern.is_empty() || pattern.contains('/') {
                return Err(WorktreeError::Text {
                    what: "pattern of what is kept",
                    text: pattern.clone(),
                });
            }
        }
        Ok(Self {
            patterns: patterns.to_vec(),
        })
    }

    pub(crate) fn matches(&self, name: &BStr) -> bool {
        self.patterns.iter().any(|pattern| {
            gix::glob::wildmatch(pattern.as_str().into(), name, Mode::NO_MATCH_SLASH_LITERAL)
        })
    }
}
