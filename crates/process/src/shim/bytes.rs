//! System strings as the bytes that they are: serde's own way goes byte by byte, which is felt where arguments are megabytes.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

struct Borrowed<'a>(&'a OsStr);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Owned(OsString);

impl Serialize for Borrowed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0.as_bytes())
    }
}

impl<'de> Deserialize<'de> for Owned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(Bytes)
    }
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Owned;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Owned, E> {
        Ok(Owned(OsString::from_vec(bytes.to_vec())))
    }
}

/// For `#[serde(with)]` on a list.
pub(super) mod list {
    use super::{Borrowed, Deserialize, Deserializer, OsString, Owned, Serializer};

    pub(crate) fn serialize<S: Serializer>(list: &[OsString], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(list.iter().map(|text| Borrowed(text)))
    }

    pub(crate) fn deserialize<'de, D>(from: D) -> Result<Vec<OsString>, D::Error>
    where
        D: Deserializer<'de>,
    {
        let list = Vec::<Owned>::deserialize(from)?;
        Ok(list.into_iter().map(|text| text.0).collect())
    }
}

/// For `#[serde(with)]` on a map.
pub(super) mod map {
    use super::{BTreeMap, Borrowed, Deserialize, Deserializer, OsString, Owned, Serializer};

    type Map = BTreeMap<OsString, OsString>;

    pub(crate) fn serialize<S: Serializer>(map: &Map, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(
            map.iter()
                .map(|(name, value)| (Borrowed(name), Borrowed(value))),
        )
    }

    pub(crate) fn deserialize<'de, D>(from: D) -> Result<Map, D::Error>
    where
        D: Deserializer<'de>,
    {
        let map = BTreeMap::<Owned, Owned>::deserialize(from)?;
        Ok(map
            .into_iter()
            .map(|(name, value)| (name.0, value.0))
            .collect())
    }
}
