//! `Authorization` and `Proxy-Authorization`, wherever in a line and in whatever notation.

use crate::kind::{Kind, leading_mark};
use crate::line::{Class, Line, Reach};
use crate::rules::value::{Quoted, quoted_value, trim_value};

/// Looks at what follows the word `authorization`.
pub(super) fn header(line: &mut Line<'_>, end: usize) {
    let Some(start) = value_start(line, end) else {
        return;
    };
    if let Some(Quoted { range, reach }) = quoted_value(line, start) {
        if !range.is_empty() && leading_mark(&line.text()[range.start..]).is_none() {
            line.report(range, Kind::Authorization, reach);
        }
        return;
    }
    // A list, as Go prints headers: `Authorization:[Bearer x]`.
    let is_list = line.byte(start) == Some(b'[') && leading_mark(&line.text()[start..]).is_none();
    let start = start + usize::from(is_list);
    if leading_mark(&line.text()[start..]).is_some() {
        // Scrubbed before.
        return;
    }
    let end = credentials_end(line, start);
    if start < end {
        let reach = if end == line.len() {
            Reach::Line
        } else {
            Reach::Word
        };
        line.report(start..end, Kind::Authorization, reach);
    }
}

/// Where the value begins, if there is a separator after the name.
fn value_start(line: &Line<'_>, end: usize) -> Option<usize> {
    let bytes = line.text().as_bytes();
    let closing = bytes[end..]
        .iter()
        .take(4)
        .take_while(|byte| matches!(byte, b'\\' | b'"' | b'\'' | b'`'))
        .count();
    let separator = line.skip_blanks(end + closing);
    let after = match (line.byte(separator)?, line.byte(separator + 1)) {
        (b'=', Some(b'=')) | (b':', Some(b':')) => return None,
        (b'=', Some(b'>')) | (b':', Some(b'=')) => separator + 2,
        (b':' | b'=', _) => separator + 1,
        _ => return None,
    };
    Some(line.skip_blanks(after))
}

/// A scheme and its credentials: two words, or the rest of the line where the credentials are a list of parameters.
fn credentials_end(line: &mut Line<'_>, start: usize) -> usize {
    let scheme_end = line.run_end(Class::Header, start);
    let scheme = &line.text()[start..scheme_end];
    let is_scheme = scheme
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let second = line.skip_blanks(scheme_end);
    if !is_scheme || second == scheme_end || second == line.len() {
        return start + trim_value(scheme).len();
    }
    let second_end = line.run_end(Class::Header, second);
    let credentials = &line.text()[second..second_end];
    let has_parameters = is_parametrized(scheme)
        || credentials.ends_with(',')
        || credentials.trim_end_matches('=').contains('=');
    if has_parameters {
        return line.len();
    }
    second + trim_value(credentials).len()
}

/// Schemes whose credentials are a list of parameters, in quotes and with spaces.
fn is_parametrized(scheme: &str) -> bool {
    [
        "digest",
        "oauth",
        "hawk",
        "signature",
        "mac",
        "aws4-hmac-sha256",
        "vapid",
    ]
    .iter()
    .any(|name| scheme.eq_ignore_ascii_case(name))
}
