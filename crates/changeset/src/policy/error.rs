//! Why a policy cannot be used.

use serde_saphyr::{Location, Spanned};

/// Why a policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin}:{line}:{column}: {message}")]
#[non_exhaustive]
pub struct PolicyError {
    /// Where the text comes from.
    pub origin: String,
    /// The line, from 1.
    pub line: u64,
    /// The column in characters, from 1.
    pub column: u64,
    /// What is wrong there.
    pub message: String,
    /// What can be done about it.
    pub hint: Option<String>,
}

impl PolicyError {
    pub(super) fn at<T>(place: &Spanned<T>, origin: &str, message: impl Into<String>) -> Self {
        Self::at_location(place.referenced, origin, message.into())
    }

    pub(super) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    pub(super) fn from_yaml(error: &serde_saphyr::Error, origin: &str) -> Self {
        let location = error.location().unwrap_or(Location::UNKNOWN);
        let text = error.without_snippet().to_string();
        let place = format!(" at line {}, column {}", location.line(), location.column());
        let text = text.strip_suffix(&place).unwrap_or(&text);
        let (message, hint) = in_our_words(text);
        Self {
            hint,
            ..Self::at_location(location, origin, message)
        }
    }

    fn at_location(location: Location, origin: &str, message: String) -> Self {
        Self {
            origin: origin.to_owned(),
            // The parser knows no place for an empty document.
            line: location.line().max(1),
            column: location.column().max(1),
            message,
            hint: None,
        }
    }

    /// Never: the text has to change.
    pub fn is_retryable(&self) -> bool {
        false
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        self.hint.iter().cloned().collect()
    }
}

/// Some messages of the parser speak to its programmer.
fn in_our_words(text: &str) -> (String, Option<String>) {
    if let Some(rest) = text.strip_prefix("duplicate mapping key: ") {
        let key = rest.split(',').next().unwrap_or(rest);
        return (format!("duplicate key `{key}`"), None);
    }
    if text.starts_with("multiple YAML documents") {
        let message = "a second YAML document begins here, but a policy is one";
        return (message.to_owned(), None);
    }
    if text.starts_with("alias references unknown anchor") {
        let hint = "put a pattern that begins with `*` into quotes";
        return (text.to_owned(), Some(hint.to_owned()));
    }
    if text.starts_with("YAML merge keys") {
        return ("merge keys (`<<`) are not read".to_owned(), None);
    }
    (text.to_owned(), None)
}
