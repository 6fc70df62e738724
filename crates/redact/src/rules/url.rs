//! Credentials in addresses: `scheme://user:password@host`.

use crate::kind::Kind;
use crate::line::{Line, Reach, ends_word};
use crate::rules::value::is_placeholder;

/// How far a password may reach beyond a `/`, which should have been written as `%2F` and often is not.
const UNESCAPED_LIMIT: usize = 256;

/// A user name that is this long and has a digit is a token.
const TOKEN_LENGTH: usize = 20;

/// Looks at what follows `://`.
pub(super) fn url(line: &mut Line<'_>, start: usize) {
    let bytes = line.text().as_bytes();
    let authority_end = end_of(bytes, start, usize::MAX, |byte| {
        matches!(byte, b'/' | b'?' | b'#')
    });
    let Some(user_end) = user_info_end(bytes, start, authority_end) else {
        return;
    };
    let name_end = bytes[start..user_end]
        .iter()
        .position(|byte| *byte == b':')
        .map_or(user_end, |colon| start + colon);
    let name = &bytes[start..name_end];
    // `https://TOKEN@host` and `https://TOKEN:x-oauth-basic@host`.
    if name.len() >= TOKEN_LENGTH && name.iter().any(u8::is_ascii_digit) {
        line.report(start..name_end, Kind::Credential, Reach::Word);
    }
    let password = (name_end + 1).min(user_end)..user_end;
    if !is_placeholder(&line.text()[password.clone()]) {
        line.report(password, Kind::Credential, Reach::Word);
    }
}

/// Where the `@` after the user information is.
fn user_info_end(bytes: &[u8], start: usize, authority_end: usize) -> Option<usize> {
    let last_at = |end: usize| {
        bytes[start..end]
            .iter()
            .rposition(|byte| *byte == b'@')
            .map(|at| start + at)
    };
    if let Some(at) = last_at(authority_end) {
        return Some(at);
    }
    let colon = bytes[start..authority_end]
        .iter()
        .position(|byte| *byte == b':')?;
    let is_port = bytes[start + colon + 1..authority_end]
        .iter()
        .all(u8::is_ascii_digit);
    if is_port || bytes[start] == b'[' {
        return None;
    }
    // No host has such a port, so that the `/` belongs to a password.
    last_at(end_of(bytes, authority_end, UNESCAPED_LIMIT, |_| false))
}

fn end_of(bytes: &[u8], start: usize, limit: usize, ends: impl Fn(u8) -> bool) -> usize {
    let length = bytes[start..]
        .iter()
        .take(limit)
        .take_while(|byte| !(ends_word(**byte) || matches!(byte, b'<' | b'>') || ends(**byte)))
        .count();
    start + length
}
