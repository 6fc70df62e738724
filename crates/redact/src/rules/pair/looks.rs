//! What a text looks like, where its place alone does not say whether it is a secret.

/// How much of a text is looked at.
const WINDOW: usize = 128;

/// Whether a text that follows the name of a secret looks like one and not like a word: `hunter2`.
pub(super) fn looks_secret(text: &str) -> bool {
    text.len() >= 4 && has_digit_and_letter(text)
}

/// Whether a text looks like a token although its name (`token: ...`) may mean something else: long, with letters and digits,
/// and neither a path, nor a place in a file, nor the name of a test.
pub(super) fn looks_random(text: &str) -> bool {
    let window = window(text);
    let is_place = window.contains(&b':') || (window.contains(&b'/') && window.contains(&b'.'));
    let is_name = window.contains(&b'_') && window.len() < 20;
    let is_token = window.iter().all(|byte| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'+' | b'=' | b'~')
    });
    window.len() >= 8 && is_token && !is_place && !is_name && has_digit_and_letter(text)
}

/// Whether a text is code that gets the value from somewhere: `getpass.getpass()`.
pub(super) fn is_call(text: &str) -> bool {
    let window = window(text);
    window
        .iter()
        .position(|byte| *byte == b'(')
        .is_some_and(|parenthesis| {
            parenthesis > 0
                && window[..parenthesis]
                    .iter()
                    .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b':'))
        })
}

/// Whether the word after an option is about the option and not its argument: `--token is required`, `--token TOKEN`.
pub(super) fn is_flag_prose(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "a",
        "an",
        "and",
        "are",
        "argument",
        "as",
        "at",
        "but",
        "by",
        "can",
        "cannot",
        "do",
        "does",
        "expects",
        "file",
        "flag",
        "flags",
        "for",
        "from",
        "has",
        "have",
        "if",
        "in",
        "instead",
        "int",
        "is",
        "may",
        "must",
        "needs",
        "not",
        "of",
        "on",
        "only",
        "option",
        "options",
        "or",
        "parameter",
        "path",
        "requires",
        "set",
        "should",
        "so",
        "specified",
        "text",
        "that",
        "the",
        "this",
        "to",
        "unless",
        "use",
        "using",
        "value",
        "via",
        "was",
        "when",
        "which",
        "will",
        "with",
        "without",
        "you",
        "your",
    ];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
        || text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

fn has_digit_and_letter(text: &str) -> bool {
    let window = window(text);
    window.iter().any(u8::is_ascii_digit) && window.iter().any(u8::is_ascii_alphabetic)
}

fn window(text: &str) -> &[u8] {
    &text.as_bytes()[..text.len().min(WINDOW)]
}
