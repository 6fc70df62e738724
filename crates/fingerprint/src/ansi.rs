//! Takes terminal escape codes off a line.

use std::borrow::Cow;

pub(crate) const ESCAPE: u8 = 0x1b;
pub(crate) const BACKSPACE: u8 = 0x8;
pub(crate) const BOM: &[u8] = b"\xef\xbb\xbf";

/// Removes escape sequences (CSI, OSC and two-byte ones), what a backspace takes back, and the byte order mark; borrows when
/// there is nothing to remove. Forms: ECMA-48, 5th edition, section 5.4 and 5.6.
pub(crate) fn strip(text: Cow<'_, str>) -> Cow<'_, str> {
    match strip_bytes(text.as_bytes()) {
        Cow::Borrowed(_) => text,
        Cow::Owned(plain) => Cow::Owned(String::from_utf8_lossy(&plain).into_owned()),
    }
}

/// The same, of text that was not checked yet.
pub(crate) fn strip_bytes(text: &[u8]) -> Cow<'_, [u8]> {
    let mut plain = Vec::new();
    if strip_into(text, &mut plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(plain)
    }
}

/// Whether there is nothing to remove; what stays is written into `plain` otherwise.
pub(crate) fn strip_into(text: &[u8], plain: &mut Vec<u8>) -> bool {
    let mut rest = text.strip_prefix(BOM).unwrap_or(text);
    let mut next = memchr::memchr2(ESCAPE, BACKSPACE, rest);
    if next.is_none() && rest.len() == text.len() {
        return true;
    }
    plain.clear();
    plain.reserve(rest.len());
    while let Some(at) = next {
        plain.extend_from_slice(&rest[..at]);
        if rest[at] == BACKSPACE {
            take_back(plain);
            rest = &rest[at + 1..];
        } else {
            rest = skip_sequence(&rest[at + 1..]);
        }
        next = memchr::memchr2(ESCAPE, BACKSPACE, rest);
    }
    plain.extend_from_slice(rest);
    false
}

/// Removes the last character.
fn take_back(plain: &mut Vec<u8>) {
    let is_start = |byte: &u8| *byte & 0b1100_0000 != 0b1000_0000;
    plain.truncate(plain.iter().rposition(is_start).unwrap_or(0));
}

/// What follows the escape sequence whose ESC has been read already.
fn skip_sequence(rest: &[u8]) -> &[u8] {
    match rest.first() {
        Some(b'[') => skip_past(&rest[1..], |byte| (b'@'..=b'~').contains(&byte)),
        Some(b']' | b'P' | b'_' | b'^' | b'X') => skip_string(&rest[1..]),
        Some(b'(' | b')' | b'#' | b'%') => {
            let named = rest.get(1).is_some_and(u8::is_ascii);
            &rest[1 + usize::from(named)..]
        }
        Some(byte) if byte.is_ascii() => &rest[1..],
        _ => rest,
    }
}

fn skip_past(rest: &[u8], is_final: impl Fn(u8) -> bool) -> &[u8] {
    match rest.iter().position(|&byte| is_final(byte)) {
        Some(at) => &rest[at + 1..],
        None => &[],
    }
}

/// What follows a control string, which ends with BEL or ESC `\\`; a lone `\\` is part of it, as in a path of a link.
fn skip_string(rest: &[u8]) -> &[u8] {
    match memchr::memchr2(0x7, 0x1b, rest) {
        Some(at) if rest[at] == 0x7 => &rest[at + 1..],
        Some(at) if rest.get(at + 1) == Some(&b'\\') => &rest[at + 2..],
        // Another sequence begins: this one was never ended.
        Some(at) => &rest[at..],
        None => &[],
    }
}
