//! Arguments with placeholders.

use std::ffi::OsString;
use std::path::Path;

/// One argument of a profile's command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Argument {
    Literal(String),
    Worktree,
    PromptFile,
    Out,
}

/// What the placeholders stand for in one run.
pub(crate) struct Places<'a> {
    pub(crate) worktree: &'a Path,
    pub(crate) prompt_file: &'a Path,
    pub(crate) out: &'a Path,
}

const PLACEHOLDERS: [(&str, Argument); 3] = [
    ("{worktree}", Argument::Worktree),
    ("{prompt_file}", Argument::PromptFile),
    ("{out}", Argument::Out),
];

impl Argument {
    /// Reads an argument; the error is a message and a hint.
    pub(super) fn parse(text: &str) -> Result<Self, (String, Option<String>)> {
        if let Some((_, argument)) = PLACEHOLDERS.iter().find(|(name, _)| *name == text) {
            return Ok(argument.clone());
        }
        if looks_like_placeholder(text) {
            let names = PLACEHOLDERS.map(|(name, _)| format!("`{name}`"));
            let hint = format!("the placeholders are {}", names.join(", "));
            return Err((format!("unknown placeholder `{text}`"), Some(hint)));
        }
        if let Some((name, _)) = PLACEHOLDERS.iter().find(|(name, _)| text.contains(name)) {
            let hint = "write the option and the placeholder as two arguments".to_owned();
            let message = format!("placeholder `{name}` is not a whole argument");
            return Err((message, Some(hint)));
        }
        Ok(Self::Literal(text.to_owned()))
    }

    pub(crate) fn expand(&self, places: &Places<'_>) -> OsString {
        match self {
            Self::Literal(text) => text.into(),
            Self::Worktree => places.worktree.into(),
            Self::PromptFile => places.prompt_file.into(),
            Self::Out => places.out.into(),
        }
    }
}

/// A word in braces. Other braces, as in JSON, are an argument's own.
fn looks_like_placeholder(text: &str) -> bool {
    text.strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .is_some_and(|word| {
            !word.is_empty()
                && word
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' '))
        })
}
