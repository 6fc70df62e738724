//! What a configuration key is.

use std::fmt;
use std::marker::PhantomData;

use super::value::{ConfigValue, InvalidValue, Secrecy, TomlType};

/// Who may set a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everybody, also the `ftc.toml` of a repository that nobody here has read: it can do no harm.
    Anybody,
    /// Only the person who runs us: their file, their environment, their flags.
    Person,
}

/// One line of the table of keys.
#[derive(Debug)]
pub struct KeySpec {
    /// The dotted name, as in `scan.jobs`.
    pub name: &'static str,
    /// Who may set it.
    pub scope: Scope,
    /// The environment variable that sets it.
    pub variable: &'static str,
    /// The value when nobody sets it.
    pub default: Option<&'static str>,
    /// One sentence for a person.
    pub help: &'static str,
    /// What TOML has to write the value as.
    pub toml: TomlType,
    /// Whether the value may hold a secret.
    pub secrecy: Secrecy,
    pub(crate) judge: fn(&str) -> Result<Judged, InvalidValue>,
}

/// What is known of a value whose type is forgotten.
pub(crate) struct Judged {
    pub(crate) shown: String,
    pub(crate) holds_secret: bool,
}

/// A key and the type of its value.
#[derive(Debug)]
pub struct Key<T> {
    spec: KeySpec,
    value: PhantomData<fn() -> T>,
}

impl<T: ConfigValue> Key<T> {
    pub(crate) const fn new(
        name: &'static str,
        scope: Scope,
        variable: &'static str,
        default: Option<&'static str>,
        help: &'static str,
    ) -> Self {
        Self {
            spec: KeySpec {
                name,
                scope,
                variable,
                default,
                help,
                toml: T::TOML,
                secrecy: T::SECRECY,
                judge: |text| {
                    let value = T::parse(text)?;
                    Ok(Judged {
                        shown: value.shown(),
                        holds_secret: value.holds_secret(),
                    })
                },
            },
            value: PhantomData,
        }
    }

    /// What the table says of this key.
    pub const fn spec(&self) -> &KeySpec {
        &self.spec
    }
}

/// A flag that was given on the command line and stands for a key.
#[derive(Clone)]
pub struct FlagValue {
    pub(crate) key: &'static KeySpec,
    pub(crate) flag: &'static str,
    pub(crate) text: String,
}

impl FlagValue {
    /// The flag `flag` (with its dashes) was given with `text` and sets `key`.
    pub fn new<T: ConfigValue>(
        key: &'static Key<T>,
        flag: &'static str,
        text: impl Into<String>,
    ) -> Self {
        Self {
            key: key.spec(),
            flag,
            text: text.into(),
        }
    }
}

impl fmt::Debug for FlagValue {
    /// Without the text, which may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FlagValue({} for `{}`)", self.flag, self.key.name)
    }
}
