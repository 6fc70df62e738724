//! Scrubbing whole texts.

use std::borrow::Cow;

use crate::literals::first_candidate;
use crate::redactor::Redactor;

/// Replaces every secret in `text` by its [mark](crate::Kind::mark). A text without secrets is borrowed, byte for byte the same.
///
/// A text in which nothing even begins like a secret costs one scan. Scrubbing a scrubbed text changes nothing. Escape codes
/// are text here: use [`clean`](crate::clean) where there may be any.
pub fn scrub(text: &str) -> Cow<'_, str> {
    let Some(candidate) = first_candidate(text) else {
        return Cow::Borrowed(text);
    };
    // Whole lines before the first candidate have nothing in them and no influence on what follows.
    let start = text[..candidate]
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    let mut redactor = Redactor::new();
    let mut scrubbed = String::with_capacity(text.len());
    scrubbed.push_str(&text[..start]);
    redactor.push(&text[start..], &mut scrubbed);
    if redactor.finish(&mut scrubbed) {
        Cow::Owned(scrubbed)
    } else {
        Cow::Borrowed(text)
    }
}
