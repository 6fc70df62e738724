//! What we publish, and how it is joined with what people wrote.

use crate::blocks;
use crate::error::{Error, Result};
use crate::marker::Marker;
use crate::text::{BODY_LIMIT, fit_blocks, fit_body};

/// `text` without secrets and control characters.
pub(super) fn published(text: &str) -> String {
    ftc_redact::clean(text, usize::MAX).into_owned()
}

/// `text` as it is published: clean, and within the limit.
pub(super) fn fitted(text: &str) -> String {
    fit_body(&published(text))
}

/// `body` as it is published, with the marker by which it is found again.
pub(super) fn with_marker(marker: &Marker, body: &str) -> String {
    let body = published(body);
    if marker.is_in(&body) {
        return fit_body(&body);
    }
    fit_body(&format!("{marker}\n{body}"))
}

/// `present` with our blocks, within the limit. People's text is never cut for them.
pub(super) fn with_blocks<'a>(
    present: &str,
    planned: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<String> {
    let merged = planned.fold(present.to_owned(), |body, (name, text)| {
        blocks::replace(&body, name, text)
    });
    let merged = fit_blocks(&merged, BODY_LIMIT);
    if merged.chars().count() > BODY_LIMIT {
        return Err(Error::invalid(
            "the text",
            "that people wrote leaves no room for our blocks",
        ));
    }
    Ok(merged)
}

/// Whether two texts are the same but for their line ends.
pub(super) fn is_same(left: &str, right: &str) -> bool {
    left.replace("\r\n", "\n") == right.replace("\r\n", "\n")
}
