//! Everything that a text needs before it is stored or published.

use std::borrow::Cow;

use crate::cap::cap;
use crate::kind::Kind;
use crate::scrub::scrub;
use crate::strip::strip_controls;

/// How often a cut may change what the text before it means. One cut is the rule, two are rare.
const MAX_ROUNDS: usize = 4;

/// Strips control characters, scrubs secrets, and caps the length, in this order: an escape code inside a token cannot hide
/// it, and the cap cannot leave half a secret.
///
/// The result is at most `max_bytes` long. Cleaning it again changes nothing. A text that needs nothing is borrowed.
pub fn clean(text: &str, max_bytes: usize) -> Cow<'_, str> {
    let mut cleaned = match strip_controls(text) {
        Cow::Borrowed(text) => scrub(text),
        Cow::Owned(text) => Cow::Owned(scrub(&text).into_owned()),
    };
    for _ in 0..MAX_ROUNDS {
        cut(&mut cleaned, max_bytes);
        // What follows a word decides whether it is a password (`password: must be long` is prose), and the cut may have
        // taken that away.
        match scrub(&cleaned) {
            Cow::Borrowed(_) => return cleaned,
            Cow::Owned(again) => cleaned = Cow::Owned(again),
        }
    }
    // Whole lines mean the same however the text goes on.
    let end = cap(&cleaned, max_bytes)
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    truncate(&mut cleaned, end);
    cleaned
}

/// Caps the length, leaving no part of a mark: half a mark could be taken for a value.
fn cut(text: &mut Cow<'_, str>, max_bytes: usize) {
    let mut end = cap(text, max_bytes).len();
    if end < text.len() {
        let longest = Kind::ALL
            .iter()
            .map(|kind| kind.mark().len())
            .max()
            .unwrap_or(0);
        for kind in Kind::ALL {
            let mark = kind.mark();
            let from = crate::cap::floor_boundary(text, end.saturating_sub(longest));
            if let Some(start) = text[from..].find(mark).map(|start| from + start)
                && start < end
                && end < start + mark.len()
            {
                end = start;
            }
        }
    }
    truncate(text, end);
}

fn truncate(text: &mut Cow<'_, str>, end: usize) {
    match text {
        Cow::Borrowed(text) => *text = &text[..end],
        Cow::Owned(text) => text.truncate(end),
    }
}
