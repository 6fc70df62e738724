//! The suites of a report: the open ones, and the totals of all.

use std::sync::Arc;

use super::builder::optional_name;
use super::case::Outcome;
use super::note::{Note, NoteKind, Notes};
use super::number;
use super::summary::{Counts, Declared, SuiteTotals, Summary};
use crate::limits;
use crate::xml::Tag;

/// What a case takes over from the suites around it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inherited {
    pub(crate) path: Arc<[String]>,
    pub(crate) file: Option<String>,
    pub(crate) timestamp: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Suites {
    name: Option<String>,
    declared: Declared,
    counted: Counts,
    open: Vec<OpenSuite>,
    totals: Vec<SuiteTotals>,
}

#[derive(Debug)]
struct OpenSuite {
    inherited: Inherited,
    /// Its totals, when they are kept.
    totals: Option<usize>,
}

impl Suites {
    /// Reads a `testsuites` tag; the totals of one inside another are not added again.
    pub(crate) fn open_root(&mut self, tag: &Tag, is_outermost: bool, notes: &mut Notes) {
        let attributes = SuiteAttributes::read(tag, notes);
        if is_outermost {
            self.declared.add(attributes.declared);
        }
        if self.name.is_none() {
            self.name = attributes.name;
        }
    }

    pub(crate) fn open(&mut self, tag: &Tag, notes: &mut Notes) {
        let attributes = SuiteAttributes::read(tag, notes);
        let outer = self.current();
        let path = match &attributes.name {
            Some(name) => outer.path.iter().cloned().chain([name.clone()]).collect(),
            None => outer.path,
        };
        let totals = if self.totals.len() < limits::SUITES {
            self.totals.push(SuiteTotals {
                name: attributes.name.unwrap_or_default(),
                line: tag.start.line,
                declared: attributes.declared,
                counted: Counts::default(),
                counted_own: Counts::default(),
            });
            Some(self.totals.len() - 1)
        } else {
            notes.add(NoteKind::SuitesLeftOut, tag.start.line, 1);
            None
        };
        let inherited = Inherited {
            path,
            file: attributes.file.or(outer.file),
            timestamp: attributes.timestamp.or(outer.timestamp),
        };
        // An empty tag is closed at once by the caller, like any other.
        self.open.push(OpenSuite { inherited, totals });
    }

    pub(crate) fn close(&mut self) {
        self.open.pop();
    }

    /// What a case here takes over.
    pub(crate) fn current(&self) -> Inherited {
        self.open
            .last()
            .map(|suite| suite.inherited.clone())
            .unwrap_or_default()
    }

    pub(crate) fn count(&mut self, outcome: &Outcome) {
        count(&mut self.counted, outcome);
        let innermost = self.open.len().saturating_sub(1);
        for (depth, suite) in self.open.iter().enumerate() {
            let Some(totals) = suite.totals.and_then(|index| self.totals.get_mut(index)) else {
                continue;
            };
            count(&mut totals.counted, outcome);
            if depth == innermost {
                count(&mut totals.counted_own, outcome);
            }
        }
    }

    pub(crate) fn summary(&self, notes: Vec<Note>) -> Summary {
        Summary {
            name: self.name.clone(),
            declared: self.declared,
            counted: self.counted,
            suites: self.totals.clone(),
            notes,
        }
    }
}

#[derive(Default)]
struct SuiteAttributes {
    name: Option<String>,
    file: Option<String>,
    timestamp: Option<String>,
    declared: Declared,
}

impl SuiteAttributes {
    fn read(tag: &Tag, notes: &mut Notes) -> Self {
        let mut read = Self::default();
        let mut values = Vec::new();
        let mut other_skipped = None;
        tag.attributes(notes, |key, value| match key {
            "tests" => read.declared.tests = number::count(&value),
            "failures" => read.declared.failures = number::count(&value),
            "errors" => read.declared.errors = number::count(&value),
            "skipped" => read.declared.skipped = number::count(&value),
            // Other writers' words, which count only where the usual one is missing.
            "skips" | "disabled" => other_skipped = number::count(&value).or(other_skipped),

            "name" | "file" | "timestamp" => values.push((key.to_owned(), value)),
            _ => {}
        });
        read.declared.skipped = read.declared.skipped.or(other_skipped);
        for (key, value) in values {
            let value = optional_name(value, tag.start.line, notes);
            match key.as_str() {
                "name" => read.name = value,
                "file" => read.file = value,
                _ => read.timestamp = value,
            }
        }
        read
    }
}

fn count(counts: &mut Counts, outcome: &Outcome) {
    counts.tests += 1;
    match outcome {
        Outcome::Passed => {}
        Outcome::Failed(_) => counts.failures += 1,
        Outcome::Errored(_) => counts.errors += 1,
        Outcome::Skipped(_) => counts.skipped += 1,
    }
}
