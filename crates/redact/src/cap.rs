//! Limits on length.

use std::borrow::Cow;

/// The longest beginning of `text` that is at most `max_bytes` long and ends between characters.
pub fn cap(text: &str, max_bytes: usize) -> &str {
    &text[..floor_boundary(text, max_bytes)]
}

/// Like [`cap`], but a text that is cut ends in a mark that says how much is missing: `... [1234 bytes cut]`.
///
/// The mark counts towards `max_bytes`; where it does not fit, the text is cut without one.
pub fn cap_marked(text: &str, max_bytes: usize) -> Cow<'_, str> {
    if text.len() <= max_bytes {
        return Cow::Borrowed(text);
    }
    // The number in the mark depends on how much the mark itself displaces; its width is that of the whole length at most.
    let reserve = mark(text.len()).len();
    if reserve > max_bytes {
        return Cow::Borrowed(cap(text, max_bytes));
    }
    let kept = cap(text, max_bytes - reserve);
    Cow::Owned(format!("{kept}{}", mark(text.len() - kept.len())))
}

fn mark(cut_bytes: usize) -> String {
    format!("... [{cut_bytes} bytes cut]")
}

/// The last character boundary at or before `index`.
pub(crate) fn floor_boundary(text: &str, index: usize) -> usize {
    if index >= text.len() {
        return text.len();
    }
    // A character is at most four bytes long.
    (index.saturating_sub(3)..=index)
        .rev()
        .find(|candidate| text.is_char_boundary(*candidate))
        .unwrap_or(0)
}
