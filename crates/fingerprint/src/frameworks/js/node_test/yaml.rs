//! The block below a result in TAP, as far as it says what failed.

/// Bytes of a value that are kept.
const LIMIT: usize = 8 * 1024;

#[derive(Debug, Default)]
pub(super) struct Yaml {
    pub(super) error: String,
    pub(super) name: String,
    pub(super) failure_type: String,
    pub(super) location: String,
    pub(super) signal: bool,
    pub(super) is_suite: bool,
    /// The block value that is being read, and how deep it stands.
    open: Option<Field>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Error,
    Other,
}

impl Yaml {
    /// Takes a line; `text` stands behind the indentation of the block's keys.
    pub(super) fn line(&mut self, text: &str) {
        if text.starts_with("  ") || text.is_empty() {
            if self.open == Some(Field::Error) && self.error.len() + text.len() < LIMIT {
                let inner = text.strip_prefix("  ").unwrap_or(text);
                if !self.error.is_empty() {
                    self.error.push('\n');
                }
                self.error.push_str(inner);
            }
            return;
        }
        self.open = Some(Field::Other);
        let Some((key, value)) = text.split_once(':') else {
            return;
        };
        let value = value.trim();
        match key {
            "error" if value.starts_with('|') => self.open = Some(Field::Error),
            "error" => self.error = unquoted(value),
            "name" => self.name = unquoted(value),
            "failureType" => self.failure_type = unquoted(value),
            "location" => self.location = unquoted(value),
            "signal" => self.signal = value != "~" && value != "null",
            "type" => self.is_suite = value.contains("suite"),
            _ => {}
        }
    }

    /// Whether Node wrote it.
    pub(super) fn is_of_node(&self) -> bool {
        !self.failure_type.is_empty()
    }
}

/// A value as `util.inspect` quotes it.
pub(super) fn unquoted(value: &str) -> String {
    let quote = value
        .chars()
        .next()
        .filter(|c| matches!(c, '\'' | '"' | '`'));
    let inner = quote.and_then(|quote| {
        let inner = value[1..].strip_suffix(quote)?;
        (!inner.is_empty() || value.len() == 2).then_some(inner)
    });
    let Some(inner) = inner else {
        return value.to_owned();
    };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            _ => out.push(c),
        }
    }
    out
}
