//! Makes cases and totals of tags and text: keeps the stack of open elements and knows what each may hold.

use std::collections::VecDeque;

use super::case::RerunKind;
use super::case::TestCase;
use super::error::ReportError;
use super::note::{NoteKind, Notes};
use super::open_case::{OpenCase, Stream};
use super::suites::Suites;
use super::summary::Summary;
use crate::limits;
use crate::position::Position;
use crate::text;
use crate::xml::{Handler, Tag};

/// Bytes of an element's name that are kept and compared; every name that matters is shorter.
const ELEMENT_NAME_BYTES: usize = 256;

/// The state of a report that is being read.
#[derive(Debug)]
pub(crate) struct Builder {
    /// Cases that were completed.
    pub(crate) cases: VecDeque<TestCase>,
    stack: Vec<Open>,
    suites: Suites,
    case: Option<OpenCase>,
    notes: Notes,
    has_root: bool,
}

#[derive(Debug)]
struct Open {
    name: String,
    element: Element,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Suites,
    Suite,
    Case,
    /// `failure`, `error`, `skipped` or one of the reruns, in a case.
    Problem(Verdict),
    /// `failure` or `error` directly in a suite; also ends the case made for it.
    SuiteProblem,
    /// Text of the open case: an output, or Surefire's `stackTrace`.
    Text(Stream),
    Ignored,
}

/// What a problem element says about its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Failure,
    Error,
    Skipped,
    Rerun(RerunKind),
}

impl Verdict {
    fn from_element(name: &str) -> Option<Self> {
        Some(match name {
            "failure" => Self::Failure,
            "error" => Self::Error,
            "skipped" => Self::Skipped,
            _ => Self::Rerun(RerunKind::from_element(name)?),
        })
    }
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            cases: VecDeque::new(),
            stack: Vec::new(),
            suites: Suites::default(),
            case: None,
            notes: Notes::default(),
            has_root: false,
        }
    }

    /// Ends the report; `construct` is what the tokenizer was inside of.
    pub(crate) fn finish(
        &mut self,
        construct: Option<String>,
        at: Position,
    ) -> Result<(), ReportError> {
        let inside = construct.or_else(|| {
            self.stack
                .last()
                .map(|open| format!("element `{}`", open.name))
        });
        // A failure that was read whole is worth keeping although its case was cut off.
        if let Some(case) = self.case.take_if(|case| case.has_problem()) {
            self.complete(case, at);
        }
        match inside {
            Some(inside) => Err(ReportError::Truncated {
                line: at.line,
                inside,
            }),
            None if !self.has_root => Err(ReportError::NoRoot),
            None => Ok(()),
        }
    }

    pub(crate) fn summary(&self) -> Summary {
        self.suites.summary(self.notes.sorted())
    }

    fn parent(&self) -> Option<Element> {
        self.stack.last().map(|open| open.element)
    }

    /// Decides what a start tag is, from its name and what is open, and opens it.
    fn open(&mut self, tag: &Tag) -> Result<Element, ReportError> {
        let name = tag.name();
        if let Some(case) = &mut self.case {
            return Ok(match self.stack.last().map(|open| open.element) {
                Some(Element::Case) => open_in_case(case, tag, &mut self.notes),
                Some(Element::Problem(_) | Element::SuiteProblem) => {
                    open_in_problem(case, name).map_or(Element::Ignored, Element::Text)
                }
                _ => Element::Ignored,
            });
        }
        Ok(match (self.parent(), name) {
            (None | Some(Element::Suites), "testsuites") => {
                self.suites
                    .open_root(tag, self.stack.is_empty(), &mut self.notes);
                self.has_root = true;
                Element::Suites
            }
            (_, "testsuite") => {
                self.suites.open(tag, &mut self.notes);
                self.has_root = true;
                Element::Suite
            }
            (None, _) => {
                return Err(ReportError::NotJunit {
                    line: tag.start.line,
                    root: shorten(name).to_owned(),
                });
            }
            (Some(_), "testcase") => {
                self.case = Some(OpenCase::new(tag, self.suites.current(), &mut self.notes));
                Element::Case
            }
            (Some(Element::Suite), "failure" | "error") => self.open_suite_problem(tag),
            _ => Element::Ignored,
        })
    }

    fn open_suite_problem(&mut self, tag: &Tag) -> Element {
        self.notes.add(NoteKind::SuiteProblem, tag.start.line, 1);
        let mut case = OpenCase::for_suite(tag.start, self.suites.current());
        open_in_case(&mut case, tag, &mut self.notes);
        self.case = Some(case);
        Element::SuiteProblem
    }

    fn close(&mut self, element: Element, at: Position) {
        match element {
            Element::Suite => self.suites.close(),
            Element::Case => self.complete_open(at),
            Element::Problem(_) => self.close_problem(),
            Element::SuiteProblem => {
                self.close_problem();
                self.complete_open(at);
            }
            Element::Suites | Element::Text(_) | Element::Ignored => {}
        }
    }

    fn close_problem(&mut self) {
        if let Some(case) = &mut self.case {
            case.close_problem(&mut self.notes);
        }
    }

    fn complete_open(&mut self, at: Position) {
        if let Some(case) = self.case.take() {
            self.complete(case, at);
        }
    }

    fn complete(&mut self, case: OpenCase, end: Position) {
        let case = case.finish(end, &mut self.notes);
        self.suites.count(&case.outcome);
        self.cases.push_back(case);
    }
}

