//! The invisible line by which an object of ours is found again.
//!
//! A marker is an HTML comment, `<!-- ftc:v1 kind=KIND key=KEY -->`, which a forge stores and does not show. It says *what*
//! an object is; *whose* it is says only the login of its author, so a marker counts in objects of our own login alone.
//! Bytes of kind and key other than ASCII letters, digits, `.`, `_`, `:`, `/` and single `-` are written as `%XX`.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

const OPENING: &str = "<!-- ftc:v1 kind=";
const MIDDLE: &str = " key=";
const CLOSING: &str = " -->";

/// What an object of ours is: of which kind, and which one of that kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marker {
    /// For instance `issue` or `analysis`.
    pub kind: String,
    /// For instance a fingerprint.
    pub key: String,
}

impl Marker {
    /// A marker of any kind and key.
    pub fn new(kind: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            key: key.into(),
        }
    }

    /// Whether `text` holds exactly this marker.
    pub fn is_in(&self, text: &str) -> bool {
        text.contains(&self.to_string())
    }

    /// Every marker in `text`, in order. What only resembles one is passed over.
    pub fn find_all(text: &str) -> Vec<Self> {
        let starts = text.match_indices(OPENING).map(|(start, _)| start);
        starts
            .filter_map(|start| {
                let rest = &text[start..];
                let end = rest.find(CLOSING)? + CLOSING.len();
                rest[..end].parse().ok()
            })
            .collect()
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, key) = (encode(&self.kind), encode(&self.key));
        write!(f, "{OPENING}{kind}{MIDDLE}{key}{CLOSING}")
    }
}

impl FromStr for Marker {
    type Err = MarkerError;

    fn from_str(text: &str) -> Result<Self, MarkerError> {
        let parse = || {
            let inner = text.strip_prefix(OPENING)?.strip_suffix(CLOSING)?;
            let (kind, key) = inner.split_once(MIDDLE)?;
            let marker = Self::new(decode(kind)?, decode(key)?);
            // One spelling only, so that equal markers are equal texts.
            (marker.to_string() == text).then_some(marker)
        };
        parse().ok_or(MarkerError)
    }
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    let mut previous = b' ';
    for byte in text.bytes() {
        let plain = match byte {
            b'.' | b'_' | b':' | b'/' => true,
            // Two in a row would end the comment for some readers of HTML.
            b'-' => previous != b'-',
            _ => byte.is_ascii_alphanumeric(),
        };
        if plain {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes everything");
        }
        // An encoded hyphen is no hyphen for the one after it.
        previous = if plain { byte } else { b' ' };
    }
    encoded
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

/// The text is not a marker, or not in the one spelling that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is not a marker `<!-- ftc:v1 kind=... key=... -->`")]
pub struct MarkerError;
