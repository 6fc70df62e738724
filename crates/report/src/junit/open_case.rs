//! A case that is being read.

use std::time::Duration;

use super::builder::{Verdict, name, optional_name};
use super::case::{Outcome, Problem, Rerun, TestCase};
use super::note::{NoteKind, Notes};
use super::number;
use super::suites::Inherited;
use crate::limits;
use crate::position::Position;
use crate::text::{Text, TextBuilder};
use crate::xml::Tag;

/// The texts of a case that have an element of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Out,
    Err,
    /// Surefire puts a rerun's text in this element.
    StackTrace,
}

impl Stream {
    pub(crate) fn from_element(name: &str) -> Option<Self> {
        Some(match name {
            "system-out" => Self::Out,
            "system-err" => Self::Err,
            _ => return None,
        })
    }
}

#[derive(Debug)]
pub(crate) struct OpenCase {
    start: Position,
    attributes: Attributes,
    inherited: Inherited,
    output: Output,
    problem: Option<OpenProblem>,
    /// The first failure or error, then a skip.
    outcome: Option<Outcome>,
    also: Vec<Problem>,
    reruns: Vec<Rerun>,
}

#[derive(Debug, Default)]
struct Attributes {
    name: String,
    classname: Option<String>,
    file: Option<String>,
    line: Option<u64>,
    time: Option<Duration>,
    /// A status that says that it was not run.
    not_run: Option<String>,
}

#[derive(Debug, Default)]
struct Output {
    out: Option<TextBuilder>,
    err: Option<TextBuilder>,
}

#[derive(Debug)]
struct OpenProblem {
    verdict: Verdict,
    line: u64,
    kind: Option<String>,
    message: Option<Text>,
    text: TextBuilder,
    has_stack_trace: bool,
    output: Output,
}

impl OpenCase {
    pub(crate) fn new(tag: &Tag, inherited: Inherited, notes: &mut Notes) -> Self {
        let attributes = Attributes::read(tag, notes);
        if attributes.name.trim().is_empty() {
            notes.add(NoteKind::MissingName, tag.start.line, 1);
        }
        Self::with(tag.start, attributes, inherited)
    }

    /// A case for what went wrong in a suite itself, under the suite's name.
    pub(crate) fn for_suite(start: Position, inherited: Inherited) -> Self {
        let attributes = Attributes {
            name: inherited.path.last().cloned().unwrap_or_default(),
            ..Attributes::default()
        };
        Self::with(start, attributes, inherited)
    }

    fn with(start: Position, attributes: Attributes, inherited: Inherited) -> Self {
        Self {
            start,
            attributes,
            inherited,
            output: Output::default(),
            problem: None,
            outcome: None,
            also: Vec::new(),
            reruns: Vec::new(),
        }
    }

    /// Whether a failure or error has been read whole.
    pub(crate) fn has_problem(&self) -> bool {
        matches!(self.outcome, Some(Outcome::Failed(_) | Outcome::Errored(_)))
            || !self.reruns.is_empty()
    }

    pub(crate) fn open_problem(&mut self, verdict: Verdict, tag: &Tag, notes: &mut Notes) {
        self.problem = Some(OpenProblem::new(verdict, tag, notes));
    }

    pub(crate) fn problem_text(&mut self, piece: &[u8]) {
        if let Some(problem) = self
            .problem
            .as_mut()
            .filter(|problem| !problem.has_stack_trace)
        {
            problem.text.push(piece);
        }
    }

    pub(crate) fn open_text(&mut self, stream: Stream) {
        match (&mut self.problem, stream) {
            (Some(problem), Stream::StackTrace) => {
                // What stood around it is white space.
                problem.text.clear();
                problem.has_stack_trace = true;
            }
            (Some(problem), _) => problem.output.open(stream, limits::RERUN_TEXT_BYTES),
            (None, _) => self.output.open(stream, limits::TEXT_BYTES),
        }
    }

    pub(crate) fn text(&mut self, stream: Stream, piece: &[u8]) {
        match (&mut self.problem, stream) {
            (Some(problem), Stream::StackTrace) => problem.text.push(piece),
            (Some(problem), _) => problem.output.push(stream, piece),
            (None, _) => self.output.push(stream, piece),
        }
    }

