//! Telling a JUnit report by its first bytes.

use crate::xml::{Doctype, Terminator};

/// Longest root name that is waited for.
const MAX_NAME_BYTES: usize = 64;

/// What the first bytes of an input say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sniff {
    /// The root element is one of JUnit's.
    Junit,
    /// It is something else.
    Other,
    /// So far only white space, a declaration, comments or a part of the root's name were seen.
    Undecided,
}

/// Whether an input that begins with `prefix` is a JUnit report; `false` when `prefix` is too short to tell.
pub fn looks_like_junit(prefix: &[u8]) -> bool {
    sniff(prefix) == Sniff::Junit
}

/// What an input is that begins with `prefix`. A longer prefix never changes an answer other than
/// [`Sniff::Undecided`].
pub fn sniff(prefix: &[u8]) -> Sniff {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    if prefix.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(prefix) {
        return Sniff::Undecided;
    }
    let mut rest = prefix.strip_prefix(BYTE_ORDER_MARK).unwrap_or(prefix);
    loop {
        rest = rest.trim_ascii_start();
        match skip(rest) {
            Skipped::To(after) => rest = after,
            Skipped::CutOff => return Sniff::Undecided,
            Skipped::Nothing => return root(rest),
        }
    }
}

/// What stands where a root element may stand.
enum Skipped<'a> {
    /// Something else, which ends before this.
    To(&'a [u8]),
    /// Something of which more bytes are needed.
    CutOff,
    /// The root, or no markup.
    Nothing,
}

fn skip(rest: &[u8]) -> Skipped<'_> {
    let end = |content, mut terminator: Terminator| terminator.feed(content, |_| ());
    let (content, end) = if let Some(content) = rest.strip_prefix(b"<?") {
        (content, end(content, Terminator::INSTRUCTION))
    } else if let Some(content) = rest.strip_prefix(b"<!--") {
        (content, end(content, Terminator::COMMENT))
    } else if let Some(content) = rest.strip_prefix(b"<!DOCTYPE") {
        (content, Doctype::default().feed(content))
    } else if b"<!--".starts_with(rest) || b"<!DOCTYPE".starts_with(rest) {
        return Skipped::CutOff;
    } else {
        return Skipped::Nothing;
    };
    end.map_or(Skipped::CutOff, |end| Skipped::To(&content[end..]))
}

fn root(rest: &[u8]) -> Sniff {
    let Some(name) = rest.strip_prefix(b"<") else {
        return Sniff::Other;
    };
    if name
        .first()
        .is_some_and(|byte| !byte.is_ascii_alphabetic() && *byte != b'_')
    {
        return Sniff::Other;
    }
    let end = name.iter().position(|&byte| !is_name_byte(byte));
    match end.map(|end| local(&name[..end])) {
        Some(b"testsuites" | b"testsuite") => Sniff::Junit,
        None if name.len() < MAX_NAME_BYTES => Sniff::Undecided,
        _ => Sniff::Other,
    }
}

/// The part after a namespace prefix.
fn local(name: &[u8]) -> &[u8] {
    name.iter()
        .rposition(|&byte| byte == b':')
        .map_or(name, |colon| &name[colon + 1..])
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.')
}
