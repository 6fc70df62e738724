//! Where a pattern matched, and what stands around it.

/// A match of a rule.
pub(in crate::normalize) struct Site<'a> {
    pub(in crate::normalize) text: &'a str,
    pub(in crate::normalize) start: usize,
    pub(in crate::normalize) end: usize,
    /// The project's words after which a number means something, in lower case.
    pub(in crate::normalize) words: &'a [String],
}

/// Words after which a number is a code and not a measurement.
const MEANING: &[&str] = &[
    "code",
    "status",
    "errno",
    "error",
    "winerror",
    "err",
    "signal",
    "http",
    "exit",
    "rc",
    "returncode",
    "exitcode",
    "statuscode",
    "sqlstate",
    "hresult",
];

impl Site<'_> {
    pub(super) fn value(&self) -> &str {
        &self.text[self.start..self.end]
    }

    pub(super) fn before(&self) -> Option<char> {
        self.text[..self.start].chars().next_back()
    }

    pub(super) fn after(&self) -> Option<char> {
        self.text[self.end..].chars().next()
    }

    /// Whether the text after the value begins so.
    pub(super) fn goes_on_with(&self, text: &str) -> bool {
        self.text[self.end..].starts_with(text)
    }

    /// Whether the value is all that stands between two quotes: then it is an operand, not a measurement.
    pub(super) fn is_quoted(&self) -> bool {
        matches!(
            (self.before(), self.after()),
            (Some('"'), Some('"')) | (Some('\''), Some('\'')) | (Some('`'), Some('`'))
        )
    }

    /// Whether letters or digits touch the value, so that it is only a part of a word.
    pub(super) fn is_part_of_word(&self) -> bool {
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let touches = |c: Option<char>, edge: Option<char>| is_word(c) && is_word(edge);
        touches(self.before(), self.value().chars().next())
            || touches(self.after(), self.value().chars().next_back())
    }

    /// Whether the word before the value says that the number is a code, or the project says that it means something.
    pub(super) fn has_meaning(&self) -> bool {
        let before = self.text[..self.start].trim_end_matches([' ', '=', ':', '#', '(', '[', '-']);
        let start = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| c.is_alphanumeric())
            .last()
            .map_or(before.len(), |(at, _)| at);
        let word = before[start..].to_lowercase();
        MEANING.contains(&word.as_str()) || self.words.contains(&word)
    }

    /// Whether the value stands next to `==` or `!=`.
    pub(super) fn is_compared(&self) -> bool {
        let before = self.text[..self.start].trim_end();
        let after = self.text[self.end..].trim_start();
        ["==", "!="]
            .iter()
            .any(|operator| before.ends_with(operator) || after.starts_with(operator))
    }

    pub(super) fn mixes_letters_and_digits(&self) -> bool {
        let value = self.value();
        value.bytes().any(|byte| byte.is_ascii_digit())
            && value.bytes().any(|byte| byte.is_ascii_alphabetic())
    }
}
