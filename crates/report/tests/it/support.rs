//! Reading whole reports.

use ftc_report::junit::{NoteKind, Outcome, Parser, ReportError, Summary, TestCase};

/// The cases of a report and how the reading ended.
#[derive(Debug, PartialEq)]
pub struct Read {
    pub cases: Vec<TestCase>,
    pub end: Result<Summary, ReportError>,
}

impl Read {
    pub fn summary(&self) -> &Summary {
        self.end.as_ref().expect("the report is whole")
    }

    pub fn error(&self) -> &ReportError {
        self.end.as_ref().expect_err("the report is damaged")
    }

    pub fn case(&self, name: &str) -> &TestCase {
        let mut named = self.cases.iter().filter(|case| case.name == name);
        let case = named.next().expect("the case is in the report");
        assert!(named.next().is_none(), "`{name}` is in the report once");
        case
    }

    pub fn names(&self) -> Vec<&str> {
        self.cases.iter().map(|case| case.name.as_str()).collect()
    }

    pub fn notes(&self) -> Vec<NoteKind> {
        self.summary().notes.iter().map(|note| note.kind).collect()
    }
}

/// Reads `report` in pieces of `size` bytes, taking the cases after each.
pub fn read_in_pieces(report: &[u8], size: usize) -> Read {
    let mut parser = Parser::new();
    let mut cases = Vec::new();
    for piece in report.chunks(size) {
        parser.feed(piece);
        cases.extend(std::iter::from_fn(|| parser.next_case()));
    }
    let end = parser.finish();
    cases.extend(std::iter::from_fn(|| parser.next_case()));
    Read { cases, end }
}

pub fn read(report: impl AsRef<[u8]>) -> Read {
    read_in_pieces(report.as_ref(), 256 * 1024)
}

/// Reads one case from the inside of a suite.
pub fn read_in_suite(inside: &str) -> Read {
    read(format!("<testsuite name='s'>{inside}</testsuite>"))
}

/// Message and text of the failure or error of a case.
pub fn problem(case: &TestCase) -> (&str, &str) {
    let problem = case.problem().expect("the case failed");
    let message = problem
        .message
        .as_ref()
        .map_or("", |message| message.text.as_str());
    (message, &problem.text.text)
}

/// One letter per case, as test runners print them.
pub fn outcomes(read: &Read) -> String {
    let letter = |case: &TestCase| match case.outcome {
        Outcome::Passed => '.',
        Outcome::Failed(_) => 'F',
        Outcome::Errored(_) => 'E',
        Outcome::Skipped(_) => 's',
        _ => '?',
    };
    read.cases.iter().map(letter).collect()
}
