//! What the cleaner writes on the forge. Everything that comes from logs, people or agents is data: escaped, fenced, capped.

mod analysis;
mod issue;
mod markdown;
mod pull;

pub(crate) use self::analysis::{Snippet, analysis};
pub(crate) use self::issue::{issue_blocks, issue_body, issue_title};
pub(crate) use self::markdown::plain;
pub(crate) use self::pull::{
    attempt_failed, closed_unmerged, merged, pull_body, pull_title, review_answer,
    review_unanswered,
};
