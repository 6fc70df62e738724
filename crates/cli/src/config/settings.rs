//! The configuration that holds, and who set what.

use std::collections::BTreeMap;

use super::error::ConfigError;
use super::file::Entry;
use super::key::{Key, KeySpec};
use super::keys;
use super::origin::Origin;
use super::sources::Sources;
use super::value::{ConfigValue, Secrecy};

/// The configuration that holds. Every value in it has been judged, also those that a higher layer has replaced.
#[derive(Clone, Default)]
pub struct Config {
    /// What each layer says of a key, lowest precedence first. Keys that nobody sets are absent.
    layers: BTreeMap<&'static str, Vec<Layer>>,
}

/// What one layer says of one key.
#[derive(Clone)]
pub(crate) struct Layer {
    /// The value as it was written, secrets included.
    text: String,
    pub(crate) shown: String,
    pub(crate) origin: Origin,
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Who set it.
    pub origin: Origin,
}

impl Config {
    /// The defaults alone.
    pub fn defaults() -> Self {
        Self::from_entries(Vec::new()).expect("a test parses every default")
    }

    /// Reads all layers.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        Self::from_entries(sources.load_entries()?)
    }

    /// The value that holds, or `None` when nobody sets the key and it has no default.
    pub fn value<T: ConfigValue>(&self, key: &Key<T>) -> Option<T> {
        self.setting(key).map(|setting| setting.value)
    }

    /// The value that holds and who set it.
    pub fn setting<T: ConfigValue>(&self, key: &Key<T>) -> Option<Setting<T>> {
        let layer = self.layers(key.spec()).last()?;
        Some(Setting {
            value: T::parse(&layer.text).expect("every layer was parsed when it was loaded"),
            origin: layer.origin.clone(),
        })
    }

    pub(crate) fn layers(&self, key: &KeySpec) -> &[Layer] {
        self.layers.get(key.name).map_or(&[], Vec::as_slice)
    }

    fn from_entries(entries: Vec<Entry>) -> Result<Self, ConfigError> {
        let defaults = keys::ALL.iter().filter_map(|key| {
            let text = key.default?.to_owned();
            Some(Entry {
                key,
                text,
                origin: Origin::Default,
            })
        });
        let mut config = Self::default();
        for entry in defaults.chain(entries) {
            let name = entry.key.name;
            config.layers.entry(name).or_default().push(judge(entry)?);
        }
        Ok(config)
    }
}

fn judge(entry: Entry) -> Result<Layer, ConfigError> {
    let Entry { key, text, origin } = entry;
    let judged = (key.judge)(&text).map_err(|source| ConfigError::Value {
        origin: origin.clone(),
        key: key.name,
        value: (key.secrecy == Secrecy::Public).then(|| text.as_str().into()),
        source,
    })?;
    match origin {
        Origin::Flag { flag } if judged.holds_secret => Err(ConfigError::SecretInFlag {
            flag,
            variable: key.variable,
        }),
        _ => Ok(Layer {
            text,
            shown: judged.shown,
            origin,
        }),
    }
}
