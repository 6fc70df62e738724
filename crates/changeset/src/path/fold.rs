//! Which spellings may be one file.

use unicode_normalization::UnicodeNormalization;

/// See [`RepoPath::fold_key`](crate::RepoPath::fold_key).
///
/// Characters are mapped one at a time: the whole-string functions give a final sigma a form of its own, file systems do not.
/// Upper case between two lower cases brings together what has one capital but two small letters (`σ` and `ς`, `s` and `ſ`),
/// and what has two capitals (`SS` and `ẞ`).
pub(crate) fn fold(text: &str) -> String {
    text.nfd()
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfc()
        .collect()
}
