//! Values: where they end, and which are none.

use std::borrow::Cow;
use std::ops::Range;

use crate::kind::Kind;
use crate::line::{Line, Reach, is_quote};

/// A value in quotes.
pub(super) struct Quoted {
    /// What is between the quotes.
    pub(super) range: Range<usize>,
    pub(super) reach: Reach,
}

/// The quoted value at `start`: `"x"`, `'x'`, `\"x\"` inside of other quotes, `b'x'`, `Some("x")`, `["x"`.
///
/// One without a closing quote goes to the end of the line.
pub(super) fn quoted_value(line: &Line<'_>, start: usize) -> Option<Quoted> {
    const MAX_WRAPPER: usize = 12;
    const MAX_BACKSLASHES: usize = 3;
    let bytes = &line.text().as_bytes()[start..];
    let wrapper = bytes
        .iter()
        .take(MAX_WRAPPER)
        .take_while(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'(' | b'[' | b'&' | b'@'))
        .count();
    let backslashes = bytes[wrapper..]
        .iter()
        .take(MAX_BACKSLASHES)
        .take_while(|byte| **byte == b'\\')
        .count();
    let quote = *bytes
        .get(wrapper + backslashes)
        .filter(|byte| is_quote(**byte))?;
    let content = start + wrapper + backslashes + 1;
    let closing = closing_quote(&line.text().as_bytes()[content..], quote, backslashes);
    Some(match closing {
        Some(length) => Quoted {
            range: content..content + length,
            reach: Reach::Word,
        },
        None => Quoted {
            range: content..line.len(),
            reach: Reach::Line,
        },
    })
}

/// The length of the content before the closing quote, which is escaped just as the opening one was.
fn closing_quote(bytes: &[u8], quote: u8, backslashes: usize) -> Option<usize> {
    let mut preceding = 0;
    for (index, byte) in bytes.iter().enumerate() {
        if *byte == b'\\' {
            preceding += 1;
            continue;
        }
        let closes = if backslashes == 0 {
            preceding % 2 == 0
        } else {
            preceding <= backslashes
        };
        if *byte == quote && closes {
            return Some(index - if backslashes == 0 { 0 } else { preceding });
        }
        preceding = 0;
    }
    None
}

/// Without the punctuation at its end that belongs to the text around it.
pub(super) fn trim_value(value: &str) -> &str {
    // The same run may be trimmed for many names in it, so that its length must not matter.
    const MAX_PUNCTUATION: usize = 16;
    let punctuation = value
        .bytes()
        .rev()
        .take(MAX_PUNCTUATION)
        .take_while(|byte| matches!(byte, b')' | b']' | b'}' | b'>' | b'.' | b',' | b';' | b'\\'))
        .count();
    &value[..value.len() - punctuation]
}

/// What stands for a secret is short.
const MAX_PLACEHOLDER: usize = 64;
/// What is said in the place of a value.
const PLACEHOLDERS: &[&str] = &[
    "",
    "null",
    "nil",
    "none",
    "undefined",
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "empty",
    "unset",
    "hidden",
    "masked",
    "redacted",
    "required",
    "optional",
    "missing",
    "invalid",
    "incorrect",
    "expired",
    "string",
    "str",
];

/// Whether `value` stands for a secret instead of being one.
pub(super) fn is_placeholder(value: &str) -> bool {
    // Before anything looks at all of it: a long run may be asked about once for every name in it.
    if value.len() > 4 * MAX_PLACEHOLDER {
        return false;
    }
    let value = &*unmarked(value);
    if value.len() > MAX_PLACEHOLDER {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    let masked = |mask: char| value.chars().all(|character| character == mask);
    PLACEHOLDERS.contains(&lower.as_str())
        || ['*', '.', '-', '_', '#', '•'].into_iter().any(masked)
        || (value.len() >= 3 && lower.bytes().all(|byte| byte == b'x'))
        || is_reference(value)
}

/// `$NAME`, `${NAME}`, `$(command)`, `${{ secrets.NAME }}`, `{{name}}`, `<name>`, `%s`, `%NAME%`.
fn is_reference(value: &str) -> bool {
    let is_name = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' ')
            })
    };
    if let Some(before) = value.strip_suffix("[redacted") {
        // The name in it looked like a secret, too, and was scrubbed; the rest of the mark is beyond a space.
        return ["$", "${", "${{", "$(", "{", "{{", "<", "%"]
            .iter()
            .any(|open| {
                before
                    .strip_prefix(open)
                    .is_some_and(|name| name.is_empty() || is_name(name))
            });
    }
    let within = |open: &str, close: &str| {
        value
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(is_name)
    };
    let dollar_name = value.strip_prefix('$').is_some_and(|name| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    dollar_name
        || within("${", "}")
        || within("${{", "}}")
        || within("$(", ")")
        || within("{{", "}}")
        || within("{", "}")
        || within("<", ">")
        || within("%", "%")
        || matches!(
            value,
            "%s" | "%v" | "%q" | "%d" | "{}" | "${" | "${{" | "{{" | "<" | "{"
        )
}

/// With a letter in the place of every mark: a name that looked like a secret and was scrubbed is still a name.
fn unmarked(value: &str) -> Cow<'_, str> {
    if !value.contains("[redacted ") {
        return Cow::Borrowed(value);
    }
    let unmarked = Kind::ALL.iter().fold(value.to_owned(), |value, kind| {
        value.replace(kind.mark(), "x")
    });
    Cow::Owned(unmarked)
}
