//! Globs over paths.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::RepoPath;
use crate::path::fold;

/// How far a pattern reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// What may be done: anchored at the root, exact case, the path itself only. When in doubt it does not match.
    Exact,
    /// What may not be done or must be looked at: without a `/` it matches a component at any depth, a matched folder covers
    /// what is in it, and spelling does not matter. When in doubt it matches.
    Covering,
}

/// A list of globs. `*` and `?` do not match `/`, `**` as a whole component does.
#[derive(Debug, Clone)]
pub(crate) struct Patterns {
    scope: Scope,
    as_written: GlobSet,
    folded: GlobSet,
    count: usize,
}

/// Stands for any character beyond ASCII: `globset` matches bytes, and `?` would need several of them for one letter.
const LETTER: char = '\u{1}';

impl Patterns {
    /// Makes a list of patterns that passed `hygiene`.
    pub fn new<'a>(
        patterns: impl IntoIterator<Item = &'a str>,
        scope: Scope,
    ) -> Result<Self, globset::Error> {
        let mut as_written = GlobSetBuilder::new();
        let mut folded = GlobSetBuilder::new();
        let mut count = 0;
        for pattern in patterns {
            let pattern = reach(pattern, scope);
            as_written.add(glob(&pattern, scope)?);
            if scope == Scope::Covering {
                folded.add(glob(&fold(&pattern), scope)?);
            }
            count += 1;
        }
        Ok(Self {
            scope,
            as_written: as_written.build()?,
            folded: folded.build()?,
            count,
        })
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether any pattern matches.
    pub fn is_match(&self, path: &RepoPath) -> bool {
        !self.matches(path).is_empty()
    }

    /// The places in the list of the patterns that match, in order.
    pub fn matches(&self, path: &RepoPath) -> Vec<usize> {
        let mut matched = match self.scope {
            Scope::Exact => self.as_written.matches(path.as_str()),
            Scope::Covering => self.covering_matches(path),
        };
        matched.sort_unstable();
        matched.dedup();
        matched
    }

    /// Whether any pattern matches a text that is no path of a repository, such as the name of a branch.
    pub fn is_match_text(&self, text: &str) -> bool {
        self.as_written.is_match(text)
    }

    fn covering_matches(&self, path: &RepoPath) -> Vec<usize> {
        let written = path.as_str();
        let key = path.fold_key();
        let one_byte_each: String = key
            .chars()
            .map(|character| {
                if character.is_ascii() {
                    character
                } else {
                    LETTER
                }
            })
            .collect();
        let mut matched = Vec::new();
        for prefix in prefixes(written) {
            matched.extend(self.as_written.matches(prefix));
        }
        for prefix in prefixes(&key).chain(prefixes(&one_byte_each)) {
            matched.extend(self.folded.matches(prefix));
        }
        matched
    }
}

/// The folders above a path, outermost first, and the path itself.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/')
        .map(|(end, _)| &path[..end])
        .chain(std::iter::once(path))
}

fn reach(pattern: &str, scope: Scope) -> String {
    match scope {
        Scope::Exact => pattern.to_owned(),
        Scope::Covering => {
            let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
            if pattern.contains('/') {
                pattern.to_owned()
            } else {
                format!("**/{pattern}")
            }
        }
    }
}

fn glob(pattern: &str, scope: Scope) -> Result<globset::Glob, globset::Error> {
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .backslash_escape(true)
        .case_insensitive(scope == Scope::Covering)
        .build()
}

/// Quotes what is special in a glob, so that it matches only `text`.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::new();
    for character in text.chars() {
        if "*?[]{}!,\\".contains(character) {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted
}