    pub(crate) fn close_problem(&mut self, notes: &mut Notes) {
        let Some(open) = self.problem.take() else {
            return;
        };
        if self.also.len() + self.reruns.len() >= limits::PROBLEMS_PER_CASE {
            notes.add(NoteKind::ProblemsLeftOut, open.line, 1);
            return;
        }
        let OpenProblem {
            verdict,
            line,
            kind,
            message,
            text,
            has_stack_trace: _,
            output,
        } = open;
        let problem = Problem {
            kind,
            message,
            text: text.finish(notes, line),
        };
        match (verdict, &self.outcome) {
            (Verdict::Rerun(kind), _) => {
                let (system_out, system_err) = output.finish(notes, line);
                self.reruns.push(Rerun {
                    kind,
                    problem,
                    system_out,
                    system_err,
                });
            }
            (Verdict::Failure | Verdict::Error, Some(Outcome::Failed(_) | Outcome::Errored(_))) => {
                self.also.push(problem);
            }
            (Verdict::Failure, _) => self.outcome = Some(Outcome::Failed(problem)),
            (Verdict::Error, _) => self.outcome = Some(Outcome::Errored(problem)),
            (Verdict::Skipped, None) => self.outcome = Some(Outcome::Skipped(problem)),
            (Verdict::Skipped, Some(_)) => {}
        }
    }

    pub(crate) fn finish(self, end: Position, notes: &mut Notes) -> TestCase {
        let (system_out, system_err) = self.output.finish(notes, self.start.line);
        let attributes = self.attributes;
        let outcome = self.outcome.unwrap_or_else(|| match attributes.not_run {
            None => Outcome::Passed,
            Some(status) => Outcome::Skipped(Problem {
                kind: Some(status),
                ..Problem::default()
            }),
        });
        TestCase {
            name: attributes.name,
            classname: attributes.classname,
            suite: self.inherited.path,
            file: attributes.file.or(self.inherited.file),
            line: attributes.line,
            time: attributes.time,
            timestamp: self.inherited.timestamp,
            outcome,
            also: self.also,
            reruns: self.reruns,
            system_out,
            system_err,
            start: self.start,
            end,
        }
    }
}

impl Attributes {
    fn read(tag: &Tag, notes: &mut Notes) -> Self {
        let mut read = Self::default();
        let mut values = Vec::new();
        tag.attributes(notes, |key, value| match key {
            "line" => read.line = number::count(&value),
            "time" => read.time = number::seconds(&value),
            // googletest and CTest say in an attribute that a test was not run.
            "status" | "result"
                if matches!(
                    value.as_str(),
                    "notrun" | "disabled" | "skipped" | "suppressed"
                ) =>
            {
                read.not_run = Some(value);
            }
            "name" | "classname" | "file" => values.push((key.to_owned(), value)),
            _ => {}
        });
        for (key, value) in values {
            match key.as_str() {
                "name" => read.name = name(value, tag.start.line, notes),
                "classname" => read.classname = optional_name(value, tag.start.line, notes),
                _ => read.file = optional_name(value, tag.start.line, notes),
            }
        }
        read
    }
}

impl OpenProblem {
    fn new(verdict: Verdict, tag: &Tag, notes: &mut Notes) -> Self {
        let limit = match verdict {
            Verdict::Rerun(_) => limits::RERUN_TEXT_BYTES,
            Verdict::Failure | Verdict::Error | Verdict::Skipped => limits::TEXT_BYTES,
        };
        let mut kind = None;
        let mut message = None;
        tag.attributes(notes, |key, value| match key {
            "type" => kind = Some(value),
            "message" => message = Some(value),
            _ => {}
        });
        let line = tag.start.line;
        let message = message.map(|message| {
            let mut text = TextBuilder::new(limit);
            text.push(message.as_bytes());
            text.finish(notes, line)
        });
        Self {
            verdict,
            line,
            kind: kind.and_then(|kind| optional_name(kind, line, notes)),
            message: message.filter(|message| !message.is_blank()),
            text: TextBuilder::new(limit),
            has_stack_trace: false,
            output: Output::default(),
        }
    }
}

impl Output {
    fn slot(&mut self, stream: Stream) -> &mut Option<TextBuilder> {
        match stream {
            Stream::Out => &mut self.out,
            Stream::Err | Stream::StackTrace => &mut self.err,
        }
    }

    /// Several elements for one stream are one text.
    fn open(&mut self, stream: Stream, limit: usize) {
        self.slot(stream)
            .get_or_insert_with(|| TextBuilder::new(limit));
    }

    fn push(&mut self, stream: Stream, piece: &[u8]) {
        if let Some(text) = self.slot(stream) {
            text.push(piece);
        }
    }

    fn finish(self, notes: &mut Notes, line: u64) -> (Option<Text>, Option<Text>) {
        let mut finish = |text: Option<TextBuilder>| {
            text.map(|text| text.finish(notes, line))
                .filter(|t| !t.is_blank())
        };
        (finish(self.out), finish(self.err))
    }
}
