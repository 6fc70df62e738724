//! What is wrong with a profile, and where.

/// What is wrong with a profile. Prints as `FILE:LINE:COLUMN: message`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin}:{line}:{column}: {message}")]
#[non_exhaustive]
pub struct ProfileError {
    /// Where the text comes from.
    pub origin: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
    hint: Option<String>,
}

impl ProfileError {
    /// An error at the byte `offset` of `text`.
    pub(super) fn at(
        text: &str,
        offset: usize,
        origin: &str,
        message: String,
        hint: Option<String>,
    ) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            origin: origin.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message,
            hint,
        }
    }

    /// Whether the same text may be accepted later: never.
    pub fn is_retryable(&self) -> bool {
        false
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        self.hint.clone().into_iter().collect()
    }
}
