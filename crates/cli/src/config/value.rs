//! The types that a configuration value can have.

use std::num::NonZeroUsize;

use crate::suggest;
use crate::terminal::ColorChoice;

/// A type that a configuration value can have. Every layer hands over text, so that a value is judged the same way
/// wherever it comes from.
pub trait ConfigValue: Sized {
    /// What TOML has to write it as.
    const TOML: TomlType;

    /// Whether a value may hold a secret. What is wrong with such a value is said without repeating it.
    const SECRECY: Secrecy = Secrecy::Public;

    /// The value that `text` stands for.
    fn parse(text: &str) -> Result<Self, InvalidValue>;

    /// The value as it may be shown to anybody: without secrets.
    fn shown(&self) -> String;

    /// Whether this very value holds a secret. Such a one is refused as an argument, where every user of the machine
    /// can see it.
    fn holds_secret(&self) -> bool {
        false
    }
}

/// Whether a value may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    /// Anybody may see it.
    Public,
    /// It may hold a secret.
    Secret,
}

/// What TOML has to write a value as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TomlType {
    /// `key = "text"`.
    String,
    /// `key = 3`.
    Integer,
    /// `key = ["one", "two"]`. Handed over as JSON.
    Strings,
}

impl TomlType {
    /// The word that TOML itself uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Strings => "array",
        }
    }
}

/// Why a text is no value of the wanted type. It never holds the text, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct InvalidValue {
    expected: Box<str>,
    hint: Option<Box<str>>,
}

impl InvalidValue {
    /// `expected` completes the sentence "expected ...".
    pub fn expected(expected: impl Into<String>) -> Self {
        Self {
            expected: expected.into().into(),
            hint: None,
        }
    }

    /// Adds advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into().into());
        self
    }

    /// The advice, if there is any.
    pub fn hints(&self) -> impl Iterator<Item = &str> {
        self.hint.as_deref().into_iter()
    }
}

impl ConfigValue for String {
    const TOML: TomlType = TomlType::String;

    fn parse(text: &str) -> Result<Self, InvalidValue> {
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            return Err(InvalidValue::expected(
                "text without control characters that is not empty",
            ));
        }
        Ok(text.to_owned())
    }

    fn shown(&self) -> String {
        self.clone()
    }
}

impl ConfigValue for NonZeroUsize {
    const TOML: TomlType = TomlType::Integer;

    fn parse(text: &str) -> Result<Self, InvalidValue> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits
            .then(|| text.parse().ok())
            .flatten()
            .ok_or_else(|| InvalidValue::expected("a whole number of at least 1"))
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

/// The form in which `ftc-scan` prints its findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ScanFormat {
    /// For a person.
    #[default]
    Human,
    /// One JSON document.
    Json,
    /// One JSON object per input file and line.
    Jsonl,
    /// One HTML page, complete in itself.
    Html,
    /// A JUnit report.
    Junit,
    /// Markdown, as for a comment on a pull request.
    Markdown,
}

/// Values that are one word of a fixed list, with the words that clap knows.
macro_rules! choice {
    ($type:ty) => {
        impl ConfigValue for $type {
            const TOML: TomlType = TomlType::String;

            fn parse(text: &str) -> Result<Self, InvalidValue> {
                <Self as clap::ValueEnum>::from_str(text, false).map_err(|_| one_of::<Self>(text))
            }

            fn shown(&self) -> String {
                word(self)
            }
        }
    };
}

choice!(ScanFormat);
choice!(ColorChoice);

/// The word that clap knows for a choice.
fn word(choice: &impl clap::ValueEnum) -> String {
    choice
        .to_possible_value()
        .expect("no choice is skipped")
        .get_name()
        .to_owned()
}

/// "expected one of ..." with the nearest word as advice.
fn one_of<T: clap::ValueEnum>(text: &str) -> InvalidValue {
    let words: Vec<String> = T::value_variants().iter().map(word).collect();
    let listed: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    let error = InvalidValue::expected(format!("one of {}", listed.join(", ")));
    match suggest::nearest(text, words.iter().map(String::as_str)) {
        Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
        None => error,
    }
}
