//! One line under examination: what was found in it, and how far runs of characters go.

use std::ops::Range;

use crate::kind::Kind;

/// A secret in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) range: Range<usize>,
    pub(crate) kind: Kind,
    /// Where it would end if the line went on.
    pub(crate) reach: Reach,
}

/// Where a secret ends that reaches the end of what is known of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// At white space or a quote.
    Word,
    /// At the end of the line.
    Line,
}

/// The classes of characters that secrets are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Letters, digits, `_`.
    Word,
    /// Letters, digits, `_`, `-`.
    Base64Url,
    /// Letters, digits, `_`, `-`, `.`.
    Dotted,
    /// Letters, digits, `_`, `-`, `/`.
    Path,
    /// What a bearer token is made of (RFC 6750, section 2.1).
    Bearer,
    /// Everything but white space, quotes and the separators `&`, `;`, `,`.
    Value,
    /// Everything but white space and quotes.
    Header,
}

impl Class {
    const COUNT: usize = 7;

    pub(crate) fn contains(self, byte: u8) -> bool {
        let word = byte.is_ascii_alphanumeric() || byte == b'_';
        match self {
            Self::Word => word,
            Self::Base64Url => word || byte == b'-',
            Self::Dotted => word || matches!(byte, b'-' | b'.'),
            Self::Path => word || matches!(byte, b'-' | b'/'),
            Self::Bearer => word || matches!(byte, b'-' | b'.' | b'~' | b'+' | b'/' | b'='),
            Self::Value => !ends_word(byte) && !matches!(byte, b'&' | b';' | b','),
            Self::Header => !ends_word(byte),
        }
    }
}

/// White space, controls and quotes.
pub(crate) fn ends_word(byte: u8) -> bool {
    byte <= b' ' || byte == 0x7f || is_quote(byte)
}

pub(crate) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// A line, or the known part of one, without its line end.
pub(crate) struct Line<'t> {
    text: &'t str,
    findings: Vec<Finding>,
    /// The run of each class that was measured last. Many candidates may lie in one run, and measuring it for each of them
    /// would take quadratic time.
    runs: [Range<usize>; Class::COUNT],
    /// The next end of a key, as far as it was looked for.
    key_end: KeyEnd,
}

#[derive(Debug, Clone, Copy)]
enum KeyEnd {
    NotSearched,
    /// Between the place where the search began and this one there is no other.
    At {
        searched_from: usize,
        at: usize,
    },
    /// There is none at or after this place.
    NoneFrom(usize),
}

impl<'t> Line<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            text,
            findings: Vec::new(),
            runs: [const { 0..0 }; Class::COUNT],
            key_end: KeyEnd::NotSearched,
        }
    }

    pub(crate) fn text(&self) -> &'t str {
        self.text
    }

    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn byte(&self, index: usize) -> Option<u8> {
        self.text.as_bytes().get(index).copied()
    }

    /// The byte before `index`.
    pub(crate) fn byte_before(&self, index: usize) -> Option<u8> {
        index.checked_sub(1).and_then(|index| self.byte(index))
    }

    /// The end of the run of `class` that begins at `start`.
    pub(crate) fn run_end(&mut self, class: Class, start: usize) -> usize {
        let run = &mut self.runs[class as usize];
        if !run.contains(&start) {
            let length = self.text.as_bytes()[start..]
                .iter()
                .take_while(|byte| class.contains(**byte))
                .count();
            *run = start..start + length;
        }
        // An empty run is measured again each time, which costs one byte.
        run.end.max(start)
    }

    /// Where the next `-----END` at or after `start` is.
    pub(crate) fn key_end(&mut self, start: usize) -> Option<usize> {
        match self.key_end {
            KeyEnd::At { searched_from, at } if (searched_from..=at).contains(&start) => Some(at),
            KeyEnd::NoneFrom(from) if start >= from => None,
            _ => {
                let at = self.text[start..].find("-----END").map(|at| start + at);
                self.key_end = match at {
                    Some(at) => KeyEnd::At {
                        searched_from: start,
                        at,
                    },
                    None => KeyEnd::NoneFrom(start),
                };
                at
            }
        }
    }

    /// The first index at or after `start` that is no space or tab, looking at most a few bytes ahead.
    pub(crate) fn skip_blanks(&self, start: usize) -> usize {
        const MAX_BLANKS: usize = 16;
        (start..self.len().min(start + MAX_BLANKS))
            .find(|index| !matches!(self.byte(*index), Some(b' ' | b'\t')))
            .unwrap_or_else(|| self.len().min(start + MAX_BLANKS))
    }

    pub(crate) fn report(&mut self, range: Range<usize>, kind: Kind, reach: Reach) {
        self.findings.push(Finding { range, kind, reach });
    }

    /// The findings in order, overlapping and touching ones made one.
    pub(crate) fn into_findings(mut self) -> Vec<Finding> {
        self.findings
            .sort_by_key(|finding| (finding.range.start, finding.range.end));
        let mut merged: Vec<Finding> = Vec::with_capacity(self.findings.len());
        for finding in self.findings {
            match merged.last_mut() {
                Some(last) if finding.range.start <= last.range.end => {
                    // Of two names for one secret, the one that says more.
                    if finding.range.start == last.range.start && last.kind == Kind::Credential {
                        last.kind = finding.kind;
                    }
                    if finding.range.end >= last.range.end {
                        last.reach = if finding.range.end == last.range.end {
                            last.reach.max(finding.reach)
                        } else {
                            finding.reach
                        };
                        last.range.end = finding.range.end;
                    }
                }
                _ => merged.push(finding),
            }
        }
        merged
    }
}
