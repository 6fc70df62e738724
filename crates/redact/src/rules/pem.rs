//! Private keys in PEM form, in one line (with `\n` written out) or over many.

use crate::kind::Kind;
use crate::line::{Line, Reach};

const END: &str = "-----END";
/// The shortest run that is the body of a key and no word of a sentence about keys.
const MIN_BODY: usize = 16;
/// A run of base64 this long is a part of a key whatever stands before it.
const CERTAIN_BODY: usize = 40;

/// A key that goes on in the next line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenKey {
    /// The column at which it began: a log may put the same prefix (a time, a job name) before every line.
    column: usize,
}

/// Looks at `-----BEGIN`. Reports what of the key is in this line.
pub(super) fn begin(line: &mut Line<'_>, start: usize) -> Option<OpenKey> {
    let header_end = header_end(&line.text()[start..])? + start;
    if let Some(end) = line.key_end(header_end) {
        let end = end + closing_length(&line.text()[end..]);
        line.report(start..end, Kind::PrivateKey, Reach::Line);
        return None;
    }
    let rest = &line.text()[header_end..];
    let body = rest.trim_start_matches(['\\', 'n', 'r', ' ', '\t', '\r', '"', '\'', ',', '+']);
    let is_key = body.is_empty() || leading_base64(body) >= MIN_BODY;
    is_key.then(|| {
        line.report(start..line.len(), Kind::PrivateKey, Reach::Line);
        OpenKey { column: start }
    })
}

/// What a line that follows an open key is.
pub(crate) enum Continuation {
    /// All of it belongs to the key.
    Body,
    /// The key ends in it, at this byte.
    End(usize),
    /// It does not belong to the key.
    Other,
}

impl OpenKey {
    /// Looks at the next line.
    pub(crate) fn continuation(self, line: &str) -> Continuation {
        if let Some(end) = line.find(END) {
            return Continuation::End(end + closing_length(&line[end..]));
        }
        let after_prefix = line.get(self.column..).unwrap_or_default();
        let last_word = line
            .trim_end()
            .rsplit([' ', '\t'])
            .next()
            .unwrap_or_default();
        let certain = last_word.len() >= CERTAIN_BODY && is_base64(last_word);
        if certain || is_body(line) || (line.len() > self.column && is_body(after_prefix)) {
            Continuation::Body
        } else {
            Continuation::Other
        }
    }
}

/// The length of `-----BEGIN ... PRIVATE KEY ...-----`, if that is what `text` begins with.
fn header_end(text: &str) -> Option<usize> {
    const BEGIN: usize = "-----BEGIN".len();
    const MAX_LABEL: usize = 64;
    let label = &text.as_bytes()[BEGIN..];
    let label = &label[..label.len().min(MAX_LABEL)];
    let dashes = label.windows(5).position(|window| window == b"-----")?;
    // The label is found to be ASCII before it is cut out.
    let is_label = label[..dashes]
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b' ');
    let is_private = is_label && is_private_label(&label[..dashes]);
    is_private.then_some(BEGIN + dashes + 5)
}

/// The length of `-----END ... PRIVATE KEY ...-----`, or of `-----END` alone if the rest of it is not there.
fn closing_length(text: &str) -> usize {
    const MAX_LABEL: usize = 64;
    let label = &text.as_bytes()[END.len()..];
    let label = &label[..label.len().min(MAX_LABEL)];
    let words = label
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b' ')
        .count();
    // Anything else may be the beginning of something that has to be looked at, such as the next key.
    if is_private_label(&label[..words]) && label[words..].starts_with(b"-----") {
        END.len() + words + 5
    } else {
        END.len()
    }
}

/// `PRIVATE KEY`, with or without more words.
fn is_private_label(label: &[u8]) -> bool {
    const WORDS: &[u8] = b"PRIVATE KEY";
    label
        .windows(WORDS.len())
        .any(|window| window.eq_ignore_ascii_case(WORDS))
}

/// A line of base64, a header of an encrypted key, or the empty line after such headers.
fn is_body(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("Proc-Type:") || line.starts_with("DEK-Info:") || is_base64(line)
}

fn is_base64(text: &str) -> bool {
    leading_base64(text) == text.len()
}

fn leading_base64(text: &str) -> usize {
    text.bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
        .count()
}
