//! Why a path is refused.

use std::fmt;

/// The path cannot be part of a ChangeSet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("path `{shown}` {problem}")]
#[non_exhaustive]
pub struct RepoPathError {
    /// The path with everything invisible escaped, at most 200 characters of it.
    pub shown: String,
    /// What is wrong with it; the first thing found, from the left.
    pub problem: RepoPathProblem,
}

impl RepoPathError {
    pub(super) fn new(path: &str, problem: RepoPathProblem) -> Self {
        Self {
            shown: shown(path),
            problem,
        }
    }

    /// Never: the path has to change.
    pub fn is_retryable(&self) -> bool {
        false
    }
}

/// Escapes what a terminal or a page would obey or swallow.
fn shown(path: &str) -> String {
    let mut shown = String::new();
    for character in path.chars().take(200) {
        if super::rules::is_unseen(character) || character == '`' {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// What is wrong with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RepoPathProblem {
    /// There is no path.
    Empty,
    /// It is not UTF-8.
    NotUtf8,
    /// It begins with `/`.
    Absolute,
    /// It is longer than [`RepoPath::MAX_BYTES`](crate::RepoPath::MAX_BYTES).
    TooLong,
    /// One component is longer than [`RepoPath::MAX_COMPONENT_BYTES`](crate::RepoPath::MAX_COMPONENT_BYTES).
    ComponentTooLong,
    /// A component is empty: `a//b`, `a/`.
    EmptyComponent,
    /// A component is `.`.
    CurrentFolder,
    /// A component is `..`.
    ParentFolder,
    /// It holds a backslash, which is a separator elsewhere.
    Backslash,
    /// It holds a control character, a line separator or a NUL.
    Control,
    /// It holds a character that changes the direction of text, so that it is drawn in another order than it is.
    Bidi,
    /// It holds a character that is drawn as nothing.
    Invisible,
    /// It holds a private or unassigned character, which nothing draws the same way.
    Unassigned,
    /// A component is taken for `.git` by git or by some file system.
    GitFolder,
}

impl RepoPathProblem {
    /// The name of the built-in rule, as in a finding: `path.` and one word.
    pub fn rule_id(self) -> &'static str {
        match self {
            Self::Empty | Self::EmptyComponent => "path.empty",
            Self::NotUtf8 => "path.not_utf8",
            Self::Absolute => "path.absolute",
            Self::TooLong | Self::ComponentTooLong => "path.too_long",
            Self::CurrentFolder | Self::ParentFolder => "path.traversal",
            Self::Backslash => "path.backslash",
            Self::Control => "path.control",
            Self::Bidi => "path.bidi",
            Self::Invisible => "path.invisible",
            Self::Unassigned => "path.unassigned",
            Self::GitFolder => "path.git_folder",
        }
    }
}

impl fmt::Display for RepoPathProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "is empty",
            Self::NotUtf8 => "is not UTF-8",
            Self::Absolute => "is absolute",
            Self::TooLong => "is longer than 4096 bytes",
            Self::ComponentTooLong => "has a component longer than 255 bytes",
            Self::EmptyComponent => "has an empty component",
            Self::CurrentFolder => "has the component `.`",
            Self::ParentFolder => "has the component `..`",
            Self::Backslash => "holds a backslash",
            Self::Control => "holds a control character",
            Self::Bidi => "holds a character that turns the direction of text",
            Self::Invisible => "holds a character that cannot be seen",
            Self::Unassigned => "holds a private or unassigned character",
            Self::GitFolder => "leads into a folder that is taken for `.git`",
        })
    }
}