fn open_in_case(case: &mut OpenCase, tag: &Tag, notes: &mut Notes) -> Element {
    if let Some(verdict) = Verdict::from_element(tag.name()) {
        case.open_problem(verdict, tag, notes);
        return Element::Problem(verdict);
    }
    Stream::from_element(tag.name()).map_or(Element::Ignored, |stream| {
        case.open_text(stream);
        Element::Text(stream)
    })
}

fn open_in_problem(case: &mut OpenCase, name: &str) -> Option<Stream> {
    let stream = match name {
        "stackTrace" => Stream::StackTrace,
        _ => Stream::from_element(name)?,
    };
    case.open_text(stream);
    Some(stream)
}

impl Handler for Builder {
    fn start(&mut self, tag: &Tag) -> Result<(), ReportError> {
        if self.stack.len() >= limits::DEPTH {
            return Err(ReportError::TooDeep {
                line: tag.start.line,
                limit: limits::DEPTH,
            });
        }
        let element = self.open(tag)?;
        if tag.is_empty {
            self.close(element, tag.end);
        } else {
            self.stack.push(Open {
                name: shorten(tag.name()).to_owned(),
                element,
            });
        }
        Ok(())
    }

    fn end(&mut self, name: &str, start: Position, end: Position) -> Result<(), ReportError> {
        let name = shorten(name);
        let Some(open) = self.stack.pop_if(|open| open.name == name) else {
            let open = self.stack.last();
            return Err(ReportError::MismatchedEnd {
                line: start.line,
                found: name.to_owned(),
                open: open.map_or("anything".to_owned(), |open| {
                    format!("element `{}`", open.name)
                }),
            });
        };
        self.close(open.element, end);
        Ok(())
    }

    fn text(&mut self, piece: &[u8], at: Position) -> Result<(), ReportError> {
        let Some(element) = self.parent() else {
            if !piece.trim_ascii().is_empty() {
                self.notes.add_once(NoteKind::TextOutside, at.line);
            }
            return Ok(());
        };
        let Some(case) = &mut self.case else {
            return Ok(());
        };
        match element {
            Element::Problem(_) | Element::SuiteProblem => case.problem_text(piece),
            Element::Text(stream) => case.text(stream, piece),
            Element::Suites | Element::Suite | Element::Case | Element::Ignored => {}
        }
        Ok(())
    }

    fn notes(&mut self) -> &mut Notes {
        &mut self.notes
    }
}

/// An element's name as it is kept: cut, and free of control characters, because errors print it.
fn shorten(name: &str) -> &str {
    let mut end = name.len().min(ELEMENT_NAME_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let name = &name[..end];
    name.find(char::is_control).map_or(name, |end| &name[..end])
}

/// Makes a bounded name of an attribute's value.
pub(crate) fn name(value: String, line: u64, notes: &mut Notes) -> String {
    let mut value = value;
    if text::truncate(&mut value, limits::NAME_BYTES) {
        notes.add(NoteKind::NameTooLong, line, 1);
    }
    text::note_forbidden(&value, notes, line);
    value
}

/// Like [`name`], and `None` for a blank one.
pub(crate) fn optional_name(value: String, line: u64, notes: &mut Notes) -> Option<String> {
    let value = name(value, line, notes);
    (!value.trim().is_empty()).then_some(value)
}
