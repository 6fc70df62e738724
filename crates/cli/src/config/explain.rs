//! What is configured, for a person or a program to look at.

use serde::Serialize;

use super::key::{KeySpec, Scope};
use super::keys;
use super::origin::Origin;
use super::settings::{Config, Layer};

/// One key, the value that holds, who set it and what it replaced. Secrets are hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The dotted name.
    pub key: &'static str,
    /// The value that holds; absent when nobody sets the key and it has no default.
    pub value: Option<String>,
    /// Who set it; absent like the value.
    pub origin: Option<ExplainedOrigin>,
    /// What lower layers said, highest precedence first.
    pub replaced: Vec<Replaced>,
    /// The environment variable that sets it.
    pub variable: &'static str,
    /// Whether the `ftc.toml` of a repository may set it.
    pub repository_may_set: bool,
    /// One sentence on what it is for.
    pub help: &'static str,
}

/// A value that a higher layer has replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Replaced {
    /// The value.
    pub value: String,
    /// Who set it.
    pub origin: ExplainedOrigin,
}

/// An [`Origin`] as it stands in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExplainedOrigin {
    /// `default`, `repository`, `user`, `environment` or `flag`.
    pub layer: &'static str,
    /// The same for a person: file, line and column, or the name of the variable or flag.
    pub place: String,
}

impl From<&Origin> for ExplainedOrigin {
    fn from(origin: &Origin) -> Self {
        Self {
            layer: origin.layer(),
            place: origin.to_string(),
        }
    }
}

impl Config {
    /// Explains every key, in the order of their names.
    pub fn explain(&self) -> Vec<Explanation> {
        keys::ALL.iter().map(|key| self.explain_key(key)).collect()
    }

    fn explain_key(&self, key: &KeySpec) -> Explanation {
        let replaced = |layer: &Layer| Replaced {
            value: layer.shown.clone(),
            origin: (&layer.origin).into(),
        };
        let (holds, below) = match self.layers(key).split_last() {
            Some((holds, below)) => (Some(holds), below),
            None => (None, &[][..]),
        };
        Explanation {
            key: key.name,
            value: holds.map(|layer| layer.shown.clone()),
            origin: holds.map(|layer| (&layer.origin).into()),
            replaced: below.iter().rev().map(replaced).collect(),
            variable: key.variable,
            repository_may_set: key.scope == Scope::Anybody,
            help: key.help,
        }
    }
}
