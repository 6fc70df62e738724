//! What was odd in a report and did not stop the reading.

use std::fmt;

/// Something odd that was read over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// What it was.
    pub kind: NoteKind,
    /// How often it was met.
    pub count: u64,
    /// Line where it was met first; for a text, the line of its element.
    pub first_line: u64,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            count,
            first_line,
        } = self;
        write!(f, "{}, first at line {first_line}", kind.describe())?;
        if *count > 1 {
            write!(f, " ({count} times)")?;
        }
        Ok(())
    }
}

/// The oddities that are read over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoteKind {
    /// A character that XML forbids, such as the escape character of colour codes. It was kept.
    ForbiddenCharacter,
    /// Bytes that are not UTF-8. They were replaced by U+FFFD.
    InvalidUtf8,
    /// A reference to an entity that is not predefined, or a bare `&`. It was kept as it stands.
    UnknownEntity,
    /// A `<` that opens nothing. It was taken as text.
    StrayLessThan,
    /// An attribute without a value or without quotes. It was left out.
    MalformedAttribute,
    /// More attributes on one tag than are read.
    AttributesLeftOut,
    /// A tag longer than is kept. Its end was left out.
    TagTooLong,
    /// A name longer than is kept. Its end was left out.
    NameTooLong,
    /// A case without a name.
    MissingName,
    /// More failures, errors or reruns in one case than are kept.
    ProblemsLeftOut,
    /// More suites than totals are kept for.
    SuitesLeftOut,
    /// A failure or error of a suite; it was reported as a case with the suite's name.
    SuiteProblem,
    /// Text before, between or after the reports.
    TextOutside,
}

impl NoteKind {
    /// The name used on the wire: lower case, stable.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ForbiddenCharacter => "forbidden-character",
            Self::InvalidUtf8 => "invalid-utf8",
            Self::UnknownEntity => "unknown-entity",
            Self::StrayLessThan => "stray-less-than",
            Self::MalformedAttribute => "malformed-attribute",
            Self::AttributesLeftOut => "attributes-left-out",
            Self::TagTooLong => "tag-too-long",
            Self::NameTooLong => "name-too-long",
            Self::MissingName => "missing-name",
            Self::ProblemsLeftOut => "problems-left-out",
            Self::SuitesLeftOut => "suites-left-out",
            Self::SuiteProblem => "suite-problem",
            Self::TextOutside => "text-outside",
        }
    }

    fn describe(self) -> &'static str {
        match self {
            Self::ForbiddenCharacter => "character that XML forbids",
            Self::InvalidUtf8 => "bytes that are not UTF-8",
            Self::UnknownEntity => "unknown entity or bare `&`, kept as it stands",
            Self::StrayLessThan => "`<` that opens nothing, taken as text",
            Self::MalformedAttribute => "malformed attribute, left out",
            Self::AttributesLeftOut => "tag with too many attributes, the rest left out",
            Self::TagTooLong => "tag too long, cut",
            Self::NameTooLong => "name too long, cut",
            Self::MissingName => "case without a name",
            Self::ProblemsLeftOut => "case with too many failures or reruns, the rest left out",
            Self::SuitesLeftOut => "too many suites, totals of the rest not compared",
            Self::SuiteProblem => "failure of a suite itself, taken as a case",
            Self::TextOutside => "text outside of the report",
        }
    }
}

/// The notes of one report, one per kind.
#[derive(Debug, Default)]
pub(crate) struct Notes(Vec<Note>);

impl Notes {
    pub(crate) fn add(&mut self, kind: NoteKind, line: u64, count: u64) {
        if count == 0 {
            return;
        }
        if let Some(note) = self.0.iter_mut().find(|note| note.kind == kind) {
            note.count += count;
            // Texts are looked at when their element ends, so lines do not come in order.
            note.first_line = note.first_line.min(line);
            return;
        }
        self.0.push(Note {
            kind,
            count,
            first_line: line,
        });
    }

    /// Adds a note of which only the first occurrence counts.
    pub(crate) fn add_once(&mut self, kind: NoteKind, line: u64) {
        if self.0.iter().all(|note| note.kind != kind) {
            self.add(kind, line, 1);
        }
    }

    pub(crate) fn sorted(&self) -> Vec<Note> {
        let mut notes = self.0.clone();
        notes.sort_by_key(|note| (note.first_line, note.kind.as_str()));
        notes
    }
}
