//! What a project adds to the normaliser: patterns of its own volatile values, and words before numbers that mean something.

use std::fmt::Write as _;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use sha2::{Digest, Sha256};

use super::{Replacement, Seen, Watch, is_in_placeholder, placeholder_length};
use crate::keys::FINGERPRINT_VERSION;

/// A project's additions to the normaliser. They are part of what makes a template, so they have a version of their own,
/// see [`Masks::version`]. Cheap to clone.
///
/// ```
/// use ftc_fingerprint::{Masks, explain_template};
///
/// let masks = Masks::new(&["tenant ([a-z]+-[a-z]+)"], &["shard"])?;
/// let (template, _) = explain_template("tenant blue-whale lost shard 104233", &masks);
/// assert_eq!(template, "tenant <mask1> lost shard 104233");
/// # Ok::<(), ftc_fingerprint::MaskError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Masks(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    patterns: Vec<Regex>,
    /// In lower case.
    words: Vec<String>,
    version: String,
}

impl Masks {
    /// The most patterns, and the most words, that a project may add.
    pub const MAX_ITEMS: usize = 64;
    /// The longest pattern or word, in bytes.
    pub const MAX_BYTES: usize = 1000;
    /// What one compiled pattern may take, in bytes.
    const MAX_COMPILED_BYTES: usize = 256 * 1024;

