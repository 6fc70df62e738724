//! Tokens with a form of their own. None needs a boundary on its left: text may be glued to it.

use crate::kind::Kind;
use crate::line::{Class, Line, Reach};

/// How far a rule looks to see whether a run is random enough.
const WINDOW: usize = 64;

/// `AKIA` (long-lived) or `ASIA` (temporary) and sixteen upper-case letters and digits. A secret key directly after it, as in
/// a CSV file of credentials, is forty characters of base64.
pub(super) fn aws(line: &mut Line<'_>, start: usize, end: usize) {
    let id_end = end + 16;
    let bytes = line.text().as_bytes();
    let is_id = bytes.get(start..id_end).is_some_and(|id| {
        id.iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    });
    if !is_id {
        return;
    }
    line.report(start..id_end, Kind::Aws, Reach::Word);
    let gap = bytes[id_end..]
        .iter()
        .take(8)
        .take_while(|byte| {
            matches!(
                byte,
                b' ' | b'\t' | b',' | b';' | b':' | b'|' | b'"' | b'\''
            )
        })
        .count();
    let is_key_byte = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let length = bytes[id_end + gap..]
        .iter()
        .take(41)
        .take_while(|byte| is_key_byte(byte))
        .count();
    if gap > 0 && length == 40 {
        line.report(id_end + gap..id_end + gap + length, Kind::Aws, Reach::Word);
    }
}

/// `Bearer` and a token outside of a header: long, and with a digit, or it is a word.
pub(super) fn bearer(line: &mut Line<'_>, end: usize) {
    let start = line.skip_blanks(end);
    let window = window(line, start, Class::Bearer);
    if window.len() >= 16 && window.bytes().any(|byte| byte.is_ascii_digit()) {
        let end = line.run_end(Class::Bearer, start);
        line.report(start..end, Kind::Authorization, Reach::Word);
    }
}

/// `AIza` and 35 characters.
pub(super) fn gcp_key(line: &mut Line<'_>, start: usize, end: usize) {
    if line.text()[start..].starts_with("AIza") && window(line, end, Class::Base64Url).len() >= 35 {
        let end = line.run_end(Class::Base64Url, end);
        line.report(start..end, Kind::Gcp, Reach::Word);
    }
}

/// `ya29.` and a long run.
pub(super) fn gcp_token(line: &mut Line<'_>, start: usize, end: usize) {
    if window(line, end, Class::Dotted).len() >= 20 {
        let end = line.run_end(Class::Dotted, end);
        line.report(start..end, Kind::Gcp, Reach::Word);
    }
}

/// `ghp_` and its kin: 36 characters today, but a token cut short is still most of a token.
pub(super) fn github(line: &mut Line<'_>, start: usize, end: usize) {
    let alphanumeric = window(line, end, Class::Word)
        .bytes()
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    if alphanumeric >= 20 {
        let end = line.run_end(Class::Word, end);
        line.report(start..end, Kind::GitHub, Reach::Word);
    }
}

/// `github_pat_`, 22 letters and digits, `_`, 59 more. The first 22 tell it from the name of a function.
pub(super) fn github_fine_grained(line: &mut Line<'_>, start: usize, end: usize) {
    github(line, start, end);
}

/// Two or more parts of base64, of which the first is a JSON object (`eyJ` is `{"`).
pub(super) fn jwt(line: &mut Line<'_>, start: usize) {
    if !line.text()[start..].starts_with("eyJ") {
        return;
    }
    let header_end = line.run_end(Class::Base64Url, start);
    let has_payload = line.byte(header_end) == Some(b'.')
        && window(line, header_end + 1, Class::Base64Url).len() >= 8;
    if header_end - start >= 10 && has_payload {
        // The run may go on with parts of anything dotted; a full stop at its end belongs to the sentence.
        let end = line.run_end(Class::Dotted, start);
        let token = line.text()[start..end].trim_end_matches('.');
        line.report(start..start + token.len(), Kind::Jwt, Reach::Word);
    }
}

/// `npm_` and 36 letters and digits.
pub(super) fn npm(line: &mut Line<'_>, start: usize, end: usize) {
    let alphanumeric = window(line, end, Class::Word)
        .bytes()
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    if alphanumeric >= 36 {
        let end = line.run_end(Class::Word, end);
        line.report(start..end, Kind::Npm, Reach::Word);
    }
}

/// `pypi-` and a long macaroon; `pypi-publish` and the like are names.
pub(super) fn pypi(line: &mut Line<'_>, start: usize, end: usize) {
    let window = window(line, end, Class::Base64Url);
    let has = |predicate: fn(&u8) -> bool| window.as_bytes().iter().any(predicate);
    if window.len() >= 16
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
    {
        let end = line.run_end(Class::Base64Url, end);
        line.report(start..end, Kind::PyPi, Reach::Word);
    }
}

/// The path of a webhook is its secret.
pub(super) fn slack_hook(line: &mut Line<'_>, end: usize) {
    let window = window(line, end, Class::Path);
    let is_hook = ["services/", "workflows/", "triggers/"]
        .iter()
        .any(|hook| window.starts_with(hook) && window.len() > hook.len() + 8);
    if is_hook {
        let path_end = line.run_end(Class::Path, end);
        line.report(end..path_end, Kind::Slack, Reach::Word);
    }
}

/// `xoxb-`, `xoxp-`, `xoxe.xoxp-` and others, and `xapp-`.
pub(super) fn slack_token(line: &mut Line<'_>, start: usize, end: usize) {
    let text = line.text();
    let body = match (line.byte_before(end), line.byte(end), line.byte(end + 1)) {
        (Some(b'-'), _, _) => end,
        (_, Some(b'a'..=b'z'), Some(b'-')) => end + 2,
        (_, Some(b'a'..=b'z'), Some(b'.')) if text[end + 2..].starts_with("xox") => end + 2,
        _ => return,
    };
    let window = window(line, body, Class::Dotted);
    if window.len() >= 10 && window.bytes().any(|byte| byte.is_ascii_digit()) {
        let end = line.run_end(Class::Dotted, body);
        let token = line.text()[start..end].trim_end_matches('.');
        line.report(start..start + token.len(), Kind::Slack, Reach::Word);
    }
}

/// The beginning of the run of `class` at `start`. Its classes are ASCII, so that the end is between characters.
fn window<'t>(line: &Line<'t>, start: usize, class: Class) -> &'t str {
    let text = line.text();
    let length = text.as_bytes()[start.min(text.len())..]
        .iter()
        .take(WINDOW)
        .take_while(|byte| class.contains(**byte))
        .count();
    &text[start..start + length]
}
