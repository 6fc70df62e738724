//! YAML, behind one function: to read it with another crate is to change this file.

use serde::de::DeserializeOwned;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};
use serde_saphyr::{Error, MessageFormatter as _, UserMessageFormatter};

pub(crate) use serde_saphyr::{Location, Spanned};

/// Why a text could not be read, and where.
pub(crate) struct YamlError {
    pub(crate) location: Location,
    pub(crate) message: String,
}

/// Reads one document. A key that stands twice, a merge key, an unknown tag and a `yes` for `true` are errors, and so is a text
/// whose aliases unfold to more than a person writes.
pub(crate) fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 100_000,
            max_depth: 32,
            max_aliases: 100,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let error: &Error = error.without_snippet();
        YamlError {
            location: error.location().unwrap_or(Location::UNKNOWN),
            message: reworded(&UserMessageFormatter.format_message(error)),
        }
    })
}

/// The parser's words for Rust's types and its own events say little to somebody who writes YAML.
fn reworded(message: &str) -> String {
    match message {
        "expected sequence start" => "a list is expected here",
        "expected mapping start" => "a map of keys and values is expected here",
        "expected string scalar" => "a text is expected here",
        "invalid u64" => "a whole number that is not negative is expected here",
        "invalid i32" => "a whole number is expected here",
        other => other,
    }
    .to_owned()
}