    /// Checks a project's additions. Each pattern has exactly one capture group, which stands for the volatile value; it
    /// is searched for in the message with blanks and line ends folded to one blank each. A number after one of `words`,
    /// in any case, is never replaced.
    ///
    /// # Errors
    /// The first item that cannot be used, with its place; see [`MaskError::place`].
    pub fn new<T: AsRef<str>>(patterns: &[T], words: &[T]) -> Result<Self, MaskError> {
        if patterns.is_empty() && words.is_empty() {
            return Ok(Self::default());
        }
        let compiled = patterns
            .iter()
            .enumerate()
            .map(|(place, pattern)| compile(place, pattern.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        let lower = words
            .iter()
            .enumerate()
            .map(|(place, word)| check_word(place, word.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self(Some(Arc::new(Inner {
            version: version(patterns, &lower),
            patterns: compiled,
            words: lower,
        }))))
    }

    /// The version of the rules with these additions: [`FINGERPRINT_VERSION`], or that with `+` and eight hex digits that
    /// tell these additions from others.
    pub fn version(&self) -> &str {
        self.0
            .as_ref()
            .map_or(FINGERPRINT_VERSION, |inner| &inner.version)
    }

    pub(super) fn words(&self) -> &[String] {
        self.0.as_ref().map_or(&[], |inner| &inner.words)
    }

    /// Replaces what the patterns find; what a rule has replaced already is left alone.
    pub(super) fn apply(&self, text: &str, seen: &mut Seen, watch: Watch<'_>) -> String {
        let mut text = text.to_owned();
        for (place, pattern) in self
            .0
            .iter()
            .flat_map(|inner| inner.patterns.iter().enumerate())
        {
            let mut out = String::with_capacity(text.len());
            let mut copied = 0;
            for captures in pattern.captures_iter(&text) {
                let Some(value) = captures.get(1) else {
                    continue;
                };
                if value.is_empty() || value.start() < copied || overlaps(&text, value.range()) {
                    continue;
                }
                let replacement = seen.placeholder("mask", value.as_str());
                watch(&|| Replacement {
                    rule: format!("mask {}", place + 1),
                    value: value.as_str().to_owned(),
                    replacement: replacement.clone(),
                });
                out.push_str(&text[copied..value.start()]);
                out.push_str(&replacement);
                copied = value.end();
            }
            out.push_str(&text[copied..]);
            text = out;
        }
        text
    }
}

/// Whether any of `range` belongs to a placeholder.
fn overlaps(text: &str, range: std::ops::Range<usize>) -> bool {
    is_in_placeholder(text, range.start)
        || text[range.clone()]
            .match_indices('<')
            .any(|(at, _)| placeholder_length(&text[range.start + at..]).is_some())
}

fn compile(place: usize, pattern: &str) -> Result<Regex, MaskError> {
    check_size(place, pattern, "mask")?;
    let regex = RegexBuilder::new(pattern)
        .size_limit(Masks::MAX_COMPILED_BYTES)
        .build()
        .map_err(|source| MaskError::Pattern {
            place,
            pattern: pattern.to_owned(),
            source: Box::new(source),
        })?;
    match regex.captures_len() - 1 {
        1 => Ok(regex),
        groups => Err(MaskError::Groups {
            place,
            pattern: pattern.to_owned(),
            groups,
        }),
    }
}

fn check_word(place: usize, word: &str) -> Result<String, MaskError> {
    check_size(place, word, "word")?;
    if word.is_empty() || !word.chars().all(char::is_alphanumeric) {
        return Err(MaskError::Word {
            place,
            word: word.to_owned(),
        });
    }
    Ok(word.to_lowercase())
}

fn check_size(place: usize, text: &str, what: &'static str) -> Result<(), MaskError> {
    if place >= Masks::MAX_ITEMS {
        return Err(MaskError::TooMany { place, what });
    }
    if text.len() > Masks::MAX_BYTES {
        let bytes = text.len();
        return Err(MaskError::TooLong { place, what, bytes });
    }
    Ok(())
}

/// Eight hex digits of the sha256 over all items, each with its length.
fn version<T: AsRef<str>>(patterns: &[T], words: &[String]) -> String {
    let mut hasher = Sha256::new();
    hasher.update((patterns.len() as u64).to_be_bytes());
    let patterns = patterns.iter().map(AsRef::as_ref);
    for item in patterns.chain(words.iter().map(String::as_str)) {
        hasher.update((item.len() as u64).to_be_bytes());
        hasher.update(item.as_bytes());
    }
    let mut version = format!("{FINGERPRINT_VERSION}+");
    for byte in &hasher.finalize()[..4] {
        write!(version, "{byte:02x}").expect("writing to a string cannot fail");
    }
    version
}

/// Why a project's masks or words cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum MaskError {
    /// It is no regular expression, or one that is too large when compiled.
    #[error("the mask `{pattern}` is not a regular expression that can be used")]
    Pattern {
        /// Its place in the list, from 0.
        place: usize,
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        source: Box<regex::Error>,
    },
    /// It does not say which part is the value, or names several.
    #[error(
        "the mask `{pattern}` has {groups} capture groups, and needs exactly one around the value"
    )]
    Groups {
        /// Its place in the list, from 0.
        place: usize,
        /// The pattern.
        pattern: String,
        /// How many it has.
        groups: usize,
    },
    /// It is not one word.
    #[error("`{word}` is not one word of letters and digits")]
    Word {
        /// Its place in the list, from 0.
        place: usize,
        /// The text.
        word: String,
    },
    /// There are too many.
    #[error("there are more than {max} {what}s", max = Masks::MAX_ITEMS)]
    TooMany {
        /// The place of the first one too many, from 0.
        place: usize,
        /// `mask` or `word`.
        what: &'static str,
    },
    /// It is too long.
    #[error("a {what} has {bytes} bytes, more than {max}", max = Masks::MAX_BYTES)]
    TooLong {
        /// Its place in the list, from 0.
        place: usize,
        /// `mask` or `word`.
        what: &'static str,
        /// How long it is.
        bytes: usize,
    },
}

impl MaskError {
    /// The place of the item in its list, from 0.
    pub fn place(&self) -> usize {
        match self {
            Self::Pattern { place, .. }
            | Self::Groups { place, .. }
            | Self::Word { place, .. }
            | Self::TooMany { place, .. }
            | Self::TooLong { place, .. } => *place,
        }
    }

    /// The same items give the same error again.
    pub fn is_retryable(&self) -> bool {
        false
    }
}
