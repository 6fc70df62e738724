//! Takes terminal escape codes off a line.

use std::borrow::Cow;

/// Removes escape sequences (CSI, OSC and two-byte ones) and the byte order mark; borrows when there is nothing to
/// remove. Forms: ECMA-48, 5th edition, section 5.4 and 5.6.
pub(crate) fn strip(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(0x1b, text.as_bytes()).is_none() && !text.starts_with('\u{feff}') {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.trim_start_matches('\u{feff}');
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        rest = skip_sequence(&rest[at + 1..]);
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// What follows the escape sequence whose ESC has been read already.
fn skip_sequence(rest: &str) -> &str {
    match rest.chars().next() {
        Some('[') => skip_past(&rest[1..], |c| ('@'..='~').contains(&c)),
        Some(']' | 'P' | '_' | '^' | 'X') => skip_past(&rest[1..], |c| c == '\u{7}' || c == '\\'),
        Some('(' | ')' | '#' | '%') => {
            let mut chars = rest.chars();
            chars.nth(1);
            chars.as_str()
        }
        Some(c) if c.is_ascii() => &rest[1..],
        _ => rest,
    }
}

fn skip_past(rest: &str, is_final: impl Fn(char) -> bool) -> &str {
    match rest.char_indices().find(|&(_, c)| is_final(c)) {
        Some((at, c)) => &rest[at + c.len_utf8()..],
        None => "",
    }
}
